import { createCoarseWords } from './coarse-signature.ts'
import type { MinedRow } from './mined.ts'
import { createRowTable } from './row-table.ts'
import { createSampleStore, type SampleStore } from './sample-store.ts'
import { beginSignature, HIGH, LOW, mixSignature, newSignature } from './signature.ts'
import { createTimeBuckets } from './time-buckets.ts'
import type { Timeline } from './timeline.ts'

/**
 * Counts records by their signature. Where there are `limit` rows, those with a single record (before the origin first), else those with the fewest, are
 * folded into rows by the words that many of them have (`coarse-signature.ts`) and make room for new ones: a log with a random word in each line has one row
 * of all of them, and what began lately is still told apart. What does not even share its frequent words with others is counted as others.
 */
export function createMinedRows(originMs: number, limit: number): MinedRows {
  const table = createRowTable()
  const samples = createSampleStore()
  const buckets = createTimeBuckets(originMs)
  const coarse = createCoarseWords()
  const coarseSignature = new Int32Array(2)
  const words = newSignature()
  const free: number[] = []
  let coarseRows = 0
  let folds = 0
  /** Number of the record at which rows were folded first; 0: none were. */
  let foldedAt = 0
  let room = 0
  let rows = 0
  let other = 0
  /** The time of a record: as an argument each would be an object. */
  const moment = new Float64Array(1)
  /** `FIGURES` of each row side by side: they are used together. */
  let figures = new Float64Array(0)

  /** `KINDS` of each row that began when rows were folded before: its coarse signature, and what had been learned by then. */
  let kinds = new Int32Array(0)
  let lessons = 0

  const numberOf = (row: number, figure: number): number => figures[row * FIGURES + figure] as number
  const live = (): readonly number[] => {
    const all: number[] = []
    for (let row = 0; row < rows; row++) if (figures[row * FIGURES + BEGUN] !== 0) all.push(row)
    return all
  }
  const grow = (): void => {
    room = Math.min(limit, Math.max(FIRST_ROOM, 2 * room))
    table.resize(room)
    samples.resize(room)
    const larger = new Float64Array(room * FIGURES)
    larger.set(figures)
    figures = larger
    const more = new Int32Array(room * KINDS)
    more.set(kinds)
    kinds = more
  }
  /** Rows of one record: those before the origin, and where these are few, all; and where all are few, the half with the fewest records. */
  const leastTelling = (rowsNow: readonly number[]): readonly number[] => {
    const fine = rowsNow.filter((row) => numberOf(row, FOLDED) === 0)
    const single = fine.filter((row) => numberOf(row, TOTAL) === 1)
    const early = single.filter((row) => numberOf(row, AFTER_ORIGIN) === 0)
    if (early.length >= limit * WORTH_IT) return early
    if (single.length >= limit * WORTH_IT) return single
    return fine.toSorted((a, b) => numberOf(a, TOTAL) - numberOf(b, TOTAL)).slice(0, Math.ceil(fine.length / 2))
  }
  const fold = (number: number): void => {
    if (foldedAt === 0) foldedAt = number
    const rowsNow = live()
    foldAll(leastTelling(rowsNow), rowsNow)
  }
  /** Of the first line of its first record. */
  const wordsOf = (row: number): Int32Array => {
    const text = samples.first(row)
    beginSignature(words)
    mixSignature(text, numberOf(row, BODY), text.length, words)
    return words
  }
  const wordsOfAll = function* (all: readonly number[]): Generator<Int32Array> {
    for (const row of all) yield wordsOf(row)
  }
  /** Into `coarseSignature`. Most rows have theirs since they began, when their words were at hand. */
  const readCoarse = (row: number): void => {
    const at = row * KINDS
    if (kinds[at + LESSON] !== lessons) return coarse.mix(wordsOf(row), true, coarseSignature)
    coarseSignature[HIGH] = kinds[at + HIGH] as number
    coarseSignature[LOW] = kinds[at + LOW] as number
  }
  const foldAll = (gone: readonly number[], rowsNow: readonly number[]): void => {
    folds++
    if (folds <= FIRST_FOLDS || folds % LATER_FOLDS === 0) {
      const fine = rowsNow.filter((row) => numberOf(row, FOLDED) === 0)
      lessons++
      coarse.learn(wordsOfAll(fine), Math.max(2, gone.length * RARE_SHARE))
    }
    for (const row of gone) figures[row * FIGURES + BEGUN] = 0
    table.rebuild(live())
    for (const row of gone) {
      // Where there are too many of these as well, only how many words they have tells them apart.
      if (foldedInto(row, true, MOST_COARSE) || foldedInto(row, false, 2 * MOST_COARSE)) continue
      other += numberOf(row, TOTAL)
      const series = numberOf(row, SERIES)
      if (series >= 0) buckets.moveInto(series, lostSeries())
      free.push(row)
    }
  }
  /** @param share of all rows that folded ones may be */
  const foldedInto = (row: number, byWords: boolean, share: number): boolean => {
    if (byWords) readCoarse(row)
    else coarse.mix(wordsOf(row), false, coarseSignature)
    const [high, low] = [coarseSignature[HIGH] as number, coarseSignature[LOW] as number]
    const into = table.find(high, low)
    if (into >= 0) {
      mergeRow(row, into)
      free.push(row)
      return true
    }
    if (coarseRows >= Math.max(1, limit * share)) return false
    // The first one of its kind is that row from now on.
    coarseRows++
    figures[row * FIGURES + BEGUN] = samples.firstNumber(row)
    figures[row * FIGURES + FOLDED] = 1
    table.add(row, high, low, live)
    return true
  }
  /**
   * At the end of a log: what came since rows were folded, and would have been by now. What was folded may have begun anew as a row of its own, and would seem
   * to be new. A row of far more records than those of its kind stays.
   */
  const foldRest = (): void => {
    if (foldedAt === 0) return
    const known = live().filter((row) => numberOf(row, FOLDED) === 0 && numberOf(row, BEGUN) >= foldedAt)
    for (const row of known) {
      readCoarse(row)
      const into = table.find(coarseSignature[HIGH] as number, coarseSignature[LOW] as number)
      if (into < 0 || numberOf(row, TOTAL) > (FAR_MORE * numberOf(into, TOTAL)) / numberOf(into, FOLDED)) continue
      figures[row * FIGURES + BEGUN] = 0
      mergeRow(row, into)
      free.push(row)
    }
    table.rebuild(live())
  }
  /** Counts of what is no row's, which nobody asks for. */
  let lost = -1
  const lostSeries = (): number => (lost < 0 ? (lost = buckets.begin()) : lost)
  const mergeRow = (row: number, into: number): void => {
    const [from, to] = [row * FIGURES, into * FIGURES]
    const [late, known] = [numberOf(row, AFTER_ORIGIN), numberOf(into, TOTAL)]
    const after = late > 0
    const nth = after ? numberOf(into, AFTER_ORIGIN) : known - numberOf(into, AFTER_ORIGIN)
    figures[to + TOTAL] = known + numberOf(row, TOTAL)
    figures[to + AFTER_ORIGIN] = numberOf(into, AFTER_ORIGIN) + late
    figures[to + FOLDED] = numberOf(into, FOLDED) + 1
    const series = numberOf(row, SERIES)
    const first = numberOf(row, FIRST)
    if (series < 0) {
      moment[0] = first
      if (!Number.isNaN(first)) countByTime(to)
    } else {
      if (numberOf(into, SERIES) < 0) {
        figures[to + SERIES] = buckets.begin()
        if (!Number.isNaN(numberOf(into, FIRST))) buckets.add(numberOf(into, SERIES), numberOf(into, FIRST))
      }
      buckets.moveInto(series, numberOf(into, SERIES))
      figures[to + FIRST] = earlier(numberOf(into, FIRST), first)
      figures[to + LAST] = -earlier(-numberOf(into, LAST), -(figures[from + LAST] as number))
    }
    const slot = samples.wants(into, coarseSignature[LOW] as number, known, nth, after)
    // A copy: keeping it may move all samples.
    if (slot < 0) return
    const text = samples.first(row).slice()
    samples.keep(slot, samples.firstNumber(row), samples.firstTime(row), text, 0, text.length)
  }
  const begin = (signature: Int32Array, number: number, body: number): number => {
    if (rows === limit && free.length === 0) fold(number)
    if (rows === limit && free.length === 0) return -1
    let row = free.pop()
    if (row === undefined) {
      if (rows === room) grow()
      row = rows++
    } else samples.clear(row)
    const at = row * FIGURES
    figures[at + TOTAL] = 0
    figures[at + AFTER_ORIGIN] = 0
    figures[at + FIRST] = NaN
    figures[at + LAST] = NaN
    figures[at + BEGUN] = number
    figures[at + SERIES] = -1
    figures[at + FOLDED] = 0
    figures[at + BODY] = body
    table.add(row, signature[HIGH] as number, signature[LOW] as number, live)
    if (lessons > 0) {
      coarse.mix(signature, true, coarseSignature)
      kinds[row * KINDS + HIGH] = coarseSignature[HIGH] as number
      kinds[row * KINDS + LOW] = coarseSignature[LOW] as number
    }
    kinds[row * KINDS + LESSON] = lessons
    return row
  }

  /** A record that stays the only one has no series of counts: a log with a random word in each line would have tens of thousands of them. */
  const countByTime = (at: number): void => {
    const atMs = moment[0] as number
    const first = figures[at + FIRST] as number
    if (Number.isNaN(first)) {
      figures[at + FIRST] = atMs
      figures[at + LAST] = atMs
      buckets.see(atMs)
      return
    }
    let series = figures[at + SERIES] as number
    if (series < 0) {
      series = buckets.begin()
      figures[at + SERIES] = series
      buckets.add(series, first)
    }
    if (atMs < first) figures[at + FIRST] = atMs
    if (atMs > (figures[at + LAST] as number)) figures[at + LAST] = atMs
    buckets.add(series, atMs)
  }

  return {
    add: (signature, body, number, atMs, after) => {
      const low = signature[LOW] as number
      let row = table.find(signature[HIGH] as number, low)
      if (row < 0) row = begin(signature, number, body)
      if (row < 0) {
        other++
        return -1
      }
      const at = row * FIGURES
      const before = figures[at + TOTAL] as number
      const late = figures[at + AFTER_ORIGIN] as number
      figures[at + TOTAL] = before + 1
      if (after) figures[at + AFTER_ORIGIN] = late + 1
      if (!Number.isNaN(atMs)) {
        moment[0] = atMs
        countByTime(at)
      }
      return samples.wants(row, low, before, after ? late : before - late, after)
    },
    keep: samples.keep,
    other: () => other,
    timeline: buckets.timeline,
    folded: () => live().reduce((sum, row) => sum + (numberOf(row, FOLDED) > 1 ? numberOf(row, TOTAL) : 0), 0),
    rows: () => {
      foldRest()
      const { buckets: length } = buckets.timeline()
      const inOrder = live().toSorted((a, b) => numberOf(a, BEGUN) - numberOf(b, BEGUN))
      const counts = new Uint32Array(inOrder.length * length)
      return inOrder.map((row, at): MinedRow => {
        const own = counts.subarray(at * length, (at + 1) * length)
        const first = numberOf(row, FIRST)
        const series = numberOf(row, SERIES)
        if (series >= 0) buckets.countsOf(series, own)
        else if (!Number.isNaN(first)) buckets.countOnce(first, own)
        return {
          signature: table.signatureOf(row),
          count: numberOf(row, TOTAL),
          counts: own,
          firstAtMs: first,
          lastAtMs: numberOf(row, LAST),
          samples: samples.samplesOf(row),
          ...(numberOf(row, FOLDED) > 1 && { folded: numberOf(row, FOLDED) }),
        }
      })
    },
  }
}

