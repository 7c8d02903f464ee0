import { bytesOf, indexWithin, startsWith } from '../layout/line-bytes.ts'

/**
 * What HAProxy says of itself and of its servers without a time (`log stdout format raw`, standard error): a record of its own, and never a part of the
 * request before it. No allocation.
 */
export function isHaproxyOwnLine(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start]
  if (first === 0x5b)
    return STANDARD_ERROR.some((words) => startsWith(bytes, start, end, words)) && hasPid(bytes, start, end)
  if (first === 0x53) return startsWith(bytes, start, end, SERVER) && isOne(bytes, start, end, STATES)
  return first === 0x62 && startsWith(bytes, start, end, BACKEND) && isOne(bytes, start, end, NONE_LEFT)
}

/** `[WARNING]  (227) : `, before 2.4 `[ALERT] 329/054435 (811) : ` */
const STANDARD_ERROR = ['[NOTICE]', '[WARNING]', '[ALERT]', '[EMERG]'].map(bytesOf)
const SERVER = bytesOf('Server ')
const STATES = [' is DOWN', ' is UP', ' is going DOWN', ' is going UP', ' is stopping', ' was DOWN'].map(bytesOf)
const BACKEND = bytesOf('backend ')
const NONE_LEFT = [' has no server available!'].map(bytesOf)
const PID = bytesOf(') : ')
/** Names of a backend and a server, and what is before them. Bytes. */
const NEAR = 300

function hasPid(bytes: Uint8Array, start: number, end: number): boolean {
  return indexWithin(bytes, start, Math.min(end, start + 48), PID) !== -1
}

function isOne(bytes: Uint8Array, start: number, end: number, words: readonly Uint8Array[]): boolean {
  const last = Math.min(end, start + NEAR)
  return words.some((each) => indexWithin(bytes, start, last, each) !== -1)
}
