import type { Price } from '../boxes/price.ts'
import { safeText, truncate, width } from '../base/safe-text.ts'
import type { State } from '../findings/finding.ts'

/** How to write for this terminal; decided once, from its kind and the environment. */
export interface Style {
  readonly columns: number
  readonly color: boolean
  readonly unicode: boolean
}

/** What the terminal offers, as Node and the environment tell it. */
export interface Terminal {
  readonly isTTY: boolean
  readonly columns: number | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  /** `--color WHEN`; false is `--no-color`. */
  readonly color: Color
}

/** What `--color` takes. */
export const COLORS = ['always', 'never', 'auto'] as const
export type Color = (typeof COLORS)[number] | false | undefined

/** Width without a terminal: what people paste into tickets still fits. Columns. */
const PIPE_COLUMNS = 100
const COLUMNS = { least: 40, most: 140 } as const

/** `--color` comes first; NO_COLOR (no-color.org), FORCE_COLOR and TERM=dumb count as everywhere; Unicode signs need a UTF-8 locale (locale(7)). */
export function styleOf({ isTTY, columns, environment, color: asked }: Terminal): Style {
  const forced = environment['FORCE_COLOR']
  const usual = !environment['NO_COLOR'] && (forced ? forced !== '0' : isTTY && environment['TERM'] !== 'dumb')
  const color = asked === 'always' || (asked !== false && asked !== 'never' && usual)
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || ''
  const width = columns ?? (isTTY ? 80 : Number(environment['COLUMNS']) || PIPE_COLUMNS)
  return {
    columns: Math.max(COLUMNS.least, Math.min(COLUMNS.most, width)),
    color,
    unicode: /utf-?8/i.test(locale) && environment['TERM'] !== 'dumb',
  }
}

export type Tone = State | 'strong' | 'faint'

/**
 * SGR codes. States differ in words and signs first; the colours are for those who see them: bold white on a dark red ground, bold yellow,
 * blue, magenta. No state is told from another by red against green.
 */
const CODES: Readonly<Record<Tone, readonly [string, string]>> = {
  critical: ['1;97;41', '0'],
  warning: ['1;33', '0'],
  ok: ['1;34', '0'],
  unknown: ['1;35', '0'],
  strong: ['1', '0'],
  faint: ['2', '0'],
}

export function paint(style: Style, tone: Tone, text: string): string {
  const [start, end] = CODES[tone]
  return style.color && text !== '' ? `\u001b[${start}m${text}\u001b[${end}m` : text
}

export function stateWord(style: Style, state: State): string {
  const signs: Readonly<Record<State, string>> = style.unicode
    ? { critical: '✖', warning: '▲', ok: '●', unknown: '?' }
    : { critical: '!!', warning: '!', ok: 'ok', unknown: '?' }
  const words: Readonly<Record<State, string>> = {
    critical: 'CRITICAL',
    warning: 'WARNING',
    ok: 'OK',
    unknown: 'UNKNOWN',
  }
  return paint(style, state, state === 'ok' && !style.unicode ? words[state] : `${signs[state]} ${words[state]}`)
}

/** Text from a box or about it, harmless, and in a locale without UTF-8 in ASCII alone; marks of secrets stay readable there. */
export function shown(style: Style, text: string): string {
  const harmless = safeText(text)
  if (style.unicode) return harmless
  const readable = harmless.replaceAll(/‹(secret:[^‹›]*)›/g, '<$1>')
  return readable.replaceAll(/[^\x20-\x7e]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

/** Between parts of one line. */
export function separator({ unicode }: Style): string {
  return unicode ? ' · ' : ' - '
}

/** At most so many columns of text that was shown. */
export function cut(style: Style, text: string, columns: number): string {
  return truncate(text, columns, style.unicode ? '…' : '...')
}

/** Columns that text takes, without the codes of its colours. */
export function plainWidth(text: string): number {
  // oxlint-disable-next-line no-control-regex -- these codes are our own
  return width(text.replaceAll(/\u001b\[[\d;]*m/g, ''))
}

/** What a price means to a person, in a word or two. */
export const PRICE_WORDS: Readonly<Record<Price, string>> = {
  free: 'free: only reads',
  slow: 'slow: the target runs slower',
  pause: 'pause: the target stands still for a moment',
  change: 'change: it is different afterwards',
}
