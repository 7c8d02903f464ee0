import { tokensOf, VARIABLE, type Message, type Token } from './tokens.ts'

/**
 * The template of each message: what it has in common with those that the same statement wrote, `<*>` for what varies. Messages with the same template are
 * one group.
 *
 * Words that are equally frequent at their places belong together: the largest such set within a message is its root, and messages with one root and as many
 * words are candidates (the idea of Brain, Yu et al., IEEE TSC 2023). Among these, a place with many words varies, one with few tells groups apart.
 * Before that neighbouring values are taken as one, and units after a value are left out, so that lists of any length and parts that are there now and then
 * do not tell groups apart.
 *
 * @param weights how many records each message stands for; missing: one
 * @param others further messages that differ from one only in their numbers: `acme7` is no name where another record has `acme8`
 * @param thresholds others than the product's: to try them (bench/logs-accuracy)
 */
export function templatesOf(
  messages: readonly string[],
  weights?: readonly number[],
  others?: (at: number) => readonly string[],
  thresholds: Thresholds = THRESHOLDS,
): readonly string[] {
  const lines = messages.map((message, at) =>
    lineOf(tokensOf(message), weights?.[at] ?? 1, () => others?.(at).map(tokensOf) ?? []),
  )
  const frequency = new Map<string, number>()
  for (const { words, weight } of lines)
    for (const [place, word] of words.entries()) addTo(frequency, `${words.length} ${place} ${word}`, weight)
  const templates = new Map<Line, string>()
  for (const candidates of grouped(lines, (line) => rootKey(line, frequency)))
    for (const [shape, members] of shapesOf(candidates, frequency, thresholds)) {
      const template = templateOf(members, shape)
      for (const line of members) templates.set(line, template)
    }
  return lines.map((line) => templates.get(line) ?? '')
}

interface Line {
  readonly message: Message
  /** Words that tell groups apart. */
  readonly words: readonly string[]
  /** Which tokens of the message these are. */
  readonly places: readonly number[]
  readonly weight: number
  /** Of other records that it stands for; asked when all else agrees. */
  readonly others: () => readonly Message[]
}

/** So many different words at one place mean that it varies. */
export interface Thresholds {
  readonly words: number
  /** At the beginning of a message. */
  readonly firstWords: number
  /** After `=`. */
  readonly wordsOfKey: number
  /** After `user`. */
  readonly users: number
  /** Share of the records below which a word is taken for a value, where others have a value at that place. */
  readonly minority: number
}

/**
 * From 3 to 6 words grouping accuracy is .968 on the mean of eight systems of LogHub; names of programs, states and levels are more than a few at the beginning
 * of a message, fewer after `=`, and after `user` stands a name. Chosen by six of these systems and tried on the other two they give .944 on the mean of all
 * pairs, where these give .988 (bench/logs-accuracy --cross-validate).
 */
export const THRESHOLDS: Thresholds = { words: 6, firstWords: 10, wordsOfKey: 4, users: 2, minority: 0.6 }

/** Units that stand after a value, and are there or not with its size. */
const UNITS: ReadonlySet<string> = new Set(
  'ns us ms s sec secs second seconds min mins minute minutes hour hours day days byte bytes KB MB GB'.split(' '),
)

