import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readTree } from './tree.ts'

const boundary = '0123456789abcdef0123456789abcdef'
const blob = 'ab12'.repeat(10)
const answer = (...rows: readonly string[]): Buffer =>
  Buffer.from(
    `\n${boundary} git\nyes\n${boundary} resolved 0\n${blob}\n${boundary} commit\n${blob} 1764166293 First\n\n${boundary} tree\n${rows.map((row) => `${row}\0`).join('')}\n${boundary} end\n`,
    'latin1',
  )

it('the files of a commit, with and without a size', () => {
  const tree = readTree(
    answer(
      `100755 blob ${blob}    1204\tlib/cart\n.js`,
      `120000 blob ${blob}       3\tlink`,
      `160000 commit ${blob}       -\tparts`,
      `100644 blob ${blob}     BAD\tfar`,
    ),
    boundary,
  )
  expect(tree).toMatchObject({ git: 'yes', whole: true, commit: { id: blob, subject: 'First' } })
  expect(tree.files).toEqual([
    { path: 'lib/cart\n.js', kind: 'file', isExecutable: true, blob, sizeBytes: 1204 },
    { path: 'link', kind: 'link', isExecutable: false, blob, sizeBytes: 3 },
    { path: 'parts', kind: 'submodule', isExecutable: false, blob, sizeBytes: 0 },
    { path: 'far', kind: 'file', isExecutable: false, blob, sizeBytes: undefined },
  ])
})

it('a commit of which one row cannot be read is not whole, and neither is one without its end', () => {
  expect(readTree(answer(`100644 blob ${blob} 1\ta`, `100644 blob ${blob} many\tb`), boundary).whole).toBe(false)
  fc.assert(
    fc.property(fc.nat(), (at) => {
      const whole = answer(`100644 blob ${blob} 1\ta`, `100644 blob ${blob} 2\tb`)
      const cut = at % (whole.length - 4)
      expect(readTree(whole.subarray(0, cut), boundary).whole).toBe(false)
    }),
    { numRuns: 100 },
  )
})
