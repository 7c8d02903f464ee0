import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { compareScreen } from '../../src/views/logs/compare-screen.ts'
import { listScreen } from '../../src/views/logs/list-screen.ts'
import { logsJson } from '../../src/views/logs/logs-json.ts'
import { rawRecord, recordLines } from '../../src/views/logs/record-lines.ts'
import type { Beside } from '../../src/incidents/beside.ts'
import type { LogsRead } from '../../src/steps/logs/logs-read.ts'
import type { ShownRecord } from '../../src/steps/logs/record-assembler.ts'
import { plainWidth, type Style } from '../../src/views/style.ts'
import { expectGolden } from '../golden.ts'
import { burningLook } from './looks.ts'
import { logsRead } from './logs-read.ts'

const usual: Style = { columns: 80, color: false, unicode: true }
const wide: Style = { columns: 120, color: false, unicode: true }
const ascii: Style = { columns: 80, color: false, unicode: false }
const colour: Style = { columns: 80, color: true, unicode: true }

const nothing = logsRead({ patterns: [], exceptions: [], findings: [], routes: undefined })
const uncompared = logsRead({
  plan: { onset: undefined, spans: [{}] },
  exceptions: [],
  findings: [],
  routes: undefined,
})
const proposed = logsRead({
  plan: {
    ...logsRead().plan,
    onset: { atMs: Date.UTC(2026, 0, 2, 14, 5), from: 'proposed', confidence: 0.99, why: '"invoice" is new' },
  },
})
const unseen = logsRead({
  patterns: logsRead().patterns.map((pattern) =>
    pattern.verdict === 'new' || pattern.template.includes('mail')
      ? { ...pattern, verdict: 'steady', uncompared: true }
      : pattern,
  ),
  exceptions: [],
  findings: [],
  routes: undefined,
})
const booted = logsRead({
  boots: [{ box: 'web-1', atMs: Date.UTC(2026, 0, 2, 14, 2, 11) }],
  patterns: logsRead().patterns.map((pattern) =>
    pattern.verdict === 'silent' ? { ...pattern, verdict: 'steady', ofBoot: true } : pattern,
  ),
})
/** web-1 was looked at half an hour before. */
const lookOf = (box: string): Pick<Beside, 'look'> => ({
  look:
    box === 'web-1'
      ? {
          seq: 12,
          at: '2026-01-02T14:03:00.000Z',
          state: 'critical',
          findings: burningLook().conclusion.findings,
          failure: undefined,
          identity: undefined,
          outside: [],
          warnings: [],
        }
      : undefined,
})
const notEntered: LogsRead = {
  ...nothing,
  boxes: [
    {
      box: 'web-1',
      identity: undefined,
      skewMs: undefined,
      zone: undefined,
      failure: { kind: 'refused', message: 'web-1 refused the connection.', tryNext: 'Is sshd running?' },
      blind: [],
    },
  ],
  logs: [],
}

const SCREENS: readonly (readonly [string, () => string])[] = [
  ['logs-compare.txt', () => compareScreen(logsRead(), usual, false)],
  ['logs-compare-wide.txt', () => compareScreen(logsRead(), wide, false)],
  ['logs-compare-ascii.txt', () => compareScreen(logsRead(), ascii, false)],
  ['logs-compare-colour.txt', () => compareScreen(logsRead(), colour, false)],
  ['logs-compare-details.txt', () => compareScreen(logsRead(), wide, true)],
  ['logs-compare-proposed.txt', () => compareScreen(proposed, usual, false)],
  ['logs-uncompared.txt', () => compareScreen(uncompared, usual, false)],
  ['logs-booted.txt', () => compareScreen(booted, usual, false)],
  ['logs-beside-look.txt', () => compareScreen(logsRead(), usual, false, lookOf)],
  ['logs-unseen.txt', () => compareScreen(unseen, usual, false)],
  ['logs-nothing.txt', () => compareScreen(nothing, usual, false)],
  ['logs-not-entered.txt', () => compareScreen(notEntered, usual, false)],
  ['logs.json', () => logsJson(logsRead())],
  ['logs-list.txt', () => listScreen(lists(), usual, Date.UTC(2026, 0, 2, 14, 35))],
  ['logs-list-wide.txt', () => listScreen(lists(), wide, Date.UTC(2026, 0, 2, 14, 35))],
]

function lists() {
  const { logs, boxes } = logsRead()
  const [log] = logs
  if (!log) throw new Error('there is a log')
  const unread = {
    ...log.source,
    id: '/var/log/secure',
    blind: { kind: 'blind' as const, why: 'Permission denied', hint: 'run with --sudo' },
  }
  return [
    {
      box: 'web-1',
      logs: [log, { source: unread, format: undefined, firstAtMs: NaN, lastAtMs: NaN }],
      blind: [{ what: 'the journal', why: 'this user sees only its own part', hint: 'run with --sudo' }],
      failure: undefined,
      skewMs: boxes[0]?.skewMs,
      skewWithinMs: boxes[0]?.skewWithinMs,
    },
  ]
}

describe('what logs came to, as a screen', () => {
  it.each(SCREENS)('%s is as it was read and found good', (name, screen) => {
    expectGolden(name, screen(), path.join(import.meta.dirname, '../fixtures/logs-goldens'))
  })

  it.each([40, 60, 80, 140])('fits into %d columns', (columns) => {
    const screens = [logsRead(), uncompared, proposed, notEntered].map((read) =>
      compareScreen(read, { columns, color: true, unicode: true }, false),
    )
    // Commands are never cut: they are there to be copied.
    const lines = screens
      .join('')
      .split('\n')
      .filter((line) => !line.includes('→'))
    expect(lines.filter((line) => plainWidth(line) > columns)).toEqual([])
  })
})

describe('records on a terminal', () => {
  const record: ShownRecord = {
    box: 'web-1',
    source: '/var/log/shop/orders.log',
    atMs: Date.UTC(2026, 0, 2, 14, 5, 33, 120),
    text: '14:05:33 ERROR \u001b]0;owned\u0007 failed\n\tat x',
    event: { message: 'failed', severity: 'error' },
  }
  const how = { style: usual, boxes: ['web-1'], manyLogs: false, withDate: false, sought: undefined }

  it('are as they were written, made harmless', () => {
    expect(recordLines(record, how)).toBe('14:05:33 ERROR \\x1b]0;owned\\x07 failed\n        at x\n')
  })
  it('say whose they are and when, where there are several', () => {
    expect(recordLines(record, { ...how, boxes: ['web-1', 'web-2'], manyLogs: true })).toMatch(
      /^14:05:33\.120 web-1 orders\.log 14:05:33 ERROR /,
    )
    expect(recordLines({ ...record, atMs: NaN }, { ...how, manyLogs: true })).toMatch(/^--:--:-- orders\.log /)
  })
  it('go byte for byte into a pipe, and harmless to a terminal', () => {
    expect(rawRecord(record, false)).toBe(`${record.text}\n`)
    expect(rawRecord(record, true)).not.toContain('\u001b')
  })
})
