import { createHash } from 'node:crypto'
import { parse } from 'yaml'
import { safeText } from '../../base/safe-text.ts'
import { PLACE, sealed } from '../../steps/write-up/sealed.ts'
import { escapeHtml } from './html.ts'
import { markdownPage } from './markdown-page.ts'
import { STYLE } from './page-style.ts'
import { PATTERNS } from './strip-figure.ts'

/**
 * A write-up as one HTML page that needs nothing else and asks for nothing: no script, no address that is fetched, and a policy that would refuse
 * both. Made from the Markdown as its author left it.
 */
export function page(markdown: string): string {
  const { front, body } = withoutFrontMatter(markdown)
  const { html, title } = markdownPage(body)
  const name = title ?? front.title ?? 'Write-up'
  const head = title === undefined ? heading(name, front.date) : ''
  return sealed(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="halligan write-up">
<link rel="icon" href="data:,">
<title>${escapeHtml(safeText(name))}</title>
<style>${STYLE}</style>
<!-- ${PLACE} -->
</head>
<body>
${PATTERNS}<main>
${head}${html}</main>
</body>
</html>
`)
}

/** `style-src` takes only the style above; there is no script, no font, no frame, and no form. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

function heading(title: string, date: string | undefined): string {
  const day = date === undefined ? '' : `<p class="date">${escapeHtml(date)}</p>\n`
  return `<h1>${escapeHtml(safeText(title))}</h1>\n${day}`
}

interface Front {
  readonly title: string | undefined
  readonly date: string | undefined
}

/** Front matter is not shown; one that is no YAML any more is text. */
function withoutFrontMatter(markdown: string): { readonly front: Front; readonly body: string } {
  const text = markdown.replace(/^\uFEFF/, '')
  const [whole = '', yaml] = /^---\r?\n([^]*?\r?\n)?---(?:\r?\n|$)/.exec(text) ?? []
  const none = { front: { title: undefined, date: undefined }, body: text }
  if (whole === '') return none
  try {
    const value: unknown = parse(yaml ?? '', { schema: 'failsafe', maxAliasCount: 0, logLevel: 'silent' })
    if (typeof value !== 'object' || value === null) return none
    const string = (key: string): string | undefined => {
      const found: unknown = Object.entries(value).find(([name]) => name === key)?.[1]
      return typeof found === 'string' && found.trim() !== '' ? found : undefined
    }
    return { front: { title: string('title'), date: string('date')?.slice(0, 10) }, body: text.slice(whole.length) }
  } catch {
    return none
  }
}
