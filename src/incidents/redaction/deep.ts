import type { Redact } from './redactor.ts'
import type { RedactThoroughly } from './thorough.ts'

/** Between texts that are looked through in one go; of secrets only private keys, and values below their names, go over the end of a line, and none over this. */
const SIGN = '\u0002'
const BETWEEN = `\n${SIGN}\n`

/** Whether a text is not looked at, by itself and by the key that it or the list with it stands below. */
export type Keeps = (text: string, key: string) => boolean

/**
 * All texts of a structure, which keeps its shape. They are looked through in one go, since a look has some hundred; each for itself
 * where that would mix them up (a private key that is cut off goes on in what follows).
 */
export async function redactedDeep<T>(value: T, redact: RedactThoroughly, keeps: Keeps = () => false): Promise<T> {
  const texts: string[] = []
  mapped(value, keeps, (text) => (texts.push(text), text))
  const together = texts.some((text) => text.includes(SIGN)) ? [] : (await redact(texts.join(BETWEEN))).split(BETWEEN)
  const redacted = together.length === texts.length ? together : await Promise.all(texts.map(redact))
  let next = 0
  // The one cast here: the walk keeps the shape and changes only text.
  return mapped(value, keeps, () => redacted[next++] ?? '') as T
}

/** All texts of a structure, which keeps its shape; each for itself: what is a secret in one is so by the words around it. No field of it can be forgotten. */
export function redactedTexts<T>(value: T, redact: Redact, keeps: Keeps = () => false): T {
  return mapped(value, keeps, redact) as T
}

function mapped(value: unknown, keeps: Keeps, change: (text: string) => string, key = ''): unknown {
  if (typeof value === 'string') return keeps(value, key) ? value : change(value)
  if (Array.isArray(value)) return value.map((each) => mapped(each, keeps, change, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapped(inner, keeps, change, name)]))
}
