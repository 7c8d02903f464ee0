import { writtenAddress } from './address.ts'
import { hardwareSubstitute, isKeptHardware } from './hardware-address.ts'
import { KEPT_HOSTS, KEPT_USERS, NOBODYS_WORDS, PRIVATE_SUFFIXES, SECOND_LEVELS } from './kept-names.ts'

/**
 * What stands for what in a clean export: plain data, kept at home in a private file (`map-file.ts`), so that the next export says the
 * same. Each record leads from what was there to its substitute; what is once in it keeps that.
 */
export interface CleanMap {
  readonly schema: 'halligan.clean-map/1'
  /** `web-1` → `host-1`. In small letters. */
  readonly hosts: Substitutes
  /** `shop.example.com` → `domain-1.example` (RFC 2606). In small letters. */
  readonly domains: Substitutes
  /** `amy` → `user-1`. In small letters. */
  readonly users: Substitutes
  /** `10.1.2.7` → `192.0.2.1`. */
  readonly addresses: Substitutes
  /** `525400a1b2c3` → `020000000001`: digits of hardware addresses. */
  readonly hardware: Substitutes
  /** Ids of machines and of their boots, without hyphens → a number as long. In small letters. */
  readonly ids: Substitutes
  /** What else is not to be read: `acme` → `word-1`. In small letters. */
  readonly words: Substitutes
}
export type Substitutes = Readonly<Record<string, string>>
export type Kind = Exclude<keyof CleanMap, 'schema'>

export const emptyMap: CleanMap = {
  schema: 'halligan.clean-map/1',
  hosts: {},
  domains: {},
  users: {},
  addresses: {},
  hardware: {},
  ids: {},
  words: {},
}

/** Names that cannot be told from other words by their form. */
export interface Names {
  /** Of boxes, short or with their domain. */
  readonly hosts: readonly string[]
  /** Domains of ours, beside those that the hosts are in. */
  readonly domains: readonly string[]
  readonly users: readonly string[]
}

/** The map with these names in it as well. */
export function withNames(map: CleanMap, { hosts, domains, users }: Names): CleanMap {
  const parts = hosts
    .map((host) => host.toLowerCase())
    .filter(isHostName)
    .map(hostParts)
  const all = [...parts.flatMap(({ domain }) => domain ?? []), ...domains.map((domain) => domain.toLowerCase())]
  const owned = all.flatMap((domain) => registeredIn(domain) ?? [])
  return {
    ...map,
    hosts: numbered(
      map.hosts,
      parts.flatMap(({ host }) => host ?? []),
      hostName,
    ),
    domains: numbered(map.domains, [...all, ...owned], (n) => `domain-${n}.example`),
    users: numbered(
      map.users,
      users.map((user) => user.toLowerCase()).filter((user) => !KEPT_USERS.has(user)),
      (n) => `user-${n}`,
    ),
    words: numbered(map.words, owned.map((domain) => domain.split('.')[0] ?? '').filter(isOwnersWord), wordName),
  }
}

/** The map with hosts of its domains, as they are called below them. */
export function withHosts(map: CleanMap, hosts: readonly string[]): CleanMap {
  return { ...map, hosts: numbered(map.hosts, hosts, hostName) }
}

export function withWords(map: CleanMap, words: readonly string[]): CleanMap {
  return {
    ...map,
    words: numbered(
      map.words,
      words.map((word) => word.toLowerCase()),
      wordName,
    ),
  }
}

/** @param names digits, as `hardwareName` gives them */
export function withHardware(map: CleanMap, names: readonly string[]): CleanMap {
  const all = new Map(Object.entries(map.hardware))
  for (const name of names)
    if (!isKeptHardware(name) && !all.has(name)) all.set(name, hardwareSubstitute(name, all.size + 1))
  return { ...map, hardware: Object.fromEntries(all) }
}

/** @param ids with hyphens or without */
export function withIds(map: CleanMap, ids: readonly string[]): CleanMap {
  const all = new Map(Object.entries(map.ids))
  for (const id of ids.map(idName))
    if (id.length >= SHORTEST_ID && !/^0+$/.test(id) && !all.has(id)) all.set(id, idSubstitute(id, all.size + 1))
  return { ...map, ids: Object.fromEntries(all) }
}

/** An id of a machine or a boot is 32 hex digits; a shorter one could be a number that means something else. Characters. */
const SHORTEST_ID = 8

/** As long; what is shown of an id is its beginning. */
function idSubstitute(id: string, number: number): string {
  return number.toString(16).padStart(SHORTEST_ID, '0').padEnd(id.length, '0')
}

export function idName(id: string): string {
  return id.replaceAll('-', '').toLowerCase()
}

/** An address is none, and a number is more often something else. */
function isHostName(name: string): boolean {
  return /[a-z]/.test(name) && !KEPT_HOSTS.has(name) && writtenAddress(name) === undefined
}

interface HostParts {
  readonly host: string | undefined
  readonly domain: string | undefined
}

/**
 * `web-1.shop.example.com` is the host web-1 of the domain shop.example.com, `web-1.internal` the host web-1; any other name of two
 * parts is itself a domain.
 */
function hostParts(name: string): HostParts {
  const suffix = PRIVATE_SUFFIXES.find((each) => name.endsWith(`.${each}`))
  const own = suffix === undefined ? name : name.slice(0, -suffix.length - 1)
  const [host = '', ...rest] = own.split('.')
  if (suffix !== undefined) return { host, domain: rest.length === 0 ? undefined : `${rest.join('.')}.${suffix}` }
  if (rest.length === 0) return { host: name, domain: undefined }
  return rest.length === 1 ? { host: undefined, domain: name } : { host, domain: rest.join('.') }
}

/** The part of a domain that somebody has registered: `example.com` of `shop.example.com`; undefined where nobody has. */
function registeredIn(domain: string): string | undefined {
  if (PRIVATE_SUFFIXES.some((suffix) => domain.endsWith(`.${suffix}`))) return undefined
  const labels = domain.split('.')
  const [second = '', top = ''] = labels.slice(-2)
  const isBelow = labels.length > 2 && top.length === 2 && SECOND_LEVELS.has(second)
  const registered = labels.slice(isBelow ? -3 : -2)
  return registered.length < 2 || NOBODYS_WORDS.has(registered[0] ?? '') ? undefined : registered.join('.')
}

/** A shorter one stands in texts for something else. Characters. */
const SHORTEST_WORD = 3

function isOwnersWord(word: string): boolean {
  return word.length >= SHORTEST_WORD
}

const hostName = (number: number): string => `host-${number}`
const wordName = (number: number): string => `word-${number}`

function numbered(known: Substitutes, names: readonly string[], substitute: (number: number) => string): Substitutes {
  const all = new Map(Object.entries(known))
  for (const name of names) if (name !== '' && !all.has(name)) all.set(name, substitute(all.size + 1))
  return Object.fromEntries(all)
}
