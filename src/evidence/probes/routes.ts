import { probe, Unreadable } from '../probe.ts'

export interface Routes {
  /** Interfaces over which a default route of IPv4 or IPv6 leads. */
  readonly defaults: readonly string[]
  /** Interfaces over which any route leads (loopback left out). */
  readonly interfaces: readonly string[]
}

/**
 * Does a way lead out of the box, and over which interfaces?
 *
 *   default eth0
 *   route eth0
 *   end
 *
 * Counted on the box: a router has a million routes. The table of IPv4 gives destination and mask as hex words, that of IPv6 a prefix and its
 * length. Sources: net/ipv4/fib_trie.c (fib_route_seq_show), net/ipv6/ip6_fib.c. Costs one process.
 */
export const routes = probe({
  id: 'routes',
  title: 'Routes',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 3,
  script: `
have awk || blind 'there is no awk on the box'
[ -r net/route ] || blind 'the kernel has no /proc/net/route'
v6=; [ ! -r net/ipv6_route ] || v6=net/ipv6_route
awk '
  $1 == "Iface" || $1 == "lo" || $NF == "lo" { next }
  NF > 10 { to[$1] = 1; if ($2 == "00000000" && $8 == "00000000") out[$1] = 1; next }
  NF == 10 { to[$10] = 1; if ($1 ~ /^0+$/ && $2 == "00") out[$10] = 1 }
  END { for (name in out) print "default", name; for (name in to) print "route", name; print "end" }' net/route $v6`,
  parse: ({ during }): Routes => {
    const lines = (during?.text ?? '').split('\n')
    if (!lines.includes('end')) throw new Unreadable('the list of routes did not come to its end')
    const of = (word: string): readonly string[] =>
      lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : [])).toSorted()
    return { defaults: of('default'), interfaces: of('route') }
  },
})
