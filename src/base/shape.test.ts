import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import {
  always,
  fields,
  fitting,
  list,
  mapOf,
  number,
  onlyFields,
  oneOf,
  optional,
  positive,
  text,
  textThat,
  yesOrNo,
} from './shape.ts'

const word = textThat((value) => /^[a-z]+$/.test(value), 'a word')
const keys = {
  name: text,
  seq: positive,
  word: optional(word),
  price: oneOf(['free', 'slow']),
  sure: optional(yesOrNo),
  only: optional(always),
  sizes: list(number),
  seen: optional(mapOf(number)),
  inner: optional(onlyFields({ hostname: text })),
}
const whole = fields(keys)

/** The same, as a library of schemas has it. */
const peerKeys = {
  name: z.string(),
  seq: z.int().check(z.positive()),
  word: z.optional(z.string().check(z.regex(/^[a-z]+$/))),
  price: z.enum(['free', 'slow']),
  sure: z.optional(z.boolean()),
  only: z.optional(z.literal(true)),
  sizes: z.array(z.number()),
  seen: z.optional(z.record(z.string(), z.number())),
  inner: z.optional(z.strictObject({ hostname: z.string() })),
}

/** What fits, or now and then something else in its place. */
const mostly = <T>(fits: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: fits }, fc.jsonValue(), fc.double(), fc.string())
const key = fc.string({ minLength: 1 }).filter((name) => name !== '__proto__')

const nearly = fc.record(
  {
    name: mostly(fc.string()),
    seq: mostly(fc.integer({ min: 1 })),
    word: mostly(fc.constantFrom('word', undefined)),
    price: mostly(fc.constantFrom('free', 'slow')),
    sure: mostly(fc.boolean()),
    only: mostly(fc.constantFrom(true, undefined)),
    sizes: mostly(fc.array(mostly(fc.integer()), { maxLength: 3 })),
    seen: mostly(fc.dictionary(key, mostly(fc.integer()), { maxKeys: 2 })),
    inner: mostly(fc.record({ hostname: fc.string() })),
    stranger: fc.jsonValue(),
  },
  { requiredKeys: ['name', 'seq', 'price', 'sizes'] },
)

describe('a shape', () => {
  it('lets through what a library of schemas lets through, and makes the same of it', () => {
    let fitted = 0
    fc.assert(
      fc.property(fc.oneof({ weight: 9, arbitrary: nearly }, fc.jsonValue()), (value) => {
        for (const [mine, theirs] of [
          [whole, z.object(peerKeys)],
          [onlyFields(keys), z.strictObject(peerKeys)],
        ] as const) {
          const [fit, peer] = [mine.read(value), theirs.safeParse(value)]
          expect(fit.ok).toBe(peer.success)
          if (fit.ok) expect(fit.value).toEqual(peer.data)
          fitted += fit.ok ? 1 : 0
        }
      }),
      { numRuns: 2000 },
    )
    expect(fitted).toBeGreaterThan(200)
  })

  it('never throws, and what fits once fits again', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const fit = whole.read(value)
        if (fit.ok) expect(whole.read(fit.value)).toEqual(fit)
      }),
    )
  })

  it.each([
    [{ seq: 1 }, 'name', 'not a text'],
    [{ name: 'a', seq: 0 }, 'seq', 'not a whole number from 1'],
    [{ name: 'a', seq: 2 ** 53 }, 'seq', 'not a whole number from 1'],
    [{ name: 'a', seq: 1, word: 'A' }, 'word', 'not a word'],
    [{ name: 'a', seq: 1, price: 'dear' }, 'price', 'not one of free, slow'],
    [{ name: 'a', seq: 1, price: 'free', sizes: [1, 'x'] }, 'sizes.1', 'not a number'],
    [{ name: 'a', seq: 1, price: 'free', sizes: {} }, 'sizes', 'not a list'],
    [{ name: 'a', seq: 1, price: 'free', sizes: [], seen: { b: null } }, 'seen.b', 'not a number'],
    [
      { name: 'a', seq: 1, price: 'free', sizes: [], inner: { hostname: 'b', x: 1 } },
      'inner',
      'the key "x" is not known',
    ],
    [[], '', 'not an object'],
    [null, '', 'not an object'],
  ])('says of %j what does not fit', (value, where, what) => {
    expect(whole.read(value)).toEqual({ ok: false, where, what })
  })

  it('takes nothing from a prototype, and gives nothing to one', () => {
    const heir: unknown = Object.create({ name: 'inherited', seq: 1, price: 'free', sizes: [] })
    expect(whole.read(heir).ok).toBe(false)
    const hostile: unknown = JSON.parse(
      '{"name":"a","seq":1,"price":"free","sizes":[],"__proto__":{"polluted":1},"seen":{"__proto__":2}}',
    )
    const fit = fitting(whole, hostile)
    expect(fit).toMatchObject({ name: 'a' })
    expect(Object.getPrototypeOf(fit)).toBe(Object.prototype)
    expect('polluted' in {}).toBe(false)
  })

  it('gives undefined for what does not fit when only that counts', () => {
    expect(fitting(positive, 3)).toBe(3)
    expect(fitting(positive, '3')).toBeUndefined()
  })
})
