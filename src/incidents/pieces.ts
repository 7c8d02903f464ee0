import { evidenceOf } from './payloads.ts'
import type { AnyEntry } from './store.ts'

/** One piece of the evidence that an entry rests on. */
export interface Piece {
  /** Its content address. */
  readonly evidence: string
  /** What it is called, unlike the others of the entry: `answer`, `stdout`, `memory map of 812`. */
  readonly what: string
}

/**
 * What an entry rests on, in its own order; two things of the same content are two pieces. Whatever names evidence in a way that this version does not
 * know is called `evidence`.
 */
export function piecesOf(entry: AnyEntry): readonly Piece[] {
  const named = namedPieces(entry)
  const known = new Set(named.map(({ evidence }) => evidence))
  const others = [...new Set(evidenceOf(entry.payload))].filter((evidence) => !known.has(evidence))
  const taken = new Map<string, number>()
  return [...named, ...others.map((evidence) => ({ evidence, what: 'evidence' }))].map(({ evidence, what }) => {
    const before = taken.get(what) ?? 0
    taken.set(what, before + 1)
    return { evidence, what: before === 0 ? what : `${what} ${before + 1}` }
  })
}

/** The pieces that are meant by a number (from 1), by their whole name, or by words that all stand in it. */
export function piecesNamed<P extends Piece>(words: string, pieces: readonly P[]): readonly P[] {
  const sought = words.trim().toLowerCase()
  const numbered = /^\d+$/.test(sought) ? pieces[Number(sought) - 1] : undefined
  if (numbered) return [numbered]
  const exact = pieces.filter(({ what }) => what.toLowerCase() === sought)
  if (exact.length > 0 || sought === '') return exact
  const terms = sought.split(/\s+/)
  return pieces.filter(({ what }) => terms.every((term) => what.toLowerCase().includes(term)))
}

function namedPieces({ did, payload }: AnyEntry): readonly Piece[] {
  if (did === 'looked') return answerIn(payload?.evidence)
  if (did === 'preserved') {
    const things = (payload?.kept ?? []).flatMap(({ what, evidence }) =>
      evidence === undefined ? [] : [{ evidence, what }],
    )
    return [...answerIn(payload?.evidence), ...things]
  }
  if (did === 'ran') return (payload?.outputs ?? []).map(({ from, evidence }) => ({ evidence, what: from }))
  if (did === 'shelled' && payload?.cast !== undefined) return [{ evidence: payload.cast, what: 'session' }]
  return []
}

function answerIn([answer]: readonly string[] = []): readonly Piece[] {
  return answer === undefined ? [] : [{ evidence: answer, what: 'answer' }]
}
