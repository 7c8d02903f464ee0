import { NotThere, probe, Unreadable } from '../probe.ts'

export interface Routes {
  /** Interfaces over which a default route of IPv4 or IPv6 leads. */
  readonly defaults: readonly string[]
  /** There is a default route (IPv4) that rejects: of type unreachable, prohibit or blackhole. */
  readonly defaultRejects: boolean
  /** Interfaces over which any route leads (loopback left out). */
  readonly interfaces: readonly string[]
  /** Gateways of default routes (IPv4) that the box has asked for their hardware address; undefined where the answer does not tell. */
  readonly gateways: readonly Gateway[] | undefined
}

export interface Gateway {
  readonly address: string
  readonly interface: string
  /** False: it was asked by ARP, and has not answered. */
  readonly answers: boolean
}

/**
 * Does a way lead out of the box, and over which interfaces?
 *
 *   there net/route
 *   default eth0
 *   route eth0
 *   rejecting default              <- a default route without an interface, for which the table of IPv4 has a *
 *   there net/arp
 *   gateway 10.0.0.1 eth0 0x0      <- a gateway of a default route; its flags in the table of neighbours, 0x0: asked, and no answer
 *   end
 *
 * Counted on the box: a router has a million routes. The table of IPv4 gives destination and mask as hex words, that of IPv6 a prefix and its
 * length; a gateway that nobody has asked for its hardware address has no row in that of neighbours. Words are taken for little-endian, as in
 * tcp-table.ts. Sources: net/ipv4/fib_trie.c (fib_route_seq_show), net/ipv6/ip6_fib.c, net/ipv4/arp.c (arp_format_neigh_entry). Read by the awk
 * of `sockets`, so it costs no process.
 */
export const routes = probe({
  id: 'routes',
  title: 'Routes',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 3,
  within: 'sockets',
  parse: ({ during }): Routes => {
    const lines = (during?.text ?? '').split('\n')
    if (!lines.includes('end')) throw new Unreadable('the list of routes did not come to its end')
    if (!lines.includes('there net/route')) throw new NotThere('the kernel has no /proc/net/route')
    const of = (word: string): readonly string[] =>
      lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : [])).toSorted()
    return {
      defaults: of('default'),
      defaultRejects: lines.includes('rejecting default'),
      interfaces: of('route'),
      gateways: lines.includes('there net/arp') ? of('gateway').flatMap(readGateway) : undefined,
    }
  },
})

function readGateway(line: string): readonly Gateway[] {
  const [, address, name, flags] = /^((?:\d{1,3}\.){3}\d{1,3}) (\S+) 0x([0-9a-f]+)$/.exec(line) ?? []
  return address && name && flags ? [{ address, interface: name, answers: !/^0+$/.test(flags) }] : []
}

/** For that awk, before its other rules, and at its end. */
export const routesAwk = {
  rules: `
  FILENAME ~ /route$/ {
    if ($1 == "Iface") { print "there", FILENAME; next }
    if ($1 == "lo" || $NF == "lo") next
    if ($1 == "*") { if ($2 == "00000000" && $8 == "00000000") print "rejecting default"; next }
    if (NF > 10) { to[$1] = 1; if ($2 == "00000000" && $8 == "00000000") { out[$1] = 1; gateways[dotted($3) " " $1] = 1 } }
    else if (NF == 10) { to[$10] = 1; if ($1 ~ /^0+$/ && $2 == "00") out[$10] = 1 }
    next }
  FILENAME ~ /arp$/ {
    if ($1 == "IP") print "there", FILENAME
    else if (($1 " " $NF) in gateways) print "gateway", $1, $NF, $3
    next }`,
  end: 'for (name in out) print "default", name; for (name in to) print "route", name',
} as const
