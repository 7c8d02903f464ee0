import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { constants, createZstdCompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { evidenceId } from '../../src/incidents/entry.ts'
import { readExport, writeExport } from '../../src/incidents/export-file.ts'
import { exportLines } from '../../src/incidents/export-lines.ts'
import type { CopyItem, Store } from '../../src/incidents/store.ts'
import { zstdFrames } from '../../src/incidents/zstd-frames.ts'
import { asCopy, forgedEntries, forgedEvidence, noted, OPENED } from './forge.ts'
import { homes } from './homes.ts'
import { withStore } from './records.ts'

const home = homes()
const bytes = Buffer.from('raw answer of a box\n'.repeat(20))
const ITEMS: readonly CopyItem[] = [
  ...forgedEntries([OPENED, noted('one', [evidenceId(bytes)]), noted('two')]).map((entry) => ({ entry })),
  forgedEvidence(bytes),
]
let file = ''
let packed: Buffer

beforeAll(async () => {
  file = home()
  await writeExport(file, asCopy(ITEMS)())
  packed = readFileSync(file)
})

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

/** Imports what a hostile sender made of it; nothing may have come of it when it is refused. */
async function imported(store: Store, content: Uint8Array): Promise<string> {
  const name = home()
  writeFileSync(name, content)
  try {
    await store.adopt(() => readExport(name))
    return 'imported'
  } catch (error) {
    expect(error).toMatchObject({ kind: 'not-intact', tryNext: expect.stringMatching(/^Nothing was imported/) })
    expect(await store.list()).toEqual([])
    expect(await store.getEvidence(evidenceId(bytes))).toBeUndefined()
    return error instanceof Error ? error.message : ''
  }
}

describe('a file that was exported', () => {
  it('is of its owner alone, and takes the place of nothing', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await expect(writeExport(file, asCopy(ITEMS)())).rejects.toMatchObject({
      kind: 'file',
      message: `${file} is there already.`,
    })
    const link = home()
    symlinkSync('/nowhere', link)
    await expect(writeExport(link, asCopy(ITEMS)())).rejects.toMatchObject({ kind: 'file' })
    expect(readFileSync(file).equals(packed)).toBe(true)
    expect(readdirSync(path.dirname(file)).filter((name) => name.endsWith('.partial'))).toEqual([])
  })

  it('is not there when it could not be written whole', async () => {
    const name = home()
    const failing = async function* (): AsyncIterable<CopyItem> {
      yield* ITEMS.slice(0, 2)
      throw new Error('the disk is gone')
    }
    await expect(writeExport(name, failing())).rejects.toMatchObject({
      kind: 'file',
      message: expect.stringMatching(/disk is gone/),
    })
    expect(existsSync(name)).toBe(false)
    await expect(writeExport(path.join(name, 'x'), asCopy(ITEMS)())).rejects.toMatchObject({ kind: 'file' })
    expect(readdirSync(path.dirname(file)).filter((each) => each.endsWith('.partial'))).toEqual([])
  })

  it('is read as it was written, also when another program packed it anew', async () => {
    expect(await all(readExport(file))).toEqual(ITEMS)
    const text = zstdDecompressSync(packed)
    const half = text.indexOf('\n', text.length / 2)
    const again = home()
    writeFileSync(
      again,
      Buffer.concat([zstdCompressSync(text.subarray(0, half)), zstdCompressSync(text.subarray(half))]),
    )
    expect(await all(readExport(again))).toEqual(ITEMS)
  })

  it('that is cut at any byte is refused, and nothing of it is imported', async () => {
    const descriptor = openSync(file, 'r')
    const frames = zstdFrames(descriptor) ?? []
    closeSync(descriptor)
    // Node puts an empty frame at the end, which holds nothing.
    const allOfIt = frames.length === 2 ? frames[0]?.end : undefined
    await withStore(home(), async (store) => {
      for (let at = 0; at < packed.length; at++)
        if (at !== allOfIt)
          expect(await imported(store, packed.subarray(0, at)), `cut at ${at}`).toMatch(
            /not as it was written|is no Halligan export/,
          )
    })
  })

  it('in which any byte is another is refused, or says the same', async () => {
    let same = 0
    await withStore(home(), async (store) => {
      for (let at = 0; at < packed.length; at++) {
        const changed = Buffer.from(packed)
        changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8))
        const name = home()
        writeFileSync(name, changed)
        const items = await all(readExport(name)).catch(() => undefined)
        if (isDeepStrictEqual(items, ITEMS)) same += 1
        else expect(await imported(store, changed), `byte ${at}`).toMatch(/not as it was written|is no Halligan export/)
      }
    })
    expect(same).toBeLessThan(packed.length / 50)
  })

  it('of any bytes is refused in words', async () => {
    await withStore(home(), async (store) => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (content, pack) => {
          expect(await imported(store, pack ? zstdCompressSync(content) : content)).toMatch(
            /not as it was written|is no Halligan export/,
          )
        }),
        { numRuns: 100 },
      )
    })
  })

  it.each([
    ['something behind the end', (text: string) => `${text}{"entry":{}}\n`, /line 7 stands behind the end/],
    [
      'an end that counts another number',
      (text: string) => text.replace('"entries":3', '"entries":2'),
      /counts something else/,
    ],
    [
      'an end with another head',
      (text: string) => text.replace(/"head":"./, '"head":"x'),
      /neither an entry nor evidence/,
    ],
    [
      'a form of a later version',
      (text: string) => text.replace('export/1', 'export/2'),
      /does not begin as an export/,
    ],
    ['a last line that does not end', (text: string) => text.trimEnd(), /its last line is cut off/],
    ['bytes that are no text', (text: string) => text.replace('checkout', '\udcff'), /was changed/],
    ['a key that no entry has', (text: string) => text.replace('"v":1', '"v":1,"w":1'), /has not the form of one/],
  ])('with %s is refused', async (_, change, why) => {
    await withStore(home(), async (store) => {
      const text = zstdDecompressSync(packed).toString()
      expect(change(text)).not.toBe(text)
      expect(await imported(store, zstdCompressSync(change(text)))).toMatch(why)
    })
  })

  it('with bytes behind its end is refused', async () => {
    await withStore(home(), async (store) => {
      for (const more of ['x', '\0', 'noise '.repeat(100)])
        expect(await imported(store, Buffer.concat([packed, Buffer.from(more)])), more).toMatch(
          /not as it was written|is no Halligan export/,
        )
    })
  })
})

