/** Paths of boxes and of commits are bytes, one character each, until they are shown or asked for: a name may be no UTF-8. */

/** As text. */
export function utf8(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8')
}

/** Text as bytes, one character each. */
export function pathBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** `a/b/c`: `a` and `a/b`. */
export function foldersAround(path: string): readonly string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'))
}
