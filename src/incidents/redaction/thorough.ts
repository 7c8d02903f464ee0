import { applied } from '../change.ts'
import { withoutColours } from './colours.ts'
import type { Redact } from './redactor.ts'

/** Takes the secrets out of what is written. */
export type RedactThoroughly = (text: string) => Promise<string>

/**
 * What every secret has that secretlint knows: a run of characters that no word is, a user in a URL, or the head of a key. A text without
 * any of these (a note, most commands) need not wait until it is loaded.
 */
const MAY_HOLD_A_SECRET = /[\w+/=-]{20}|:\/\/\S{1,400}@|-----BEGIN/

/**
 * For what goes to the disk: our own rules, then those of secretlint, which others keep up to date. It is loaded when there is
 * something to write. The screen does with our own rules: on the corpus secretlint finds nothing that they leave, and loading it takes
 * longer than looking through the answer of a box (docs/decisions/0004-two-passes-of-redaction.md).
 */
export function thoroughRedactor(key: Uint8Array, redact: Redact): RedactThoroughly {
  return async (text) => {
    const once = redact(text)
    const { plain, written } = withoutColours(once)
    if (!MAY_HOLD_A_SECRET.test(plain)) return once
    const { secondPass } = await import('./second-pass.ts')
    return applied(once, written(await secondPass(key, plain)))
  }
}
