import { describe, expect, it } from 'vitest'
import { readExpression } from '../../src/evidence/inspect/expression.ts'
import type { Snapshot } from '../../src/evidence/inspect/snapshot.ts'
import type { ShownSnapshot } from '../../src/steps/inspect/inspection.ts'
import { redactedSnapshot } from '../../src/steps/inspect/redacted-state.ts'
import { inspectScreen } from '../../src/views/inspect/inspect-screen.ts'
import { snapshotLines } from '../../src/views/inspect/snapshot-lines.ts'
import { plainWidth, type Style } from '../../src/views/style.ts'
import { inspectionOf, recordedState } from './inspections.ts'

const usual: Style = { columns: 80, color: false, unicode: true }
const frames = [
  { function: 'price_order', file: 'src/cart.c', line: 118, own: true },
  { function: 'serve\u001b[2J', file: 'src/main.c', line: 12, own: true },
]
const values = [
  { name: 'total', value: '-5', type: 'int' },
  { name: 'order', value: `{id = 3, ${'note = "long", '.repeat(40)}}` },
  { name: 'user.password', value: 'hunter2' },
]
const snapshot: Snapshot = {
  place: { file: 'src/cart.c', line: 118, function: 'price_order' },
  hits: [
    { atMs: 31, tid: 813, threadName: 'worker', values, frames },
    {
      atMs: 62,
      tid: 814,
      values: [],
      frames,
      condition: 'whether the condition is true could not be told: it is gone',
    },
  ],
  reached: 840,
  ended: 'hits',
  tookMs: 1_200,
  isSampled: false,
  perHitUs: 3.21,
  notes: ['a note\u001b[2J'],
}
const when = readExpression('total < 0')

function shownOf(changes: Partial<Snapshot> = {}): ShownSnapshot {
  const asked = { file: 'cart.c', line: 118, print: [], hits: 2, forMs: 30_000 }
  return {
    inspector: 'gdb-snapshot',
    title: 'values at a statement',
    startedAtMs: 0,
    asked: when.ok ? { ...asked, when: when.expression } : asked,
    snapshot: redactedSnapshot({ ...snapshot, ...changes }, (text) => text),
  }
}

describe('values at a statement, as a screen', () => {
  it('are hit by hit, with the stack where it is another one than before', () => {
    expect(snapshotLines(shownOf(), usual, false)).toEqual([
      'snapshot  values at a statement: src/cart.c:118 in price_order, only where total',
      '          < 0, 2 hits in 1.2 s, ran 840 times, 3.2 µs each time',
      '  hit 1 after 0.03 s, thread 813 (worker)',
      '      total = -5  (int)',
      expect.stringMatching(/^ {6}order = \{id = 3, note = "long"/),
      expect.stringMatching(/^ {8}"long"/),
      expect.stringMatching(/^ {8}.*…$/),
      '      user.password = <masked>',
      '    ▸ price_order  src/cart.c:118',
      expect.stringMatching(/^ {6}serve.{1,12}src\/main\.c:12$/),
      '  hit 2 after 0.06 s, thread 814, same stack',
      '      whether the condition is true could not be told: it is gone',
      expect.stringMatching(/^ {2}a note/),
    ])
  })

  it.each([
    [{ hits: [], reached: 0, ended: 'time' }, 'did not run in 1.2 s'],
    [{ hits: [], reached: 12, ended: 'time' }, 'no hit in 1.2 s, ran 12 times'],
    [
      { hits: [], isSampled: true, ended: 'time' },
      'was not seen there in 1.2 s, ran 840 times, sampled: it may have run unseen',
    ],
    [{ ended: 'hot' }, 'given up: it runs so often that watching it slows the program down'],
    [{ ended: 'process' }, 'then the process ended'],
    [{ ended: 'stopped' }, 'ended before its time'],
  ] as const)('of %j say so', (changes, words) => {
    const [first = '', ...rest] = snapshotLines(
      shownOf({ ...changes, hits: 'hits' in changes ? [] : snapshot.hits }),
      usual,
      false,
    )
    expect([first, ...rest.map((line) => line.trim())].join(' ')).toContain(words)
  })

  it.each([40, 80, 140])('fit into %d columns, tell no secret, and leave the terminal alone', (columns) => {
    const screen = inspectScreen({ ...inspectionOf(recordedState()), snapshot: shownOf() }, { ...usual, columns }, true)
    const lines = screen.split('\n').filter((line) => !line.includes('→'))
    expect(lines.filter((line) => plainWidth(line) > columns)).toEqual([])
    expect(screen).toContain('hit 1 after 0.03 s')
    expect(screen).not.toContain('hunter2')
    expect(screen).not.toContain('\u001b')
  })
})
