/** What one part of a path may be here: nothing that would need more than one line. */
export const NAME = /^[^/\p{Cc}]{1,200}$/u

/** A full path of which each part has that form, and none goes up or stays where it is. */
export function isPath(word: string): boolean {
  return (
    word.startsWith('/') &&
    word.length <= 1000 &&
    word
      .split('/')
      .slice(1)
      .every((part) => NAME.test(part) && part !== '..' && part !== '.')
  )
}

/** In which it lies. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}
