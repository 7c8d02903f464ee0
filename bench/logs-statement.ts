import { localBox } from '../src/boxes/local.ts'
import type { Pattern } from '../src/findings/logs/pattern.ts'
import { traceStatements } from '../src/steps/logs/trace.ts'
import { templateOf } from '../test/statements/template.ts'
import type { Benchmark } from './support/benchmark.ts'
import { loggingCalls, type LoggingCall } from './support/logging-calls.ts'
import { seeded } from '../src/base/seeded.ts'

/** Statements of each folder that are looked for, chosen by chance. */
const SAMPLE = 40
/** Patterns that are traced together, as in `halligan logs`. */
const TOGETHER = 20
/** From here on a statement is believed. */
const CLAIM = 0.5
const SEED = 20_260_101

export const benchmark: Benchmark = {
  title: 'from the line to the statement: hits at 1 and at 3',
  about:
    'npm run bench -- logs-statement DIR… samples logging calls of each folder by chance (found by the parsers of Python and Rolldown, other languages by their form), renders ' +
    'them with random values and looks for the statement that writes them. A call with the same text as another one counts as missed when the other is named.',
  run: async (folders) => {
    const rows: string[] = []
    const all: Outcome[] = []
    let foreign = 0
    let claimed = 0
    const samples = folders.map((folder) => {
      const random = seeded(SEED)
      const calls = loggingCalls(folder, random)
      return { folder, calls, chosen: sample(calls, random) }
    })
    for (const [at, { folder, calls, chosen }] of samples.entries()) {
      const started = performance.now()
      const outcomes = await outcomesOf(folder, calls, chosen)
      const seconds = (performance.now() - started) / 1000
      all.push(...outcomes)
      rows.push(
        row(
          folder.replace(/\/$/, '').split('/').slice(-2).join('/'),
          calls.length,
          outcomes,
          `${seconds.toFixed(1)} s`,
        ),
      )
      const others = samples[(at + 1) % samples.length]?.chosen ?? []
      if (samples.length < 2) continue
      foreign += others.length
      claimed += (await outcomesOf(folder, [], others)).filter(({ confidence }) => confidence >= CLAIM).length
    }
    return [
      '| folder | logging calls | looked for | hit@1 | hit@3 | hit@1 of those with one such text | none found | all |',
      '| --- | --- | --- | --- | --- | --- | --- | --- |',
      ...rows,
      row('all', 0, all, ''),
      '',
      '| confidence | statements | right |',
      '| --- | --- | --- |',
      ...calibration(all),
      '',
      `Lines that another folder's program wrote, and that got a statement with confidence ${CLAIM} or more: ${claimed} of ${foreign}.`,
    ].join('\n')
  },
}

interface Outcome {
  readonly rank: number
  readonly confidence: number
  readonly alone: boolean
}

async function outcomesOf(
  folder: string,
  all: readonly LoggingCall[],
  calls: readonly LoggingCall[],
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  const same = Map.groupBy(all, ({ messages }) => templateOf(messages))
  for (let from = 0; from < calls.length; from += TOGETHER) {
    const local = localBox()
    const patterns = calls.slice(from, from + TOGETHER).map((call) => ({ call, pattern: patternOf(call) }))
    const found = await traceStatements(
      local,
      folder,
      patterns.map(({ pattern }) => pattern),
    )
    await local.close()
    for (const { call, pattern } of patterns) {
      const statement = found.get(pattern)
      const places = statement ? [statement.place, ...statement.others] : []
      const rank = places.findIndex((place) => isPlaceOf(place, call))
      if (
        rank !== 0 &&
        process.env['HALLIGAN_SHOW_MISSES'] &&
        (all.length > 0 || (statement?.confidence ?? 0) >= CLAIM)
      )
        process.stderr.write(
          `${call.file}:${call.line} ${pattern.template}\n   ${statement?.confidence.toFixed(2) ?? '-'} ${places.join(' ')}  ${statement?.code ?? ''}\n`,
        )
      outcomes.push({
        rank,
        confidence: statement?.confidence ?? 0,
        alone: (same.get(pattern.template)?.length ?? 0) < 2,
      })
    }
  }
  return outcomes
}

function isPlaceOf(place: string, { file, line, lastLine }: LoggingCall): boolean {
  const colon = place.lastIndexOf(':')
  const at = Number(place.slice(colon + 1))
  return place.slice(0, colon) === file && at >= line && at <= lastLine
}

function patternOf({ messages, severity, file }: LoggingCall): Pattern {
  const sources = [{ box: 'web-1', source: file, count: messages.length }]
  const samples = messages.map((message) => ({
    box: 'web-1',
    source: 'log',
    text: message,
    atMs: 0,
    event: { message },
  }))
  return {
    template: templateOf(messages),
    severity,
    count: 4,
    counts: new Uint32Array(0),
    firstAtMs: 0,
    lastAtMs: 0,
    sources,
    samples,
  }
}

function sample(calls: readonly LoggingCall[], random: () => number): readonly LoggingCall[] {
  const left = [...calls]
  const chosen: LoggingCall[] = []
  while (chosen.length < SAMPLE && left.length > 0) chosen.push(...left.splice(Math.floor(random() * left.length), 1))
  return chosen
}

function row(name: string, calls: number, outcomes: readonly Outcome[], seconds: string): string {
  const share = (list: readonly Outcome[], within: number): string =>
    list.length === 0
      ? '–'
      : `${((100 * list.filter(({ rank }) => rank >= 0 && rank < within).length) / list.length).toFixed(0)} %`
  const none = outcomes.filter(({ confidence }) => confidence === 0).length
  return `| ${name} | ${calls || ''} | ${outcomes.length} | ${share(outcomes, 1)} | ${share(outcomes, 3)} | ${share(
    outcomes.filter(({ alone }) => alone),
    1,
  )} | ${none} | ${seconds} |`
}

function calibration(outcomes: readonly Outcome[]): readonly string[] {
  return [0, 0.2, 0.4, 0.6, 0.8].flatMap((from) => {
    const within = outcomes.filter(
      ({ confidence }) => confidence > 0 && confidence >= from && (confidence < from + 0.2 || from === 0.8),
    )
    const right = within.filter(({ rank }) => rank === 0).length
    return [
      `| ${from.toFixed(1)} to ${(from + 0.2).toFixed(1)} | ${within.length} | ${within.length === 0 ? '–' : `${((100 * right) / within.length).toFixed(0)} %`} |`,
    ]
  })
}
