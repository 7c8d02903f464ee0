import { THRESHOLDS, type Thresholds } from '../../src/findings/logs/patterns/cluster.ts'
import type { ParsingAccuracy } from './parsing-accuracy.ts'

/** A system of logs, with how well its templates are found by given thresholds. */
export interface System {
  readonly name: string
  readonly wholeBy: (thresholds: Thresholds) => ParsingAccuracy
}

/** What each threshold is tried with. */
const TRIED: { readonly [Name in keyof Thresholds]: readonly number[] } = {
  words: [2, 3, 4, 5, 6, 7, 8, 10, 12],
  firstWords: [4, 6, 8, 10, 12, 16, 20],
  wordsOfKey: [2, 3, 4, 5, 6, 8],
  users: [2, 3, 4, 6],
  minority: [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8],
}
const NAMES = ['words', 'firstWords', 'wordsOfKey', 'users', 'minority'] as const
/** The first values of a search know nothing of the product's: each is the middle one of those that are tried. */
const BEGINNING: Thresholds = { words: 6, firstWords: 10, wordsOfKey: 4, users: 3, minority: 0.5 }
/** One threshold after the other, over again: behind two rounds nothing changes any more. */
const ROUNDS = 3
const LEFT_OUT = 2

/**
 * A table of every two systems left out: the thresholds are chosen by the others (best mean of GA, FGA, PA and FTA, one threshold after the other), and tried on the
 * two, beside what the product's own do there, in the choice of which all of them had a part.
 */
export function crossValidation(systems: readonly System[]): string {
  if (systems.length <= LEFT_OUT) return `Too few systems to leave ${LEFT_OUT} out.`
  const known = systems.map(remembering)
  const splits = pairsOf(known).map((leftOut) => {
    const chosen = chosenBy(known.filter((each) => !leftOut.includes(each)))
    return { leftOut, chosen, theirs: meanOf(leftOut, chosen), ours: meanOf(leftOut, THRESHOLDS) }
  })
  return [
    `Thresholds chosen by ${systems.length - LEFT_OUT} systems, tried on the ${LEFT_OUT} that were left out; beside it those of the product, in the choice of which these had a part. What is a word and what a value by its form is the same in all.`,
    '',
    `| left out | ${NAMES.join(', ')} | GA FGA PA FTA, left out | with the product's |`,
    '| --- | --- | --- | --- |',
    ...splits.map(
      ({ leftOut, chosen, theirs, ours }) =>
        `| ${leftOut.map(({ name }) => name).join(', ')} | ${valuesOf(chosen)} | ${figuresOf(theirs)} | ${figuresOf(ours)} |`,
    ),
    `| mean of ${splits.length} | product: ${valuesOf(THRESHOLDS)} | ${figuresOf(meanAccuracy(splits.map(({ theirs }) => theirs)))} | ${figuresOf(meanAccuracy(splits.map(({ ours }) => ours)))} |`,
  ].join('\n')
}

/** The same thresholds are tried for many splits. */
function remembering({ name, wholeBy }: System): System {
  const done = new Map<string, ParsingAccuracy>()
  return {
    name,
    wholeBy: (thresholds) => {
      const key = valuesOf(thresholds)
      const before = done.get(key)
      if (before) return before
      const accuracy = wholeBy(thresholds)
      done.set(key, accuracy)
      return accuracy
    },
  }
}

function pairsOf(systems: readonly System[]): readonly (readonly System[])[] {
  return systems.flatMap((one, at) => systems.slice(at + 1).map((other) => [one, other]))
}

function chosenBy(systems: readonly System[]): Thresholds {
  let chosen = BEGINNING
  for (let round = 0; round < ROUNDS; round += 1)
    for (const name of NAMES) {
      const scores = TRIED[name].map((value) => ({ value, score: scoreOf(systems, { ...chosen, [name]: value }) }))
      const best = Math.max(...scores.map(({ score }) => score))
      const equal = scores.filter(({ score }) => score > best - EQUAL)
      // Of equally good ones the middle: the best guess of what holds for others.
      chosen = { ...chosen, [name]: equal[Math.floor((equal.length - 1) / 2)]?.value ?? chosen[name] }
    }
  return chosen
}

/** Within the noise of floating-point numbers. */
const EQUAL = 1e-9

function scoreOf(systems: readonly System[], thresholds: Thresholds): number {
  const { GA, FGA, PA, FTA } = meanOf(systems, thresholds)
  return (GA + FGA + PA + FTA) / 4
}

function meanOf(systems: readonly System[], thresholds: Thresholds): ParsingAccuracy {
  return meanAccuracy(systems.map(({ wholeBy }) => wholeBy(thresholds)))
}

function meanAccuracy(list: readonly ParsingAccuracy[]): ParsingAccuracy {
  const mean = (of: keyof ParsingAccuracy): number => list.reduce((sum, each) => sum + each[of], 0) / list.length
  return { GA: mean('GA'), FGA: mean('FGA'), PA: mean('PA'), FTA: mean('FTA') }
}

function valuesOf(thresholds: Thresholds): string {
  return NAMES.map((name) => thresholds[name]).join(', ')
}

function figuresOf({ GA, FGA, PA, FTA }: ParsingAccuracy): string {
  return [GA, FGA, PA, FTA].map((each) => each.toFixed(3)).join(' ')
}
