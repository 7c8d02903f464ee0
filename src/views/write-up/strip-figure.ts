import { truncate } from '../../base/safe-text.ts'
import type { Strip, StripBox, StripMarks } from './charts.ts'
import { escapeHtml } from './html.ts'

/**
 * The timeline strip as a table with a small picture in each row: a label column that any reader can read, pictures that stretch with the page while
 * their text keeps its size (positions are percentages). States differ by pattern and word before they differ by colour.
 */
export function stripFigure(strip: Strip): string {
  const at = scaleOf(strip)
  const ticks = ticksOf(strip)
  const rows = [
    ...strip.boxes.map((box) => row(box.name, stateRow(box, strip, at, ticks), 'state')),
    ...strip.marks.map((marks) => row(marks.name, markRow(marks, strip, at, ticks), 'mark')),
    row('', axisRow(at, ticks), 'axis'),
  ]
  return `<figure class="strip">
<table>
<caption>What happened when, in UTC</caption>
${rows.join('\n')}
</table>
<figcaption>${LEGEND}</figcaption>
</figure>
`
}

/** Patterns that the pictures of a page share; once on each page. */
export const PATTERNS = `<svg width="0" height="0" aria-hidden="true" class="patterns"><defs>
<pattern id="pattern-warning" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="8" height="8" fill="#ffe2a8" class="warning-ground"/><rect width="3" height="8" fill="#e69f00" class="warning-line"/></pattern>
<pattern id="pattern-unknown" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#eceef1" class="unknown-ground"/><circle cx="2" cy="2" r="1" fill="#6b7280" class="unknown-dot"/></pattern>
</defs></svg>
`

const FILLS = {
  critical: '#9d2b00',
  warning: 'url(#pattern-warning)',
  ok: '#cfe8f7',
  unknown: 'url(#pattern-unknown)',
} as const

const LEGEND = `${(['critical', 'warning', 'ok', 'unknown'] as const)
  .map((state) => `<span class="key">${swatch(state)} ${state}</span>`)
  .join(' ')} A state holds from one look to the next; a dot leads to its entry.`

function swatch(state: keyof typeof FILLS): string {
  return `<svg width="26" height="14" aria-hidden="true"><rect x="0.5" y="0.5" width="25" height="13" fill="${FILLS[state]}" stroke="#555" class="${state}"/></svg>`
}

/** The whole name stands in the table of the impact. Columns. */
const LABEL = 40

/** Pixels. */
const HEIGHT = { state: 24, mark: 18, axis: 18 } as const

function row(name: string, picture: string, kind: keyof typeof HEIGHT): string {
  const label = name === '' ? '<td class="nothing"></td>' : `<th scope="row">${escapeHtml(truncate(name, LABEL))}</th>`
  return `<tr class="${kind}">${label}<td>${picture}</td></tr>`
}

function picture(kind: keyof typeof HEIGHT, label: string, content: string): string {
  // A group and no image: the links in it are to be reached.
  const role = label === '' ? 'aria-hidden="true"' : `role="group" aria-label="${escapeHtml(label)}"`
  return `<svg width="100%" height="${HEIGHT[kind]}" ${role}>${content}</svg>`
}

type Scale = (moment: string) => number

