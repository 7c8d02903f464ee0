import { describe, expect, it } from 'vitest'
import type { Inspector, Target } from '../src/evidence/inspect/inspector.ts'
import { gdbConsole } from '../src/evidence/debug/gdb-console.ts'
import { gdbDap } from '../src/evidence/debug/gdb-dap.ts'
import * as inspectors from '../src/evidence/inspectors/index.ts'
import { ATTACHING, type Attaching } from './live/attaching.ts'
import { FAULT_TARGETS } from './live/fault-targets.ts'

// An inspector that is not in the fault test was never seen to let go: test/live/attaching.ts has a line for each.

const all: readonly Inspector<unknown>[] = Object.values(inspectors)
const target = {
  process: {
    pid: 812,
    startTicks: 34,
    threadCount: 3,
    namespacePids: [812],
    argv: ['x'],
    residentBytes: 1,
    swapBytes: 0,
  },
  runtime: { kind: 'native', details: [] },
  box: { uid: 0, architecture: 'x86_64', tools: new Set() },
} as unknown as Target

/** Of a JVM there is one for each JDK. */
const waysOf = ({ id }: Inspector<unknown>): readonly Attaching[] =>
  ATTACHING.filter((way) => way.id === id || way.id === `${id}-${way.jdk}`)

describe('the fault test', () => {
  it('lets each inspector at a process, in each JDK that is tested', () => {
    expect(all.length).toBeGreaterThan(25)
    expect(all.filter((each) => waysOf(each).length === 0).map(({ id }) => id)).toEqual([])
    const inJvm = all.filter(({ runtimes }) => runtimes !== 'any' && runtimes.includes('jvm') && runtimes.length === 1)
    expect(inJvm.map((each) => waysOf(each).map(({ jdk }) => jdk))).toEqual(inJvm.map(() => [17, 25]))
  })

  it('runs under the guard, as the tool that it is, what attaches; and as it is what only reads', () => {
    for (const each of all)
      for (const way of waysOf(each)) {
        const attaches = each.attaches?.(target)
        expect([way.id, way.free ?? false]).toEqual([way.id, attaches === undefined])
        if (attaches) expect([way.id, way.tool]).toEqual([way.id, attaches.tool])
        expect([way.id, attaches?.cleanUp === undefined || way.cleanUp !== undefined]).toEqual([way.id, true])
      }
  })

  it('says in the price of each way of gdb what becomes of the process if the kernel kills gdb for want of memory', () => {
    const byGdb = all.filter((each) => each.attaches?.(target).tool === 'debugger')
    expect(byGdb.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['gdb-stacks', 'gdb-locals', 'gdb-snapshot', 'gdb-crash', 'gcore']),
    )
    const prices = [
      ...byGdb.map(({ id, price }) => ({ id, words: price(target).why })),
      ...[gdbConsole, gdbDap].map(({ id, price }) => ({ id, words: price(target, { limitSeconds: 30 }).why })),
    ]
    expect(prices.filter(({ words }) => !/kernel.*when memory runs out/.test(words))).toEqual([])
    // Where a breakpoint is in, it says that this can be the end of it; where there is none, that it goes on.
    const fatal = prices.filter(({ words }) => /kernel.* (?:dies|ends it)|dies .*kernel/.test(words))
    expect(fatal.map(({ id }) => id).toSorted()).toEqual(['gdb', 'gdb-crash', 'gdb-dap', 'gdb-snapshot'])
  })

  it('has a program for each of them', () => {
    for (const { id, program = 'order-service' } of ATTACHING)
      expect([id, FAULT_TARGETS[program].ready]).toEqual([id, expect.stringContaining('p=$(pgrep')])
  })
})
