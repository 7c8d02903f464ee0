import { describe, expect, it } from 'vitest'
import { refuses, shows } from './shows.ts'
import { matrixTable, withMatrix } from './table.ts'

const cells = [
  shows('CPython', '3.10', 'stacks', 'locals'),
  shows('CPython', '3.9', 'stacks'),
  refuses('JVM', 'locals', 'it would stand still'),
].flatMap(({ meta }) => meta.shows ?? [])

describe('the matrix of runtimes', () => {
  it('names the versions in order, what is refused, and blind for all else', () => {
    const rows = matrixTable(cells).split('\n')
    expect(rows[0]).toMatch(/^\| runtime \| state \| stacks \| locals \|/)
    expect(rows.find((row) => row.startsWith('| CPython'))).toMatch(
      /^\| CPython \| blind \| 3\.9, 3\.10 \| 3\.10 \| blind/,
    )
    expect(rows.find((row) => row.startsWith('| JVM'))).toContain('| refused: it would stand still |')
    expect(rows.find((row) => row.startsWith('| Ruby'))).not.toMatch(/[0-9]/)
  })

  it('is put in its place, again and again', () => {
    const document =
      'before\n<!-- Made of the live tests by `npm run inspect-matrix`. -->\nold\n<!-- So far. -->\nbehind\n'
    const once = withMatrix(document, '| a |') ?? ''
    expect(once).toMatch(/^before\n<!--[^>]*-->\n\n\| a \|\n\n<!-- So far\. -->\nbehind\n$/)
    expect(withMatrix(once, '| a |')).toBe(once)
    expect(withMatrix('nothing', '| a |')).toBeUndefined()
  })
})
