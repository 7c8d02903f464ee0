import { applied, type Change } from '../change.ts'
import { MARKS } from '../redaction/mark.ts'
import { addressSpans, addressWords, isMapped, writtenAddress } from './address.ts'
import { idName, type CleanMap, type Kind, type Substitutes } from './clean-map.ts'
import { spansOf, startOfRun, type Span } from './edges.ts'
import { hardwareName, hardwareSpans, isKeptHardware, writtenAs } from './hardware-address.ts'
import { isKept } from './networks.ts'
import { escaped, nameSpans, oneOf } from './name-spans.ts'
import { hostBelow, plainAddress, sightings } from './sightings.ts'

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
    for (const { start, end, substituteOf } of found.toSorted(inOrder)) {
      if (end <= done) continue
      const mark = substituteOf(text.slice(start, end))
      if (mark === undefined) continue
      // What goes on behind the one before is a part of a name all the same.
      changes.push(start < done ? { start: done, end, mark: '‹name›' } : { start, end, mark })
      done = end
    }
    return changes
  }
}

interface Place extends Span {
  readonly rank: number
}

/** Of those that begin together, the one that is looked for first, and of that the longest. */
function inOrder(one: Place, other: Place): number {
  return one.start - other.start || one.rank - other.rank || other.end - one.end
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
function findersOf(map: CleanMap, find: Lookup): readonly Finder[] {
  const shortHosts = Object.keys(map.hosts).filter((name) => name.length < HOST_LENGTH)
  const shortUsers = Object.keys(map.users).filter((name) => name.length < USER_LENGTH)
  const host = (text: string): string | undefined => find('hosts', text.toLowerCase())
  const user = (text: string): string | undefined => find('users', text.toLowerCase())
  return [
    { spans: (text) => spansOf(MARK, text), substituteOf: (text) => text },
    { spans: hardwareSpans, substituteOf: (text) => hardwareFor(text, find) },
    { spans: addressSpans, substituteOf: (text) => addressFor(text, find) },
    nameFinder(map, find),
    ...placeFinder((name) => `(?:^|(?<=@|//))(?:${name})(?=$|[:/])`, shortHosts, host),
    ...placeFinder((name) => `(?<=/home/|/Users/|~|\\(|\\buser[ =:])(?:${name})(?![A-Za-z0-9])`, shortUsers, user),
    ...placeFinder((name) => `(?<![A-Za-z0-9])(?:${name})(?=@)`, shortUsers, user),
  ]
}

const MARK = new RegExp(MARKS.source, 'g')
/** Of names with a dot between their parts. Characters. */
const LONGEST_NAME = 253
const NAME_CHARACTER = /[A-Za-z0-9_.-]/

/** Names that count wherever they stand; to a domain belongs what stands below it. */
function nameFinder({ ids, domains, hosts, users, words }: CleanMap, find: Lookup): Finder {
  const names = [
    ...Object.keys(ids).flatMap(idForms),
    ...Object.keys(domains),
    ...Object.keys(hosts).filter((name) => name.length >= HOST_LENGTH),
    ...Object.keys(users).filter((name) => name.length >= USER_LENGTH),
    ...Object.keys(words),
  ]
  const spansOfNames = nameSpans([...new Set(names)])
  return {
    spans: function* (text) {
      for (const { start, end } of spansOfNames(text)) {
        const isBelow = text[start - 1] === '.' && Object.hasOwn(domains, text.slice(start, end).toLowerCase())
        const begins = isBelow ? startOfRun(text, start, NAME_CHARACTER, LONGEST_NAME) : start
        const from = text.slice(begins, start).search(/[A-Za-z0-9_]/)
        yield { start: from < 0 ? start : begins + from, end }
      }
    },
    substituteOf: (text) => {
      const name = text.toLowerCase().replaceAll(/\s+/g, ' ')
      return (
        idFor(text, find) ??
        domainFor(name, domains, find) ??
        find('hosts', name) ??
        find('users', name) ??
        find('words', name)
      )
    },
  }
}

function domainFor(name: string, domains: Substitutes, find: Lookup): string | undefined {
  const labels = Object.hasOwn(domains, name) ? undefined : hostBelow(name, domains)
  const domain = find('domains', labels === undefined ? name : name.slice(labels.length + 1))
  if (domain === undefined || labels === undefined) return domain
  return `${find('hosts', labels) ?? '‹host›'}.${domain}`
}

function placeFinder(
  place: (names: string) => string,
  names: readonly string[],
  substituteOf: Finder['substituteOf'],
): readonly Finder[] {
  if (names.length === 0) return []
  const pattern = new RegExp(place(oneOf(names.map(escaped))), 'gim')
  return [{ spans: (text) => spansOf(pattern, text), substituteOf }]
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

/** With hyphens, which may stand where those of a UUID do, or without. */
function idForms(id: string): readonly string[] {
  if (id.length !== 32) return [id]
  return [id, [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-')]
}
