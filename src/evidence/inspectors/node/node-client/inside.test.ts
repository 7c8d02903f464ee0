import { types } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

interface Hit {
  readonly atMs: number
  readonly values: readonly { readonly name: string; readonly value: string; readonly type: string }[]
  readonly frames: readonly (readonly [string, string, number])[]
  readonly condition?: string
}
interface Recorder {
  readonly pass: (condition: (() => unknown) | undefined, reads: readonly (() => unknown)[]) => boolean
  readonly take: (from: number) => string
  readonly get: (object: unknown, key: unknown) => unknown
  readonly at: (object: unknown, key: unknown) => unknown
  readonly same: (left: unknown, right: unknown) => boolean
  readonly less: (left: unknown, right: unknown) => boolean
}
const { recorder } = (await import(new URL('inside.js', import.meta.url).href)) as {
  readonly recorder: (request: object, isProxy: (value: unknown) => boolean) => Recorder
}

const BOUNDS = { maxFrames: 10, maxLocals: 30, maxDepth: 3, maxItems: 10, maxText: 200, maxValue: 800 }
const PATIENT = { firstUs: 60e6, mostShare: 1, listUs: 60e6 }
const REQUEST = { ...BOUNDS, ...PATIENT, hits: 5, forMs: 60_000, asked: true, secret: 'passw', masked: '<masked>' }

function recording(names: readonly string[], more: object = {}): Recorder {
  const request = { ...REQUEST, names: names.map((name) => ({ name, declared: true })), ...more }
  return recorder(request, types.isProxy)
}

interface Taken {
  readonly reached: number
  readonly isHeavy: boolean
  readonly hits: readonly Hit[]
}

function taken(of: Recorder, from = 0): Taken {
  return JSON.parse(of.take(from)) as Taken
}

function printed(value: unknown): string {
  const of = recording(['it'])
  of.pass(undefined, [() => value])
  return taken(of).hits[0]?.values[0]?.value ?? ''
}

// oxlint-disable-next-line typescript/no-extraneous-class -- a name that is shown
class Cart {
  readonly id = 7
  readonly items = [{ sku: 'AXE', quantity: -3 }]
  readonly password = 'hunter2'
}

/** Counts whatever of it is run. */
function trap(): { readonly value: object; readonly runs: () => number } {
  let runs = 0
  const run = (): unknown => (runs += 1)
  const proxy = new Proxy({}, { get: run, getOwnPropertyDescriptor: () => void run(), ownKeys: () => (run(), []) })
  const value = {
    proxy,
    inner: [proxy],
    map: new Map<unknown, unknown>([[proxy, proxy]]),
    get getter() {
      return run()
    },
    toString: run,
    valueOf: run,
    toJSON: run,
    [Symbol.toPrimitive]: run,
    get [Symbol.toStringTag]() {
      return String(run())
    },
  }
  return { value, runs: () => runs }
}

