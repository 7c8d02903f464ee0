import type { SeenFinding } from './sights.ts'

/** What differs from one incident to the next, and so is a variable of a runbook. */
export interface Variable {
  /** As in a POSIX shell: `BOX`, `PID`, `PID_2`. */
  readonly name: string
  readonly kind: 'box' | 'pid' | 'unit' | 'container' | 'peer'
  /** What it was in this incident. */
  readonly was: string
  /** Of a process: its name. */
  readonly of: string | undefined
}

/** Text with variables in it. */
export type Template = readonly (string | { readonly name: string })[]

const NAMES: Readonly<Record<Variable['kind'], string>> = {
  box: 'BOX',
  pid: 'PID',
  unit: 'UNIT',
  container: 'CONTAINER',
  peer: 'PEER',
}

/** Boxes, and what findings are about; the first of a kind has the plain name. */
export function variablesOf(boxes: readonly string[], findings: readonly SeenFinding[]): readonly Variable[] {
  const found: readonly Omit<Variable, 'name'>[] = [
    ...boxes.map((was) => ({ kind: 'box' as const, was, of: undefined })),
    ...findings.flatMap(({ subject: { pid, unit, container, peer, name } }) => [
      ...(pid === undefined ? [] : [{ kind: 'pid' as const, was: String(pid), of: name }]),
      ...(unit === undefined ? [] : [{ kind: 'unit' as const, was: unit, of: name }]),
      ...(container === undefined ? [] : [{ kind: 'container' as const, was: container, of: name }]),
      ...(peer === undefined ? [] : [{ kind: 'peer' as const, was: peer, of: undefined }]),
    ]),
  ]
  const counts = new Map<Variable['kind'], number>()
  const seen = new Set<string>()
  return found.flatMap((each) => {
    const key = `${each.kind} ${each.was}`
    if (each.was === '' || seen.has(key)) return []
    seen.add(key)
    const number = (counts.get(each.kind) ?? 0) + 1
    counts.set(each.kind, number)
    return [{ ...each, name: number === 1 ? NAMES[each.kind] : `${NAMES[each.kind]}_${number}` }]
  })
}

/**
 * The same value is the same variable everywhere, where it stands as a word of its own: 812 in `/proc/812/fd` and `pid=812,`, not in 8125. Names of
 * boxes are left alone here, since one can be any word; they are put in where a command says which box.
 */
export function withVariables(text: string, variables: readonly Variable[]): Template {
  const known = variables.filter(({ kind }) => kind !== 'box').toSorted((a, b) => b.was.length - a.was.length)
  let pieces: Template = [text]
  for (const { name, was } of known)
    pieces = pieces.flatMap((piece): Template => (typeof piece === 'string' ? replaced(piece, was, name) : [piece]))
  return pieces.filter((piece) => piece !== '')
}

function replaced(text: string, was: string, name: string): Template {
  const pieces: (string | { readonly name: string })[] = []
  let from = 0
  for (let at = text.indexOf(was); at >= 0; at = text.indexOf(was, at + was.length)) {
    if (!standsAlone(text, at, at + was.length)) continue
    pieces.push(text.slice(from, at), { name })
    from = at + was.length
  }
  return [...pieces, text.slice(from)]
}

/** Letters and digits before or behind it, or a decimal point, would make it a part of something else. */
function standsAlone(text: string, from: number, to: number): boolean {
  const before = text.slice(Math.max(0, from - 2), from)
  const after = text.slice(to, to + 2)
  return !/[\p{L}\p{N}_-]$|[\p{N}][.:]$/u.test(before) && !/^[\p{L}\p{N}_-]|^[.:]\p{N}/u.test(after)
}
