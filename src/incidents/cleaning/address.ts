import { isIPv6 } from 'node:net'
import { isBehindEscape, spansOf, type Span } from './edges.ts'

/** Four bytes or sixteen. */
export type Address = readonly number[]

/** An address as it stands in a text, with how to write another in its place. */
export interface WrittenAddress {
  readonly address: Address
  readonly write: (address: Address) => string
}

/** One to four hex digits. */
const GROUP = '[0-9A-Fa-f]{1,4}'
/** Behind an address may stand its port (`10.0.0.7.443` of tcpdump); a longer row of numbers is none. */
const FOUR = String.raw`(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d+\.\d|\.\d{6})`

interface Form {
  readonly pattern: RegExp
  /** What a text must have for it to be looked for. */
  readonly within?: string
  readonly isPlace: (text: string, span: Span) => boolean
}

/**
 * What may be an address, each pattern made so that ordinary text is passed over fast:
 *
 *     fd00::7  ::ffff:10.0.0.7  10.0.0.7        as people write them
 *     7.0.0.10.in-addr.arpa  7.0.….ip6.arpa     reverse names (RFC 1035, 3.5; RFC 3596, 2.5)
 *     ip-10-0-0-7  10-0-0-7.default.pod         host names in clouds and clusters
 *     0700000A:1F90                             proc_pid_net(5): tcp, udp
 *     eth0 0000000A 0100000A 0003               proc_pid_net(5): route, with tabs
 *     fd00…0007 02 40 00 80 eth0                proc_pid_net(5): if_inet6, ipv6_route
 */
const FORMS: readonly Form[] = [
  { pattern: /(?:[0-9A-Fa-f]\.){32}ip6\.arpa/g, within: 'ip6.arpa', isPlace: isNoDigitBefore },
  { pattern: /(?:\d{1,3}\.){4}in-addr\.arpa/g, within: 'in-addr.arpa', isPlace: isNoDigitBefore },
  {
    pattern: new RegExp(
      String.raw`(?:${GROUP}:|::)(?:[0-9A-Fa-f]{0,4}:){0,7}(?:${FOUR}|${GROUP}|(?<=::))(?![A-Za-z0-9]|:(?:${GROUP}(?![A-Za-z0-9])|:)|\.\d+\.\d|\.\d{6})`,
      'g',
    ),
    within: ':',
    isPlace: (text, { start }) =>
      !SIX_BEFORE.test(text.slice(Math.max(0, start - 6), start)) || isBehindEscape(text, start),
  },
  { pattern: new RegExp(FOUR, 'g'), isPlace: isFourPlace },
  { pattern: /(?<![A-Za-z0-9])(?:ip|ec2)-\d{1,3}(?:-\d{1,3}){3}(?![A-Za-z0-9])/g, isPlace: () => true },
  { pattern: /(?<![A-Za-z0-9-])\d{1,3}(?:-\d{1,3}){3}(?=\.[A-Za-z])/g, isPlace: () => true },
  {
    pattern: /(?:[0-9A-F]{8}){1,4}:[0-9A-F]{4}(?!\w)/g,
    isPlace: (text, { start, end }) => [8, 32].includes(end - start - 5) && !/\w/.test(text[start - 1] ?? ''),
  },
  {
    pattern: /(?<=^[\w.@-]{1,15}\t(?:[0-9A-F]{8}\t)?)[0-9A-F]{8}(?=\t[0-9A-F]{4,8}\t)/gm,
    within: '\t',
    isPlace: () => true,
  },
  {
    pattern: /[0-9a-f]{32}(?= [0-9a-f]{2}(?:[0-9a-f]{6})? )/g,
    isPlace: (text, { start }) => !/[0-9A-Za-z]/.test(text[start - 1] ?? ''),
  },
]

/** What looks like an address in a text; some of them are none (`writtenAddress`), and some lie within others, which come first. */
export function* addressSpans(text: string): Iterable<Span> {
  for (const { pattern, within, isPlace } of FORMS)
    if (within === undefined || text.includes(within)) yield* spansOf(pattern, text, (span) => isPlace(text, span))
}

/** The address goes on before. */
const SIX_BEFORE = new RegExp(`(?:[A-Za-z0-9]|(?<![A-Za-z0-9])${GROUP}:|::)$`)

function isFourPlace(text: string, { start }: Span): boolean {
  const before = text.slice(Math.max(0, start - 3), start)
  // `v1.2.3.4` is a version.
  return !/\d\.?$|(?:^|[^A-Za-z])v$/.test(before) || /%[0-9A-Fa-f]{2}$/.test(before)
}

function isNoDigitBefore(text: string, { start }: Span): boolean {
  return !/[0-9A-Za-z]\.?$/.test(text.slice(Math.max(0, start - 2), start))
}

/** Reads what has that form; undefined for a time, a version and what else only looks like one. */
export function writtenAddress(text: string): WrittenAddress | undefined {
  // Words of the kernel have a port, but for those of routes; thirty-two digits alone are bytes in their order.
  const hex = /^(?:(?<words>[0-9A-F]{8}|[0-9A-F]{32}(?=:))(?<port>:[0-9A-F]{4})?|(?<bytes>[0-9a-f]{32}))$/
  const { port, words, bytes } = hex.exec(text)?.groups ?? {}
  if (bytes !== undefined) return hexAddress(bytes, (other) => Buffer.from(other).toString('hex'))
  if (words !== undefined) return wordsAddress(words, port ?? '')
  const { before = '', dashed } = /^(?<before>(?:ip|ec2)-)?(?<dashed>\d+-\d+-\d+-\d+)$/.exec(text)?.groups ?? {}
  if (dashed !== undefined) return fourBytes(dashed.split('-'), (address) => `${before}${address.join('-')}`)
  if (text.endsWith('.arpa')) return reverseName(text)
  if (!text.includes(':')) return fourBytes(text.split('.'), addressWords)
  // `::` by itself, and `a::b` of a program, have the form as well.
  const isLikely = /\d/.test(text) || text.split(/:+/).length > 2
  return isIPv6(text) && isLikely ? sixteenBytes(text) : undefined
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

function hexAddress(hex: string, write: WrittenAddress['write']): WrittenAddress {
  return { address: [...Buffer.from(hex, 'hex')], write }
}

/** Words of 32 bits in the byte order of x86, ARM and RISC-V. */
function wordsAddress(hex: string, port: string): WrittenAddress {
  const address = swapped(Buffer.from(hex, 'hex'))
  return { address, write: (other) => `${Buffer.from(swapped(other)).toString('hex').toUpperCase()}${port}` }
}

function swapped(bytes: Iterable<number>): readonly number[] {
  const all = [...bytes]
  return all.map((_, at) => all[(at & ~3) + 3 - (at & 3)] ?? 0)
}

function reverseName(text: string): WrittenAddress | undefined {
  const parts = text.split('.').slice(0, -2).toReversed()
  if (text.endsWith('.in-addr.arpa')) return fourBytes(parts, (other) => `${other.toReversed().join('.')}.in-addr.arpa`)
  return hexAddress(
    parts.join(''),
    (other) => `${Buffer.from(other).toString('hex').split('').toReversed().join('.')}.ip6.arpa`,
  )
}
