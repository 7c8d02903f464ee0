import { safeText } from '../../base/safe-text.ts'
import { percent } from '../../base/format.ts'
import type { CallNode } from '../../findings/inspect/profile.ts'
import { FLAME_GRAPH_SCRIPT } from './flame-graph-script.ts'

const WIDTH = 1_200
const ROW = 18
const HEAD = 60
/** Of a letter of the font, which is monospace. Pixels. */
const LETTER = 7
/** What is narrower cannot be pointed at. Pixels. */
const NARROWEST = 0.3

/**
 * A flame graph as one SVG file that needs nothing else: callers above what they call. Pointing at a call tells its share, a click makes it the whole width, the field
 * at the top marks functions by a part of their names. All names come from the box, and are escaped for XML.
 */
export function flameGraphSvg(tree: CallNode, title: string, unit: string): string {
  const rects = rectsOf(tree, 0, 0, tree.total)
  const depth = rects.reduce((deepest, rect) => Math.max(deepest, rect.depth), 0)
  const height = HEAD + (depth + 1) * ROW + 10
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="12">
<title>${escaped(title)}</title>
<style>rect{stroke:#fff;stroke-width:.5;cursor:pointer}text{pointer-events:none;fill:#111}.found rect{fill:#c4f}.button{cursor:pointer;pointer-events:all;fill:#05c;text-decoration:underline}</style>
<rect width="${WIDTH}" height="${height}" fill="#fff" style="cursor:default"/>
<text x="8" y="20" font-size="15">${escaped(title)}</text>
<text id="said" x="8" y="42">own code is orange; point at a call, or click it to see it alone</text>
<text id="whole" class="button" x="${WIDTH - 230}" y="20">whole</text>
<text id="search" class="button" x="${WIDTH - 160}" y="20">search (Ctrl-F)</text>
<g id="calls" data-width="${WIDTH}" data-letter="${LETTER}">
${rects.map((rect) => rectSvg(rect, tree.total, unit)).join('\n')}
</g>
<script><![CDATA[${FLAME_GRAPH_SCRIPT}]]></script>
</svg>
`
}

interface Rect {
  readonly node: CallNode
  readonly depth: number
  /** From 0 to 1. */
  readonly from: number
  readonly share: number
}

function rectsOf(node: CallNode, depth: number, before: number, total: number): readonly Rect[] {
  if (total <= 0 || (node.total / total) * WIDTH < NARROWEST) return []
  let at = before
  const inner = node.calls.flatMap((call) => {
    const rects = rectsOf(call, depth + 1, at, total)
    at += call.total
    return rects
  })
  return [{ node, depth, from: before / total, share: node.total / total }, ...inner]
}

function rectSvg({ node, depth, from, share }: Rect, total: number, unit: string): string {
  const { function: called, place, line, own } = node
  const at = place === undefined ? '' : ` (${place}${line === undefined ? '' : `:${line}`})`
  const said = `${called}${at}: ${percent(100 * share)} (${round(node.total)} ${unit}), ${percent((100 * node.self) / total)} itself`
  const [x, width, y] = [from * WIDTH, share * WIDTH, HEAD + depth * ROW]
  const letters = Math.floor((width - 4) / LETTER)
  const name = safeText(called)
  return `<g data-x="${round(from)}" data-w="${round(share)}" data-d="${depth}" data-n="${escaped(called)}"><title>${escaped(said)}</title><rect x="${round(x)}" y="${y}" width="${round(width)}" height="${ROW - 1}" fill="${colour(called, own, depth)}"/><text x="${round(x + 3)}" y="${y + 12}">${letters < 3 ? '' : escaped(name.length > letters ? `${name.slice(0, letters - 1)}…` : name)}</text></g>`
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6
}

/** Own code is warm, the rest cool; the same function has the same tone in every graph. */
function colour(name: string, own: boolean, depth: number): string {
  if (depth === 0) return '#ddd'
  let hash = 0
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 997
  return own
    ? `hsl(${20 + (hash % 25)},95%,${62 + (hash % 12)}%)`
    : `hsl(${195 + (hash % 25)},40%,${74 + (hash % 12)}%)`
}

/** For text and attributes of XML, which has no control characters, not even escaped ones. */
function escaped(text: string): string {
  return safeText(text).replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
