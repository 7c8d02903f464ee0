import { isUtf8 } from 'node:buffer'
import { MARKS } from './mark.ts'
import type { RedactThoroughly } from './thorough.ts'

/**
 * The same for bytes, of which not every one need belong to text: where they are no UTF-8 each is taken as one character, since secrets
 * are ASCII, and keeps its value. Marks are written in UTF-8 all the same.
 */
export async function redactedBytes(bytes: Uint8Array, redact: RedactThoroughly): Promise<Uint8Array> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (isUtf8(buffer)) return Buffer.from(await redact(buffer.toString('utf8')), 'utf8')
  const text = buffer
    .toString('latin1')
    .replaceAll(MARKS_AS_BYTES, (mark) => Buffer.from(mark, 'latin1').toString('utf8'))
  const redacted = await redact(text)
  const pieces: Buffer[] = []
  let written = 0
  for (const { 0: mark, index } of redacted.matchAll(MARKS)) {
    pieces.push(Buffer.from(redacted.slice(written, index), 'latin1'), Buffer.from(mark, 'utf8'))
    written = index + mark.length
  }
  return Buffer.concat([...pieces, Buffer.from(redacted.slice(written), 'latin1')])
}

/** Marks that stand in the bytes already, each byte as one character. */
const MARKS_AS_BYTES = new RegExp(
  MARKS.source.replaceAll(/[‹›]/g, (bracket) => Buffer.from(bracket, 'utf8').toString('latin1')),
  'g',
)
