import type { CallNode } from './profile.ts'

/** A call in a row of an icicle: where it begins and how wide it is, in cells of the whole width. */
export interface IcicleCell {
  /** Undefined: calls that are too narrow to be drawn one by one. */
  readonly node: CallNode | undefined
  readonly at: number
  readonly width: number
  /** Weight of what stands left of it. */
  readonly before: number
  /** Of all, from 0 to 1. */
  readonly share: number
  /** It lies on the path that follows the heaviest call from the top. */
  readonly isHot: boolean
}

export type IcicleRow =
  | { readonly kind: 'calls'; readonly cells: readonly IcicleCell[] }
  /** Rows that would look like the one above, without a function of the program itself. */
  | { readonly kind: 'folded'; readonly rows: number }

/** Below it a name says nothing. Cells. */
const NARROWEST = 4

/**
 * A call tree as rows, callers above what they call, each as wide as its share of all: at most `columns` cells and so many rows. Pure. Boundaries are
 * rounded from the true ones, so that a row is never wider than the one above it.
 */
export function icicleRows(root: CallNode, columns: number, most: number): readonly IcicleRow[] {
  if (root.total <= 0) return []
  const rows: (readonly IcicleCell[])[] = []
  let row: readonly IcicleCell[] = [{ node: root, before: 0, at: 0, width: columns, share: 1, isHot: true }]
  while (row.length > 0) {
    rows.push(row)
    row = row.flatMap((cell) => below(cell, root.total, columns))
  }
  return bounded(folded(rows), most)
}

function below({ node, before, isHot }: IcicleCell, total: number, columns: number): readonly IcicleCell[] {
  if (!node) return []
  const edge = (weight: number): number => Math.round((weight / total) * columns)
  const cells: IcicleCell[] = []
  const end = before + node.calls.reduce((sum, call) => sum + call.total, 0)
  let from = before
  for (const call of node.calls) {
    const [at, width] = [edge(from), edge(from + call.total) - edge(from)]
    if (width < NARROWEST) break
    cells.push({ node: call, before: from, at, width, share: call.total / total, isHot: isHot && from === before })
    from += call.total
  }
  // The heaviest stand first: what comes behind one that is too narrow is narrower.
  const narrow = { node: undefined, before: from, at: edge(from), width: edge(end) - edge(from) }
  return narrow.width > 0 ? [...cells, { ...narrow, share: (end - from) / total, isHot: false }] : cells
}

function folded(rows: readonly (readonly IcicleCell[])[]): readonly IcicleRow[] {
  const out: IcicleRow[] = []
  rows.forEach((cells, at) => {
    const before = rows[at - 1]
    const after = rows[at + 1]
    const last = out.at(-1)
    const isLike = before && after && at > 1 && looksLike(before, cells) && looksLike(cells, after) && !isTold(cells)
    if (isLike && last?.kind === 'folded') out[out.length - 1] = { kind: 'folded', rows: last.rows + 1 }
    else if (isLike) out.push({ kind: 'folded', rows: 1 })
    else out.push({ kind: 'calls', cells })
  })
  return out
}

function isTold(cells: readonly IcicleCell[]): boolean {
  return cells.some(({ node }) => node?.own)
}

function looksLike(a: readonly IcicleCell[], b: readonly IcicleCell[]): boolean {
  return a.length === b.length && a.every(({ at, width }, which) => b[which]?.at === at && b[which]?.width === width)
}

function bounded(rows: readonly IcicleRow[], most: number): readonly IcicleRow[] {
  if (rows.length <= most) return rows
  const left = rows.slice(most - 1).reduce((sum, row) => sum + (row.kind === 'folded' ? row.rows : 1), 0)
  return [...rows.slice(0, most - 1), { kind: 'folded', rows: left }]
}

/** From the top the heaviest call, then the heaviest of that one, as long as it has a good part of its caller. Without the root. Pure. */
export function hotPath(root: CallNode): readonly CallNode[] {
  const path: CallNode[] = []
  let [node] = root.calls
  let caller = root
  while (node && node.total >= caller.total * GOOD_PART) {
    path.push(node)
    caller = node
    node = node.calls[0]
  }
  return path
}

/** Below it the time goes many ways, and one of them is not the path. Share of the caller. */
const GOOD_PART = 0.3
