import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBox } from '../../boxes/open.ts'
import type { LogSource } from '../../evidence/logs/source.ts'
import { noRecorder } from '../../incidents/recorder.ts'
import { redactor } from '../../incidents/redaction/index.ts'
import { compareLogs, type CompareOptions } from './compare.ts'
import { mineLog } from './mining/mine-log.ts'
import { logPlan } from './plan.ts'

const END = Date.UTC(2026, 10, 26, 12)
const ONSET = END - 1_800_000
const SECOND = 1_000

/** One record a second over an hour; in its second half an error among them now and then. */
const text = linesOf('')
const large = linesOf(' '.repeat(1_000))

function linesOf(more: string): string {
  return Array.from({ length: 3_600 }, (_, second) => {
    const at = END - (3_600 - second) * SECOND
    const stamp = new Date(at).toISOString()
    const error = at >= ONSET && second % 20 === 0 ? `${stamp} ERROR payment failed: upstream refused\n` : ''
    return `${stamp} INFO order ${second} was served${more}\n${error}`
  }).join('')
}

const options: Omit<CompareOptions, 'plan'> = {
  subjects: [],
  services: {},
  filter: { grep: [], not: [], fields: [], ignoreCase: false },
  caps: { bytes: 100_000_000, seconds: 60 },
  redact: (words) => words,
  signal: new AbortController().signal,
  nowMs: END,
  sought: [],
  local: () => openBox('local'),
  recorder: noRecorder,
}
const asked = logPlan({ onset: { atMs: ONSET, from: 'asked' }, whole: true, nowMs: END })

async function* input(of: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(of)
}

describe('standard input that is compared', () => {
  it('has a before: it can be read only once', async () => {
    const read = await compareLogs([openBox('local')], { ...options, plan: asked, input: input(text) })
    expect(read.patterns.map(({ verdict, before, after }) => [verdict, before.count, after.count])).toEqual([
      ['new', 0, 90],
      ['steady', 1800, 1800],
    ])
  })
})

describe('values that changed', () => {
  it('are without secrets, whatever stands beside them', async () => {
    const words = ['alder', 'birch', 'cedar', 'maple', 'rowan']
    const lines = text.split('\n').map((line, at) => {
      const isAfter = line >= new Date(ONSET).toISOString()
      return line.replace('was served', `password=${isAfter ? 'willow' : words[at % words.length]} was served`)
    })
    const redact = redactor({ key: Buffer.alloc(32), patterns: [] })
    const read = await compareLogs([openBox('local')], {
      ...options,
      redact,
      plan: asked,
      input: input(lines.join('\n')),
    })
    const changed = read.patterns.flatMap((pattern) => pattern.changed)
    expect(changed.map(({ what, value }) => [what, value.slice(0, 17)])).toEqual([['password', '‹secret:password:']])
    expect(JSON.stringify(read)).not.toContain('willow')
  })
})

describe('a customer by number', () => {
  it('is named, though it has a small share of the failures', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-values-'))
    const box = openBox('local')
    try {
      const lines = Array.from({ length: 3600 }, (_, second) => {
        const atMs = END - (3600 - second) * SECOND
        const isAfter = atMs >= ONSET
        // Of 300 customers each fails now and then; since the onset all fail three times as often, and one of them most of all.
        const customer = isAfter && second % 19 === 0 ? 4711 : 1000 + ((second * 7919) % 300)
        const fails = isAfter ? second % 2 === 0 || second % 19 === 0 : second % 6 === 0
        return [
          `${new Date(atMs).toISOString()} INFO order ${second} was served\n`,
          fails
            ? `${new Date(atMs).toISOString()} ERROR payment of customer ${customer} was declined, try ${second}\n`
            : '',
        ].join('')
      })
      const file = path.join(folder, 'app.log')
      writeFileSync(file, lines.join(''))
      const read = await compareLogs([box], { ...options, subjects: [file], plan: asked })
      const [first] = read.patterns
      expect([first?.template, first?.verdict]).toEqual(['payment of customer <*> was declined, try <*>', 'spiking'])
      expect(first?.changed.map(({ value, before }) => [value, before])).toEqual([['4711', 0]])
      expect(first?.changed[0]?.after).toBeCloseTo(0.1, 2)
    } finally {
      await box.close()
      rmSync(folder, { recursive: true })
    }
  })
})

