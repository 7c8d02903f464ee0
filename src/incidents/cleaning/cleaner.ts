import { MARKS } from '../redaction/mark.ts'
import { ADDRESS_FORM, addressWords, isMapped, writtenAddress, type Address } from './address.ts'
import { isKept, withAddresses, withHosts, type CleanMap } from './clean-map.ts'

/**
 * Puts substitutes in the place of host names, addresses and users: the same one everywhere, so that the text can still be followed.
 * Loopback, masks and multicast stay, and so do marks of secrets. A function of the text and the map; an address or a host of a
 * domain in the map that is not in it (`seenIn` was not shown this text) becomes `‹address›` or `‹host›`.
 */
export function cleaner(map: CleanMap): (text: string) => string {
  const form = formOf(map)
  return (text) => {
    let cleaned = ''
    let written = 0
    for (const match of text.matchAll(form)) {
      cleaned += text.slice(written, match.index) + substituteOf(match, map)
      written = match.index + match[0].length
    }
    return written === 0 ? text : cleaned + text.slice(written)
  }
}

/** The map with what can be told by its form in these texts: addresses, and hosts of its domains. */
export function seenIn(map: CleanMap, texts: Iterable<string>): CleanMap {
  const form = formOf(map)
  const hosts = new Set<string>()
  const addresses = new Map<string, Address>()
  for (const text of texts)
    for (const { groups } of text.matchAll(form)) {
      if (groups?.['labels']) hosts.add(groups['labels'].slice(0, -1).toLowerCase())
      const address = groups?.['address'] === undefined ? undefined : plainAddress(groups['address'])
      if (address) addresses.set(addressWords(address), address)
    }
  return withAddresses(withHosts(map, [...hosts]), [...addresses.values()])
}

function substituteOf({ 0: text, groups = {} }: RegExpExecArray, map: CleanMap): string {
  const { address, labels, domain, host, user } = groups
  if (address !== undefined) return addressFor(address, map)
  if (domain !== undefined) {
    const below = labels ? `${map.hosts[labels.slice(0, -1).toLowerCase()] ?? '‹host›'}.` : ''
    return below + (map.domains[domain.toLowerCase()] ?? '')
  }
  if (host !== undefined) return map.hosts[host.toLowerCase()] ?? text
  return user === undefined ? text : (map.users[user] ?? text)
}

function addressFor(text: string, map: CleanMap): string {
  const written = writtenAddress(text)
  const address = plainAddress(text)
  if (!written || !address || isKept(address)) return text
  const name = map.addresses[addressWords(address)]
  const substitute = name === undefined ? undefined : writtenAddress(name)?.address
  if (!substitute) return '‹address›'
  return written.write(isMapped(written.address) ? [...written.address.slice(0, 12), ...substitute] : substitute)
}

/** Of IPv4 also where it is written as one of IPv6. */
function plainAddress(text: string): Address | undefined {
  const address = writtenAddress(text)?.address
  return address && isMapped(address) ? address.slice(12) : address
}

/** A shorter name is a word of its own; it counts only where users stand. Characters. */
const USER_LENGTH = 3
const NOTHING = '(?!)'

/** What may have to be replaced, the longest names first. */
function formOf({ hosts, domains, users }: CleanMap): RegExp {
  const [long, short] = [
    Object.keys(users).filter((user) => user.length >= USER_LENGTH),
    Object.keys(users).filter((user) => user.length < USER_LENGTH),
  ]
  const label = '[A-Za-z0-9_-]{1,63}'
  return new RegExp(
    [
      MARKS.source,
      `(?<address>${ADDRESS_FORM})`,
      `(?<![A-Za-z0-9.-])(?<labels>(?:${label}\\.){0,8}?)(?<domain>${oneOf(Object.keys(domains), 'i')})(?![A-Za-z0-9-])`,
      `(?<![A-Za-z0-9])(?<host>${oneOf(Object.keys(hosts), 'i')})(?![A-Za-z0-9])`,
      `(?<![A-Za-z0-9])(?<user>${oneOf(long)})(?![A-Za-z0-9])`,
      `(?<=/home/|~|\\(|\\buser[ =:])(?<user>${oneOf(short)})(?![A-Za-z0-9])`,
      `(?<![A-Za-z0-9])(?<user>${oneOf(short)})(?=@)`,
    ].join('|'),
    'g',
  )
}

function oneOf(names: readonly string[], flags = ''): string {
  if (names.length === 0) return NOTHING
  const sources = names.toSorted((a, b) => b.length - a.length).map((name) => name.replaceAll(/\W/g, String.raw`\$&`))
  return `(?${flags}:${sources.join('|')})`
}
