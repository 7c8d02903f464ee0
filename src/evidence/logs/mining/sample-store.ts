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
  /** `FIELDS` of the first sample of each row, and of the others in groups of `OTHERS`, which only rows of more than one record have. */
  let firsts = new Float64Array(0)
  let others = new Float64Array(0)
  /** Number of a row's group, from 1 on; 0: it has none. */
  let groups = new Int32Array(0)
  let begunGroups = 0
  const freeGroups: number[] = []

  const makeRoom = (length: number): void => {
    if (used + length <= block.length) return
    if (live + length > block.length / 2 && block.length < LARGEST_BLOCK)
      move(new Uint8Array(Math.min(LARGEST_BLOCK, 2 * block.length)))
    else if (live + length > LARGEST_BLOCK / 2 && longest > 1) shorten()
    else move(new Uint8Array(block.length))
    makeRoom(Math.min(length, longest))
  }
  const shorten = (): void => {
    longest = Math.floor(longest / 2)
    for (const slots of [firsts, others])
      for (let at = 0; at < slots.length; at += FIELDS)
        setLength(slots, at, Math.min(longest, slots[at + LENGTH] as number))
  }
  const setLength = (slots: Float64Array, at: number, length: number): void => {
    live += length - (slots[at + LENGTH] as number)
    slots[at + LENGTH] = length
  }
  const move = (target: Uint8Array<ArrayBuffer>): void => {
    used = 0
    for (const slots of [firsts, others])
      for (let at = 0; at < slots.length; at += FIELDS) {
        const length = slots[at + LENGTH] as number
        if (length === 0) continue
        copy(block, slots[at + OFFSET] as number, length, target, used)
        slots[at + OFFSET] = used
        used += length
      }
    block = target
  }
  const groupOf = (row: number): number => {
    const known = groups[row] as number
    if (known > 0) return known
    const group = freeGroups.pop() ?? ++begunGroups
    if (group * GROUP > others.length)
      others = grown(others, new Float64Array(Math.max(FIRST_GROUPS, 2 * group) * GROUP))
    groups[row] = group
    return group
  }
  const forget = (slots: Float64Array, at: number): void => {
    setLength(slots, at, 0)
    slots[at + NUMBER] = 0
  }
  const sampleOf = (slots: Float64Array, at: number): SampleRecord => {
    const offset = slots[at + OFFSET] as number
    const text = decoder.decode(block.subarray(offset, offset + (slots[at + LENGTH] as number)))
    return { text, atMs: slots[at + TIME] as number }
  }

  return {
    wants: (row, sequence, chosen, nth, after) => {
      if (chosen === 0) return 2 * row
      const place = nth < SIDE ? nth : Math.floor(spread(sequence, nth) * (nth + 1))
      return place < SIDE ? 2 * ((groupOf(row) - 1) * OTHERS + (after ? SIDE : 0) + place) + 1 : -1
    },
    keep: (slot, number, atMs, bytes, from, to) => {
      const slots = (slot & 1) === 0 ? firsts : others
      const at = (slot >> 1) * FIELDS
      setLength(slots, at, 0)
      makeRoom(Math.min(to - from, longest))
      const length = Math.min(to - from, longest)
      copy(bytes, from, length, block, used)
      slots[at + OFFSET] = used
      slots[at + TIME] = atMs
      slots[at + NUMBER] = number
      setLength(slots, at, length)
      used += length
    },
    clear: (row) => {
      forget(firsts, row * FIELDS)
      const group = groups[row] as number
      if (group === 0) return
      for (let at = (group - 1) * GROUP; at < group * GROUP; at += FIELDS) forget(others, at)
      groups[row] = 0
      freeGroups.push(group)
    },
    first: (row) => {
      const offset = firsts[row * FIELDS + OFFSET] as number
      return block.subarray(offset, offset + (firsts[row * FIELDS + LENGTH] as number))
    },
    firstTime: (row) => firsts[row * FIELDS + TIME] as number,
    firstNumber: (row) => firsts[row * FIELDS + NUMBER] as number,
    resize: (to) => {
      firsts = grown(firsts, new Float64Array(to * FIELDS))
      groups = grown(groups, new Int32Array(to))
    },
    samplesOf: (row) => {
      const all = [{ slots: firsts, at: row * FIELDS }]
      const end = (groups[row] as number) * GROUP
      for (let at = Math.max(0, end - GROUP); at < end; at += FIELDS)
        if (others[at + NUMBER] !== 0) all.push({ slots: others, at })
      const numberOf = ({ slots, at }: (typeof all)[number]): number => slots[at + NUMBER] as number
      return all.toSorted((one, other) => numberOf(one) - numberOf(other)).map(({ slots, at }) => sampleOf(slots, at))
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
  /**
   * The record is `bytes[from, to)`; what of it is too long is left out.
   *
   * @param number of the record, from 1 on
   */
  readonly keep: (slot: number, number: number, atMs: number, bytes: Uint8Array, from: number, to: number) => void
  /** The row has none any more. */
  readonly clear: (row: number) => void
  /** The first sample of a row, good until the next one is kept. */
  readonly first: (row: number) => Uint8Array
  readonly firstTime: (row: number) => number
  readonly firstNumber: (row: number) => number
  readonly resize: (rows: number) => void
  readonly samplesOf: (row: number) => readonly SampleRecord[]
}

/** Bytes of a sample, its stack trace included. */
export const LONGEST_SAMPLE = 16_384

/** Samples on each side of the origin, beside the first one: enough to see which value of a variable is new. */
export const SIDE = 8
const OTHERS = 2 * SIDE

/** Of a sample: they are used together, so they lie together. */
const OFFSET = 0
const LENGTH = 1
const TIME = 2
/** Of its record, from 1 on; 0: there is none. */
const NUMBER = 3
const FIELDS = 4
const GROUP = OTHERS * FIELDS
/** Groups for which room is made at first. */
const FIRST_GROUPS = 64

const SMALLEST_BLOCK = 65_536
/** Bytes: 16,000 rows with 500 bytes each, and as much again that is free. */
const LARGEST_BLOCK = 16 * 2 ** 20

/** A byte order mark within a log is part of it. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** A number from 0 to below 1, evenly, from two others (the finalizer of MurmurHash3, public domain). */
function spread(sequence: number, nth: number): number {
  let mixed = sequence ^ Math.imul(nth, 0x9e3779b1)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32
}

function copy(from: Uint8Array, start: number, length: number, to: Uint8Array, at: number): void {
  to.set(from.subarray(start, start + length), at)
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}
