import { fileOrder } from '../../../evidence/logs/fetch/script.ts'
import type { Probe } from '../../../evidence/logs/fetch/search.ts'
import type { Conversation } from './conversation.ts'
import type { Fetching } from './fetching.ts'

/** What also the last block of a file that has grown is looked for by. Bytes. */
export const SMALL_BLOCK_BYTES = 4 * 1024
/** Of a packed file: text packs to a tenth, and so many blocks of it tell where the window begins; each costs the box a process. */
const USUAL_RATIO = 10
const INDEX_BLOCKS = 128
const MOST_INDEX_BLOCKS = 4096
const INDEX_BLOCK_BYTES = 4 * 1024
const LEAST_BETWEEN_BYTES = 1024 * 1024

/** A part of a file that was read to learn of its lines. */
export type Block = { readonly probe: Probe; readonly bytes: Uint8Array }

export function asText({ probe, bytes }: Block): { readonly bytes: Uint8Array; readonly fromStart: boolean } {
  return { bytes, fromStart: probe.offset === 0 }
}

/** Whole lines of its beginning, of its middle and of its end. */
export function sampleOf(blocks: readonly Block[]): Uint8Array {
  const some = [blocks[0], blocks[Math.floor(blocks.length / 2)], blocks.at(-1)].filter((block) => block !== undefined)
  return Buffer.concat([...new Set(some)].map(wholeLines))
}

function wholeLines({ probe, bytes }: Block): Uint8Array {
  const from = probe.offset === 0 ? 0 : bytes.indexOf(0x0a) + 1
  const to = bytes.lastIndexOf(0x0a) + 1
  return to > from ? bytes.subarray(from, to) : bytes.subarray(from)
}

/** The answer to a round of probes. */
export async function blocksOf({ delivery, source }: Fetching, conversation: Conversation): Promise<readonly Block[]> {
  const blocks: Block[] = []
  let pieces: Uint8Array[] = []
  let probe: Probe | undefined
  const settle = (): void => {
    const bytes = Buffer.concat(pieces)
    pieces = []
    if (!probe || bytes.length === 0) return
    blocks.push({ probe, bytes })
    if (source.kind === 'file') delivery.read(bytes.length)
    delivery.probe()
  }
  for (;;) {
    const piece = await conversation.next()
    if (!piece) return blocks
    if (piece.kind === 'bytes') pieces.push(piece.bytes)
    else {
      settle()
      const [word, number, bytes] = piece.words
      if (word === 'asked') return blocks
      probe = word === 'block' ? { offset: Number(number) * Number(bytes), bytes: Number(bytes) } : undefined
    }
  }
}

/** All of one round are of one size. */
export function probeOrder(probes: readonly Probe[]): string {
  const bytes = probes[0]?.bytes ?? SMALL_BLOCK_BYTES
  return fileOrder.probe(
    bytes,
    probes.map(({ offset }) => offset / bytes),
  )
}

export function betweenBytes(packedBytes: number): number {
  const usual = (packedBytes * USUAL_RATIO) / INDEX_BLOCKS
  return Math.max(LEAST_BETWEEN_BYTES, Math.ceil(usual / LEAST_BETWEEN_BYTES) * LEAST_BETWEEN_BYTES)
}

export function indexOrder(packedBytes: number): string {
  return fileOrder.index(INDEX_BLOCK_BYTES, betweenBytes(packedBytes) / INDEX_BLOCK_BYTES - 1, MOST_INDEX_BLOCKS)
}
