import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSearchReader } from './search-answer.ts'

const HEAD = 'git yes\ncommit 0123456789012345678901234567890123456789\ntool rg\n\n'

describe('the answer of a search', () => {
  it('gives its head, the files that were asked for, and each line', () => {
    const { hits, end } = read([`${HEAD}src/a.py\0./b.py\0\0./src/a.py\x0012:log.error("x")\nb\nc.py\x003\0y\n\nend\0`])
    expect(end).toEqual({
      head: {
        missing: false,
        tool: 'rg',
        git: 'yes',
        commit: '0123456789012345678901234567890123456789',
        files: ['src/a.py', 'b.py'],
      },
      whole: true,
    })
    expect(hits).toEqual([
      ['src/a.py', 12, 'log.error("x")'],
      ['b\nc.py', 3, 'y'],
    ])
  })

  it('is read from tools that separate by colons', () => {
    const { hits, end } = read(['git none\ntool plain\n\n\0./a.py:7:x: 1:2\nnothing\n\nend\0'])
    expect(hits).toEqual([['a.py', 7, 'x: 1:2']])
    expect(end).toMatchObject({ whole: true, head: { git: 'none', tool: 'plain' } })
  })

  it('is not whole when its end is missing, or an end within it is a file of that name', () => {
    expect(read([`${HEAD}\0a.py\x001:x\n`]).end.whole).toBe(false)
    expect(read([`${HEAD}\0end\x001:x\n`]).end.whole).toBe(false)
    expect(read([HEAD]).end).toMatchObject({ whole: false, head: { files: [] } })
    expect(read(['git']).end).toEqual({ whole: false, head: undefined })
    expect(read(['missing folder\n\n']).end.head).toMatchObject({ missing: true })
  })

  it('never names what lies outside of the repository', () => {
    const { hits, end } = read([
      `${HEAD}/etc/passwd\0../x\0a/../../y\0\0/etc/passwd\x001:x\n../x\x001:x\na/../../y\x001:x\n`,
    ])
    expect(hits).toEqual([])
    expect(end.head?.files).toEqual([])
  })

  it('cuts a long line, and goes on behind it', () => {
    const long = 'x'.repeat(1_000_000)
    const { hits } = read([`${HEAD}\0a.py\x001:`, long, long, `\nb.py\x002:y\n`])
    expect(hits.map(([file, line, text]) => [file, line, text.length < 2_000])).toEqual([
      ['a.py', 1, true],
      ['b.py', 2, true],
    ])
  })

  it('is the same however it is cut into pieces', () => {
    const answer = `${HEAD}a.py\0\0${Array.from({ length: 9 }, (_, at) => `f${at}\nö.py\x00${at + 1}:${'words '.repeat(at)}\n`).join('')}\nend\0`
    const bytes = Buffer.from(answer)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
        expect(readBytes(places.slice(1).map((to, at) => bytes.subarray(places[at], to)))).toEqual(readBytes([bytes]))
      }),
      { numRuns: 100 },
    )
  })

  it('is read whatever comes', () => {
    const parts = fc.constantFrom(
      HEAD,
      'tool plain\n\n',
      '\0',
      '\n',
      'a.py',
      ':1:',
      '12',
      'end',
      '\n\n',
      '../',
      'x'.repeat(3_000),
    )
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.array(parts, { maxLength: 30 }).map((all) => Buffer.from(all.join(''))),
    )
    fc.assert(
      fc.property(fc.array(bytes), (chunks) => {
        for (const [file, line] of readBytes(chunks).hits) {
          expect(file.startsWith('/') || file.split('/').includes('..')).toBe(false)
          expect(Number.isSafeInteger(line)).toBe(true)
        }
      }),
      { numRuns: 100 },
    )
  })
})

function read(chunks: readonly string[]) {
  return readBytes(chunks.map((chunk) => Buffer.from(chunk)))
}

function readBytes(chunks: readonly Uint8Array[]) {
  const hits: (readonly [string, number, string])[] = []
  const reader = createSearchReader((file, line, text) => hits.push([file, line, text]))
  for (const chunk of chunks) reader.feed(chunk)
  return { hits, end: reader.finish() }
}
