import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NOT_COMMITTED, readBlame } from './blame.ts'
import { readSources } from './sources.ts'

const BOUNDARY = 'ab12ab12'
const COMMIT = '1'.repeat(40)
const ASKED = [
  { file: 'a.py', lines: [3, 9, 10] },
  { file: 'b\nc.py', lines: [1] },
]
/** git 2.39.5, `git blame --porcelain -L 3,3 -L 9,9 -L 10,10`; commits are made short. */
const ANSWER = `
${BOUNDARY} 0
${COMMIT} 3 3 1
author Ann Example
author-mail <ann@example.org>
author-time 1767323045
author-tz +0000
committer Ann Example
committer-time 1767323046
summary Orders: say which customer
filename a.py
\tlog.error("author-time 5")
${'0'.repeat(40)} 9 9 1
author Not Committed Yet
author-time 1767323999
summary Version of a.py from a.py
filename a.py
\tx = 1
${COMMIT} 8 10 1
\ty = 2

${BOUNDARY} 1

${BOUNDARY} end
`

describe('the ages of lines', () => {
  it('are those of the commits that changed them last', () => {
    const change = { commit: COMMIT, by: 'Ann Example', atMs: 1_767_323_045_000, summary: 'Orders: say which customer' }
    expect(readBlame(ANSWER, ASKED, BOUNDARY)).toEqual(
      new Map<string, unknown>([
        ['a.py:3', change],
        ['a.py:9', NOT_COMMITTED],
        ['a.py:10', change],
      ]),
    )
  })

  it('are those that came, of an answer that was cut off', () => {
    fc.assert(
      fc.property(fc.nat(ANSWER.length), (end) => {
        const whole = readBlame(ANSWER, ASKED, BOUNDARY)
        for (const [place, change] of readBlame(ANSWER.slice(0, end), ASKED, BOUNDARY))
          expect(typeof change).toBe(typeof whole.get(place))
      }),
      { numRuns: 100 },
    )
    fc.assert(
      fc.property(fc.string(), (text) => readBlame(`\n${BOUNDARY} 0\n${text}`, ASKED, BOUNDARY).size === 0),
      { numRuns: 100 },
    )
  })
})

describe('the files that were read', () => {
  it('are those that came whole and are texts', () => {
    const answer = Buffer.concat([
      Buffer.from(`\n${BOUNDARY} 0\nx = "ö"\n\n${BOUNDARY} 2\n`),
      Buffer.from([0, 1]),
      Buffer.from(`\n${BOUNDARY} 1\n\n${BOUNDARY} 7\nnobody's\n${BOUNDARY} 3\ncut`),
    ])
    expect(readSources(answer, ['a', 'b', 'c', 'd'], BOUNDARY)).toEqual(
      new Map([
        ['a', 'x = "ö"\n'],
        ['b', ''],
      ]),
    )
  })

  it('are told apart whatever comes', () => {
    const parts = fc.constantFrom(`\n${BOUNDARY} `, '0', '1', '\n', 'end', 'x', '\0', BOUNDARY)
    fc.assert(
      fc.property(fc.array(parts), (all) => {
        const texts = readSources(Buffer.from(all.join('')), ['a', 'b'], BOUNDARY)
        expect([...texts.keys()].every((file) => file === 'a' || file === 'b')).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})
