/** What somebody said of a change on a box. */
interface Change {
  readonly what?: string | undefined
  readonly diff?: string | undefined
}

interface Home {
  /** The deployed folder, as it was named and with symbolic links resolved. */
  readonly folders: readonly string[]
  readonly files: readonly { readonly path: string }[]
}

/**
 * Whether files that were brought home are that change for sure: all that the heads of its diff name are among them, or where it has no diff its words name one
 * of them by its whole path. A debt that passes for paid is never asked about again, so that in doubt it is not.
 */
export function isAbout({ what = '', diff = '' }: Change, { folders, files }: Home): boolean {
  const names = files.flatMap(({ path }) => [path, ...folders.map((each) => `${each.replace(/\/+$/, '')}/${path}`)])
  const changed = changedIn(diff)
  if (changed.length > 0) return changed.every((each) => each.some((name) => names.includes(name)))
  return names.some((name) => standsIn(what, isWord(name) ? `./${name}` : name))
}

/** `start` is a file as well as a word of any sentence: `./start` is meant. */
function isWord(name: string): boolean {
  return !/[./]/.test(name)
}

/** For each name in the heads of a diff what it may mean: as it stands, or behind the `a/` and `b/` of git. */
function changedIn(diff: string): readonly (readonly string[])[] {
  const lines = diff.split('\n')
  return lines
    .flatMap((line, at) => {
      const next = lines[at + 1] ?? ''
      if (!line.startsWith('--- ') || !next.startsWith('+++ ')) return []
      return [line, next].map((each) => headName(each.slice(4))).filter((each) => each !== '/dev/null')
    })
    .map((name) => [name, name.replace(/^(?:[ab]|\.)\//, '')])
}

/** Without the time behind a tab, and without the quotes of a name that needs some. */
function headName(text: string): string {
  const name = text.split('\t')[0] ?? ''
  if (!name.startsWith('"')) return name
  try {
    return String(JSON.parse(name))
  } catch {
    return name
  }
}

/** What may be part of a name: beside it the name would be another one. A full stop is, unless a sentence ends there. */
const PART = String.raw`[\p{L}\p{N}_/~+@%-]`

function standsIn(text: string, name: string): boolean {
  const literal = name.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`)
  return new RegExp(String.raw`(?<!${PART}|\.)(?:\.\/)?${literal}(?!\.*${PART})`, 'u').test(text)
}
