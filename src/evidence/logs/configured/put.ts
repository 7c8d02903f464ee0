import type { BoxTime } from '../time/box-time.ts'
import { digitsAt, monthAt, readOffset } from '../time/clock.ts'
import { readByPattern } from '../time/clock-pattern.ts'
import type { Draft } from './draft.ts'

/** Puts the value of a variable where it belongs. Values that stand for "none" (`-`, empty) do not come here. */
export type Put = (draft: Draft, value: string, time: BoxTime) => void

/** Several upstreams were tried one after the other (nginx: `0.100, 0.002`; after an internal redirect ` : `): their times add up, the last one answered. */
const BETWEEN_UPSTREAMS = / ?[,:] /

export const putClient: Put = (draft, value) => {
  draft.client ??= value
}

export const putHost: Put = (draft, value) => {
  draft.host ??= value
}

export const putMethod: Put = (draft, value) => {
  draft.method ??= value
}

export const putTarget: Put = (draft, value) => {
  draft.target = value
}

export const putPath: Put = (draft, value) => {
  draft.path = value
}

export const putQuery: Put = (draft, value) => {
  draft.query ??= value
}

/** `GET /orders/4711?full=1 HTTP/1.1` (RFC 9112 3); without a version from HTTP/0.9; anything else was no request: `\x16\x03\x01`. */
export const putRequest: Put = (draft, value) => {
  const first = value.indexOf(' ')
  if (first === -1 || !isToken(value, first)) return
  let end = value.lastIndexOf(' ')
  if (end === first || !value.startsWith('HTTP/', end + 1)) end = value.length
  draft.method ??= value.slice(0, first)
  draft.target ??= value.slice(first + 1, end)
}

/** Methods are letters and `-` (WebDAV's `VERSION-CONTROL`), at most as long as that. */
function isToken(text: string, end: number): boolean {
  if (end === 0 || end > 20) return false
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at) | 0x20
    if ((code < 0x61 || code > 0x7a) && text[at] !== '-') return false
  }
  return true
}

/** -1 (HAProxy) and 0 (Envoy): it ended before there was one. 000 is nginx's. */
export const putStatus: Put = (draft, value) => {
  const status = Number(value)
  if (Number.isInteger(status) && status >= -1 && status <= 999) draft.status = Math.max(0, status)
}

export const putBytes: Put = (draft, value) => {
  const bytes = quantity(value)
  if (bytes !== undefined) draft.bytes ??= bytes
}

/** How long it took, in a unit of so many milliseconds. HAProxy's `+` says that the end was not awaited; negative: it never came so far. */
export function putDuration(unitMs: number): Put {
  return (draft, value) => {
    const duration = quantity(value)
    if (duration !== undefined) draft.durationMs = duration * unitMs
  }
}

export function putUpstreamDuration(unitMs: number): Put {
  return (draft, value) => {
    let sum: number | undefined
    for (const part of partsOf(value)) {
      const duration = quantity(part)
      if (duration !== undefined) sum = (sum ?? 0) + duration * unitMs
    }
    // 0.1 + 0.2 s are 300 ms: no log tells less than a microsecond.
    if (sum !== undefined) draft.upstreamMs = Math.round(sum * 1000) / 1000
  }
}

export const putUpstream: Put = (draft, value) => {
  const last = lastNamed(value)
  if (last !== undefined) draft.upstream = last
  if (value !== last) draft.fields.push(['upstream_tried', value])
}

export const putUpstreamStatus: Put = (draft, value) => {
  const status = Number(lastNamed(value))
  if (Number.isInteger(status) && status > 0 && status <= 999) draft.upstreamStatus = status
}

function lastNamed(value: string): string | undefined {
  return partsOf(value).findLast((part) => part !== '' && part !== '-')
}

/** Characters of a list of upstreams that are looked at, from its end; hostile values may have very many. */
const LONGEST_LIST = 1024

function partsOf(value: string): readonly string[] {
  return value.slice(-LONGEST_LIST).split(BETWEEN_UPSTREAMS)
}

export const putPid: Put = (draft, value) => {
  const pid = quantity(value)
  if (pid !== undefined) draft.pid = pid
}

export function putField(name: string): Put {
  return (draft, value) => {
    draft.fields.push([name, value])
  }
}

/** Both: it has a place of its own, and people look for it by its name. */
export const putNothing: Put = () => undefined

/** `10/Oct/2000:13:55:36 -0700`, in brackets or not; HAProxy's `06/Feb/2009:12:14:14.655` has no zone but a fraction. */
export const putCommonTime: Put = (draft, value) => {
  const at = value.startsWith('[') ? 1 : 0
  const { clock } = draft
  const parts = [
    digitsAt(value, at, 2),
    monthAt(value, at + 3),
    digitsAt(value, at + 7, 4),
    digitsAt(value, at + 12, 2),
    digitsAt(value, at + 15, 2),
    digitsAt(value, at + 18, 2),
  ]
  if (parts.some((part) => part < 0)) return
  ;[clock.day, clock.month, clock.year, clock.hour, clock.minute, clock.second] = parts as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (value[at + 20] === '.') clock.millisecond = Math.max(0, digitsAt(value, at + 21, 3))
  const zone = readOffset(value, value.indexOf(' ', at + 20) + 1)
  if (zone !== undefined && value.includes(' ')) clock.offsetMinutes = zone.minutes
}

/** RFC 3339: `2026-11-26T05:44:35+00:00`, with or without a fraction. */
export const putIsoTime: Put = (draft, value) => {
  const end = readByPattern('%Y-%m-%d', value, 0, draft.clock)
  if (end < 0 || !'T '.includes(value[end] ?? '?')) return
  let next = readByPattern('%H:%M:%S', value, end + 1, draft.clock)
  if (value[next] === '.' || value[next] === ',') next = readByPattern('%f', value, next + 1, draft.clock)
  if (next > 0) readByPattern('%z', value, next, draft.clock)
}

/** Since the epoch, in a unit of so many milliseconds: `1503544071.123`. */
export function putEpoch(unitMs: number): Put {
  return (draft, value) => {
    const count = quantity(value)
    if (count !== undefined && count * unitMs < LAST_MS) draft.atMs = Math.floor(count * unitMs)
  }
}

/** The last instant that a Date can have (ECMA-262 21.4.1.1). */
const LAST_MS = 8.64e15

/** Whole seconds; the fraction may come from another variable. */
export const putEpochSeconds: Put = (draft, value) => {
  const seconds = quantity(value)
  if (seconds !== undefined && seconds * 1000 < LAST_MS) draft.clock.epochSeconds = Math.floor(seconds)
}

export const putMilliseconds: Put = (draft, value) => {
  const milliseconds = quantity(value)
  if (milliseconds !== undefined && milliseconds < 1000) draft.clock.millisecond = Math.floor(milliseconds)
}

export const putMicroseconds: Put = (draft, value) => {
  const microseconds = quantity(value)
  if (microseconds !== undefined && microseconds < 1e6) draft.clock.millisecond = Math.floor(microseconds / 1000)
}

export function putPatternTime(pattern: string): Put {
  return (draft, value) => {
    readByPattern(pattern, value, 0, draft.clock)
  }
}

/** A number that is none below zero; `+12` (HAProxy, logasap) and `12ms` (Traefik) too. */
export function quantity(value: string): number | undefined {
  if (value === '' || value.length > 24) return undefined
  const number = Number(value)
  return number >= 0 && number < Infinity ? number : undefined
}
