import { applied, type Change } from '../change.ts'
import { MARKS } from '../redaction/mark.ts'
import { addressSpans, addressWords, isMapped, writtenAddress } from './address.ts'
import { idName, type CleanMap, type Kind } from './clean-map.ts'
import { isWordStart, spansOf, startOfRun, type Span } from './edges.ts'
import { hardwareName, hardwareSpans, isKeptHardware, writtenAs } from './hardware-address.ts'
import { isKept } from './networks.ts'
import { plainAddress, sightings } from './sightings.ts'

/**
 * Puts substitutes in the place of host names, addresses and users: the same one everywhere, so that the text can still be followed.
 * Loopback, masks and multicast stay, and so do marks of secrets. A function of the text and the map; an address or a host of a
 * domain in the map that is not in it (`seenIn` was not shown this text) becomes `‹address›` or `‹host›`.
 */
export function cleaner(map: CleanMap): (text: string) => string {
  const changesIn = cleanerChanges(map)
  return (text) => applied(text, changesIn(text))
}

/** Where the cleaned text differs, in order. `onUsed` is told of each substitute that stands there. */
export function cleanerChanges(
  map: CleanMap,
  onUsed: (kind: Kind, substitute: string) => void = () => {},
): (text: string) => readonly Change[] {
  const finders = findersOf(map, lookup(map, onUsed))
  return (text) => {
    const found = finders.flatMap(({ spans, substituteOf }, rank) =>
      [...spans(text)].map((span) => ({ ...span, rank, substituteOf })),
    )
    const changes: Change[] = []
    let done = 0
    // Of two that overlap the one that begins first counts, and of those that begin together the one that is looked for first.
    for (const { start, end, substituteOf } of found.toSorted((a, b) => a.start - b.start || a.rank - b.rank)) {
      if (start < done) continue
      const mark = substituteOf(text.slice(start, end))
      if (mark === undefined) continue
      done = end
      changes.push({ start, end, mark })
    }
    return changes
  }
}

/** The map with what can be told by its form in these texts: addresses, hosts of its domains, users where programs name them. */
export function seenIn(map: CleanMap, texts: Iterable<string>): CleanMap {
  const seen = sightings()
  for (const text of texts) seen.see(text)
  return seen.addedTo(map)
}

type Lookup = (kind: Kind, name: string) => string | undefined

function lookup(map: CleanMap, onUsed: (kind: Kind, substitute: string) => void): Lookup {
  return (kind, name) => {
    const substitute = Object.hasOwn(map[kind], name) ? map[kind][name] : undefined
    if (substitute !== undefined) onUsed(kind, substitute)
    return substitute
  }
}

interface Finder {
  /** What may be one, in any order. */
  readonly spans: (text: string) => Iterable<Span>
  /** Undefined where it is none after all. */
  readonly substituteOf: (text: string) => string | undefined
}

/** A shorter name is a word of its own; it counts only where users, or hosts, stand. Characters. */
const USER_LENGTH = 3
const HOST_LENGTH = 2

/** What is looked for, in the order in which it counts. */
function findersOf({ hosts, domains, users, ids, words }: CleanMap, find: Lookup): readonly Finder[] {
  const [longUsers, shortUsers] = byLength(Object.keys(users), USER_LENGTH)
  const [longHosts, shortHosts] = byLength(Object.keys(hosts), HOST_LENGTH)
  const host = (text: string): string | undefined => find('hosts', text.toLowerCase())
  const user = (text: string): string | undefined => find('users', nameOf(text))
  return [
    { spans: (text) => spansOf(MARK, text), substituteOf: (text) => text },
    { spans: hardwareSpans, substituteOf: (text) => hardwareFor(text, find) },
    { spans: addressSpans, substituteOf: (text) => addressFor(text, find) },
    ...wordFinder(Object.keys(ids).map(idForm), (text) => idFor(text, find)),
    ...domainFinder(Object.keys(domains).map(escaped), find),
    ...wordFinder(longHosts.map(escaped), host),
    ...placeFinder((name) => `(?:^|(?<=@|//))(?:${name})(?=$|[:/])`, shortHosts.map(escaped), host),
    ...wordFinder(longUsers.map(escaped), user),
    ...placeFinder(
      (name) => `(?<=/home/|/Users/|~|\\(|\\buser[ =:])(?:${name})(?![A-Za-z0-9])`,
      shortUsers.map(escaped),
      user,
    ),
    ...placeFinder((name) => `(?<![A-Za-z0-9])(?:${name})(?=@)`, shortUsers.map(escaped), user),
    ...wordFinder(Object.keys(words).map(escaped), (text) => find('words', nameOf(text))),
  ]
}

