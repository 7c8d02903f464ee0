import { hmacSha256 } from '../../base/sha256.ts'

/**
 * Bits of a mark. Without the key nobody can compute marks, so no length of them lets a weak password be guessed from a write-up.
 * They are few for whoever has the key, or may put guesses into what is recorded and read the outcome: of the 14 million passwords of
 * a leaked list 14 fit each mark, so a mark confirms a suspicion and gives nothing away by itself. And they are enough to tell
 * secrets apart: of 40 different ones in an incident two have the same mark in 7 of 10,000 incidents.
 */
const MARK_BITS = 20
/** Five bits a character, none of which is taken for another (Crockford's base 32). */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'

/** What stands in the place of a secret: `‹secret:password:k7qx›`. The same secret has the same mark whatever kind it is found as. */
export function markOf(key: Uint8Array, kind: string, secret: string): string {
  const bits = hmacSha256(key, secret).readUInt32BE(0) >>> (32 - MARK_BITS)
  const digits = Array.from(
    { length: MARK_BITS / 5 },
    (_, index) => DIGITS[(bits >>> (MARK_BITS - 5 - 5 * index)) & 31],
  )
  return `‹secret:${kind}:${digits.join('')}›`
}

/** Marks, and what stood in their place in recordings of earlier versions. */
export const MARKS = /‹secret:[a-z][a-z0-9-]{0,39}:[0-9a-z]{4}›|\[redacted\]/g
/** How many secrets were taken out of a text. */
export function marksIn(text: string): number {
  return text.match(MARKS)?.length ?? 0
}

/** What each of them begins with. */
export const MARKS_BEGIN: readonly string[] = ['‹secret:', '[redacted]']
