import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rankStatements, type Clues } from './rank.ts'
import { createPlaceFinder, needlesOf, placeFactor } from './search.ts'

describe('what is looked for', () => {
  it('is what is rare in a template: single words, and pairs as they stand there', () => {
    expect(needlesOf('connection to <*> refused by gatekeeper: <*>')).toEqual([
      'gatekeeper',
      'refused',
      'by gatekeeper',
      'refused by',
    ])
    expect(needlesOf('payment of order <*> failed')).toContain('payment of')
  })

  it('is a common word only where there is nothing else, and nothing where there is no word', () => {
    expect(needlesOf('error <*> <*>')).toEqual(['error'])
    expect(needlesOf('<*> <*>: 12')).toEqual([])
  })

  it('stands in the template as it is', () => {
    fc.assert(
      fc.property(templates(), (template) => {
        for (const needle of needlesOf(template)) expect(template.includes(needle) && needle !== '').toBe(true)
      }),
      { numRuns: 100 },
    )
  })
})

describe('the ranking of statements', () => {
  it('puts the text that covers most of the constant words first', () => {
    const source =
      'log.error("payment of order %s failed", order)\nlog.error("payment of %s", order)\nlog.error("payment of order %s failed twice", order)\n'
    expect(rankedIn({ 'a.py': source }, { template: 'payment of order <*> failed' })[0]).toBe('a.py:1')
  })

  it('takes words that are the same in all records for values where the code has a hole', () => {
    const source = 'log.error(f"payment for {customer} failed at {gateway}")\nx = "acme failed"\n'
    expect(
      rankedIn(
        { 'a.py': source },
        { template: 'payment for acme failed at stripe', messages: ['payment for acme failed at stripe'] },
      )[0],
    ).toBe('a.py:1')
  })

  it('prefers a call that logs, of the right level, to tests and what is not logged', () => {
    const text = 'pump lost its prime'
    const files = {
      'tests/test_a.py': `log.error("${text}")`,
      'a.py': `x = "${text}"\nlog.debug("${text}")\nlog.error("${text}")`,
    }
    expect(rankedIn(files, { template: text, severity: 'error' })).toEqual([
      'a.py:3',
      'a.py:2',
      'a.py:1',
      'tests/test_a.py:1',
    ])
  })

  it('shares its confidence between equal ones', () => {
    const [first, second] = ranked(
      { 'a.py': 'log.info("pump lost its prime")', 'b.py': 'log.info("pump lost its prime")' },
      { template: 'pump lost its prime' },
    )
    expect(first?.confidence).toBeCloseTo(second?.confidence ?? 0)
    expect(first?.confidence).toBeLessThanOrEqual(0.5)
  })

  it('knows of a file that was not read the line that was found', () => {
    const clue = clues({ template: 'pump lost its prime' })
    const places = [{ places: [{ file: 'a.py', line: 70_000, text: 'log.info("pump lost its prime")' }] }]
    expect(rankStatements([clue], places, new Map(), () => 1)[0]).toMatchObject([
      { file: 'a.py', line: 70_000, code: 'log.info("pump lost its prime")' },
    ])
  })

  it('comes of any template and any source, with a confidence between 0 and 1', () => {
    fc.assert(
      fc.property(
        templates(),
        fc.array(
          fc.oneof(
            fc.string(),
            templates().map((text) => `log.error("${text}")`),
          ),
          { maxLength: 6 },
        ),
        (template, lines) => {
          for (const { confidence, line } of ranked({ 'a.py': lines.join('\n') }, { template, messages: [template] })) {
            expect(confidence >= 0 && confidence <= 1).toBe(true)
            expect(line >= 1 && line <= lines.join('\n').split('\n').length).toBe(true)
          }
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('where a file lies', () => {
  it('says whether it writes to a log in production', () => {
    expect(placeFactor('src/orders.py')).toBe(1)
    for (const file of [
      'tests/a.py',
      'src/a.test.ts',
      'a_test.go',
      'src/test/java/A.java',
      'src/ATest.java',
      'docs/a.py',
      'README.md',
      'locale/de.json',
    ])
      expect(placeFactor(file), file).toBeLessThan(1)
    expect(placeFactor('src/contest/latest.py')).toBe(1)
  })
})

/** Templates as they are mined, of words that are often the same. */
function templates(): fc.Arbitrary<string> {
  const words = fc.constantFrom(
    '<*>',
    'payment',
    'order',
    'failed',
    'of',
    'gateway',
    '"a"',
    "it's",
    '(x)',
    '100%',
    '{}',
    '\\n',
    'ö',
    '+++',
    'user=<*>,',
    '',
  )
  return fc.oneof(
    fc.array(words, { maxLength: 12 }).map((all) => all.join(' ')),
    fc.string({ unit: 'binary' }),
  )
}

function clues(some: Partial<Clues>): Clues {
  return { template: '', messages: [], severity: undefined, loggers: [], named: [], ...some }
}

function ranked(files: Readonly<Record<string, string>>, some: Partial<Clues>) {
  const clue = clues(some)
  const finder = createPlaceFinder([clue.template])
  const needles = needlesOf(clue.template)
  for (const [file, source] of Object.entries(files))
    for (const [at, line] of source.split('\n').entries())
      if (needles.some((needle) => line.includes(needle))) finder.add(file, at + 1, line)
  return rankStatements([clue], finder.finish(), new Map(Object.entries(files)), finder.weightOf)[0] ?? []
}

function rankedIn(files: Readonly<Record<string, string>>, some: Partial<Clues>): readonly string[] {
  return ranked(files, some).map(({ file, line }) => `${file}:${line}`)
}
