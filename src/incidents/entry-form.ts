import { onlyFields, optional, positive, text, textThat, type Misfit } from '../base/shape.ts'
import { headerText, PAYLOAD_LIMIT, type Header, type StoredEntry } from './entry.ts'
import { depthOf } from './payloads.ts'

/** Nothing that is recorded is nested deeper than a few levels; a walk over more could exhaust the stack. Levels. */
const DEPTH_LIMIT = 64

const hash = textThat((value) => /^[0-9a-f]{64}$/.test(value), 'a hash')
const headerWords = textThat((value) => value === headerText(value), 'a text of a header')
const identity = onlyFields({ hostname: headerWords, machineId: optional(headerWords), bootId: optional(headerWords) })

const keys = {
  v: positive,
  /** As `newIncidentId` makes them, and room for other makers; never a path, never an option. */
  incident: textThat((value) => /^[0-9a-z][0-9a-z-]{0,63}$/.test(value), 'the id of an incident'),
  seq: positive,
  at: textThat(isMoment, 'a moment'),
  by: headerWords,
  did: textThat((value) => /^[a-z][a-z-]{0,39}$/.test(value), 'the name of a kind'),
  box: optional(headerWords),
  identity: optional(identity),
  payloadHash: hash,
  prev: hash,
}
const header = onlyFields(keys)
const stored = onlyFields({
  ...keys,
  hash,
  salt: optional(textThat((value) => /^[0-9a-f]{32}$/.test(value), 'a salt')),
  body: optional(text),
})

function isMoment(value: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) && !Number.isNaN(Date.parse(value))
}

/** Of an entry that comes from elsewhere: itself when it has the form of an entry, else what does not fit, in a few words. */
export function asStoredEntry(value: unknown): StoredEntry | string {
  const fit = stored.read(value)
  if (!fit.ok) return mistakeOf(fit)
  const { salt, body } = fit.value
  if ((salt === undefined) !== (body === undefined)) return 'salt and payload come together'
  const mistake = body === undefined ? undefined : bodyMistake(body)
  return mistake ?? { ...fit.value, salt, body }
}

/** What in a header that is about to be written has not the form of one: a mistake of our own. */
export function headerMistake(value: Omit<Header, 'hash'>): string | undefined {
  const fit = header.read(value)
  return fit.ok ? undefined : mistakeOf(fit)
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

function mistakeOf({ where, what }: Misfit): string {
  return where === '' ? what : `${where}: ${what}`
}
