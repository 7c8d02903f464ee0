import type { NamedValues } from './named-values.ts'

/** The object that a line is; undefined when it is none. What follows the closing brace must be nothing. */
export function jsonObject(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.trimStart().startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** All its values as text under their names, nested ones joined by dots, in order; lists as JSON. Bounded in depth, count and length. */
export function namedValuesOf(object: Readonly<Record<string, unknown>>): NamedValues {
  const values = new Map<string, string>()
  add(values, '', object, 0)
  return values
}

/** `http.request.method` of ECS, and one more. */
const DEEPEST = 4
const MOST_VALUES = 120
/** Stack traces are values too. */
const LONGEST = 32_768

function add(
  values: Map<string, string>,
  prefix: string,
  object: Readonly<Record<string, unknown>>,
  depth: number,
): void {
  for (const [key, value] of Object.entries(object)) {
    if (values.size >= MOST_VALUES) return
    const name = prefix + key
    if (isObject(value) && depth < DEEPEST) add(values, `${name}.`, value, depth + 1)
    else if (value !== null && value !== undefined) values.set(name, textOf(value))
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, LONGEST)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return (JSON.stringify(value) ?? '').slice(0, LONGEST)
}
