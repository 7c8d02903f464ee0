import { describe, expect, it } from 'vitest'
import type { CallNode } from '../../findings/inspect/profile.ts'
import { flameGraphSvg } from './flame-graph-svg.ts'

/** A call with one call below it, and so on. */
function chain(depth: number): CallNode {
  const bottom: CallNode = { function: 'price', own: true, self: 1, total: 1, calls: [] }
  return Array.from({ length: depth }).reduce<CallNode>(
    (below) => ({ function: 'total', own: true, self: 0, total: 1, calls: [below] }),
    bottom,
  )
}

describe('a flame graph as SVG', () => {
  it('is as high as its deepest stack, also of very many calls', { timeout: 60_000 }, () => {
    // More than a function takes as arguments, as wide as can be pointed at.
    const threads = Array.from({ length: 2_000 }, () => chain(64))
    const svg = flameGraphSvg({ function: 'all', own: false, self: 0, total: 2_000, calls: threads }, 'all', 'samples')
    expect(svg.match(/<g data-x/g)).toHaveLength(1 + 2_000 * 65)
    expect(svg).toMatch(/^[^]{0,200} height="1258" /)
  })
})
