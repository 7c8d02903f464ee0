import { addressSpans, addressWords, isMapped, writtenAddress, type Address } from './address.ts'
import { withHardware, withHosts, withIds, withNames, type CleanMap, type Substitutes } from './clean-map.ts'
import { hardwareName, hardwareSpans } from './hardware-address.ts'
import { KEPT_HOSTS } from './kept-names.ts'
import { withAddresses } from './networks.ts'
import { TOLD } from './told-forms.ts'

/** What texts show by the form in which it stands there. Grows as texts are shown. */
export interface Sightings {
  see(text: string): void
  /** The map with all of it. */
  addedTo(map: CleanMap): CleanMap
  /** Hosts of addresses on the net (`https://api.example.org/`) of which this map has no substitute: whose they are nobody can tell. */
  foreign(map: CleanMap): readonly string[]
}

export function sightings(): Sightings {
  const addresses = new Map<string, Address>()
  const sets = {
    hardware: new Set<string>(),
    ids: new Set<string>(),
    users: new Set<string>(),
    hosts: new Set<string>(),
    domains: new Set<string>(),
    /** Names with dots, whatever they are; `user@host`; hosts in URLs. */
    dotted: new Set<string>(),
    logins: new Set<string>(),
    urls: new Set<string>(),
  }
  return {
    see: (text) => {
      for (const { start, end } of hardwareSpans(text)) sets.hardware.add(hardwareName(text.slice(start, end)))
      for (const { start, end } of addressSpans(text)) {
        const address = plainAddress(text.slice(start, end))
        if (address) addresses.set(addressWords(address), address)
      }
      for (const [each] of text.matchAll(DOTTED)) if (each.length <= LONGEST_NAME) sets.dotted.add(each.toLowerCase())
      for (const [kind, forms] of TOLD)
        for (const form of forms) for (const { groups = {} } of text.matchAll(form)) add(sets[kind], groups)
    },
    addedTo: (map) => {
      const named = withNames(map, { hosts: [...sets.hosts], domains: [...sets.domains], users: [...sets.users] })
      const known = withNames(named, { ...knownFrom(sets.logins, named), domains: [] })
      const below = [...sets.dotted].flatMap((name) => hostBelow(name, known.domains) ?? [])
      const all = withIds(withHardware(withHosts(known, below), [...sets.hardware]), [...sets.ids])
      return { ...all, addresses: withAddresses(all.addresses, [...addresses.values()]) }
    },
    foreign: (map) =>
      [...sets.urls].filter(
        (name) =>
          name.includes('.') && !writtenAddress(name) && !isBelowOne(name, map) && !Object.hasOwn(map.domains, name),
      ),
  }
}

/** Of IPv4 also where it is written as one of IPv6. */
export function plainAddress(text: string): Address | undefined {
  const address = writtenAddress(text)?.address
  return address && isMapped(address) ? address.slice(12) : address
}

/** Of a name with its domain (RFC 1035, 2.3.4). Characters. */
const LONGEST_NAME = 253
/** Whose last part begins with a letter, as no number does. */
const DOTTED =
  /(?<![A-Za-z0-9_]|[A-Za-z0-9_-]\.)[A-Za-z0-9_][A-Za-z0-9_-]{0,62}(?:\.[A-Za-z0-9_-]{1,63}){0,20}\.[A-Za-z][A-Za-z0-9-]{0,62}/g
function add(set: Set<string>, { name, person, list, at }: Readonly<Record<string, string | undefined>>): void {
  if (at !== undefined && !plainAddress(at)) return
  for (const each of [name, person, ...(list ?? '').split(/\s+/)]) {
    const trimmed = (each ?? '')
      .replace(/[.-]+$/, '')
      .trim()
      .toLowerCase()
    if (trimmed.length >= SHORTEST) set.add(trimmed)
  }
}

/** What a text shows in passing and is shorter is more often something else. Characters. */
const SHORTEST = 2

/** Of `amy@web-7` one that is known tells of the other. */
function knownFrom(
  logins: Iterable<string>,
  map: CleanMap,
): { readonly users: readonly string[]; readonly hosts: readonly string[] } {
  const users: string[] = []
  const hosts: string[] = []
  for (const login of logins) {
    const at = login.lastIndexOf('@')
    const [user, host] = [login.slice(0, at), login.slice(at + 1)]
    const isHost =
      Object.hasOwn(map.hosts, host) ||
      Object.hasOwn(map.domains, host) ||
      isBelowOne(host, map) ||
      plainAddress(host) !== undefined
    if (isHost || KEPT_HOSTS.has(host)) users.push(user)
    else if ((Object.hasOwn(map.users, user) || user === 'root') && !NO_HOST.test(host)) hosts.push(host)
  }
  return { users, hosts }
}

/** `user@1000.service` is a unit of systemd, `root@notty` a session of sshd. */
const NO_HOST = /\.(?:service|slice|scope|timer|socket|target|mount|device)$|^(?:notty|pts|tty\w*|internal-sftp)$/

/** What a name is called below the longest domain of the map that it is in. */
export function hostBelow(name: string, domains: Substitutes): string | undefined {
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1))
    if (Object.hasOwn(domains, name.slice(dot + 1))) return name.slice(0, dot)
  return undefined
}

function isBelowOne(name: string, map: CleanMap): boolean {
  return hostBelow(name, map.domains) !== undefined
}
