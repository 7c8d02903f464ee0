/** Keys and values of one line of logfmt, in order: `level=info msg="took 3 ms" retry`. A key without a value is not taken. */
export function logfmtPairs(line: string, from = 0): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>()
  let at = from
  while (at < line.length && pairs.size < MOST_PAIRS) {
    while (line.charCodeAt(at) === 0x20 || line.charCodeAt(at) === 0x09) at += 1
    const start = at
    while (at < line.length && isKey(line.charCodeAt(at))) at += 1
    if (at === start || line.charCodeAt(at) !== 0x3d) {
      const space = line.indexOf(' ', at)
      if (space === -1) break
      at = space + 1
      continue
    }
    const key = line.slice(start, at)
    at += 1
    if (line.charCodeAt(at) === 0x22) {
      const end = closingQuote(line, at + 1)
      pairs.set(key, unquoted(line.slice(at + 1, end)))
      at = end + 1
    } else {
      const space = line.indexOf(' ', at)
      const end = space === -1 ? line.length : space
      pairs.set(key, line.slice(at, end))
      at = end
    }
  }
  return pairs
}

/** Only a hostile line has more. */
const MOST_PAIRS = 100

/** Letters, digits and `_ . - @ /`. */
function isKey(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x2d && code <= 0x39) ||
    code === 0x5f ||
    code === 0x40
  )
}

/** Place of the quote that ends the string; the end of the line when it is cut off. */
export function closingQuote(line: string, from: number): number {
  for (let at = from; at < line.length; at += 1) {
    const code = line.charCodeAt(at)
    if (code === 0x5c) at += 1
    else if (code === 0x22) return at
  }
  return line.length
}

export function unquoted(text: string): string {
  return text.includes('\\')
    ? text.replaceAll(/\\(.)/gs, (_, kind: string) =>
        kind === 'n' ? '\n' : kind === 't' ? '\t' : kind === 'r' ? '\r' : kind,
      )
    : text
}
