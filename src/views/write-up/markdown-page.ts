import newParser, { type MarkdownIt, type Token } from 'markdown-it'
import { safeText } from '../../base/safe-text.ts'
import { BARS, STRIP, readBars, readStrip } from './charts.ts'
import { barsFigure } from './bars-figure.ts'
import { escapeHtml } from './html.ts'
import { stripFigure } from './strip-figure.ts'

/** A write-up as HTML that does nothing: no HTML of the text is kept as such, no picture is fetched, no address but of the web leads anywhere. */
export interface MarkdownPage {
  readonly html: string
  /** Text of the first heading of the first level. */
  readonly title: string | undefined
}

export function markdownPage(markdown: string): MarkdownPage {
  const parser = newParser('default', { html: false, linkify: false, typographer: false })
  parser.validateLink = isWebLink
  dropComments(parser)
  const slugs = new Map<string, number>()
  const tokens = parser.parse(withoutControls(markdown), {})
  for (const [at, token] of tokens.entries()) {
    const inline = tokens[at + 1]
    if (token.type === 'heading_open' && inline) token.attrSet('id', slug(textOf(inline), slugs))
    if (token.type === 'th_open' || token.type === 'td_open') alignByClass(token)
    if (token.type === 'inline') softenLinks(token)
    if (token.type === 'list_item_open') tick(tokens, at)
  }
  setRenderers(parser)
  const title = tokens.findIndex(({ type, tag }) => type === 'heading_open' && tag === 'h1')
  const heading = title < 0 ? undefined : tokens[title + 1]
  return { html: parser.renderer.render(tokens, parser.options, {}), title: heading && textOf(heading) }
}

/** What would move a cursor or turn the direction of what follows shows as what it is; joiners of letters and of emoji stay. */
function withoutControls(markdown: string): string {
  return markdown
    .replaceAll('\r\n', '\n')
    .toWellFormed()
    .replaceAll(/(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, safeText)
}

/** The web, mail, a place on the page, and what is beside the page; nothing that runs or that holds a page of its own. */
function isWebLink(url: string): boolean {
  const bare = url.trim()
  const [scheme] = /^[^/?#]*:/.exec(bare) ?? []
  return scheme === undefined || /^(?:https?|mailto):$/i.test(scheme)
}

/** Comments are for the author, and for the next generation of the text. */
function dropComments(parser: MarkdownIt): void {
  parser.block.ruler.before(
    'paragraph',
    'comment',
    (state, startLine, endLine, silent) => {
      const start = (state.bMarks[startLine] ?? 0) + (state.tShift[startLine] ?? 0)
      if (!state.src.startsWith('<!--', start)) return false
      const end = state.src.indexOf('-->', start)
      if (end < 0 || end > (state.eMarks[endLine - 1] ?? 0)) return false
      if (silent) return true
      let line = startLine
      while (line < endLine && (state.eMarks[line] ?? 0) < end) line += 1
      // What stands behind it in its last line is text again.
      const rest = state.src.slice(end + 3, state.eMarks[line] ?? end).trim()
      if (rest !== '') return false
      state.line = line + 1
      return true
    },
    { alt: ['paragraph', 'reference', 'blockquote', 'list', 'table'] },
  )
  parser.inline.ruler.before('autolink', 'comment', (state) => {
    if (!state.src.startsWith('<!--', state.pos)) return false
    const end = state.src.indexOf('-->', state.pos)
    if (end < 0) return false
    state.pos = end + 3
    return true
  })
}

/** As GitHub makes anchors: lower case, words joined by hyphens; a second one of a name gets a number. */
function slug(text: string, slugs: Map<string, number>): string {
  const plain = text
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')
  const count = slugs.get(plain) ?? 0
  slugs.set(plain, count + 1)
  return count === 0 ? plain : `${plain}-${count}`
}

function textOf(inline: Token): string {
  return (inline.children ?? []).map(({ type, content }) => (type === 'softbreak' ? ' ' : content)).join('')
}

/** The page allows no styles of elements. */
function alignByClass(token: Token): void {
  const style = String(token.attrGet('style') ?? '')
  if (style === '') return
  token.attrs = (token.attrs ?? []).filter(([name]) => name !== 'style')
  const [, side] = /text-align:(right|center)/.exec(style) ?? []
  if (side !== undefined) token.attrJoin('class', side)
}

/** Links tell nobody where they were followed from; a picture that would have to be fetched becomes a link. */
function softenLinks(inline: Token): void {
  for (const token of inline.children ?? [])
    if (token.type === 'link_open' && /^https?:/i.test(String(token.attrGet('href'))))
      token.attrSet('rel', 'noreferrer noopener')
}

/** `- [ ] to do` and `- [x] done`: boxes in words that every reader shows. */
function tick(tokens: readonly Token[], at: number): void {
  const [paragraph, inline] = [tokens[at + 1], tokens[at + 2]]
  const first = inline?.children?.[0]
  if (paragraph?.type !== 'paragraph_open' || first?.type !== 'text') return
  first.content = first.content.replace(/^\[ \] /, '☐ ').replace(/^\[[xX]\] /, '☑ ')
}

function setRenderers(parser: MarkdownIt): void {
  const { rules } = parser.renderer
  rules['fence'] = (tokens, at) => fence(tokens[at]?.content ?? '', (tokens[at]?.info ?? '').trim())
  rules['code_block'] = (tokens, at) => fence(tokens[at]?.content ?? '', '')
  rules['table_open'] = () => '<div class="table"><table>\n'
  rules['table_close'] = () => '</table></div>\n'
  rules['image'] = (tokens, at, options, env) => {
    const token = tokens[at]
    const source = String(token?.attrGet('src') ?? '')
    const text = token ? parser.renderer.renderInlineAsText(token.children ?? [], options, env) : ''
    const words = escapeHtml(text === '' ? 'picture' : text)
    return /^https?:/i.test(source) ? `<a href="${escapeHtml(source)}" rel="noreferrer noopener">${words}</a>` : words
  }
}

function fence(content: string, info: string): string {
  const lines = content.replace(/\n$/, '').split('\n')
  if (info === STRIP) {
    const strip = readStrip(lines)
    if (strip) return stripFigure(strip)
  }
  if (info === BARS) {
    const bars = readBars(lines)
    if (bars) return barsFigure(bars)
  }
  if (info === 'diff') return `<pre tabindex="0"><code>${lines.map(diffLine).join('')}</code></pre>\n`
  return `<pre tabindex="0"><code>${escapeHtml(content)}</code></pre>\n`
}

/** Signs first, then colours. */
function diffLine(line: string): string {
  const kind = /^(?:\+\+\+|---|@@)/.test(line)
    ? 'place'
    : line.startsWith('+')
      ? 'add'
      : line.startsWith('-')
        ? 'drop'
        : 'same'
  return `<span class="${kind}">${escapeHtml(line)}\n</span>`
}