describe('a file that becomes huge when it is unpacked', () => {
  /** So many bytes of it, some kilobytes packed. */
  async function bomb(begin: string, size: number): Promise<string> {
    const name = home()
    const { createWriteStream } = await import('node:fs')
    const { pipeline } = await import('node:stream/promises')
    const { Readable } = await import('node:stream')
    const block = Buffer.alloc(1024 * 1024, 'x')
    const content = function* (): Iterable<Buffer> {
      yield Buffer.from(begin)
      for (let done = 0; done < size; done += block.length) yield block
    }
    await pipeline(
      Readable.from(content()),
      createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: 17 } }),
      createWriteStream(name),
    )
    expect(statSync(name).size).toBeLessThan(2 * 1024 * 1024)
    return name
  }

  it.each([
    ['one line', '', /a line longer than 16777216 bytes/],
    ['one line after a good beginning', '{"schema":"halligan.export/1"}\n', /a line longer than/],
  ])('as %s is refused before it is in memory', async (_, begin, why) => {
    const name = await bomb(begin, 2 ** 31)
    await withStore(home(), async (store) => {
      const before = process.memoryUsage().rss
      await expect(store.adopt(() => readExport(name))).rejects.toMatchObject({ message: expect.stringMatching(why) })
      expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024)
      expect(await store.list()).toEqual([])
    })
  })

  it('as a piece of evidence is refused', async () => {
    const id = 'a'.repeat(64)
    const lines = function* (): Iterable<string> {
      yield '{"schema":"halligan.export/1"}'
      for (let part = 1; part <= 300; part++)
        yield JSON.stringify({ evidence: id, part, of: 300, text: 'x'.repeat(1024 * 1024) })
    }
    const name = home()
    writeFileSync(name, zstdCompressSync([...lines()].map((line) => `${line}\n`).join('')))
    await expect(all(readExport(name))).rejects.toMatchObject({
      message: expect.stringMatching(/evidence larger than 268435456 bytes/),
    })
  })
})

describe('what is exported', () => {
  it('has no name of a file that it does not need, and no more than the incident', async () => {
    const lines = await all(exportLines(asCopy(ITEMS)()))
    expect(lines.map((line) => Object.keys(JSON.parse(line) as object)[0])).toEqual([
      'schema',
      'entry',
      'entry',
      'entry',
      'evidence',
      'end',
    ])
    chmodSync(file, 0o000)
    if (process.getuid?.() !== 0) await expect(all(readExport(file))).rejects.toMatchObject({ kind: 'file' })
    chmodSync(file, 0o600)
    expect(await all(readExport(file))).toEqual(ITEMS)
  })
})
