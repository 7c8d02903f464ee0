import * as z from 'zod/mini'
import { headerText, PAYLOAD_LIMIT, type Header, type StoredEntry } from './entry.ts'
import { depthOf } from './payloads.ts'

/** Nothing that is recorded is nested deeper than a few levels; a walk over more could exhaust the stack. Levels. */
const DEPTH_LIMIT = 64

const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/))
const text = z.string().check(z.refine((value) => value === headerText(value), 'no text of a header'))
/** As `newIncidentId` makes them, and room for other makers; never a path, never an option. */
const incidentId = z.string().check(z.regex(/^[0-9a-z][0-9a-z-]{0,63}$/))
const moment = z.string().check(
  z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  z.refine((value) => !Number.isNaN(Date.parse(value)), 'no moment'),
)

const shape = {
  v: z.int().check(z.positive()),
  incident: incidentId,
  seq: z.int().check(z.positive()),
  at: moment,
  by: text,
  did: z.string().check(z.regex(/^[a-z][a-z-]{0,39}$/)),
  box: z.optional(text),
  identity: z.optional(z.strictObject({ hostname: text, machineId: z.optional(text), bootId: z.optional(text) })),
  payloadHash: hash,
  prev: hash,
}
const header = z.strictObject(shape)
/** For what comes from elsewhere; made when it is asked for, as no command that only writes does. */
const stored = z.lazy(() =>
  z.strictObject({
    ...shape,
    hash,
    salt: z.optional(z.string().check(z.regex(/^[0-9a-f]{32}$/))),
    body: z.optional(z.string()),
  }),
)

/** Of an entry that comes from elsewhere: itself when it has the form of an entry, else what does not fit, in a few words. */
export function asStoredEntry(value: unknown): StoredEntry | string {
  const result = stored.safeParse(value)
  if (!result.success) return mistakeOf(result.error)
  const { salt, body } = result.data
  if ((salt === undefined) !== (body === undefined)) return 'salt and payload come together'
  const mistake = body === undefined ? undefined : bodyMistake(body)
  return mistake ?? { ...result.data, salt, body }
}

/** What in a header that is about to be written has not the form of one: a mistake of our own. */
export function headerMistake(value: Omit<Header, 'hash'>): string | undefined {
  const result = header.safeParse(value)
  return result.success ? undefined : mistakeOf(result.error)
}

/** What keeps a text from being a payload. */
export function bodyMistake(body: string): string | undefined {
  if (Buffer.byteLength(body) > PAYLOAD_LIMIT) return `the payload is longer than ${PAYLOAD_LIMIT} bytes`
  if (!body.isWellFormed()) return 'the payload is no text'
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'the payload is no JSON object'
    return depthOf(value) > DEPTH_LIMIT ? `the payload is nested deeper than ${DEPTH_LIMIT} levels` : undefined
  } catch {
    return 'the payload is no JSON'
  }
}

function mistakeOf({ issues }: z.core.$ZodError): string {
  const [first] = issues
  const where = first?.path.map(String).join('.') ?? ''
  return where === '' ? (first?.message ?? 'it has not the form of an entry') : `${where}: ${first?.message}`
}
