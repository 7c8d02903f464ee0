import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evidenceId, type StoredEntry } from './entry.ts'
import { exportLines, itemsOf } from './export-lines.ts'
import type { CopyItem } from './store.ts'

const ENTRY = {
  v: 1,
  incident: '20260102-bcdf',
  seq: 1,
  hash: 'a'.repeat(64),
  body: '{"text":"\\ud800"}',
} as StoredEntry
const PART = 1024 * 1024

async function* each<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

function evidence(bytes: Uint8Array): CopyItem {
  return { evidence: evidenceId(bytes), bytes: Buffer.from(bytes) }
}

const anyItem: fc.Arbitrary<CopyItem> = fc.oneof(
  fc
    .record({ seq: fc.nat(), hash: fc.stringMatching(/^[0-9a-f]{64}$/), body: fc.string({ unit: 'binary' }) })
    .map((part) => ({
      entry: { ...ENTRY, ...part, body: JSON.stringify({ text: part.body }) },
    })),
  fc
    .oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
    )
    .map(evidence),
)

describe('the lines of an export', () => {
  it('give back what was written, whatever it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyItem), async (items) => {
        const lines = await all(exportLines(each(items)))
        expect(await all(itemsOf(each(lines)))).toEqual(items)
        // Each is a line on its own, and no text that a database or a JSON reader could think differently of.
        for (const line of lines) expect(line.isWellFormed() && !line.includes('\n')).toBe(true)
      }),
    )
  })

  it.each([
    ['exactly a part', Buffer.alloc(PART, 'x'), 1],
    ['a byte more', Buffer.alloc(PART + 1, 'x'), 2],
    ['several', Buffer.alloc(3 * PART, 'x'), 3],
    ['text that would be cut within a character', Buffer.from('x' + '\u{1f525}'.repeat(PART / 4)), 2],
    ['bytes that are no text', Buffer.alloc(PART + 5, 0xff), 2],
    ['nothing', Buffer.alloc(0), 1],
  ])('hold evidence of %s', async (_, bytes, parts) => {
    const item = evidence(bytes)
    const lines = await all(exportLines(each([item])))
    expect(lines).toHaveLength(parts + 2)
    const [read] = await all(itemsOf(each(lines)))
    expect(read && 'bytes' in read && Buffer.from(read.bytes).equals(bytes)).toBe(true)
  })

  it('that have evidence in parts with nothing in them are refused', async () => {
    const [first = '', , end = ''] = await all(exportLines(each([evidence(Buffer.from('x'))])))
    const id = 'a'.repeat(64)
    const empty = [1, 2].map((part) => JSON.stringify({ evidence: id, part, of: 2, text: '' }))
    await expect(all(itemsOf(each([first, ...empty, end])))).rejects.toThrow(/a part with nothing in it/)
  })

  it('that are cut, doubled, exchanged or left out anywhere are refused', async () => {
    const big = Buffer.alloc(PART + 5, 0xff)
    const lines = await all(
      exportLines(each<CopyItem>([{ entry: ENTRY }, evidence(big), evidence(Buffer.from('text'))])),
    )
    expect(lines).toHaveLength(1 + 1 + 2 + 1 + 1)
    const cases: string[][] = lines.flatMap((line, at) => [
      lines.slice(0, at),
      lines.toSpliced(at, 1),
      lines.toSpliced(at, 0, line),
      ...(at + 1 < lines.length ? [lines.toSpliced(at, 2, lines[at + 1] ?? '', line)] : []),
      lines.toSpliced(at, 1, line.slice(0, -1)),
      lines.toSpliced(at, 1, '{}'),
      lines.toSpliced(at, 1, ''),
    ])
    for (const [index, wrong] of cases.entries()) {
      if (JSON.stringify(wrong) === JSON.stringify(lines)) continue
      // An entry behind the evidence has the form of an export; copyAudit refuses it.
      const result = await all(itemsOf(each(wrong))).catch((error: unknown) => error)
      if (Array.isArray(result)) expect('entry' in (result.at(-1) ?? {}), `case ${index}`).toBe(true)
      else expect(result, `case ${index}`).toMatchObject({ kind: 'not-intact' })
    }
  })

  it('of any other text are refused in words', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.string(), fc.json())), async (lines) => {
        await expect(all(itemsOf(each(lines)))).rejects.toMatchObject({ kind: 'not-intact' })
      }),
    )
  })
})
