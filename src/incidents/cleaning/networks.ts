import { addressWords, isMapped, writtenAddress, type Address } from './address.ts'
import type { Substitutes } from './clean-map.ts'

/**
 * Substitutes with those of these addresses as well. Those of one network (/24, /64) have substitutes of one network, numbered as they come;
 * larger networks are not kept together.
 */
export function withAddresses(known: Substitutes, found: readonly Address[]): Substitutes {
  const addresses = new Map(Object.entries(known))
  const networks = { four: new Map<string, Network>(), six: new Map<string, Network>() }
  const networksLike = (address: Address): Map<string, Network> => (address.length === 4 ? networks.four : networks.six)
  for (const [name, substitute] of addresses) {
    const [address, other] = [writtenAddress(name)?.address, writtenAddress(substitute)?.address]
    if (address && other) count(networksLike(address), address, prefixOf(other))
  }
  for (const address of found) {
    const name = addressWords(address)
    if (isKept(address) || addresses.has(name)) continue
    const like = networksLike(address)
    const network = like.get(prefixOf(address).join()) ?? { prefix: substitutePrefix(address, like.size), hosts: 0 }
    addresses.set(name, addressWords([...network.prefix, ...hostOf(address, network.hosts + 1)]))
    count(like, address, network.prefix)
  }
  return Object.fromEntries(addresses)
}

interface Network {
  readonly prefix: Address
  readonly hosts: number
}

function count(networks: Map<string, Network>, address: Address, prefix: Address): void {
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

/** What says nothing of whose it is: loopback, no address, masks, multicast, the network of link-local addresses, the metadata service of clouds. */
export function isKept(address: Address): boolean {
  if (isMapped(address)) return isKept(address.slice(12))
  const [first = 0] = address
  if (address.length === 16)
    return (
      first === 255 ||
      addressWords(address) === 'fe80::' ||
      (address.slice(0, 15).every((byte) => byte === 0) && (address[15] ?? 0) <= 1)
    )
  return [0, 127, 255].includes(first) || (first >= 224 && first < 240) || address.join('.') === '169.254.169.254'
}