export interface MinedRows {
  /**
   * Counts a record.
   *
   * @param body place within its text from where on it is told from others
   * @param number of the record, from 1 on
   * @param atMs NaN: it has no time
   * @param after it is from the time after the origin
   * @returns where `keep` is to put it as a sample; -1: nowhere
   */
  readonly add: (signature: Int32Array, body: number, number: number, atMs: number, after: boolean) => number
  readonly keep: SampleStore['keep']
  /** Records that have no row. */
  readonly other: () => number
  /** Records of rows into which others were folded. */
  readonly folded: () => number
  readonly timeline: () => Timeline
  /** In the order in which they were first seen. */
  readonly rows: () => readonly MinedRow[]
}

/** Share of all rows that folding should free; below it the work would come too often. */
const WORTH_IT = 0.1
/** Share of all rows that may be of folded ones. */
const MOST_COARSE = 0.1
/** What these have not learned is rare. */
const FIRST_FOLDS = 4
/** Later ones learn now and then, for what began meanwhile: learning takes as long as mining itself. */
const LATER_FOLDS = 32
/** Share of the folded rows that must have a word for it to tell them apart. One in five hundred: a log that needs folding has more users or hosts than that. */
const RARE_SHARE = 0.002
/** Times the mean of the rows that were folded into one. */
const FAR_MORE = 20

/** Rows for which room is made at first: a quiet service has some tens. */
const FIRST_ROOM = 256

const TOTAL = 0
const AFTER_ORIGIN = 1
const FIRST = 2
const LAST = 3
/** Number of the row's first record; 0: the row is not in use. */
const BEGUN = 4
/** Of its counts by time; -1: it has none. */
const SERIES = 5
/** Rows that were folded into it, itself included; 0: it is one of its own. */
const FOLDED = 6
/** Place within its first record from where on it is told from others. */
const BODY = 7
/** Eight of eight bytes are one line of the processor's cache. */
const FIGURES = 8

/** Behind the two halves of a coarse signature: how often words had been learned when it was made. */
const LESSON = 2
const KINDS = 4

/** Of those that are times. */
function earlier(one: number, other: number): number {
  return Number.isNaN(one) || other < one ? other : one
}
