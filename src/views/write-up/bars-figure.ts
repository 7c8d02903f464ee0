import type { Bar, Bars } from './charts.ts'
import { escapeHtml } from './html.ts'

/** Figures before and after as bars, each with its number beside it; the limit is a line and a word. */
export function barsFigure(all: readonly Bars[]): string {
  return `<div class="bars">\n${all.map(oneFigure).join('')}</div>\n`
}

function oneFigure({ label, limit, before, after }: Bars): string {
  const most = Math.max(limit ?? 0, before.value, typeof after === 'string' ? 0 : after.value)
  const line = limit !== undefined && most > 0 ? share(limit, most) : undefined
  const of = limit === undefined ? '' : ` <span class="limit">limit ${limit}</span>`
  const second = typeof after === 'string' ? wordsRow(after) : barRow('after', after, most, line)
  return `<figure>
<figcaption>${escapeHtml(label)}${of}</figcaption>
<table>
${barRow('before', before, most, line)}
${second}
</table>
</figure>
`
}

function barRow(name: 'before' | 'after', { value, seq }: Bar, most: number, limitAt: number | undefined): string {
  const width = most > 0 ? share(Math.max(0, value), most) : 0
  const mark =
    limitAt === undefined
      ? ''
      : `<line x1="${limitAt}%" x2="${limitAt}%" y1="0" y2="18" stroke="#111" stroke-width="2" stroke-dasharray="3 2" class="limit-line"/>`
  const fill = name === 'before' ? '#9d2b00' : '#3b8cc4'
  const bar = `<rect x="0" y="3" width="100%" height="12" fill="#eceef1" class="track"/><rect x="0" y="3" width="${width}%" height="12" fill="${fill}" class="${name}"/>`
  const number = seq === undefined ? String(value) : `<a href="#entry-${seq}">${value}</a>`
  return `<tr><th scope="row">${name}</th><td class="bar"><svg width="100%" height="18" role="img" aria-label="${name} ${value}">${bar}${mark}</svg></td><td class="number">${number}</td></tr>`
}

function wordsRow(words: string): string {
  const [, text = words, seq] = /^(.*) \(#(\d+)\)$/.exec(words) ?? []
  const link = seq === undefined ? '' : ` (<a href="#entry-${seq}">#${seq}</a>)`
  return `<tr><th scope="row">after</th><td class="words" colspan="2">${escapeHtml(text)}${link}</td></tr>`
}

/** Percent; the line of a limit at the very end still shows. */
function share(value: number, most: number): number {
  return Number(Math.min(99.7, (100 * value) / most).toFixed(2))
}
