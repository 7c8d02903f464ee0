import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { groupedFindings, isSameFinding, sameAsAny, type Identified } from './same-finding.ts'

const few = fc.constantFrom('a', 'b')
const finding: fc.Arbitrary<Identified> = fc.record({
  check: few,
  subject: fc.record(
    { kind: fc.constantFrom('process', 'unit'), name: few, unit: few, container: few },
    { requiredKeys: ['kind', 'name'] },
  ),
})
const findings = fc.array(finding, { maxLength: 12 })

function of(subject: Partial<Identified['subject']>): Identified {
  return { check: 'fd-exhaustion', subject: { kind: 'process', name: 'node', ...subject } }
}

describe('the same finding', () => {
  it.each([
    [
      'the same unit, whatever the process is called',
      { unit: 'a.service' },
      { unit: 'a.service', name: 'nodejs' },
      true,
    ],
    ['another unit of the same name', { unit: 'a.service' }, { unit: 'b.service' }, false],
    ['the same container', { container: '12ab' }, { container: '12ab', name: 'nodejs' }, true],
    ['another container of the same name', { container: '12ab' }, { container: '34cd' }, false],
    ['a unit that only one look saw', { unit: 'a.service' }, {}, true],
    ['another name', {}, { name: 'nginx' }, false],
    ['another kind', {}, { kind: 'thread' }, false],
  ])('is told: %s', (_what, one, other, isIt) => {
    expect(isSameFinding(of(one), of(other))).toBe(isIt)
    expect(isSameFinding(of(other), of(one))).toBe(isIt)
  })

  it('is found among many as by asking each of them', () => {
    fc.assert(
      fc.property(findings, finding, (all, one) => {
        expect(sameAsAny(all)(one)).toBe(all.some((each) => isSameFinding(each, one)))
      }),
    )
  })

  it('is in one group with a same one before it, and each is in one group', () => {
    fc.assert(
      fc.property(findings, (all) => {
        const groups = groupedFindings(all, (each) => each)
        expect(groups.flat().toSorted(byPlace(all))).toEqual(all)
        for (const group of groups)
          for (const [at, each] of group.entries())
            expect(at === 0 || group.slice(0, at).some((before) => isSameFinding(before, each))).toBe(true)
        for (const [at, group] of groups.entries()) {
          const first = group[0]
          const earlier = groups
            .slice(0, at)
            .flat()
            .filter((each) => all.indexOf(each) < all.indexOf(first ?? each))
          expect(first && earlier.some((each) => isSameFinding(each, first))).toBe(false)
        }
      }),
    )
  })
})

function byPlace(all: readonly Identified[]): (a: Identified, b: Identified) => number {
  return (a, b) => all.indexOf(a) - all.indexOf(b)
}
