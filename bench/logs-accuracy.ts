import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { templatesOf } from '../src/findings/logs/patterns/cluster.ts'
import type { Benchmark } from './support/benchmark.ts'
import { csvRecords } from './support/csv.ts'
import { parsingAccuracy, type ParsingAccuracy } from './support/parsing-accuracy.ts'

export const benchmark: Benchmark = {
  title: 'logs-accuracy: templates against the truth',
  about:
    'Takes a folder laid out like loghub_2k of https://github.com/logpai/loghub, or the corrected one of https://github.com/logpai/loghub-2.0: for each system ' +
    'NAME/NAME_2k.log_structured.csv or NAME/NAME_2k.log_structured_corrected.csv with the columns Content, EventId and EventTemplate. One configuration for all.',
  run: async ([folder]) => {
    if (folder === undefined) throw new Error('logs-accuracy: no folder was named; npm run bench -- logs-accuracy DIR')
    const results = systemsIn(folder).map(({ name, file }) => [name, accuracyOf(file)] as const)
    if (results.length === 0)
      throw new Error(
        `logs-accuracy: ${folder} holds no NAME/NAME_2k.log_structured.csv; name the folder above those of the systems`,
      )
    const rows = results.map(
      ([name, { GA, FGA, PA, FTA }]) =>
        `| ${name} | ${[GA, FGA, PA, FTA].map((each) => each.toFixed(3)).join(' | ')} |`,
    )
    const mean = (of: keyof ParsingAccuracy): string =>
      `${of} ${(results.reduce((sum, [, each]) => sum + each[of], 0) / results.length).toFixed(3)}`
    return [
      '| system | GA | FGA | PA | FTA |',
      '| --- | --- | --- | --- | --- |',
      ...rows,
      '',
      [mean('GA'), mean('FGA'), mean('PA'), mean('FTA')].join(' '),
    ].join('\n')
  },
}

function systemsIn(folder: string): readonly { readonly name: string; readonly file: string }[] {
  return readdirSync(folder).flatMap((name) => {
    const files = ['', '_corrected'].map((end) => path.join(folder, name, `${name}_2k.log_structured${end}.csv`))
    const file = files.find((each) => existsSync(each))
    return file === undefined ? [] : [{ name, file }]
  })
}

function accuracyOf(file: string): ParsingAccuracy {
  const records = csvRecords(readFileSync(file, 'utf8'))
  const column = (name: string): readonly string[] => records.map((record) => record[name] ?? '')
  return parsingAccuracy(column('EventId'), column('EventTemplate'), templatesOf(column('Content')))
}
