import { describe, expect, it } from 'vitest'
import type { BoxIdentity } from './entry.ts'
import { anotherMachine } from './known-machine.ts'
import type { AnyEntry } from './store.ts'

const A: BoxIdentity = { hostname: 'web-1', machineId: 'a'.repeat(32), bootId: '1' }
const B: BoxIdentity = { hostname: 'web-1', machineId: 'b'.repeat(32), bootId: '2' }
const NONE: BoxIdentity = { hostname: 'web-1', machineId: '', bootId: '2' }

function entries(...all: readonly (readonly [string, BoxIdentity, string?])[]): readonly AnyEntry[] {
  return all.map(
    ([did, identity, state], at) =>
      ({ seq: at + 1, did, box: 'web-1', identity, payload: { state } }) as unknown as AnyEntry,
  )
}

describe('the machine that is meant by a name', () => {
  it.each<readonly [string, readonly AnyEntry[], BoxIdentity, RegExp | undefined]>([
    ['any, while none is known', [], B, undefined],
    ['the one that was looked at', entries(['looked', A]), A, undefined],
    ['not another one', entries(['looked', A]), B, /another machine: .*a{32} \(web-1, #1\), and b{32}/],
    ['not another one that was only looked at since', entries(['looked', A], ['looked', B]), B, /another machine/],
    ['the one on which something was done since', entries(['looked', A], ['ran', B, 'running']), B, undefined],
    ['not the one before that', entries(['looked', A], ['ran', B, 'ended']), A, /another machine/],
    ['not one that was refused', entries(['looked', A], ['ran', B, 'not-started']), B, /another machine/],
    ['not one that does not say who it is', entries(['looked', A]), NONE, /does not say which machine/],
    ['any, while none has said who it is', entries(['looked', NONE]), A, undefined],
  ])('is %s', (_, before, now, why) => {
    const said = anotherMachine(before, 'web-1', now)
    if (why) expect(said).toMatch(why)
    else expect(said).toBeUndefined()
  })

  it('is another matter for another name', () => {
    expect(anotherMachine(entries(['looked', A]), 'web-2', B)).toBeUndefined()
  })
})
