import { applied, type Change } from '../change.ts'
import { withoutColours } from './colours.ts'
import type { Redact } from './redactor.ts'

/** Takes the secrets out of what is written. */
export type RedactThoroughly = (text: string) => Promise<string>

/**
 * What every secret has that secretlint knows: a run of characters that no word is, a user in a URL, or the head of a key. A text without
 * any of these (a note, most commands) need not wait until it is loaded.
 */
const MAY_HOLD_A_SECRET = /[\w+/=-]{20}|:\/\/\S{1,400}@|-----BEGIN/

/** Finds in a text what the first pass left, in order and apart from each other. */
export type FindMore = (text: string) => Promise<readonly Change[]>

/** The rules of secretlint, over a text that our own have been over. */
export function secondFinder(key: Uint8Array): FindMore {
  return async (text) => {
    const { plain, written } = withoutColours(text)
    if (!MAY_HOLD_A_SECRET.test(plain)) return []
    const { secondPass } = await import('./second-pass.ts')
    return written(await secondPass(key, plain))
  }
}

/**
 * For what goes to the disk: our own rules, then those of secretlint, which others keep up to date. It is loaded when there is
 * something to write. The screen does with our own rules: on the corpus secretlint finds nothing that they leave, and loading it takes
 * longer than looking through the answer of a box (docs/decisions/0004-two-passes-of-redaction.md).
 */
export function thoroughRedactor(key: Uint8Array, redact: Redact): RedactThoroughly {
  const find = secondFinder(key)
  return async (text) => {
    const once = redact(text)
    return applied(once, await find(once))
  }
}
