import fc from 'fast-check'
import { expect, it } from 'vitest'
import { lastLine } from './last-line.ts'

it('keeps the last line, however the bytes are cut, and gives all before it in order', async () => {
  const bytes = fc.array(fc.constantFrom('a', 'b', '\n'), { maxLength: 30 }).map((parts) => parts.join(''))
  await fc.assert(
    fc.asyncProperty(fc.array(bytes), async (chunks) => {
      let given = ''
      const end = lastLine((piece) => {
        given += Buffer.from(piece).toString()
        return Promise.resolve()
      })
      for (const chunk of chunks) await end.give(Buffer.from(chunk))
      const text = chunks.join('')
      const from = text.slice(0, -1).lastIndexOf('\n') + 1
      expect([given, Buffer.from(end.line()).toString()]).toEqual([text.slice(0, from), text.slice(from)])
    }),
    { numRuns: 300 },
  )
})

it('keeps no more than the end of a long one', async () => {
  let given = 0
  const end = lastLine((piece) => {
    given += piece.length
    return Promise.resolve()
  })
  for (let at = 0; at < 50; at += 1) await end.give(Buffer.alloc(10_000, 'x'))
  expect(given + end.line().length).toBe(500_000)
  expect(end.line().length).toBe(64 * 1024)
})
