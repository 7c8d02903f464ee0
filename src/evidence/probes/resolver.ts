import { probe, Unreadable } from '../probe.ts'

export interface Resolver {
  /** Name servers of resolv.conf(5), in their order; empty where none is configured. */
  readonly servers: readonly string[]
  /** Whether a question came back (also when the answer is "no such name"); undefined when none was asked. */
  readonly answered: boolean | undefined
  /** Until it came back, or until we stopped waiting. Milliseconds, good to 10. */
  readonly tookMs: number | undefined
  /** Some socket of the box is bound to UDP port 53. */
  readonly listensHere: boolean
}

/**
 * Do the name servers answer?
 *
 *   server 127.0.0.53
 *   here                      <- a socket of this box is bound to UDP port 53
 *   asked 2 1                 <- exit status, hundredths of a second; 143: ended by us, no answer
 *
 * Asks for a name that cannot exist (RFC 6761, 6.4: resolvers answer .invalid themselves), the only packet that a look sends to anybody but the
 * console. Within the window, so it costs no time. Sources: resolv.conf(5), getent(1). Costs two processes.
 */
export const resolver = probe({
  id: 'resolver',
  title: 'Name servers',
  set: 'fast',
  moments: ['middle'],
  limitSeconds: 3,
  script: `
set --
[ ! -r /etc/resolv.conf ] || while read -r word value _; do case $word in nameserver) set -- "$@" "$value";; esac; done </etc/resolv.conf
[ $# -gt 0 ] || { echo none; exit 0; }
printf 'server %s\\n' "$@"
case $net in *:0035\\ *)
  put "$net" | awk '/^ *sl / { datagrams = / drops/ } datagrams && $2 ~ /:0035$/ { print "here"; exit }';; esac
if have getent; then set -- getent ahosts
elif have nslookup; then set -- nslookup
else blind 'there is neither getent nor nslookup on the box'
fi
centiseconds; asked=$now
"$@" look.invalid >/dev/null 2>&1 & question=$!
( trap 'kill $nap; exit' TERM; sleep 0.8 & nap=$!; wait $nap || { sleep 1 & nap=$!; wait $nap; }; kill $question ) >/dev/null 2>&1 & patience=$!
wait $question; status=$?
kill $patience 2>/dev/null
centiseconds; printf 'asked %s %s\\n' $status $((now - asked))`,
  parse: ({ middle }): Resolver => {
    const lines = (middle?.text ?? '').split('\n')
    const [, status, took] = lines.map((line) => /^asked (\d+) (\d+)$/.exec(line)).find((match) => match !== null) ?? []
    if (status === undefined && !lines.includes('none')) throw new Unreadable('the question did not come to its end')
    return {
      servers: lines.flatMap((line) => (line.startsWith('server ') ? [line.slice('server '.length)] : [])),
      answered: status === undefined ? undefined : Number(status) < SIGNALLED,
      tookMs: took === undefined ? undefined : Number(took) * 10,
      listensHere: lines.includes('here'),
    }
  },
})

/** Exit statuses of a shell from here on mean: ended by a signal (POSIX, 2.8.2). */
const SIGNALLED = 129
