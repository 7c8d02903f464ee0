import fc from 'fast-check'
import { castHeader, castLines, type CastEvent } from '../../src/incidents/cast.ts'
import type { CopyItem } from '../../src/incidents/store.ts'

/** What must not be in a clean export. */
export interface Planted {
  /** How it stands in a text. */
  readonly text: string
  /** In whatever letters, nowhere: itself, and the parts that give it away. */
  readonly secret: readonly string[]
}

/** Letters that no word of Halligan and no hexadecimal number begins with. */
const letters = fc.string({
  unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789'.split('')),
  minLength: 3,
  maxLength: 8,
})
const number = fc.integer({ min: 1, max: 250 })

export const hostName = letters.map((rest) => `zq${rest}`)
export const userName = letters.map((rest) => `zy${rest}`)
export const domainName = letters.map((rest) => `zx${rest}.com`)

const ipv4 = fc.tuple(fc.integer({ min: 1, max: 99 }), number, number, number).map((bytes) => bytes.join('.'))
const group = fc.integer({ min: 0x1000, max: 0xffff }).map((value) => value.toString(16))
const ipv6 = fc.tuple(group, group, group).map(([a, b, c]) => `fd${a.slice(2)}:${b}::${c}`)
const hardware = fc.array(fc.integer({ min: 0x10, max: 0xff }), { minLength: 5, maxLength: 5 })

/** Addresses in the forms in which they stand in logs and in /proc. */
export const addressText: fc.Arbitrary<Planted> = fc.oneof(
  ipv4.map((text) => plain(text)),
  fc.tuple(ipv4, number).map(([text, port]) => ({ text: `${text}:${port}`, secret: [text] })),
  fc.tuple(ipv4, number).map(([text, port]) => ({ text: `${text}.${port}`, secret: [text] })),
  ipv4.map((text) => ({ text: `::ffff:${text}`, secret: [text] })),
  ipv4.map((text) => plain(`ip-${text.replaceAll('.', '-')}`)),
  ipv4.map((text) => plain(`${hexWord(text)}:1F90`)),
  ipv6.map((text) => plain(text)),
  ipv6.map((text) => ({ text: `[${text}]:443`, secret: [text] })),
  ipv6.map((text) => ({ text: `${text}: reset`, secret: [text] })),
  hardware.map((bytes) => plain(['52', ...bytes.map((byte) => byte.toString(16))].join(':'))),
  hardware.map((bytes) => plain(['52', ...bytes.map((byte) => byte.toString(16).toUpperCase())].join('-'))),
)

function plain(text: string): Planted {
  return { text, secret: [text] }
}

/** As proc_pid_net(5) writes it on x86. */
function hexWord(ipv4Text: string): string {
  return Buffer.from(ipv4Text.split('.').map(Number).toReversed()).toString('hex').toUpperCase()
}

/** What may stand before and behind a name in a log, in JSON, in a URL, in colour. */
export const edgeText = fc.constantFrom(
  ' ',
  '\n',
  '"',
  "'",
  '(',
  ')',
  '=',
  ',',
  '/',
  '[',
  ']',
  '<',
  '>',
  '|',
  ';',
  '\t',
  '\0',
  '\u001b[31m',
  '\u001b[0m',
  '\r\n',
  'ä',
)
export const nameEdgeText = fc.oneof(
  edgeText,
  fc.constantFrom('-', '_', '@', '+', ':', '.log ', String.raw`\n`, String.raw`\t`, '%2F', String.raw`\u001b`),
)

/** A session in which the text comes in pieces of any length, with colours between some of them. */
export function castOf(text: string, cuts: readonly number[], isColoured: boolean): Buffer {
  const lineOf = castLines()
  const events: CastEvent[] = []
  let from = 0
  for (const [index, cut] of [...cuts, text.length].entries()) {
    const to = Math.min(text.length, from + Math.max(1, cut))
    const piece = text.slice(from, to)
    events.push({ atMs: index * 10, code: 'o', data: isColoured && index % 2 === 1 ? `\u001b[1m${piece}` : piece })
    from = to
  }
  const header = castHeader({ columns: 80, rows: 24, term: 'xterm', startedAtMs: 1_700_000_000_000, title: text })
  return Buffer.from([header, '# halligan shell\n', ...events.map(lineOf)].join(''))
}

/** All that a file says, decoded: headers, payloads, evidence, and of sessions what a person reads. */
export function allTextsOf(items: readonly CopyItem[]): string {
  return items
    .map((item) => {
      if ('entry' in item)
        return `${JSON.stringify(item.entry)}\n${textsOf(JSON.parse(item.entry.body ?? '{}')).join('\n')}`
      const text = Buffer.from(item.bytes).toString('latin1') + Buffer.from(item.bytes).toString('utf8')
      return text + spoken(text)
    })
    .join('\n')
}

/** Events put together, without colours. */
function spoken(text: string): string {
  const pieces = text.split('\n').map((line) => {
    try {
      const event: unknown = JSON.parse(line)
      return Array.isArray(event) && typeof event[2] === 'string' ? event[2] : ''
    } catch {
      return ''
    }
  })
  // oxlint-disable-next-line no-control-regex -- the colours
  return pieces.join('').replaceAll(/\u001b\[[0-9;]*m/g, '')
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) => [key, ...textsOf(each)])
}

/** Those of the secrets that stand in it, whatever their letters. */
export function foundIn(text: string, secrets: readonly string[]): readonly string[] {
  const small = text.toLowerCase()
  return secrets.filter((secret) => small.includes(secret.toLowerCase()))
}
