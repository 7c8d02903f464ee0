import { readFileSync } from 'node:fs'
import { width } from '../src/base/safe-text.ts'

// node scripts/terminal-svg.ts TITLE <ANSI TEXT >PICTURE.svg: a terminal picture for the README, self-contained, text as text.

const CELL = { width: 8.4, height: 18 } as const
const COLORS: Readonly<Record<string, string>> = { '33': '#e5c07b', '34': '#61afef', '35': '#c678dd', '97': '#ffffff' }

const [title = 'terminal'] = process.argv.slice(2)
const lines = readFileSync(0, 'utf8').trimEnd().split('\n')
const columns = Math.max(...lines.map((line) => width(line.replaceAll(/\u001b\[[\d;]*m/g, ''))), 40)
const size = { width: Math.ceil(columns * CELL.width) + 32, height: lines.length * CELL.height + 56 }
const body = lines.map((line, row) => drawRow(line, 60 + row * CELL.height)).join('\n')
process.stdout
  .write(`<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escaped(title)}">
<rect width="100%" height="100%" rx="8" fill="#1e2127"/>
<text x="16" y="26" font-family="monospace" font-size="13" fill="#8b919c">${escaped(title)}</text>
<g font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#d7dae0" xml:space="preserve">
${body}
</g>
</svg>
`)

/** One line: a tspan for each run of one style; backgrounds as rectangles below. */
function drawRow(line: string, y: number): string {
  let column = 0
  let codes: readonly string[] = []
  const below: string[] = []
  const spans = line.split(/(\u001b\[[\d;]*m)/).flatMap((part): readonly string[] => {
    const [, style] = /^\u001b\[([\d;]*)m$/.exec(part) ?? []
    if (style !== undefined) {
      codes = style === '0' || style === '' ? [] : style.split(';')
      return []
    }
    if (part === '') return []
    const x = 16 + column * CELL.width
    if (codes.includes('41'))
      below.push(
        `<rect x="${x}" y="${y - 14}" width="${width(part) * CELL.width}" height="${CELL.height}" fill="#a4262c"/>`,
      )
    column += width(part)
    const fill = codes.map((code) => COLORS[code]).find((color) => color !== undefined)
    const attributes = [
      fill && `fill="${fill}"`,
      codes.includes('1') && 'font-weight="bold"',
      codes.includes('2') && 'fill-opacity="0.65"',
    ]
      .filter(Boolean)
      .join(' ')
    return [`<tspan x="${x.toFixed(1)}" ${attributes}>${escaped(part)}</tspan>`]
  })
  return `${below.join('')}<text y="${y}">${spans.join('')}</text>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