describe('requests that stand in two logs', () => {
  it('are counted once, and that is said', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-twins-'))
    const box = openBox('local')
    try {
      const requests = (end: string): string =>
        Array.from({ length: 1200 }, (_, at) => {
          const stamp = new Date(END - (3600 - 3 * at) * SECOND).toUTCString()
          const [, day = '', month = '', year = '', clock = ''] = /, (\d+) (\w+) (\d+) ([\d:]+)/.exec(stamp) ?? []
          const status = at >= 600 && at % 10 === 0 ? 500 : 200
          const route = ['/orders/12', '/carts', '/prices'][at % 3]
          return `10.0.0.1 - - [${day}/${month}/${year}:${clock} +0000] "GET ${route} HTTP/1.1" ${status} 12 "-" "curl/8.5.0"${end}\n`
        }).join('')
      const [plain, timed] = [path.join(folder, 'access.log'), path.join(folder, 'timing.log')]
      writeFileSync(plain, requests(''))
      writeFileSync(timed, requests(' rt=0.004'))
      const read = await compareLogs([box], { ...options, subjects: [plain, timed], plan: asked })
      const [first] = read.patterns
      expect([first?.template, first?.verdict, first?.count]).toEqual([
        expect.stringMatching(/^GET \/\w+(?:\/{id})? 500/),
        'new',
        20,
      ])
      expect(first?.sources.map(({ source }) => source)).toEqual([timed])
      expect(first?.alsoIn?.map(({ source, count }) => [source, count])).toEqual([[plain, 20]])
      expect([read.routes?.source, read.routes?.otherSources]).toEqual([timed, [plain]])
      expect(read.routes?.total.after.requests).toBe(600)
      expect(read.notices).toEqual([`local: ${plain} tells of the same requests as ${timed}: each is counted once`])
    } finally {
      await box.close()
      rmSync(folder, { recursive: true })
    }
  })
})

describe('what was seen of a log', () => {
  const box = openBox('local')
  let folder = ''
  let source: LogSource
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'halligan-seen-'))
    const file = path.join(folder, 'app.log')
    writeFileSync(file, large)
    const bytes = statSync(file).size
    source = {
      box: 'local',
      id: file,
      kind: 'file',
      found: 'named',
      writers: [],
      files: [{ path: file, bytes, modifiedAtMs: END }],
      head: Buffer.from(large.slice(0, 4096)),
      tail: Buffer.from(large.slice(-4096)),
    }
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true })
    await box.close()
  })
  const mined = (bytes: number, from = source) =>
    mineLog(
      box,
      from,
      {
        sources: [from],
        others: [],
        blind: [],
        skewMs: 0,
        skewWithinMs: 0,
        identity: undefined,
        time: { nowMs: END, zone: 'UTC' },
      },
      { ...options, plan: asked, caps: { bytes, seconds: 60 } },
    )

  it('is all that was asked for, where all came', async () => {
    const { seen, notices } = await mined(100_000_000)
    expect(Math.min(...seen.map(({ fromMs }) => fromMs))).toBe(END - 3_600 * SECOND)
    expect(Math.max(...seen.map(({ toMs }) => toMs))).toBe(END)
    expect(notices).toEqual([])
  })

  it('is not what a limit of bytes left out', async () => {
    // Half of each half hour.
    const { seen, log, notices } = await mined(1_000_000)
    const length = (fromMs: number, toMs: number): number =>
      seen.reduce((sum, span) => sum + Math.max(0, Math.min(toMs, span.toMs) - Math.max(fromMs, span.fromMs)), 0)
    expect(log.reports.map(({ capped }) => capped)).toEqual(['bytes', 'bytes'])
    for (const [from, to] of [
      [-Infinity, ONSET],
      [ONSET, Infinity],
    ] as const) {
      expect(length(from, to)).toBeLessThan(1_200 * SECOND)
      expect(length(from, to)).toBeGreaterThan(300 * SECOND)
    }
    expect(notices).toEqual([
      `local: ${source.id} was cut off at the limit of bytes (--max-bytes): what came earlier was not read`,
    ])
  })

  it('is not what lies in a file that could not be read', async () => {
    const [file] = source.files
    if (!file) throw new Error('there is a file')
    const rotated = { path: `${file.path}.1`, bytes: 1_000, modifiedAtMs: ONSET - 600 * SECOND }
    const { seen, notices } = await mined(100_000_000, { ...source, files: [file, rotated] })
    expect(notices).toEqual([`local: ${rotated.path}: it is not there (any more)`])
    // Of the time before the onset the records that came tell from when on it was seen, to the last one.
    expect(seen.map(({ toMs }) => toMs)).toEqual([END, ONSET - SECOND])
  })
})
