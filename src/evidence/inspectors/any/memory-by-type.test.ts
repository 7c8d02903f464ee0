import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Inspector, Target } from '../../inspect/inspector.ts'
import type { MemoryUse } from '../../inspect/memory-use.ts'
import type { Reading } from '../../reading.ts'
import { cpythonMemory } from '../cpython/cpython-memory.ts'
import { jvmMemory } from '../jvm/jvm-memory.ts'
import { nodeMemory } from '../node/node-memory.ts'
import { procMemory } from './proc-memory.ts'
import { grownTypes } from './type-counts.ts'

const TARGET = { process: { pid: 812, namespacePids: [812] }, box: {} } as unknown as Target
const look = (atMs: number, kib: number): string =>
  `halligan-tick ${atMs} ${kib} 0 0 0\nhalligan-memory ${atMs}\nm ${kib} ${kib} 0 1000-9000 rw-p 00000000 00:00 0 [heap]\nhalligan-memory-end\n`

function seenIn(inspector: Inspector<MemoryUse>, text: string): MemoryUse {
  const reading: Reading<MemoryUse> = inspector.parse(Buffer.from(text), TARGET)
  if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
  return reading.value
}

const PYTHON = (orders: number, more = ''): string =>
  `halligan-count
{"python":"3.11.2","found":"dynamic symbols","version":"3.11"}
{"type":"shop.Order","count":${orders},"bytes":${orders * 80}}
{"type":"dict","count":90,"bytes":9000}
{"counted":${orders + 90},${more}"torn":false,"ms":164}
`

describe('objects of Python by type', () => {
  it('are told with what they grew', () => {
    const use = seenIn(cpythonMemory, look(1, 8) + PYTHON(100) + look(3001, 9) + PYTHON(300))
    expect(use).toMatchObject({ watchedMs: 3000, byKind: [{ kind: 'heap', grewBytes: 1024 }] })
    expect(use.types).toEqual([
      { name: 'shop.Order', count: 300, bytes: 24_000, grewCount: 200, grewBytes: 16_000 },
      { name: 'dict', count: 90, bytes: 9000, grewCount: 0, grewBytes: 0 },
    ])
    expect(use.notes).toEqual([
      'counted are objects that may hold others; texts, bytes and numbers that they hold are not',
    ])
  })

  it('of which one count was cut grew by what is not known', () => {
    const use = seenIn(cpythonMemory, look(1, 8) + PYTHON(100) + look(3001, 9) + PYTHON(300, '"cut":"time",'))
    expect(use.types?.[0]).toEqual({ name: 'shop.Order', count: 300, bytes: 24_000 })
    expect(use.notes.join(' ')).toContain('only the first 390 objects were counted')
    expect(use.notes.join(' ')).toContain('what grew by type is not told')
  })

  it('that cannot be counted are blind, and its memory is told by kind all the same', () => {
    const why = 'halligan-count\n{"blind":"Python 3.7 is not known; those from 3.8 to 3.14 are","hint":""}\n'
    const use = seenIn(cpythonMemory, look(1, 8) + why + look(3001, 9) + why)
    expect(use.types).toBeUndefined()
    expect(use.noTypes).toEqual({ why: 'Python 3.7 is not known; those from 3.8 to 3.14 are', hint: '' })
    expect(use.byKind).toHaveLength(1)
  })
})

describe('a heap of 64 GB', () => {
  const huge = { ...TARGET, process: { ...TARGET.process, residentBytes: 64 * 1024 ** 3, threadCount: 40 } }

  it.each([
    // Milliseconds for all, and for each MiB.
    [jvmMemory, 100 + 2.5 * 65_536],
    [nodeMemory, 100 + 2 * 65_536],
  ])('is minutes of standing still to be counted, said before it is paid', (inspector, pauseMs) => {
    expect(inspector.price(huge)).toMatchObject({ price: 'pause', pauseMs })
  })

  it('costs nothing by /proc, nor by memory reads', () => {
    expect([procMemory.price(huge).price, cpythonMemory.price(huge).price]).toEqual(['free', 'free'])
  })
})

const JAVA = (orders: number): string =>
  `
halligan-sample 741
812:
 num     #instances         #bytes  class name (module)
-------------------------------------------------------
   1:         ${orders}         ${orders * 24}  shop.Order
   2:            40           4000  [Ljava.lang.String; (java.base@17.0.15)
   3:            30           3000  [[B (java.base@17.0.15)
   4:             2            200  shop.Twice
   5:             1            100  shop.Twice
Total          ${orders + 73}         ${orders * 24 + 7300}
`

