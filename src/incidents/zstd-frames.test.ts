import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { constants, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { zstdFrames, type Frame } from './zstd-frames.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'frames-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function framesOf(bytes: Uint8Array): readonly Frame[] | undefined {
  const file = path.join(folder, 'file')
  writeFileSync(file, bytes)
  const descriptor = openSync(file, 'r')
  try {
    return zstdFrames(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

const content = fc.oneof(
  fc.uint8Array({ maxLength: 2000 }),
  fc.integer({ min: 0, max: 400_000 }).map((size) => Buffer.alloc(size, 'ab')),
)
const packed = fc
  .record({ bytes: content, checksum: fc.boolean(), size: fc.boolean(), level: fc.integer({ min: 1, max: 5 }) })
  .map(({ bytes, checksum, size, level }) =>
    zstdCompressSync(bytes, {
      params: {
        [constants.ZSTD_c_checksumFlag]: Number(checksum),
        [constants.ZSTD_c_contentSizeFlag]: Number(size),
        [constants.ZSTD_c_compressionLevel]: level,
      },
    }),
  )
const skippable = Buffer.concat([Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0]), Buffer.from('abc')])

describe('zstdFrames', () => {
  it('finds where each ends', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(packed, fc.constant(skippable)), { minLength: 1, maxLength: 4 }), (frames) => {
        let start = 0
        const expected = frames
          .map((frame) => ({ frame, start, end: (start += frame.length) }))
          .flatMap(({ frame, ...place }) => (frame === skippable ? [] : [place]))
        expect(framesOf(Buffer.concat(frames))).toEqual(expected)
      }),
    )
  })

  it('finds none in what is cut, or has something behind it', () => {
    fc.assert(
      fc.property(packed, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 30 }), (bytes, cut, more) => {
        const at = cut % bytes.length
        if (at > 0) expect(framesOf(bytes.subarray(0, at))).toBeUndefined()
        expect(framesOf(Buffer.concat([bytes, more]))).toBeUndefined()
      }),
    )
  })

  it('says of what is absurd that it is not read', () => {
    const empty = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0])
    expect(() => framesOf(Buffer.concat(Array.from({ length: 100_001 }, () => empty)))).toThrow(
      /more than 100000 frames/,
    )
  })

  it('finds none in other bytes, and ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(framesOf(bytes) ?? []).toEqual([])
        const asFrame = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), bytes])
        for (const { end } of framesOf(asFrame) ?? []) expect(end).toBeLessThanOrEqual(asFrame.length)
      }),
    )
  })
})
