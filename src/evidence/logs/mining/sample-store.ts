import type { SampleRecord } from './mined.ts'

/**
 * Keeps the first record of each row and an even choice of its others, apart for those before and from the origin on (Vitter's algorithm R, 1985, with
 * a choice that follows from the row's own numbers: the same bytes always give the same samples). All lie in one block of bounded size: where it is
 * full, what is no longer used is left out, and then samples are cut shorter until half of it is free.
 */
export function createSampleStore(): SampleStore {
  let block = new Uint8Array(SMALLEST_BLOCK)
  let used = 0
  let longest = LONGEST_SAMPLE
  /** Bytes of `block` that are samples still. */
  let live = 0
  let offsets = new Int32Array(0)
  let lengths = new Int32Array(0)
  let times = new Float64Array(0)
  let numbers = new Float64Array(0)

  const makeRoom = (length: number): void => {
    if (used + length <= block.length) return
    if (live + length > block.length / 4 && block.length < LARGEST_BLOCK)
      move(new Uint8Array(Math.min(LARGEST_BLOCK, 4 * block.length)))
    else if (live + length > LARGEST_BLOCK / 2 && longest > 1) shorten()
    else move(new Uint8Array(block.length))
    makeRoom(Math.min(length, longest))
  }
  const shorten = (): void => {
    longest = Math.floor(longest / 2)
    for (let slot = 0; slot < lengths.length; slot++) setLength(slot, Math.min(longest, lengths[slot] as number))
  }
  const setLength = (slot: number, length: number): void => {
    live += length - (lengths[slot] as number)
    lengths[slot] = length
  }
  const move = (target: Uint8Array<ArrayBuffer>): void => {
    used = 0
    for (let slot = 0; slot < lengths.length; slot++) {
      const length = lengths[slot] as number
      if (length === 0) continue
      const offset = offsets[slot] as number
      target.set(block.subarray(offset, offset + length), used)
      offsets[slot] = used
      used += length
    }
    block = target
  }

  return {
    wants: (row, sequence, chosen, nth, after) => {
      if (chosen === 0) return row * SLOTS
      const place = nth < SIDE ? nth : Math.floor(spread(sequence, nth) * (nth + 1))
      return place < SIDE ? row * SLOTS + 1 + (after ? SIDE : 0) + place : -1
    },
    keep: (slot, number, atMs, text) => {
      setLength(slot, 0)
      makeRoom(Math.min(text.length, longest))
      const length = Math.min(text.length, longest)
      block.set(text.subarray(0, length), used)
      offsets[slot] = used
      setLength(slot, length)
      times[slot] = atMs
      numbers[slot] = number
      used += length
    },
    clearFirst: (row) => {
      setLength(row * SLOTS, 0)
      numbers[row * SLOTS] = 0
    },
    resize: (to) => {
      offsets = grown(offsets, new Int32Array(to * SLOTS))
      lengths = grown(lengths, new Int32Array(to * SLOTS))
      times = grown(times, new Float64Array(to * SLOTS))
      numbers = grown(numbers, new Float64Array(to * SLOTS))
    },
    samplesOf: (row) => {
      const slots = Array.from({ length: SLOTS }, (_, at) => row * SLOTS + at).filter((slot) => numbers[slot] !== 0)
      const inOrder = slots.toSorted((a, b) => (numbers[a] as number) - (numbers[b] as number))
      return inOrder.map((slot): SampleRecord => {
        const offset = offsets[slot] as number
        const text = block.subarray(offset, offset + (lengths[slot] as number))
        return { text: decoder.decode(text), atMs: times[slot] as number }
      })
    },
  }
}

export interface SampleStore {
  /**
   * Where the record is to be kept, -1 where it is not chosen.
   *
   * @param chosen how many records the row had before this one
   * @param nth how many of them were on this side of the origin
   */
  readonly wants: (row: number, sequence: number, chosen: number, nth: number, after: boolean) => number
  /** @param number of the record, from 1 on */
  readonly keep: (slot: number, number: number, atMs: number, text: Uint8Array) => void
  /** Of a row that had one record only. */
  readonly clearFirst: (row: number) => void
  readonly resize: (rows: number) => void
  readonly samplesOf: (row: number) => readonly SampleRecord[]
}

/** Bytes of a sample, its stack trace included. */
export const LONGEST_SAMPLE = 16_384

/** Samples on each side of the origin, beside the first one: enough to see which value of a variable is new. */
export const SIDE = 8
const SLOTS = 1 + 2 * SIDE
const SMALLEST_BLOCK = 65_536
/** Bytes: 50,000 rows with half a kilobyte each, and as much again that is free. */
const LARGEST_BLOCK = 32 * 2 ** 20

/** A byte order mark within a log is part of it. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** A number from 0 to below 1, evenly, from two others (the finalizer of MurmurHash3, public domain). */
function spread(sequence: number, nth: number): number {
  let mixed = sequence ^ Math.imul(nth, 0x9e3779b1)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}