function stateRow({ name, states }: StripBox, { to }: Strip, at: Scale, ticks: readonly Tick[]): string {
  const pieces = states.map(({ at: from, state, seq }, index) => {
    const x = at(from)
    const width = at(states[index + 1]?.at ?? to) - x
    const label = `${state} from ${time(from)}${seq === undefined ? '' : ` (#${seq})`}`
    const inside = `<svg x="${x}%" y="2" width="${Math.max(0, width).toFixed(2)}%" height="20"><rect width="100%" height="100%" fill="${FILLS[state]}" class="${state}"/><rect width="1.5" height="100%" fill="#222" class="edge"/>${stateWord(state, width)}</svg>`
    return linked(seq, label, inside)
  })
  const words = states.map(({ at: from, state }) => `${state} from ${time(from)}`).join(', ')
  return picture('state', `${name}: ${words}`, grid(ticks, HEIGHT.state) + pieces.join(''))
}

/** How wide a picture is at least: beside its label, and below it on a phone that is 360 wide (`page-style.ts`). Pixels. */
const PICTURE = { wide: 410, narrow: 320 } as const
/** Before and behind a word. Pixels. */
const MARGINS = { before: 7, after: 5 } as const
/** The words in the widest font of those that systems have (Verdana and DejaVu Sans are wider than most), bold, 12 pixels. Pixels. */
const WIDTHS: Readonly<Record<keyof typeof FILLS, number>> = { critical: 54, warning: 60, unknown: 64, ok: 20 }

/** Only where it fits whole: half a word is none. What it says, the pattern and the title of the piece say too. */
function stateWord(state: keyof typeof FILLS, percent: number): string {
  const pixels = MARGINS.before + WIDTHS[state] + MARGINS.after
  if ((percent / 100) * PICTURE.wide < pixels) return ''
  const fits = (percent / 100) * PICTURE.narrow >= pixels
  return `<text x="${MARGINS.before}" y="14.5" font-size="12" fill="${state === 'critical' ? '#fff' : '#111'}" class="on-${state}${fits ? '' : ' wide'}">${state}</text>`
}

function markRow({ name, moments }: StripMarks, _strip: Strip, at: Scale, ticks: readonly Tick[]): string {
  const dots = moments.map(({ at: moment, seq }) => {
    const label = `${name}, ${time(moment)}${seq === undefined ? '' : ` (#${seq})`}`
    return linked(seq, label, `<circle cx="${at(moment)}%" cy="9" r="4.5" fill="#1d4f7c" class="dot"/>`)
  })
  const line = '<line x1="0" x2="100%" y1="9" y2="9" stroke="#c8ccd2" class="rule"/>'
  const words = `${name}: ${moments.map(({ at: moment }) => time(moment)).join(', ')}`
  return picture('mark', words, grid(ticks, HEIGHT.mark) + line + dots.join(''))
}

function axisRow(at: Scale, ticks: readonly Tick[]): string {
  const labels = ticks.map(({ moment, label }) => {
    const x = at(moment)
    const anchor = x < 4 ? 'start' : x > 94 ? 'end' : 'middle'
    return `<text x="${x}%" y="13" font-size="12" fill="#555" text-anchor="${anchor}" class="tick">${label}</text>`
  })
  return picture('axis', '', labels.join(''))
}

function linked(seq: number | undefined, label: string, inside: string): string {
  const title = `<title>${escapeHtml(label)}</title>`
  return seq === undefined
    ? `<g>${title}${inside}</g>`
    : `<a href="#entry-${seq}" aria-label="${escapeHtml(label)}">${title}${inside}</a>`
}

function grid(ticks: readonly Tick[], height: number): string {
  return ticks
    .map(({ x }) => `<line x1="${x}%" x2="${x}%" y1="0" y2="${height}" stroke="#e3e6ea" class="grid"/>`)
    .join('')
}

// Time.

interface Tick {
  readonly moment: string
  /** Percent. */
  readonly x: number
  readonly label: string
}

/** Between the ends of the picture some room is left, for a dot at the very beginning or end. Percent. */
const MARGIN = 1.5

function scaleOf({ from, to }: Strip): Scale {
  const [start, end] = [Date.parse(from), Date.parse(to)]
  return (moment) => {
    const share = Math.min(1, Math.max(0, (Date.parse(moment) - start) / (end - start)))
    return Number((MARGIN + share * (100 - 2 * MARGIN)).toFixed(2))
  }
}

/** Minutes between ticks. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 10_080, 43_200, 525_600]
const TICKS_AT_MOST = 6

function ticksOf(strip: Strip): readonly Tick[] {
  const [start, end] = [Date.parse(strip.from), Date.parse(strip.to)]
  const at = scaleOf(strip)
  const step = 60_000 * (STEPS.find((minutes) => (end - start) / (minutes * 60_000) <= TICKS_AT_MOST) ?? 525_600)
  const first = Math.ceil(start / step) * step
  const days = end - start > 86_400_000
  return Array.from({ length: Math.max(0, Math.floor((end - first) / step) + 1) }, (_, index) => {
    const moment = new Date(first + index * step).toISOString()
    return { moment, x: at(moment), label: days ? moment.slice(5, 16).replace('T', ' ') : moment.slice(11, 16) }
  }).slice(0, TICKS_AT_MOST + 1)
}

function time(moment: string): string {
  return moment.slice(11, 19)
}
