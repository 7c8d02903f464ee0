import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EVIDENCE_LIMIT, evidenceId, type StoredEntry } from './entry.ts'
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

  it.each([
    ['shorter than a writer cuts them', 'x'.repeat(PART - 4), 2, 1, /line 2 is a part that is too short/],
    ['with nothing in them', '', 2, 1, /line 2 is a part that is too short/],
    ['longer than a writer cuts them', 'x'.repeat(PART + 1), 2, 1, /line 2 is a part that is too long/],
    ['more than one piece can have', 'x'.repeat(PART), 258, 1, /line 2 makes a piece of evidence larger than/],
    ['of which the last is empty', 'x'.repeat(PART - 3), 2, 2, /line 3 is a part that is too short/],
  ])('that have evidence in parts %s are refused at the first of them', async (_, text, of, count, why) => {
    let read = 0
    const lines = async function* (): AsyncIterable<string> {
      yield '{"schema":"halligan.export/1"}'
      for (let part = 1; part <= of; part++) {
        read += 1
        yield JSON.stringify({ evidence: 'a'.repeat(64), part, of, text: part === of ? '' : text })
      }
    }
    await expect(all(itemsOf(lines()))).rejects.toThrow(why)
    expect(read).toBe(count)
  })

  it('hold the longest piece of text that there can be, cut within characters everywhere', async () => {
    const limit = Math.ceil(EVIDENCE_LIMIT / (PART - 3))
    const parts = Array.from({ length: limit }, (_, at) => ({
      part: at + 1,
      text: 'x'.repeat(at + 1 < limit ? PART - 3 : EVIDENCE_LIMIT - (limit - 1) * (PART - 3)),
    }))
    const lines = async function* (): AsyncIterable<string> {
      yield '{"schema":"halligan.export/1"}'
      for (const { part, text } of parts) yield JSON.stringify({ evidence: 'a'.repeat(64), part, of: limit, text })
      yield JSON.stringify({ end: { entries: 0, evidence: 1, head: '0'.repeat(64) } })
    }
    const [item] = await all(itemsOf(lines()))
    expect(item && 'bytes' in item && item.bytes.length).toBe(EVIDENCE_LIMIT)
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
