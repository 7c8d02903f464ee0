import { isIPv6 } from 'node:net'

/** Four bytes or sixteen. */
export type Address = readonly number[]

/** An address as it stands in a text, with how to write another in its place. */
export interface WrittenAddress {
  readonly address: Address
  readonly write: (address: Address) => string
}

/**
 * Source of a regular expression for what may be an address: IPv6 with its shortcuts, IPv4 with dots, `ip-10-0-0-7` of host names in
 * clouds, and `0100007F:1F90` of proc_pid_net(5).
 */
export const ADDRESS_FORM = [
  String.raw`(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,8}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]{0,4})(?![\w:]|\.\d)`,
  String.raw`(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)`,
  String.raw`(?<![A-Za-z0-9])ip-\d{1,3}(?:-\d{1,3}){3}(?![A-Za-z0-9])`,
  String.raw`(?<!\w)(?:[0-9A-F]{8}|[0-9A-F]{32}):[0-9A-F]{4}(?!\w)`,
].join('|')

/** Reads what has that form; undefined for a time, a version and what else only looks like one. */
export function writtenAddress(text: string): WrittenAddress | undefined {
  const hex = /^([0-9A-F]{8}|[0-9A-F]{32})(:[0-9A-F]{4})$/.exec(text)
  if (hex) return hexAddress(hex[1] ?? '', hex[2] ?? '')
  const dashed = /^ip-([\d-]+)$/.exec(text)?.[1]
  if (dashed !== undefined) return fourBytes(dashed.split('-'), (address) => `ip-${address.join('-')}`)
  if (!text.includes(':')) return fourBytes(text.split('.'), addressWords)
  // `::` by itself, and `a::b` of a program, have the form as well.
  return isIPv6(text) && /\d/.test(text) ? sixteenBytes(text) : undefined
}

/** `192.0.2.1`, `2001:db8::1` (RFC 5952). */
export function addressWords(address: Address): string {
  if (address.length === 4) return address.join('.')
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((address[2 * at] ?? 0) << 8) | (address[2 * at + 1] ?? 0)).toString(16),
  )
  const zeros = [...groups.join(':').matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].toSorted(
    (a, b) => b[0].length - a[0].length,
  )[0]
  if (!zeros) return groups.join(':')
  const text = groups.join(':')
  return `${text.slice(0, zeros.index)}::${text.slice(zeros.index + zeros[0].length).replace(/^:/, '')}`
}

/** An IPv4 address that is written as one of IPv6 (RFC 4291, 2.5.5.2) is one of IPv4. */
export function isMapped(address: Address): boolean {
  return (
    address.length === 16 &&
    address.slice(0, 10).every((byte) => byte === 0) &&
    address[10] === 255 &&
    address[11] === 255
  )
}

function fourBytes(parts: readonly string[], write: WrittenAddress['write']): WrittenAddress | undefined {
  const address = parts.map(Number)
  return address.length === 4 && address.every((byte) => byte <= 255) ? { address, write } : undefined
}

function sixteenBytes(text: string): WrittenAddress {
  const [before = '', after] = text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, fourInHex).split('::')
  const head = before === '' ? [] : before.split(':')
  const tail = after === undefined || after === '' ? [] : after.split(':')
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail]
  const address = groups.flatMap((group) => [Number.parseInt(group, 16) >>> 8, Number.parseInt(group, 16) & 255])
  const isDotted = isMapped(address) && text.includes('.')
  return { address, write: (other) => (isDotted ? `::ffff:${other.slice(-4).join('.')}` : addressWords(other)) }
}

function fourInHex(_: string, ...bytes: readonly string[]): string {
  const [a, b, c, d] = bytes.slice(0, 4).map((byte) => Number(byte).toString(16).padStart(2, '0'))
  return `${a}${b}:${c}${d}`
}

/** Words of 32 bits in the byte order of x86, ARM and RISC-V. */
function hexAddress(hex: string, port: string): WrittenAddress {
  const address = swapped(Buffer.from(hex, 'hex'))
  return { address, write: (other) => `${Buffer.from(swapped(other)).toString('hex').toUpperCase()}${port}` }
}

function swapped(bytes: Iterable<number>): readonly number[] {
  const all = [...bytes]
  return all.map((_, at) => all[(at & ~3) + 3 - (at & 3)] ?? 0)
}