describe('objects of Java by class', () => {
  it('are told with what they grew, as the program writes them', () => {
    const use = seenIn(jvmMemory, look(1, 8) + JAVA(100) + look(3001, 9) + JAVA(300))
    expect(use.types).toEqual([
      { name: 'shop.Order', count: 300, bytes: 7200, grewCount: 200, grewBytes: 4800 },
      { name: 'java.lang.String[]', count: 40, bytes: 4000, grewCount: 0, grewBytes: 0 },
      { name: 'byte[][]', count: 30, bytes: 3000, grewCount: 0, grewBytes: 0 },
      { name: 'shop.Twice', count: 3, bytes: 300, grewCount: 0, grewBytes: 0 },
    ])
    expect(use).toMatchObject({
      hasGarbage: true,
      heaps: [{ name: 'Java heap, with garbage', bytes: 14_500, grewBytes: 4800 }],
    })
  })

  it('are missing with the words of jcmd, or where there is none', () => {
    const without = seenIn(jvmMemory, `${look(1, 8)}halligan-no-jcmd\n${look(3001, 9)}halligan-no-jcmd\n`)
    expect(without.noTypes?.why).toBe('there is no jcmd for it on the box')
    const refused = `halligan-sample 7\ncom.sun.tools.attach.AttachNotSupportedException: state is not ready\n`
    expect(seenIn(jvmMemory, look(1, 8) + refused + look(9, 8)).noTypes?.why).toContain('state is not ready')
  })
})

const NODE = `{"inspector":{"port":9229,"opened":true}}
${look(1, 8)}${look(3001, 9)}{"heaps":{"name":"","before":[["old_space",1000]],"after":[["old_space",5000],["external",7]]}}
{"name":"","site":{"function":"keep","url":"file:///srv/shop/orders.js","line":12,"bytes":4000}}
{"closed":true}
`

describe('memory of Node', () => {
  it('is told by spaces of V8, and by who allocates', () => {
    const use = seenIn(nodeMemory, NODE)
    expect(use.heaps).toEqual([
      { name: 'old_space', bytes: 5000, grewBytes: 4000 },
      { name: 'external', bytes: 7, grewBytes: 0 },
    ])
    expect(use.sites).toEqual([
      { frame: { function: 'keep', file: '/srv/shop/orders.js', line: 12, own: true }, bytes: 4000 },
    ])
    expect(use.noTypes?.why).toContain('heap snapshot')
  })

  it('is blind where no inspector came, and an inspector that may be open is said', () => {
    expect(nodeMemory.parse(Buffer.from('{"refused":"no-handler"}\n'), TARGET)).toMatchObject({
      kind: 'blind',
      why: 'it does not catch SIGUSR1, which would have killed it',
    })
    const use = seenIn(nodeMemory, NODE.replace('{"closed":true}', '{"closed":false}'))
    expect(use.notes).toContain('its inspector may still be open on 127.0.0.1:9229')
  })
})

describe('memory by whichever way', () => {
  const all = [cpythonMemory, jvmMemory, nodeMemory, procMemory]

  it('of a process that had ended is blind', () => {
    for (const inspector of all)
      expect(inspector.parse(Buffer.from('halligan-target gone\n'), TARGET)).toMatchObject({ kind: 'blind' })
  })

  it('of one that ends meanwhile is what was seen by then, and never that of another process with its number', () => {
    const parsed = (said: string) =>
      all.map((inspector) => inspector.parse(Buffer.from(`${look(1, 8)}halligan-target ${said}\n`), TARGET))
    const kinds = parsed('gone').map(({ kind }) => kind)
    expect(kinds.at(-1)).toBe('seen')
    expect(JSON.stringify(parsed('gone').at(-1))).toContain('the process ended meanwhile')
    expect(new Set(parsed('reused').map(({ kind }) => kind))).toEqual(new Set(['blind']))
  })

  it('is read from anything without failing', () => {
    const whole = [look(1, 8), PYTHON(5), JAVA(5), NODE].join('').split('\n')
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc
        .array(fc.oneof(fc.constantFrom(...whole), fc.string()), { maxLength: 40 })
        .map((lines) => Buffer.from(lines.join('\n'))),
    )
    fc.assert(
      fc.property(bytes, fc.constantFrom(...all), (output, inspector) => {
        expect(['seen', 'blind', 'garbled']).toContain(inspector.parse(output, TARGET).kind)
      }),
      { numRuns: 200 },
    )
  })

  it('grows by what is there less what was: a type that is gone too', () => {
    const types = fc.array(fc.record({ name: fc.constantFrom('a', 'b', 'c'), count: fc.nat(), bytes: fc.nat() }))
    const sum = (all: readonly { readonly bytes: number }[]): number =>
      all.reduce((total, { bytes }) => total + bytes, 0)
    fc.assert(
      fc.property(types, types, (before, after) => {
        const grown = grownTypes(before, after)
        expect(sum(grown)).toBe(sum(after))
        expect(grown.reduce((total, { grewBytes = 0 }) => total + grewBytes, 0)).toBe(sum(after) - sum(before))
      }),
      { numRuns: 200 },
    )
  })
})
