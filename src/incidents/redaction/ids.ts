import type { Redact } from './redactor.ts'
import type { RedactThoroughly } from './thorough.ts'

/**
 * As `redact`, but these ids stay, which a pattern of halligan.yaml may fit (`[0-9a-f]{32}`): without its boundary an answer of a box cannot be read,
 * without its machine-id the box is another one.
 */
export function keepingIds(ids: readonly (string | undefined)[], redact: RedactThoroughly): RedactThoroughly {
  return async (text) => {
    const kept: string[] = []
    for (const id of ids) if (id && (await redact(id)) !== id) kept.push(RegExp.escape(id))
    // Most patterns fit none, and what is not cut is looked through faster.
    if (kept.length === 0) return redact(text)
    const pieces: string[] = []
    for (const [at, piece] of text.split(new RegExp(`(${kept.join('|')})`)).entries())
      pieces.push(at % 2 === 0 ? await redact(piece) : piece)
    return pieces.join('')
  }
}

/** The same for the answer of a box on the screen. */
export function keepingBoundary(boundary: string, redact: Redact): Redact {
  if (redact(boundary) === boundary) return redact
  return (answer) => answer.split(boundary).map(redact).join(boundary)
}
