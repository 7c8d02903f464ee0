/**
 * A path as GNU `ls` writes it with QUOTING_STYLE=escape: `\n` for a newline, `\303\274` for bytes beyond ASCII, `\\` for a backslash.
 * Without that a newline in the name of a file would begin a line of its own, which poses as another process's. busybox writes `?`.
 */
export function unescapedPath(text: string): string {
  if (!text.includes('\\')) return text
  const latin1 = text.replaceAll(/\\([0-7]{3}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCodePoint(Number.parseInt(code, 8) & 0xff) : (LETTERS[code] ?? code),
  )
  // Text that came as it is (busybox) has characters that are no bytes.
  return /[^\0-\u00ff]/.test(latin1) ? latin1 : Buffer.from(latin1, 'latin1').toString('utf8')
}

const LETTERS: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }
