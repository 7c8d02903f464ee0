import path from 'node:path'
import * as z from 'zod/mini'
import { readPlain } from '../../base/plain-file.ts'
import { replaceWhole } from '../../base/whole-file.ts'
import { fileModeIn } from '../home.ts'
import { alone } from '../home-lock.ts'
import { problemOf } from '../sqlite-failures.ts'
import { StoreProblem } from '../store.ts'
import { emptyMap, type CleanMap } from './clean-map.ts'

const NAME = 'clean-map.json'
/** A hundred thousand addresses take some megabytes. Bytes. */
const SIZE_LIMIT = 256 * 1024 * 1024

const substitutes = z.record(z.string(), z.string())
const shape = z.object({
  schema: z.literal(emptyMap.schema),
  hosts: substitutes,
  domains: substitutes,
  users: substitutes,
  addresses: substitutes,
  hardware: substitutes,
  ids: substitutes,
  words: substitutes,
})

/** The map of a home, as it was read, and where it is. */
export interface MapFile {
  readonly file: string
  readonly map: CleanMap
  /** As it stands in the file; undefined where there was none. */
  readonly text: string | undefined
}

/**
 * The map of this home; an empty one where there is none yet. One that cannot be read is a `StoreProblem`, never an empty map: another map would
 * give the same names to other hosts than the exports before.
 */
export function readMap(home: string): MapFile {
  const file = path.join(home, NAME)
  const text = textOf(file)
  if (text === undefined) return { file, map: emptyMap, text }
  const value = jsonOf(text)
  const result = shape.safeParse(value)
  if (result.success && isOneToOne(result.data)) return { file, map: result.data, text }
  if (isNewer(value))
    throw new StoreProblem(
      'newer',
      `the map of clean exports in ${file} is of a newer version of Halligan.`,
      'Nothing was exported. Use that version here too.',
    )
  throw new StoreProblem(
    'corrupt',
    `the map of clean exports in ${file} is damaged.`,
    'Nothing was exported. Put a copy of it back; or move it away, and names get new substitutes that do not fit those of earlier exports.',
  )
}

/**
 * Adds to the map of this home, and gives it as it stands in the file then: for its owner alone, as the record is; there whole or not at all. One export at a
 * time does so, since what another one adds in between would be lost, or stand for something else. Rejects with a `StoreProblem`.
 *
 * @param added the map with what is new; called again where another export has added meanwhile
 */
export async function addToMap(home: string, added: (map: CleanMap) => CleanMap): Promise<MapFile> {
  const before = withAdded(readMap(home), added)
  if (before.isSame) return before
  try {
    return await alone(home, LOCK, () => {
      const now = withAdded(readMap(home), added)
      if (!now.isSame) replaceWhole(now.file, now.text, fileModeIn(home))
      return now
    })
  } catch (error) {
    throw error instanceof StoreProblem ? error : mapProblem(error, before.file)
  }
}

/** Of the home folder, locked while one adds. */
const LOCK = 'clean-map.lock'

function withAdded(
  { file, map, text }: MapFile,
  added: (map: CleanMap) => CleanMap,
): MapFile & { readonly text: string; readonly isSame: boolean } {
  const next = added(map)
  const nextText = `${JSON.stringify(next, undefined, 1)}\n`
  return { file, map: next, text: nextText, isSame: nextText === text }
}

function textOf(file: string): string | undefined {
  try {
    return readPlain(file, SIZE_LIMIT).toString('utf8')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) return ''
    if (error.code === 'ENOENT') return undefined
    throw mapProblem(error, file)
  }
}

function mapProblem(error: unknown, file: string): StoreProblem {
  const { kind, message } = problemOf(error, file)
  if (kind === 'locked')
    return new StoreProblem(
      kind,
      `another export writes the map of clean exports in ${file} and does not come to an end.`,
      'Nothing was exported. Do it again when that one is done.',
    )
  const said = error instanceof Error ? error.message : message
  return new StoreProblem(
    kind,
    `the map of clean exports in ${file} cannot be read or written (${said}).`,
    'Nothing was exported. Look at the owner, the mode and the room of that folder, or export without --clean.',
  )
}

/** Two originals with one substitute could not be told apart in what was exported. */
function isOneToOne({ hosts, domains, users, addresses, hardware, ids, words }: CleanMap): boolean {
  return [hosts, domains, users, addresses, hardware, ids, words].every(
    (kind) => new Set(Object.values(kind)).size === Object.keys(kind).length,
  )
}

function isNewer(value: unknown): boolean {
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined
  const version = typeof schema === 'string' ? /^halligan\.clean-map\/(\d+)$/.exec(schema)?.[1] : undefined
  return version !== undefined && Number(version) > 1
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