describe('what writes down values at a statement', () => {
  it.each<readonly [unknown, string]>([
    [-3, '-3'],
    [-0, '-0'],
    [12n, '12n'],
    [null, 'null'],
    [undefined, 'undefined'],
    ['a "b"', String.raw`"a \"b\""`],
    ['x'.repeat(300), `"${'x'.repeat(200)}…"`],
    [[1, [2, [3, [4]]]], '[1, [2, [3, [1 items]]]]'],
    [Array.from({ length: 13 }, (_, at) => at), '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, … 3 more]'],
    [new Cart(), 'Cart {id: 7, items: [{sku: "AXE", quantity: -3}], password: <masked>}'],
    [new Map([['password', 'x']]), 'Map(1) {"password" => <masked>}'],
    [new Set([1, 2]), 'Set(2) {1, 2}'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Date(NaN), 'an invalid Date'],
    [new RangeError('too far'), 'RangeError: too far'],
    [Buffer.from('abc'), 'Buffer of 3 bytes'],
    [Object.create(null), '{}'],
    [() => 1, 'function '],
    [Symbol('s'), 'a symbol'],
  ])('%# prints it as %2$s', (value, text) => {
    expect(printed(value)).toBe(text)
  })

  it('runs nothing of the program: no getter, no proxy, no toString', () => {
    const { value, runs } = trap()
    const names = ['it', 'it.getter', 'it.proxy.x', 'it < 1']
    const of = recording(names)
    const reads = [
      () => value,
      () => of.get(value, 'getter'),
      () => of.get(of.get(value, 'proxy'), 'x'),
      () => of.less(value, 1),
      () => of.at([1], value),
      () => of.same(value, 1),
    ]
    of.pass(undefined, reads.slice(0, names.length))
    expect(() => reads[4]?.()).toThrow('the index is an object')
    expect(reads[5]?.()).toBe(false)
    const [hit] = taken(of).hits
    expect(hit?.values.map((each) => each.value)).toEqual([
      expect.stringContaining('getter: (a getter, not run)'),
      '(a getter, not run)',
      '(a proxy, not asked)',
      '(an object is not compared)',
    ])
    expect(runs()).toBe(0)
  })

  it('passes no more entries of a map or a set than it tells: the program waits for it, and a cache has millions', () => {
    const iterator = Object.getPrototypeOf(new Map().entries()) as { next: () => unknown }
    const { next } = iterator
    let steps = 0
    iterator.next = function (this: unknown) {
      steps += 1
      return Reflect.apply(next, this, [])
    }
    try {
      const large = new Map(Array.from({ length: 1_000 }, (_, at) => [at, at]))
      expect(printed(large)).toMatch(/^Map\(1000\) \{0 => 0, .*9 => 9, … 990 more\}$/)
      expect(steps).toBe(BOUNDS.maxItems)
    } finally {
      iterator.next = next
    }
  })

  it('lists an object with very many fields once: V8 lists all or none of them, and the program waits for it', () => {
    const { keys } = Object
    const listed: object[] = []
    Object.keys = (object: object) => {
      listed.push(object)
      return keys(object)
    }
    try {
      const large = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`sku${at}`, at]))
      const small = { a: 1 }
      const of = recording(['large', 'small'], { listUs: 0 })
      of.pass(undefined, [() => large, () => small])
      large['later'] = 1
      of.pass(undefined, [() => large, () => small])
      const [first, second] = taken(of).hits.map(({ values }) => values.map(({ value }) => value))
      expect(first?.[0]).toMatch(/^\{sku0: 0, .*, sku9: 9, … 19990 more\}$/)
      // The time for listing was used up by then.
      expect(first?.[1]).toBe('{fields not listed}')
      expect(second?.[0]).toMatch(/^\{sku0: 0, .*, sku9: 9, … 19990 more when it was listed first\}$/)
      expect(second?.[1]).toBe('{a: 1}')
      expect(listed).toEqual([large, small])
    } finally {
      Object.keys = keys
    }
  })

  it('gives up where writing values down takes too much of the thread of the program', () => {
    const of = recording(['n'], { firstUs: 0, mostShare: 0 })
    of.pass(undefined, [() => 1])
    expect(taken(of)).toMatchObject({ reached: 1, isHeavy: false, hits: [{}] })
    of.pass(undefined, [() => 2])
    expect(taken(of, 1)).toMatchObject({ reached: 2, isHeavy: true, hits: [] })
  })

  it('does not read what a line names and every program has: that may be a getter', () => {
    let runs = 0
    Object.defineProperty(globalThis, 'counted', { configurable: true, get: () => (runs += 1) })
    try {
      const of = recorder({ ...REQUEST, names: [{ name: 'counted', declared: false }] }, types.isProxy)
      of.pass(undefined, [() => (globalThis as unknown as { readonly counted: number }).counted])
      expect(taken(of).hits[0]?.values).toEqual([])
      expect(runs).toBe(0)
    } finally {
      Reflect.deleteProperty(globalThis, 'counted')
    }
  })

  it('counts passes, keeps hits where the condition is true, one where it cannot be told, up to the limit, and never says stop', () => {
    const of = recording(['n'], { hits: 3 })
    for (let n = 0; n < 10; n += 1)
      expect(
        of.pass(() => {
          if (n === 4 || n === 5) throw new ReferenceError('n')
          return n > 7
        }, [() => n]),
      ).toBe(false)
    const { reached, hits } = taken(of)
    expect(reached).toBe(10)
    expect(hits.map(({ values, condition }) => [values[0]?.value, condition])).toEqual([
      ['4', 'not there yet, or V8 did not keep it'],
      ['8', undefined],
      ['9', undefined],
    ])
    // Hits whose answer came too late are asked for once more.
    expect(taken(of, 1).hits).toEqual(hits.slice(1))
    expect(taken(of, 3).hits).toEqual([])
  })

  it('has the stack from the statement outwards, and leaves the way in which the program writes stacks alone', () => {
    const own = (): string => 'the way of the program'
    const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
    Error.prepareStackTrace = own
    try {
      const of = recording([])
      const statement = (): boolean => of.pass(undefined, [])
      statement()
      expect(taken(of).hits[0]?.frames[0]?.[0]).toBe('statement')
      expect(Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')?.value).toBe(own)
    } finally {
      if (before) Object.defineProperty(Error, 'prepareStackTrace', before)
      else Reflect.deleteProperty(Error, 'prepareStackTrace')
    }
  })

  it('prints any value, within its bounds', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withSparseArray: true,
          withTypedArray: true,
          withNullPrototype: true,
        }),
        (value) => {
          expect(printed(value).length).toBeLessThanOrEqual(BOUNDS.maxValue + 1)
        },
      ),
      { numRuns: 300 },
    )
  })
})
