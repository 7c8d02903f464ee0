/** One start tag of a page, as a browser would see it; written for what our own pages are allowed to hold, and strict about everything else. */
export interface Tag {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
}

/** All start tags of a page. Throws when something in it is no well-formed tag, text, comment or end tag. */
export function tagsOf(html: string): readonly Tag[] {
  const tags: Tag[] = []
  for (let at = 0; at < html.length;) {
    const lt = html.indexOf('<', at)
    if (lt < 0) break
    const rest = html.slice(lt)
    const [skipped] = /^(?:<!doctype html>|<!--(?!>|->)(?:(?!--)[^])*-->|<\/[a-zA-Z][a-zA-Z0-9]*>)/.exec(rest) ?? []
    if (skipped !== undefined) {
      at = lt + skipped.length
      continue
    }
    const [whole, name, attributes] =
      /^<([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-zA-Z][a-zA-Z0-9:-]*(?:="[^"<]*")?)*)\s*\/?>/.exec(rest) ?? []
    if (whole === undefined || name === undefined) throw new Error(`no tag: ${rest.slice(0, 80)}`)
    tags.push({ name: name.toLowerCase(), attributes: attributesOf(attributes ?? '') })
    at = lt + whole.length
    if (name === 'style' || name === 'title') at = html.indexOf(`</${name}>`, at)
    if (at < 0) throw new Error(`<${name}> does not end`)
  }
  return tags
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/([a-zA-Z][a-zA-Z0-9:-]*)(?:="([^"]*)")?/g)].map(([, name = '', value = '']) => [
      name.toLowerCase(),
      unescaped(value),
    ]),
  )
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
