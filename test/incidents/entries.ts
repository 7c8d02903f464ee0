import { createHash } from 'node:crypto'
import { BEFORE_THE_FIRST, type BoxIdentity } from '../../src/incidents/entry.ts'
import type { Did, PayloadOf } from '../../src/incidents/payloads.ts'
import type { AnyEntry } from '../../src/incidents/store.ts'

/** An entry in short: what a store would add is added in order. */
export interface Short<D extends Did = Did> {
  readonly did: D
  readonly payload: PayloadOf<D>
  readonly by?: string
  readonly box?: string
  readonly identity?: BoxIdentity
  /** Minutes after the first. */
  readonly minute?: number
}

export const INCIDENT = '20261125-k7qm'
/** 2026-11-25 14:00 UTC. Milliseconds since the epoch. */
export const STARTED_MS = Date.parse('2026-11-25T14:00:00Z')

export function short<D extends Did>(
  did: D,
  payload: PayloadOf<D>,
  more: Omit<Short<D>, 'did' | 'payload'> = {},
): Short<D> {
  return { did, payload, ...more }
}

/** The entries of one incident in order. Their hashes are made up, so that a screen which shows one stays as it was read. */
export function chained(shorts: readonly Short[]): readonly AnyEntry[] {
  const entries: AnyEntry[] = []
  for (const [index, { did, payload, by = 'alice@laptop', box, identity, minute = index }] of shorts.entries()) {
    const body = JSON.stringify(payload)
    const header = {
      v: 1,
      incident: INCIDENT,
      seq: index + 1,
      at: new Date(STARTED_MS + minute * 60_000).toISOString(),
      by,
      did,
      box,
      identity,
      payloadHash: madeUp(body),
      prev: entries.at(-1)?.hash ?? BEFORE_THE_FIRST,
    }
    entries.push({ ...header, hash: madeUp(`entry ${index + 1}`), salt: '5a17', payload: JSON.parse(body) } as AnyEntry)
  }
  return entries
}

function madeUp(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The same entry after its payload was purged. */
export function purged(entry: AnyEntry): AnyEntry {
  return { ...entry, payload: undefined, salt: undefined }
}

export const opened: Short = short('opened', { title: 'checkout returns 500s', boxes: ['web-1'] })

/** A look at web-1 that finds these, each with one suggestion. */
export function look(
  findings: readonly { readonly title: string; readonly score?: number; readonly next?: readonly string[] }[],
  more: Omit<Short<'looked'>, 'did' | 'payload'> & { readonly state?: PayloadOf<'looked'>['state'] } = {},
): Short<'looked'> {
  const { state = findings.length > 0 ? 'critical' : 'ok', ...rest } = more
  return short(
    'looked',
    {
      state,
      blind: [],
      cleared: [],
      findings: findings.map(({ title, score = 90, next = [] }) => ({
        check: title.split(' ')[0] ?? '',
        state: 'critical',
        resource: 'process',
        score,
        title,
        why: 'because',
        subject: { kind: 'process', name: 'orders-api', pid: 90 },
        measured: [],
        next: next.map((command) => ({ command, why: 'to see', price: 'free' })),
      })),
    },
    { box: 'web-1', ...rest },
  )
}

export function ran(
  line: string,
  more: Partial<PayloadOf<'ran'>> & { readonly box?: string; readonly by?: string; readonly minute?: number } = {},
): Short<'ran'> {
  const { box = 'web-1', by, minute, ...payload } = more
  return short(
    'ran',
    { line, state: 'ended', exit: 0, printedBytes: 0, keptBytes: 0, shown: '', ...payload },
    { box, ...(by === undefined ? {} : { by }), ...(minute === undefined ? {} : { minute }) },
  )
}
