import { describe, expect, it } from 'vitest'
import { PRICES } from '../boxes/price.ts'
import type { Finding } from './finding.ts'
import { markBeyondPolicy } from './policy.ts'

const finding: Finding = {
  check: 'hot-thread',
  state: 'warning',
  resource: 'cpu',
  score: 40,
  title: 'a thread burns',
  why: 'it does',
  subject: { kind: 'thread', name: 'worker' },
  measured: [],
  next: PRICES.map((price) => ({ command: `cost ${price}`, why: 'to see', price })),
}

describe('markBeyondPolicy', () => {
  it.each([
    [undefined, []],
    ['free', ['slow', 'pause', 'change']],
    ['slow', ['pause', 'change']],
    ['pause', ['change']],
    ['change', []],
  ] as const)('of a box whose policy is %s marks what costs more, and hides nothing', (highest, expected) => {
    const next = markBeyondPolicy([finding], highest)[0]?.next ?? []
    expect(next.map(({ price }) => price)).toEqual([...PRICES])
    expect(next.filter(({ beyondPolicy }) => beyondPolicy).map(({ price }) => price)).toEqual(expected)
  })
})
