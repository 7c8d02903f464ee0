/**
 * What a value out of JSON has to be. The entries of the record are read and written by every command, so this loads in a tenth of the time that a
 * library of schemas takes (docs/decisions/0008-own-shapes-for-entries.md); what is read rarely, or written by people, has zod.
 */
export interface Shape<T> {
  /** The value itself, of an object only the keys that are named; or what does not fit. It never throws. */
  readonly read: (value: unknown) => Fit<T>
  /** Of an object: the shape of each key. */
  readonly keys?: Readonly<Record<string, Shape<unknown>>>
  /** Of a list: the shape of each of its elements. */
  readonly element?: Shape<unknown>
  /** One of some values that are named. */
  readonly isFixed?: true
  /** The key may be missing. */
  readonly isOptional?: true
}

/** A value that fits, or where in it (`identity.hostname`; empty: the whole) something does not, and what was expected. */
export type Fit<T> = { readonly ok: true; readonly value: T } | Misfit
export interface Misfit {
  readonly ok: false
  readonly where: string
  readonly what: string
}

/** The type of what a shape lets through. */
export type ShapeOf<S> = S extends Shape<infer T> ? T : never

export const text: Shape<string> = plain('a text', (value) => typeof value === 'string')
export const yesOrNo: Shape<boolean> = plain('true or false', (value) => typeof value === 'boolean')
/** Neither infinite nor NaN, which JSON has not. */
export const number: Shape<number> = plain('a number', (value) => Number.isFinite(value))
/** 1, 2, … as far as they are exact (2^53 - 1). */
export const positive: Shape<number> = plain(
  'a whole number from 1',
  (value) => Number.isSafeInteger(value) && Number(value) > 0,
)

/** What fits; undefined when it does not. */
export function fitting<T>(shape: Shape<T>, value: unknown): T | undefined {
  const fit = shape.read(value)
  return fit.ok ? fit.value : undefined
}

/** A text of which that holds. */
export function textThat(holds: (value: string) => boolean, what: string): Shape<string> {
  return plain(what, (value) => typeof value === 'string' && holds(value))
}

/** One of these words. */
export function oneOf<const Words extends readonly string[]>(words: Words): Shape<Words[number]> {
  const known: ReadonlySet<unknown> = new Set(words)
  return { ...plain<Words[number]>(`one of ${words.join(', ')}`, (value) => known.has(value)), isFixed: true }
}

export const always: Shape<true> = { ...plain<true>('true', (value) => value === true), isFixed: true }

export function list<T>(element: Shape<T>): Shape<T[]> {
  return { read: (value) => (Array.isArray(value) ? listOf(value, element) : misfit('not a list')), element }
}

/** An object with keys of any name. */
export function mapOf<T>(element: Shape<T>): Shape<Record<string, T>> {
  const read = (value: unknown): Fit<Record<string, T>> => {
    if (!isObject(value)) return misfit('not an object')
    const members: [string, T][] = []
    for (const [key, each] of Object.entries(value)) {
      const fit = element.read(each)
      if (!fit.ok) return below(key, fit)
      members.push([key, fit.value])
    }
    return { ok: true, value: Object.fromEntries(members) }
  }
  return { read }
}

/** The key may be missing, or undefined. */
export function optional<T>(shape: Shape<T>): Optional<T> {
  return {
    ...shape,
    read: (value) => (value === undefined ? { ok: true, value } : shape.read(value)),
    isOptional: true,
  }
}

interface Optional<T> extends Shape<T | undefined> {
  readonly isOptional: true
}

/** An object; keys that are not named are dropped. */
export function fields<K extends Keys>(keys: K): Shape<Fields<K>> {
  return { read: (value) => fieldsOf(value, keys), keys }
}

/** An object with no other keys than these. */
export function onlyFields<K extends Keys>(keys: K): Shape<Fields<K>> {
  const read = (value: unknown): Fit<Fields<K>> => {
    const stranger = isObject(value) ? Object.keys(value).find((key) => !Object.hasOwn(keys, key)) : undefined
    return stranger === undefined
      ? fieldsOf(value, keys)
      : misfit(`the key ${JSON.stringify(stranger.slice(0, 40))} is not known`)
  }
  return { read, keys }
}

type Keys = Readonly<Record<string, Shape<unknown>>>
type OptionalKey<K extends Keys> = { [Key in keyof K]: K[Key] extends Optional<unknown> ? Key : never }[keyof K]
type Fields<K extends Keys> = { [Key in Exclude<keyof K, OptionalKey<K>>]: ShapeOf<K[Key]> } & {
  [Key in OptionalKey<K>]?: ShapeOf<K[Key]>
}

function fieldsOf<K extends Keys>(value: unknown, keys: K): Fit<Fields<K>> {
  if (!isObject(value)) return misfit('not an object')
  const known: Record<string, unknown> = {}
  for (const key in keys) {
    const isThere = Object.hasOwn(value, key)
    const fit = (keys[key] as Shape<unknown>).read(isThere ? value[key] : undefined)
    if (!fit.ok) return below(key, fit)
    if (isThere) known[key] = fit.value
  }
  return { ok: true, value: known as Fields<K> }
}

function listOf<T>(value: readonly unknown[], element: Shape<T>): Fit<T[]> {
  const known: T[] = []
  for (const [index, each] of value.entries()) {
    const fit = element.read(each)
    if (!fit.ok) return below(`${index}`, fit)
    known.push(fit.value)
  }
  return { ok: true, value: known }
}

function plain<T>(what: string, holds: (value: unknown) => boolean): Shape<T> {
  return { read: (value) => (holds(value) ? { ok: true, value: value as T } : misfit(`not ${what}`)) }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function misfit(what: string): Misfit {
  return { ok: false, where: '', what }
}

function below(key: string, { where, what }: Misfit): Misfit {
  return { ok: false, where: where === '' ? key : `${key}.${where}`, what }
}
