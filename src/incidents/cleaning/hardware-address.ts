import { isBehindEscape, spansOf, type Span } from './edges.ts'

/**
 * Addresses of network cards and what is written like them, six pairs of hex digits or more: InfiniBand (20 bytes), fingerprints of keys (16), the headers
 * that netfilter logs (14); with colons, hyphens or dots, and in the name of an interface (`enx0123456789ab`, systemd.net-naming-scheme(7)).
 */
export function* hardwareSpans(text: string): Iterable<Span> {
  for (const pattern of PATTERNS) yield* spansOf(pattern, text, (span) => isPlace(text, span))
}

const PATTERNS: readonly RegExp[] = [
  /(?:[0-9A-Fa-f]{2}:){5,31}[0-9A-Fa-f]{2}(?![0-9A-Za-z]|:[0-9A-Fa-f]{2}(?![0-9A-Za-z]))/g,
  /(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}(?![0-9A-Za-z]|-[0-9A-Fa-f]{2}(?![0-9A-Za-z]))/g,
  /(?=[0-9.]{0,13}[a-f]|00)(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}(?![0-9A-Za-z]|\.[0-9A-Za-z])/g,
  /(?<=(?<![A-Za-z0-9])(?:en|wl|ww)x)[0-9a-f]{12}(?![0-9A-Za-z])/g,
]

/** The pairs go on before. */
const BEFORE = /(?:[0-9A-Za-z.]|(?<![0-9A-Za-z])[0-9A-Fa-f]{2}[:-])$/
const INTERFACE_BEFORE = /(?<![A-Za-z0-9])(?:en|wl|ww)x$/

function isPlace(text: string, { start }: Span): boolean {
  const before = text.slice(Math.max(0, start - 4), start)
  return !BEFORE.test(before) || INTERFACE_BEFORE.test(before) || isBehindEscape(text, start)
}

/** One name for all spellings of an address: its digits. */
export function hardwareName(text: string): string {
  return text.replaceAll(/[^0-9A-Fa-f]/g, '').toLowerCase()
}

/** Nobody's: no address, all of them, and those of IPv4 multicast (RFC 1112). */
export function isKeptHardware(name: string): boolean {
  return /^(?:0+|f+|01005e[0-9a-f]{6})$/.test(name)
}

/** A locally administered address (IEEE 802, bit 1 of the first byte), as long as the one that it stands for. */
export function hardwareSubstitute(name: string, number: number): string {
  return `02${number.toString(16).padStart(name.length - 2, '0')}`
}

/** Another address, written as this one is. */
export function writtenAs(text: string, name: string): string {
  const isUpper = /[A-F]/.test(text)
  let next = 0
  return text.replaceAll(/[0-9A-Fa-f]/g, () => {
    const digit = name[next++] ?? '0'
    return isUpper ? digit.toUpperCase() : digit
  })
}
