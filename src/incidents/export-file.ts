import { closeSync, createWriteStream, lstatSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { openPlain } from '../base/plain-file.ts'
import { randomHex } from '../base/random.ts'
import { syncFolder } from '../base/whole-file.ts'
import { noExport, notIntact } from './copy-audit.ts'
import { exportLines, itemsOf } from './export-lines.ts'
import { nameFile, syncFile } from '../base/new-file.ts'
import { StoreProblem, type CopyItem } from './store.ts'
import { beginsAsZstd, readAt, zstdFrames, type Frame } from './zstd-frames.ts'

/** A payload of 4 MiB escaped twice takes half of it. Bytes. */
const LINE_LIMIT = 16 * 1024 * 1024
/** What a file may become when it is unpacked: far above any incident, far below what would keep a processor busy for hours. Bytes. */
const UNPACKED_LIMIT = 16 * 1024 * 1024 * 1024

/**
 * Throws a `StoreProblem` if something of that name is there, since an export takes the place of nothing, or if nothing can be written there: tried with
 * an empty file, before anything is said to have been exported.
 */
export function mustBeWritable(file: string): void {
  const fresh = partialOf(file)
  try {
    mustBeFree(file)
    writeFileSync(fresh, '', { flag: 'wx', mode: 0o600 })
    rmSync(fresh)
  } catch (error) {
    throw error instanceof StoreProblem ? error : notWritten(file, error)
  }
}

function mustBeFree(file: string): void {
  if (!lstatSync(file, { throwIfNoEntry: false })) return
  throw new StoreProblem('file', `${file} is there already.`, 'Name another file; nothing was exported.')
}

/**
 * Writes a copy of an incident as one file, readable by its owner only, that is there whole or not at all. Throws a `StoreProblem`.
 */
export async function writeExport(file: string, items: AsyncIterable<CopyItem>): Promise<void> {
  const fresh = partialOf(file)
  try {
    await pipeline(
      Readable.from(withLineEnds(exportLines(items))),
      // With a checksum, so that `zstd -t` finds damage.
      createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
      createWriteStream(fresh, { flags: 'wx', mode: 0o600 }),
    )
    syncFile(fresh)
    if (!nameFile(fresh, file)) mustBeFree(file)
    syncFolder(path.dirname(path.resolve(file)))
  } catch (error) {
    throw error instanceof StoreProblem ? error : notWritten(file, error)
  } finally {
    rmSync(fresh, { force: true })
  }
}

function partialOf(file: string): string {
  return `${file}.${randomHex(6)}.partial`
}

async function* withLineEnds(lines: AsyncIterable<string>): AsyncIterable<string> {
  for await (const line of lines) yield `${line}\n`
}

function notWritten(file: string, error: unknown): StoreProblem {
  return new StoreProblem(
    'file',
    `${file} could not be written (${said(error)}).`,
    'Name a file in a folder that you may write to, on a file system with room.',
  )
}

/**
 * What such a file holds; whether it fits together is for `copyAudit`. It holds one line and one piece of evidence at a time (`LINE_LIMIT`, `EVIDENCE_LIMIT`). Throws a
 * `StoreProblem`.
 */
export function readExport(file: string): AsyncIterable<CopyItem> {
  return itemsOf(linesOf(unpacked(file)))
}

async function* unpacked(file: string): AsyncIterable<Uint8Array> {
  const descriptor = opened(file)
  try {
    let bytes = 0
    for (const frame of framesOf(file, descriptor)) {
      for await (const chunk of unpackedFrame(descriptor, frame)) {
        bytes += chunk.length
        if (bytes > UNPACKED_LIMIT)
          throw notIntact(`it becomes larger than ${UNPACKED_LIMIT} bytes when it is unpacked`)
        yield chunk
      }
    }
  } finally {
    closeSync(descriptor)
  }
}

function opened(file: string): number {
  try {
    return openPlain(file)
  } catch (error) {
    throw notRead(file, error)
  }
}

function framesOf(file: string, descriptor: number): readonly Frame[] {
  let frames
  let begins
  try {
    begins = beginsAsZstd(descriptor)
    frames = zstdFrames(descriptor)
  } catch (error) {
    throw notRead(file, error)
  }
  if (!begins) throw noExport(file)
  if (!frames || frames.length === 0) throw notIntact('it is cut off, or has something else in it')
  return frames
}

function notRead(file: string, error: unknown): StoreProblem {
  return new StoreProblem('file', `${file} cannot be read (${said(error)}).`, 'Look at its name and mode.')
}

async function* unpackedFrame(descriptor: number, frame: Frame): AsyncIterable<Buffer> {
  const packed = Readable.from(piecesOf(descriptor, frame))
  const stream = createZstdDecompress()
  packed.on('error', (error) => stream.destroy(error))
  packed.pipe(stream)
  try {
    yield* stream as AsyncIterable<Buffer>
  } catch (error) {
    throw notIntact(`it cannot be unpacked (${said(error)})`)
  } finally {
    packed.destroy()
    stream.destroy()
  }
}

/** Of a file on this machine, a piece is there at once. */
function* piecesOf(descriptor: number, { start, end }: Frame): Iterable<Buffer> {
  for (let at = start; at < end;) {
    const piece = readAt(descriptor, at, Math.min(PIECE_BYTES, end - at))
    if (piece.length === 0) return
    at += piece.length
    yield piece
  }
}

/** Read at a time. */
const PIECE_BYTES = 64 * 1024

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const decoded = (bytes: Uint8Array): string => {
    try {
      return decoder.decode(bytes)
    } catch {
      throw notIntact('it is no text')
    }
  }
  let begun: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    let from = 0
    for (let at = chunk.indexOf(LINE_END); at >= 0; at = chunk.indexOf(LINE_END, from)) {
      yield decoded(Buffer.concat([...begun, chunk.subarray(from, at)]))
      begun = []
      bytes = 0
      from = at + 1
    }
    begun.push(chunk.subarray(from))
    bytes += chunk.length - from
    if (bytes > LINE_LIMIT) throw notIntact(`it has a line longer than ${LINE_LIMIT} bytes`)
  }
  if (bytes > 0) throw notIntact('its last line is cut off')
}

const LINE_END = 0x0a

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
