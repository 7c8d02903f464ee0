import { describe, expect, it } from 'vitest'
import { unescapedPath } from './escaped-path.ts'

describe('unescapedPath', () => {
  it.each([
    ['/var/log/app.log', '/var/log/app.log'],
    [String.raw`/tmp/a\nb`, '/tmp/a\nb'],
    [String.raw`/tmp/a\ b`, '/tmp/a b'],
    [String.raw`/tmp/b\303\274cher`, '/tmp/bücher'],
    [String.raw`/tmp/a\\nb`, String.raw`/tmp/a\nb`],
    [String.raw`/tmp/漢\x`, '/tmp/漢x'],
    ['/tmp/end\\', '/tmp/end\\'],
  ])('%j', (text, expected) => {
    expect(unescapedPath(text)).toBe(expected)
  })
})
