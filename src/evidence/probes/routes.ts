import { NotThere, probe, Unreadable } from '../probe.ts'

export interface Routes {
  /** Interfaces over which a default route of IPv4 or IPv6 leads. */
  readonly defaults: readonly string[]
  /** Interfaces over which any route leads (loopback left out). */
  readonly interfaces: readonly string[]
}

/**
 * Does a way lead out of the box, and over which interfaces?
 *
 *   there net/route
 *   default eth0
 *   route eth0
 *   end
 *
 * Counted on the box: a router has a million routes. The table of IPv4 gives destination and mask as hex words, that of IPv6 a prefix and its
 * length. Sources: net/ipv4/fib_trie.c (fib_route_seq_show), net/ipv6/ip6_fib.c. Read by the awk
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
    return { defaults: of('default'), interfaces: of('route') }
  },
})

/** For that awk, before its other rules, and at its end. */
export const routesAwk = {
  rules: `
  FILENAME ~ /route$/ {
    if ($1 == "Iface") { print "there", FILENAME; next }
    if ($1 == "lo" || $NF == "lo") next
    if (NF > 10) { to[$1] = 1; if ($2 == "00000000" && $8 == "00000000") out[$1] = 1 }
    else if (NF == 10) { to[$10] = 1; if ($1 ~ /^0+$/ && $2 == "00") out[$10] = 1 }
    next }`,
  end: 'for (name in out) print "default", name; for (name in to) print "route", name',
} as const
