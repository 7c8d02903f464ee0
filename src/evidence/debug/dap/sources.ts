import { isRecord } from './message.ts'

/**
 * Where the files of a program are here and on the box: it was built in one folder, and the editor has another one. Given by the editor as `sourceMap`
 * of its configuration: `{ "/build/shop": "/home/amy/shop" }`, the box first, or a list of such pairs.
 */
export interface SourceMap {
  readonly toBox: (path: string) => string
  /** Undefined where it lies in none of the folders. */
  readonly toHere: (path: string) => string | undefined
}

const MOST_FOLDERS = 50

/** Undefined for what is none. */
export function sourceMapOf(given: unknown): SourceMap | undefined {
  const entries: readonly unknown[] = given === undefined ? [] : Array.isArray(given) ? given : entriesOf(given)
  const pairs = entries.flatMap((entry) => pairOf(entry) ?? [])
  if (pairs.length < entries.length || pairs.length > MOST_FOLDERS) return undefined
  // The longest folder first: it is the one that is meant.
  const byBox = pairs.toSorted((a, b) => b.box.length - a.box.length)
  const byHere = pairs.toSorted((a, b) => b.here.length - a.here.length)
  return {
    toBox: (path) => byHere.flatMap(({ box, here }) => moved(path, here, box) ?? [])[0] ?? path,
    toHere: (path) => byBox.flatMap(({ box, here }) => moved(path, box, here) ?? [])[0],
  }
}

function entriesOf(given: unknown): readonly unknown[] {
  return isRecord(given) ? Object.entries(given) : [given]
}

function pairOf(entry: unknown): { readonly box: string; readonly here: string } | undefined {
  if (!Array.isArray(entry) || entry.length !== 2) return undefined
  const [box, here]: readonly unknown[] = entry
  return isPath(box) && isPath(here) ? { box: withoutSlash(box), here: withoutSlash(here) } : undefined
}

function withoutSlash(folder: string): string {
  return folder.replace(/(?<=.)\/$/, '')
}

function moved(path: string, from: string, to: string): string | undefined {
  if (path === from) return to
  const folder = from.endsWith('/') ? from : `${from}/`
  return path.startsWith(folder) ? `${to.endsWith('/') ? to : `${to}/`}${path.slice(folder.length)}` : undefined
}

/** Of a file: one line, no address of something else (an editor may take `http:` for one). */
export function isPath(value: unknown): value is string {
  return typeof value === 'string' && /^(?![a-zA-Z][\w+.-]*:)[^\n\r\0]{1,4096}$/.test(value)
}

/** A message of gdb whose files are named as the editor has them. What is no file of the box is left out of it. */
export function withSourcesHere(value: unknown, map: SourceMap): unknown {
  if (Array.isArray(value)) return value.map((each) => withSourcesHere(each, map))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if ((key === 'source' || key === 'location') && isRecord(each)) return [key, sourceHere(each, map)]
      if (key === 'sources' && Array.isArray(each))
        return [key, each.map((source) => (isRecord(source) ? sourceHere(source, map) : source))]
      return [key, withSourcesHere(each, map)]
    }),
  )
}

function sourceHere(source: Readonly<Record<string, unknown>>, map: SourceMap): Readonly<Record<string, unknown>> {
  const { name, path, sourceReference } = source
  const here = isPath(path) ? map.toHere(path) : undefined
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(isPath(path) ? { path: here ?? path } : {}),
    // The editor has the file itself: it need not ask the box for it.
    ...(here === undefined && Number.isSafeInteger(sourceReference) ? { sourceReference } : {}),
  }
}
