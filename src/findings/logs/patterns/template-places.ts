/** One variable part of a template. */
interface Place {
  /** What it is called: the key before it (`customer`), else the words around it (`after "connection to"`), else `word 4`. */
  readonly name: string
  /** Constant text up to it, and from it on to the next one or to the end. */
  readonly before: string
  readonly after: string
}

/**
 * What stands at the variable parts (`<*>`) of a template, by the name of the place. Undefined for a message that the template does not fit, word for word.
 * One pass over the message: each constant part is looked for behind the one before it.
 *
 *   placesOf('order <*> failed for customer=<*>')('order 812 failed for customer=acme') → { 'after "order"': '812', customer: 'acme' }
 */
export function placesOf(template: string): (message: string) => ReadonlyMap<string, string> | undefined {
  const places = placesIn(oneLine(template))
  return (message) => {
    const text = oneLine(message)
    const [first] = places
    if (!first || !text.startsWith(first.before)) return first ? undefined : new Map()
    const values = new Map<string, string>()
    let from = first.before.length
    for (const [index, { name, after }] of places.entries()) {
      const last = index === places.length - 1
      const to = last ? text.length - after.length : after === '' ? from : text.indexOf(after, from)
      if (to < from || (last && !text.endsWith(after))) return undefined
      const value = bare(text.slice(from, to))
      if (!values.has(name) && value !== '') values.set(name, value)
      from = to + after.length
    }
    return values
  }
}

const VARIABLE = '<*>'

function placesIn(template: string): readonly Place[] {
  const parts = template.split(VARIABLE)
  return parts.slice(1).map((after, at): Place => {
    const before = parts[at] ?? ''
    const word = parts
      .slice(0, at + 1)
      .join(VARIABLE)
      .split(' ').length
    return { name: nameOf(before, after) ?? `word ${word}`, before, after }
  })
}

function nameOf(before: string, after: string): string | undefined {
  const [, key] = /([A-Za-z_][\w.@-]{0,60})["']?\s?[=:]\s?["'([{<]?$/.exec(before) ?? []
  if (key !== undefined) return key
  const words = before
    .split(' ')
    .map(bare)
    .filter((word) => /[A-Za-z]/.test(word))
    .slice(-2)
  if (words.length > 0) return `after "${words.join(' ')}"`
  const following = after
    .split(' ')
    .map(bare)
    .find((word) => /[A-Za-z]/.test(word))
  return following === undefined ? undefined : `before "${following}"`
}

function oneLine(text: string): string {
  return /\s\s|[^\S ]/.test(text) ? text.replaceAll(/\s+/g, ' ').trim() : text.trim()
}

/** Without the quotes, brackets and commas around it. */
function bare(text: string): string {
  return text
    .replace(/^["'([{<,;]+/, '')
    .replace(/["')\]}>,;]+$/, '')
    .trim()
}
