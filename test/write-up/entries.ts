import type { BoxIdentity } from '../../src/incidents/entry.ts'
import type { Did, PayloadOf } from '../../src/incidents/payloads.ts'
import type { AnyEntry } from '../../src/incidents/store.ts'
import { storyOf, type Story } from '../../src/incidents/story/story.ts'
import type { MeasuredAgain } from '../../src/incidents/story/figures.ts'

/** One entry of a made-up incident, a minute after the one before it unless it says when. */
export type Short = { readonly [D in Did]: readonly [did: D, payload: PayloadOf<D>, more?: More] }[Did]

export interface More {
  readonly box?: string
  readonly by?: string
  /** `14:05` of the day of the incident, or a whole time. */
  readonly at?: string
  readonly identity?: BoxIdentity
  /** Its payload was purged. */
  readonly purged?: boolean
}

export function entriesOf(shorts: readonly Short[]): readonly AnyEntry[] {
  return shorts.map(([did, payload, more = {}], index): AnyEntry => {
    const minute = `14:${String(index).padStart(2, '0')}`
    const at = more.at?.includes('T') ? more.at : `2026-11-25T${more.at ?? minute}:00.000Z`
    return {
      v: 1,
      incident: '20261125-k7qm',
      seq: index + 1,
      at,
      by: more.by ?? 'alice@laptop-7',
      did,
      payload: more.purged ? undefined : payload,
      box: more.box,
      identity: more.identity,
      salt: '00',
      payloadHash: '0'.repeat(64),
      prev: '0'.repeat(64),
      hash: String(index + 1).padStart(64, 'a'),
    } as AnyEntry
  })
}

export function storyFrom(shorts: readonly Short[], again: MeasuredAgain = new Map()): Story {
  const story = storyOf(entriesOf(shorts), again)
  if (!story) throw new Error('there is nothing to tell')
  return story
}

export const OPENED: Short = ['opened', { title: 'checkout returns 500s', boxes: [] }]

export function look(
  box: string,
  state: 'critical' | 'warning' | 'ok' | 'unknown',
  open?: number,
  more: More = {},
): Short {
  const finding = {
    check: 'fd-exhaustion',
    state: state === 'critical' ? ('critical' as const) : ('warning' as const),
    resource: 'process',
    score: 90,
    title: `orders-api (812) holds ${open} of its 1024 file descriptors`,
    why: 'At the limit accept() fails.',
    subject: { kind: 'process', name: 'orders-api', pid: 812, unit: 'orders-api.service' },
    measured: [{ what: 'open file descriptors', value: open ?? 0, limit: 1024, unit: 'count', source: '/proc/812/fd' }],
    next: [
      {
        command: `halligan run ${box} --price free -- 'ls -l /proc/812/fd'`,
        why: 'see what they are',
        price: 'free' as const,
      },
    ],
  }
  const findings = open === undefined ? [] : [finding]
  const cleared =
    open === undefined ? [{ check: 'fd-exhaustion', why: 'fullest descriptor table is at 3.3 % of its limit' }] : []
  return ['looked', { command: `halligan look ${box} --sudo`, state, findings, cleared, blind: [] }, { box, ...more }]
}

export function ran(box: string, line: string, payload: Partial<PayloadOf<'ran'>> = {}): Short {
  return [
    'ran',
    { line, exit: 0, state: 'ended', tookMs: 100, printedBytes: 0, keptBytes: 0, shown: '', ...payload },
    { box },
  ]
}
