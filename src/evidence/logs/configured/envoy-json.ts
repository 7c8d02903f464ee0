import type { BoxTime } from '../time/box-time.ts'
import type { LogEvent } from '../format.ts'
import { eventOfDraft, newDraft } from './draft.ts'
import { envoyOperator } from './envoy.ts'
import { type Put, putField } from './put.ts'

/**
 * Envoy's `json_format`: a dictionary of format strings. Envoy sorts the keys as it likes, so lines are read as JSON and each key by what its string names.
 * Undefined: the layout is no dictionary.
 */
export function envoyJson(layout: string): ((text: string, time: BoxTime) => LogEvent | undefined) | undefined {
  const dictionary = objectOf(layout)
  if (dictionary === undefined) return undefined
  const puts = new Map(leaves(dictionary).map(([path, value]) => [path, putOf(path, value)]))
  if (puts.size === 0) return undefined
  return (text, time) => readJson(puts, text, time)
}

/** @param puts by the keys that lead to a value, joined by `.` */
export function readJson(puts: ReadonlyMap<string, Put>, text: string, time: BoxTime): LogEvent | undefined {
  const object = objectOf(text)
  if (object === undefined) return undefined
  const draft = newDraft()
  let known = 0
  for (const [path, value] of leaves(object)) {
    const put = puts.get(path)
    if (put !== undefined) known++
    if (value !== '' && value !== '-') (put ?? putField(path))(draft, value, time)
  }
  return known === 0 ? undefined : eventOfDraft(draft, text, time)
}

function objectOf(text: string): object | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** Deeper ones are no access log. */
const DEEPEST = 4
const MOST_LEAVES = 200

function leaves(object: object, above = '', depth = 1): readonly (readonly [path: string, value: string])[] {
  const found: (readonly [path: string, value: string])[] = []
  for (const [key, value] of Object.entries(object) as [string, unknown][]) {
    if (found.length >= MOST_LEAVES) break
    const path = above === '' ? key : `${above}.${key}`
    if (typeof value === 'string') found.push([path, value])
    else if (typeof value === 'number' || typeof value === 'boolean') found.push([path, String(value)])
    else if (typeof value === 'object' && value !== null && depth < DEEPEST)
      found.push(...leaves(value, path, depth + 1))
  }
  return found
}

/** One operator alone means what it names; several in one string, or none, are a field. */
function putOf(path: string, format: string): Put {
  const match = /^%([A-Z][A-Z0-9_]*)(?:\(([^)]*)\))?(?::\d+)?%$/.exec(format)
  return match === null ? putField(path) : envoyOperator(match[1] ?? '', match[2])[0]
}
