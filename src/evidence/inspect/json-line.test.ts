import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jsonLine } from './json-line.ts'

it('a line of an answer is the object that it holds, and nothing where it is another one', () => {
  expect(jsonLine('{"hit":3}')).toEqual({ hit: 3 })
  expect(['', 'text', '3', '[1]', '{"hit":', 'null'].map(jsonLine)).toEqual(Array.from({ length: 6 }))
  fc.assert(
    fc.property(fc.string(), (line) => {
      expect(['object', 'undefined']).toContain(typeof jsonLine(line))
    }),
    { numRuns: 200 },
  )
})