function lineOf(message: Message, weight: number, others: Line['others']): Line {
  const words: string[] = []
  const places: number[] = []
  for (const [place, { before, word }] of message.tokens.entries()) {
    const afterValue = words.at(-1) === VARIABLE
    if (afterValue && word === VARIABLE && !before.includes('=')) continue
    if (afterValue && UNITS.has(word) && /^[ (]+$/.test(before)) continue
    words.push(word)
    places.push(place)
  }
  return { message, words, places, weight, others }
}

/** Places of the root: the most words of one frequency; of equally many the more frequent ones. */
function rootOf(words: readonly string[], frequency: ReadonlyMap<string, number>): readonly number[] {
  const sets = new Map<number, number[]>()
  for (const [place, word] of words.entries()) {
    if (word === VARIABLE) continue
    const often = frequency.get(`${words.length} ${place} ${word}`) ?? 0
    const known = sets.get(often)
    if (known) known.push(place)
    else sets.set(often, [place])
  }
  let root: readonly number[] = []
  let rootOften = 0
  for (const [often, places] of sets) {
    if (places.length < root.length || (places.length === root.length && often < rootOften)) continue
    root = places
    rootOften = often
  }
  return root
}

function rootKey({ words }: Line, frequency: ReadonlyMap<string, number>): string {
  const root = rootOf(words, frequency).map((place) => `${place} ${words[place]}`)
  return `${words.length} ${root.join(' ')}`
}

/** Candidates told apart by the words at places that do not vary. */
function shapesOf(
  candidates: readonly Line[],
  frequency: ReadonlyMap<string, number>,
  thresholds: Thresholds,
): ReadonlyMap<readonly string[], readonly Line[]> {
  const [first] = candidates
  if (!first) return new Map()
  const root = new Set(rootOf(first.words, frequency))
  const total = candidates.reduce((sum, { weight }) => sum + weight, 0)
  const columns = first.words.map((_, place) => {
    const column = new Map<string, number>()
    for (const { words, weight } of candidates) addTo(column, words[place] ?? '', weight)
    return column
  })
  const varies = (line: Line, word: string, place: number): boolean => {
    const column = columns[place]
    if (!column || root.has(place)) return false
    if (column.size >= mostWords(line, place, thresholds)) return true
    if (!column.has(VARIABLE)) return false
    return column.size > 2 || !/[A-Za-z]/.test(word) || (column.get(word) ?? 0) / total < thresholds.minority
  }
  const shapes = new Map<string, { readonly shape: readonly string[]; readonly members: Line[] }>()
  for (const line of candidates) {
    const shape = line.words.map((word, place) => (varies(line, word, place) ? VARIABLE : word))
    const key = shape.join('\n')
    const known = shapes.get(key)
    if (known) known.members.push(line)
    else shapes.set(key, { shape, members: [line] })
  }
  return new Map([...shapes.values()].map(({ shape, members }) => [shape, members]))
}

function mostWords({ message, words, places }: Line, place: number, thresholds: Thresholds): number {
  if (place === 0) return thresholds.firstWords
  const before = message.tokens[places[place] ?? 0]?.before ?? ''
  if (/="?$/.test(before)) return thresholds.wordsOfKey
  return words[place - 1] === 'user' ? thresholds.users : thresholds.words
}

/** The first of them, with `<*>` for what varies. What looks like a value and is the same in all of them, letters before it at least, is none: `ssh2`. */
function templateOf(members: readonly Line[], shape: readonly string[]): string {
  const [first] = members
  if (!first) return ''
  const { message, places } = first
  const words = new Map(places.map((place, at) => [place, shape[at]]))
  const alike = members.filter((line) => line.message.tokens.length === message.tokens.length)
  let read: readonly (readonly Token[])[] | undefined
  const further = (): readonly (readonly Token[])[] =>
    (read ??= alike
      .slice(0, LOOKED_AT)
      .flatMap(({ others }) => others())
      .map(({ tokens }) => tokens)
      .filter(({ length }) => length === message.tokens.length))
  const text = message.tokens.map((token, place) => {
    const word = words.get(place) ?? token.word
    if (word !== VARIABLE || token.word !== VARIABLE) return token.before + (isUser(word, token) ? VARIABLE : word)
    const tokens = alike.map((line) => line.message.tokens[place])
    const isSame = (each: Token | undefined): boolean => each?.raw === token.raw
    if (isNamed(token.raw, alike.length) && tokens.every(isSame) && further().every((each) => isSame(each[place])))
      return token.before + token.raw
    return token.before + (tokens.every((each) => each?.prefix === token.prefix) ? token.prefix : '') + VARIABLE
  })
  return (text.join('') + message.end).replaceAll('<*>>', VARIABLE)
}

/** Users that each system has (Khan et al. 2022 count them as values). */
function isUser(word: string, { before }: Token): boolean {
  return before.endsWith('=') && (word === 'root' || word === 'admin')
}

/** A name that ends in a number: of one digit where few records have it, since more may still come. */
function isNamed(raw: string, records: number): boolean {
  return (records >= ENOUGH ? NAME_WITH_NUMBER : NAME_WITH_DIGIT).test(raw)
}

const ENOUGH = 3
/** Messages of a group of which others are read: of more, all of one value, one that differs would have been among these. */
const LOOKED_AT = 16
const NAME_WITH_NUMBER = /^[A-Za-z][A-Za-z_$.]*\d{1,3}[A-Za-z_$.]*$/
const NAME_WITH_DIGIT = /^[A-Za-z][A-Za-z_$.]*\d[A-Za-z_$.]*$/

function grouped(lines: readonly Line[], keyOf: (line: Line) => string): Iterable<readonly Line[]> {
  return Map.groupBy(lines, keyOf).values()
}

function addTo(map: Map<string, number>, key: string, count: number): void {
  map.set(key, (map.get(key) ?? 0) + count)
}
