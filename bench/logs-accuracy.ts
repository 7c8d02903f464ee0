import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { LineLayout } from '../src/evidence/logs/layout/line-layout.ts'
import { createMiner } from '../src/evidence/logs/mining/miner.ts'
import { beginSignature, mixSignature } from '../src/evidence/logs/mining/signature.ts'
import { templatesOf, type Thresholds } from '../src/findings/logs/patterns/cluster.ts'
import type { Benchmark } from './support/benchmark.ts'
import { crossValidation } from './support/cross-validation.ts'
import { csvRecords } from './support/csv.ts'
import { parsingAccuracy, type ParsingAccuracy } from './support/parsing-accuracy.ts'

export const benchmark: Benchmark = {
  title: 'logs-accuracy: templates against the truth',
  about:
    'Takes a folder laid out like loghub_2k of https://github.com/logpai/loghub, or the corrected one of https://github.com/logpai/loghub-2.0: for each system ' +
    'NAME/NAME_2k.log_structured.csv or NAME/NAME_2k.log_structured_corrected.csv with the columns Content, EventId and EventTemplate. One configuration for all. Of several folders one after another. ' +
    'With --cross-validate the thresholds are also chosen by all systems but two, and tried on those two, for every two of them.',
  run: async (args) => {
    const folders = args.filter((each) => each !== CROSS_VALIDATE)
    const validates = args.includes(CROSS_VALIDATE)
    if (folders.length === 0) throw new Error('logs-accuracy: no folder was named; npm run bench -- logs-accuracy DIR')
    const tables = folders.map((folder) => tableOf(folder, validates))
    return tables
      .map((table, at) => (folders.length === 1 ? table : `${path.basename(folders[at] ?? '')}\n\n${table}`))
      .join('\n\n')
  },
}

const CROSS_VALIDATE = '--cross-validate'

/** Its last line is what others read: GA, FGA, PA and FTA of all messages, clustered at once. */
function tableOf(folder: string, validates: boolean): string {
  const systems = systemsIn(folder).map(({ name, file }) => ({ name, ...accuraciesOf(file) }))
  if (systems.length === 0)
    throw new Error(
      `logs-accuracy: ${folder} holds no NAME/NAME_2k.log_structured.csv; name the folder above those of the systems`,
    )
  const rows = systems.map(
    ({ name, whole: { GA, FGA, PA, FTA } }) =>
      `| ${name} | ${[GA, FGA, PA, FTA].map((each) => each.toFixed(3)).join(' | ')} |`,
  )
  const sum = (of: 'messages' | 'clustered'): number => systems.reduce((total, each) => total + each[of], 0)
  return [
    '| system | GA | FGA | PA | FTA |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    `as the product does it, from ${sum('clustered')} of the ${sum('messages')} messages: ${means(systems.map(({ inUse }) => inUse))}`,
    '',
    ...(validates ? [crossValidation(systems), ''] : []),
    means(systems.map(({ whole }) => whole)),
  ].join('\n')
}

function means(list: readonly ParsingAccuracy[]): string {
  const mean = (of: keyof ParsingAccuracy): string =>
    `${of} ${(list.reduce((sum, each) => sum + each[of], 0) / list.length).toFixed(3)}`
  return (['GA', 'FGA', 'PA', 'FTA'] as const).map(mean).join(' ')
}

function systemsIn(folder: string): readonly { readonly name: string; readonly file: string }[] {
  return readdirSync(folder).flatMap((name) => {
    const files = ['', '_corrected'].map((end) => path.join(folder, name, `${name}_2k.log_structured${end}.csv`))
    const file = files.find((each) => existsSync(each))
    return file === undefined ? [] : [{ name, file }]
  })
}

interface Accuracies {
  /** Of all messages, clustered at once. */
  readonly whole: ParsingAccuracy
  /** Of rows, of which a few messages are clustered. */
  readonly inUse: ParsingAccuracy
  readonly messages: number
  /** Messages that are looked at for it. */
  readonly clustered: number
  /** Of all messages, clustered at once with other thresholds. */
  readonly wholeBy: (thresholds: Thresholds) => ParsingAccuracy
}

function accuraciesOf(file: string): Accuracies {
  const records = csvRecords(readFileSync(file, 'utf8'))
  const column = (name: string): readonly string[] => records.map((record) => record[name] ?? '')
  const [events, truths, messages] = [column('EventId'), column('EventTemplate'), column('Content')]
  const inUse = templatesInUse(messages)
  return {
    whole: parsingAccuracy(events, truths, templatesOf(messages)),
    wholeBy: (thresholds) => parsingAccuracy(events, truths, templatesOf(messages, undefined, undefined, thresholds)),
    inUse: parsingAccuracy(events, truths, inUse.templates),
    messages: messages.length,
    clustered: inUse.clustered,
  }
}

/** The miner's rows, as it counts and samples them, clustered by `patternsOf`; each message has the template of its row. */
function templatesInUse(messages: readonly string[]): {
  readonly templates: readonly string[]
  readonly clustered: number
} {
  const miner = createMiner(PLAIN)
  miner.feed(Buffer.from(messages.map((message) => `${message}\n`).join('')))
  const { rows } = miner.finish()
  const first = rows.map(({ samples }) => samples[0]?.text ?? '')
  const templates = templatesOf(
    first,
    rows.map(({ count }) => count),
    (at) => rows[at]?.samples.slice(1).map(({ text }) => text) ?? [],
  )
  const bySignature = new Map(rows.map(({ signature }, at) => [signature, templates[at] ?? '']))
  return {
    templates: messages.map((message) => bySignature.get(signatureOf(message)) ?? message),
    clustered: rows.reduce((sum, { samples }) => sum + samples.length, 0),
  }
}

/** A message a line, without a time. */
const PLAIN: LineLayout = {
  timeOf: () => NaN,
  bodyOf: (_bytes, start) => start,
  continues: () => false,
}

/** As `mined-rows.ts` names the row. */
function signatureOf(message: string): string {
  const bytes = new Uint8Array(Buffer.from(message))
  const signature = new Int32Array(2)
  beginSignature(signature)
  mixSignature(bytes, 0, bytes.length, signature)
  return [...signature].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}