const MARK = new RegExp(MARKS.source, 'g')

function wordFinder(forms: readonly string[], substituteOf: Finder['substituteOf']): readonly Finder[] {
  if (forms.length === 0) return []
  const pattern = patternOf(oneOf(forms))
  return [{ spans: (text) => spansOf(pattern, text, ({ start }) => isWordStart(text, start)), substituteOf }]
}

function placeFinder(
  place: (names: string) => string,
  forms: readonly string[],
  substituteOf: Finder['substituteOf'],
): readonly Finder[] {
  if (forms.length === 0) return []
  const pattern = new RegExp(place(oneOf(forms)), 'gim')
  return [{ spans: (text) => spansOf(pattern, text), substituteOf }]
}

/** Of names with a dot between their parts. Characters. */
const LONGEST_NAME = 253
const NAME_CHARACTER = /[A-Za-z0-9_.-]/

/** A domain, with what stands below it. */
function domainFinder(forms: readonly string[], find: Lookup): readonly Finder[] {
  if (forms.length === 0) return []
  const pattern = patternOf(oneOf(forms))
  const whole = new RegExp(`^(?<labels>.*?\\.)??(?<domain>${oneOf(forms)})$`, 'i')
  return [
    {
      spans: function* (text) {
        for (const { start, end } of spansOf(pattern, text, (span) => isWordStart(text, span.start))) {
          const begins = text[start - 1] === '.' ? startOfRun(text, start, NAME_CHARACTER, LONGEST_NAME) : start
          const from = text.slice(begins, start).search(/[A-Za-z0-9_]/)
          yield { start: from < 0 ? start : begins + from, end }
        }
      },
      substituteOf: (text) => {
        const { labels, domain = '' } = whole.exec(text)?.groups ?? {}
        const below = labels === undefined ? '' : `${find('hosts', labels.slice(0, -1).toLowerCase()) ?? '‹host›'}.`
        return below + (find('domains', domain.toLowerCase()) ?? '')
      },
    },
  ]
}

function patternOf(names: string): RegExp {
  return new RegExp(`(?:${names})(?![A-Za-z0-9])`, 'gi')
}

function addressFor(text: string, find: Lookup): string | undefined {
  const written = writtenAddress(text)
  const address = plainAddress(text)
  if (!written || !address) return undefined
  if (isKept(address)) return text
  const name = find('addresses', addressWords(address))
  const substitute = name === undefined ? undefined : writtenAddress(name)?.address
  if (!substitute) return '‹address›'
  return written.write(isMapped(written.address) ? [...written.address.slice(0, 12), ...substitute] : substitute)
}

function hardwareFor(text: string, find: Lookup): string {
  const name = hardwareName(text)
  if (isKeptHardware(name)) return text
  const substitute = find('hardware', name)
  return substitute === undefined ? '‹address›' : writtenAs(text, substitute)
}

function idFor(text: string, find: Lookup): string | undefined {
  const substitute = find('ids', idName(text))
  return substitute === undefined ? undefined : writtenAs(text, substitute)
}

function byLength(names: readonly string[], length: number): readonly [readonly string[], readonly string[]] {
  return [names.filter((name) => name.length >= length), names.filter((name) => name.length < length)]
}

/** The longest first. */
function oneOf(forms: readonly string[]): string {
  return forms.toSorted((a, b) => b.length - a.length).join('|')
}

function escaped(name: string): string {
  return name.replaceAll(/[^\w\s]/g, String.raw`\$&`).replaceAll(/\s+/g, String.raw`\s+`)
}

function nameOf(text: string): string {
  return text.toLowerCase().replaceAll(/\s+/g, ' ')
}

/** With hyphens, which may stand where those of a UUID do, or without. */
function idForm(id: string): string {
  if (id.length !== 32) return escaped(id)
  return `${id}|${[id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-')}`
}
