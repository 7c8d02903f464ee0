import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chanceOfAtLeast } from './fisher.ts'
import type { Pattern, PatternSample } from '../pattern.ts'
import { placesOf } from '../patterns/template-places.ts'
import { changedValues } from './values.ts'

const sample = (atMs: number, message: string, event: Partial<PatternSample['event']> = {}): PatternSample => ({
  box: 'web-1',
  source: 'app',
  text: message,
  atMs,
  event: { message, ...event },
})
const pattern = (template: string, samples: readonly PatternSample[]): Pattern => ({
  template,
  severity: undefined,
  count: samples.length,
  counts: new Uint32Array(2),
  firstAtMs: -1,
  lastAtMs: 1,
  sources: [],
  samples,
})
const many = <T>(count: number, make: (at: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, at) => make(at))
const changed = (one: Pattern, others: readonly Pattern[] = []): readonly string[] =>
  changedValues(
    [one, ...others],
    0,
  )(one).map(({ what, value, before, after }) => `${what}=${value} ${before.toFixed(2)}→${after.toFixed(2)}`)

describe('changedValues', () => {
  it('names the field whose value is another one since the onset', () => {
    const upstreams = pattern('GET <*>', [
      ...many(8, (at) =>
        sample(-1, `GET /${at}`, { fields: { upstream: at % 2 === 0 ? 'a:80' : 'b:80', region: 'eu' } }),
      ),
      ...many(8, (at) => sample(1, `GET /${at}`, { fields: { upstream: 'c:80', region: 'eu' } })),
    ])
    expect(changed(upstreams)).toEqual(['upstream=c:80 0.00→1.00'])
  })

  it('reads what stands at the variable parts of a template', () => {
    const failed = pattern('order <*> failed for customer=<*> at host <*>', [
      ...many(6, (at) => sample(-1, `order ${at} failed for customer=c${at % 3} at host db-1`)),
      ...many(6, (at) => sample(1, `order ${at + 9} failed for customer="acme" at host db-1`)),
    ])
    expect(changed(failed)).toEqual(['customer=acme 0.00→1.00'])
  })

  it('holds the fields of a new pattern against those of the others before', () => {
    const others = pattern(
      'GET <*>',
      many(20, (at) => sample(-1, 'GET /', { fields: { customer: `c${at % 10}`, plan: 'basic' } })),
    )
    const failed = pattern(
      'no price',
      many(5, () => sample(1, 'no price', { fields: { customer: 'c3', plan: 'basic' } })),
    )
    expect(changed(failed, [others])).toEqual(['customer=c3 0.10→1.00'])
  })

  it('weighs samples by what they stand for', () => {
    const each = (atMs: number, customer: string, stands: number): PatternSample => ({
      ...sample(atMs, 'no price', { fields: { customer } }),
      stands,
    })
    // Each customer has a row of its own, and each row as many samples: only the weights tell that one of them has nearly all of the records.
    const rows = (atMs: number, ofAcme: number): readonly PatternSample[] =>
      ['acme', 'b', 'c', 'd'].flatMap((customer) =>
        many(8, () => each(atMs, customer, customer === 'acme' ? ofAcme : 1)),
      )
    expect(changed(pattern('no price', [...rows(-1, 1), ...rows(1, 1)]))).toEqual([])
    expect(changed(pattern('no price', [...rows(-1, 1), ...rows(1, 100)]))).toEqual(['customer=acme 0.25→0.97'])
  })

  it('names a value that is gone where none took its place', () => {
    const gone = pattern('x', [
      ...many(10, (at) => sample(-1, 'x', { fields: { zone: at < 6 ? 'a' : `z${at}` } })),
      ...many(10, (at) => sample(1, 'x', { fields: { zone: `y${at}` } })),
    ])
    expect(changed(gone)).toEqual(['zone=a 0.60→0.00'])
  })

  it('says nothing from few samples, of identifiers, or where shares stay', () => {
    const field = (atMs: number, value: string): PatternSample => sample(atMs, 'x', { fields: { customer: value } })
    expect(changed(pattern('x', [field(-1, 'a'), field(-1, 'a'), field(1, 'b'), field(1, 'b')]))).toEqual([])
    expect(
      changed(
        pattern(
          'x',
          many(20, (at) => field(at - 10, `id-${at}`)),
        ),
      ),
    ).toEqual([])
    expect(
      changed(
        pattern(
          'x',
          many(20, (at) => field(at - 10, at % 2 === 0 ? 'a' : 'b')),
        ),
      ),
    ).toEqual([])
    const restarted = pattern(
      'x',
      many(20, (at) => sample(at - 10, 'x', { fields: { pid: at < 10 ? '7' : '8' } })),
    )
    expect(changed(restarted)).toEqual([])
  })

  it('takes any samples: shares from 0 to 1, few, and the same in any order', () => {
    const anySample = fc
      .record({
        atMs: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(NaN)),
        message: fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('a 1 b=2', 'a x b=y')),
        fields: fc.dictionary(fc.constantFrom('customer', 'zone', '__proto__'), fc.constantFrom('a', 'b', ''), {
          maxKeys: 2,
        }),
      })
      .map(({ atMs, message, fields }) => sample(atMs, message, { fields }))
    fc.assert(
      fc.property(
        fc.array(anySample, { maxLength: 24 }),
        fc.constantFrom('a <*> b=<*>', '<*>', '', 'x'),
        (samples, template) => {
          const one = pattern(template, samples)
          const values = changedValues([one], 0)(one)
          expect(values.length).toBeLessThanOrEqual(5)
          for (const { before, after } of values)
            for (const share of [before, after]) expect(share >= 0 && share <= 1).toBe(true)
          const turned = pattern(template, samples.toReversed())
          expect(changedValues([turned], 0)(turned)).toEqual(values)
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('placesOf', () => {
  it('names a place by its key, the words before it, the word behind it, or its number', () => {
    const values = placesOf('<*> connection to <*> refused: code=<*> (<*>)')(
      '7 connection  to db:5432 refused: code=111 (x)',
    )
    expect([...(values ?? [])]).toEqual([
      ['before "connection"', '7'],
      ['after "connection to"', 'db:5432'],
      ['code', '111'],
      ['word 7', 'x'],
    ])
  })

  it('does not force a message on a template that it does not fit', () => {
    expect(placesOf('order <*> failed')('order 7 done')).toBeUndefined()
  })
})

describe('chanceOfAtLeast', () => {
  it('gives the known figure of the lady tasting tea', () => {
    expect(chanceOfAtLeast(4, 4, 4, 8)).toBeCloseTo(1 / 70)
    expect(chanceOfAtLeast(0, 4, 4, 8)).toBeCloseTo(1)
  })
})
