import { addressWords, isMapped, writtenAddress, type Address } from './address.ts'

/**
 * What stands for what in a clean export: plain data, kept at home in a private file, so that the next export says the same. Each
 * record leads from what was there to its substitute.
 */
export interface CleanMap {
  readonly schema: 'halligan.clean-map/1'
  /** `web-1` → `host-1`. In small letters. */
  readonly hosts: Readonly<Record<string, string>>
  /** `shop.example.com` → `domain-1.example` (RFC 2606). In small letters. */
  readonly domains: Readonly<Record<string, string>>
  /** `amy` → `user-1`. */
  readonly users: Readonly<Record<string, string>>
  /** `10.1.2.7` → `192.0.2.1`. */
  readonly addresses: Readonly<Record<string, string>>
}

export const emptyMap: CleanMap = { schema: 'halligan.clean-map/1', hosts: {}, domains: {}, users: {}, addresses: {} }

/** Names that cannot be told from other words by their form. */
export interface Names {
  /** Of boxes, short or with their domain. */
  readonly hosts: readonly string[]
  /** Domains of ours, beside those that the hosts are in. */
  readonly domains: readonly string[]
  readonly users: readonly string[]
}

/** The map with these names in it as well; what is in it already keeps its substitute. */
export function withNames(map: CleanMap, { hosts, domains, users }: Names): CleanMap {
  const parts = hosts.map((host) => hostParts(host.toLowerCase()))
  return {
    ...map,
    hosts: numbered(
      map.hosts,
      parts.map(({ host }) => host).filter((host) => !KEPT_HOSTS.has(host)),
      hostName,
    ),
    domains: numbered(
      map.domains,
      [...parts.flatMap(({ domain }) => domain ?? []), ...domains.map((domain) => domain.toLowerCase())],
      (n) => `domain-${n}.example`,
    ),
    users: numbered(
      map.users,
      users.filter((user) => !KEPT_USERS.has(user)),
      (n) => `user-${n}`,
    ),
  }
}

/** The map with hosts of its domains, as they are called below them. */
export function withHosts(map: CleanMap, hosts: readonly string[]): CleanMap {
  return { ...map, hosts: numbered(map.hosts, hosts, hostName) }
}

/** `web-1.shop.example.com` is the host web-1 of the domain shop.example.com; a name of two parts is that of a host. */
function hostParts(name: string): { readonly host: string; readonly domain: string | undefined } {
  const [host = '', ...domain] = name.split('.')
  return domain.length < 2 ? { host: name, domain: undefined } : { host, domain: domain.join('.') }
}

/**
 * The map with these addresses in it as well. Those of one network (/24, /64) have substitutes of one network, numbered as they come;
 * larger networks are not kept together.
 */
export function withAddresses(map: CleanMap, found: readonly Address[]): CleanMap {
  const addresses = { ...map.addresses }
  const networks = new Map<string, Network>()
  for (const [name, substitute] of Object.entries(map.addresses)) {
    const [address, other] = [writtenAddress(name)?.address, writtenAddress(substitute)?.address]
    if (address && other) counted(networks, address, prefixOf(other))
  }
  for (const address of found) {
    const name = addressWords(address)
    if (isKept(address) || Object.hasOwn(addresses, name)) continue
    const size = [...networks.values()].filter(({ prefix }) => prefix.length === prefixOf(address).length).length
    const network = networks.get(prefixOf(address).join()) ?? { prefix: substitutePrefix(address, size), hosts: 0 }
    addresses[name] = addressWords([...network.prefix, ...hostOf(address, network.hosts + 1)])
    counted(networks, address, network.prefix)
  }
  return { ...map, addresses }
}

interface Network {
  readonly prefix: Address
  readonly hosts: number
}

function counted(networks: Map<string, Network>, address: Address, prefix: Address): void {
  const name = prefixOf(address).join()
  networks.set(name, { prefix, hosts: (networks.get(name)?.hosts ?? 0) + (isHost(address) ? 1 : 0) })
}

function prefixOf(address: Address): Address {
  return address.slice(0, address.length === 4 ? 3 : 8)
}

/** The first and the last of a network stand for the network and for all in it. */
function isHost(address: Address): boolean {
  const rest = address.slice(prefixOf(address).length)
  return !(rest.every((byte) => byte === 0) || (rest.length === 1 && rest[0] === 255))
}

function hostOf(address: Address, number: number): Address {
  const rest = address.slice(prefixOf(address).length)
  return isHost(address) ? rest.map((_, at) => Math.floor(number / 256 ** (rest.length - 1 - at)) & 255) : rest
}

/** Networks for documentation (RFC 5737), then for benchmarks (RFC 2544), then of what nobody has (240.0.0.0/4, RFC 1112). */
const DOCUMENTATION: readonly Address[] = [
  [192, 0, 2],
  [198, 51, 100],
  [203, 0, 113],
]
const BENCHMARKS = 512

function substitutePrefix(address: Address, number: number): Address {
  // Link-local addresses say nothing but the interface.
  if (address.length === 16 && address[0] === 0xfe) return prefixOf(address)
  // 2001:db8::/32 is for documentation (RFC 3849).
  if (address.length === 16)
    return [0x20, 0x01, 0x0d, 0xb8, number >>> 24, number >>> 16, number >>> 8, number].map((byte) => byte & 255)
  const later = number - DOCUMENTATION.length
  if (later < 0) return DOCUMENTATION[number] ?? []
  if (later < BENCHMARKS) return [198, 18 + (later >>> 8), later & 255]
  const last = later - BENCHMARKS
  return [240 + ((last >>> 16) & 15), (last >>> 8) & 255, last & 255]
}

/** What says nothing of whose it is: loopback, no address, masks, multicast, the metadata service of clouds. */
export function isKept(address: Address): boolean {
  if (isMapped(address)) return isKept(address.slice(12))
  const [first = 0] = address
  if (address.length === 16)
    return first === 255 || (address.slice(0, 15).every((byte) => byte === 0) && (address[15] ?? 0) <= 1)
  return [0, 127, 255].includes(first) || (first >= 224 && first < 240) || address.join('.') === '169.254.169.254'
}

const hostName = (number: number): string => `host-${number}`

function numbered(
  known: Readonly<Record<string, string>>,
  names: readonly string[],
  substitute: (number: number) => string,
): Readonly<Record<string, string>> {
  const all = new Map(Object.entries(known))
  for (const name of names) if (name !== '' && !all.has(name)) all.set(name, substitute(all.size + 1))
  return Object.fromEntries(all)
}

const KEPT_HOSTS: ReadonlySet<string> = new Set([
  'localhost',
  'local',
  'localhost.localdomain',
  'ip6-localhost',
  'ip6-loopback',
])
/** Users that a system or an image of a cloud comes with. */
const KEPT_USERS: ReadonlySet<string> = new Set(
  `root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats nobody _apt messagebus sshd systemd-network
  systemd-resolve systemd-timesync systemd-journal polkitd postgres mysql redis nginx apache httpd http git docker node tomcat rabbitmq
  elasticsearch mongodb memcache haproxy postfix dovecot named ntp chrony dbus tss admin ubuntu debian centos fedora ec2-user core vagrant`.split(
    /\s+/,
  ),
)
