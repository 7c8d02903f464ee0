import { lstatSync } from 'node:fs'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import * as z from 'zod/mini'
import { readPlain } from '../base/plain-file.ts'
import { replaceWhole } from '../base/whole-file.ts'
import type { Box, Failure, RunOptions, RunResult } from './box.ts'
import { plain } from './failures.ts'
import { failed } from './failed.ts'

/** A recording larger than this, stored or unpacked, was not made by Halligan: an answer is some kilobytes. Bytes. */
const STORED_LIMIT = 64 * 1024 * 1024
const UNPACKED_LIMIT = 256 * 1024 * 1024
const HEADER_LIMIT = 64 * 1024
/** Magic number of a zstd frame (RFC 8878, 3.1.1). */
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

/** The last moment that a Date can be (ECMA-262, 21.4.1.1). Milliseconds since the epoch. */
const LATEST_MS = 8.64e15
const moment = z.number().check(z.minimum(0), z.maximum(LATEST_MS))

const headerSchema = z.object({
  schema: z.literal('halligan.recording/1'),
  /** As the user named it. */
  box: z.string(),
  /** What is known of the machine, for a person who looks into the file: host name, machine-id. */
  identity: z.optional(z.record(z.string(), z.string())),
  /** The boundary of the collector's frames in the answer. */
  boundary: z.string().check(z.regex(/^[0-9a-f]{8,128}$/)),
  startedAtMs: moment,
  beganAtMs: moment,
  durationMs: z.number().check(z.minimum(0), z.maximum(LATEST_MS)),
  deep: z.boolean(),
  windowSeconds: z.number(),
  /** Ids of the probes that the box was asked. */
  asked: z.array(z.string()),
  /** Version of the program that recorded. */
  version: z.string(),
  /** The answer was cut off; what came is there. */
  truncated: z.optional(z.boolean()),
  warnings: z.optional(z.array(z.string())),
})

/** First line of a recording; times in milliseconds since the epoch, console clock. */
export type RecordingHeader = z.infer<typeof headerSchema>

export interface Recording {
  readonly header: RecordingHeader
  /** What the box answered, its blocks uncompressed and secrets taken out by who saved it. */
  readonly answer: Uint8Array
}

/**
 * Writes a recording: a JSON header line, then the answer; compressed when the name ends in `.zst`. Readable by its
 * owner only (an answer has command lines and addresses in it), and there whole or not at all. It takes the place of a
 * regular file of that name, and of nothing else: as root, a file in the place of /dev/null would break the machine.
 *
 * @throws when the file cannot be written (no such folder, disk full, a device)
 */
export function writeRecording(path: string, recording: Recording): void {
  const plainBytes = recordingBytes(recording)
  const bytes = path.endsWith('.zst') ? zstdCompressSync(plainBytes) : plainBytes
  const there = lstatSync(path, { throwIfNoEntry: false })
  if (there && !there.isFile()) throw new Error('something is there that is not a regular file')
  replaceWhole(path, bytes, 0o600)
}

/** A recording as bytes, not compressed. */
export function recordingBytes({ header, answer }: Recording): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), answer])
}

/** Reads a recording; a broken, foreign or huge file is a failure with words, never a throw. */
export function readRecording(path: string): Recording | Failure {
  try {
    return parse(readPlain(path, STORED_LIMIT), path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return unreadable(path, 'there is no such file')
    return unreadable(path, plain(error instanceof Error ? error.message : String(error)))
  }
}

/** The same from bytes that are at hand; `name` is what messages call it. */
export function readRecordingBytes(bytes: Uint8Array, name: string): Recording | Failure {
  try {
    return parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), name)
  } catch (error) {
    return unreadable(name, plain(error instanceof Error ? error.message : String(error)))
  }
}

/** A box that answers any script with what was recorded. */
export function recordedBox(path: string): Box {
  const name = `recorded:${path}`
  let recording: Recording | Failure | undefined
  const run = (_script: string, options: RunOptions): Promise<RunResult> => {
    recording ??= readRecording(path)
    return Promise.resolve(
      'kind' in recording ? failed(name, options, recording) : resultOfRecording(name, options, recording),
    )
  }
  const warnings = (): readonly string[] =>
    recording && !('kind' in recording) ? (recording.header.warnings ?? []) : []
  return {
    name,
    kind: 'recorded',
    run,
    start: (script, options) => ({ input: () => {}, endInput: () => {}, result: run(script, options) }),
    close: () => Promise.resolve(),
    warnings,
  }
}

/** The run that was recorded, as if it had been now. */
export function resultOfRecording(
  box: string,
  options: Pick<RunOptions, 'what' | 'onOutput'>,
  { header, answer }: Recording,
): RunResult {
  const truncated = header.truncated ?? false
  void options.onOutput?.(answer)
  return {
    box,
    what: options.what,
    ok: !truncated,
    stdout: answer,
    stderr: '',
    exitCode: truncated ? undefined : 0,
    timedOut: false,
    cancelled: false,
    overflowed: false,
    truncated,
    startedAtMs: header.startedAtMs,
    beganAtMs: header.beganAtMs,
    durationMs: header.durationMs,
    failure: truncated
      ? {
          kind: 'cut-off',
          message: `The answer of ${header.box} was cut off when it was recorded.`,
          tryNext: 'What came before is used.',
        }
      : undefined,
  }
}

function parse(bytes: Buffer, path: string): Recording | Failure {
  const content = bytes.subarray(0, 4).equals(ZSTD_MAGIC)
    ? zstdDecompressSync(bytes, { maxOutputLength: UNPACKED_LIMIT })
    : bytes
  const lineEnd = content.subarray(0, HEADER_LIMIT).indexOf(10)
  if (lineEnd < 0) return unreadable(path, 'it has no header line')
  const header = headerSchema.safeParse(JSON.parse(content.subarray(0, lineEnd).toString('utf8')))
  if (!header.success) {
    const first = header.error.issues[0]
    return unreadable(
      path,
      first?.path[0] === 'schema'
        ? 'its header does not say halligan.recording/1'
        : `its header is wrong at "${first?.path.join('.')}"`,
    )
  }
  return { header: header.data, answer: content.subarray(lineEnd + 1) }
}

function unreadable(path: string, why: string): Failure {
  return {
    kind: 'recording-unreadable',
    message: `${path} cannot be read as a recording: ${why}.`,
    tryNext: 'A recording is made with `halligan look BOX --save FILE`.',
  }
}
