import type { Able, InspectOptions, Inspector, PriceTag, Target } from '../../inspect/inspector.ts'
import { lostTarget, lostWords, proveTarget } from '../../inspect/prove-target.ts'
import type { Stacks } from '../../inspect/stacks.ts'
import { blind, seen, type Reading } from '../../reading.ts'
import { goroutinesIn } from './goroutines.ts'

/**
 * What do the goroutines of this program do? Asked of the program itself, where it has net/http/pprof and listens: `GET /debug/pprof/goroutine?debug=2` on each of its own ports, those on
 * 127.0.0.1 first, until one answers (`debug=1`, which begins with how many there are). The request is made on the box. No signal is sent: SIGQUIT would end the program.
 *
 *     @@ asked 127.0.0.1:6060
 *     goroutine 18 [chan receive, 5 minutes]:        <- goroutines.ts
 *
 * Cost: the runtime stops the world while it writes all stacks (runtime.Stack). Source: pkg.go.dev/net/http/pprof, pkg.go.dev/runtime/pprof#Lookup.
 */
export const goPprof: Inspector<Stacks> = {
  id: 'go-pprof',
  title: 'goroutines, by the pprof endpoint that it has',
  does: 'stacks',
  runtimes: ['go'],
  tools: [],
  attaches: () => ({ tool: 'tracer', freezeSeconds: 5 }),
  mayNotFit: true,
  able,
  price,
  script,
  parse,
}

/** Measured with Go 1.19 on a busy machine: 1,000 goroutines 4 to 10 ms, 10,000 27 to 171, 100,000 0.5 to 2.5 s. How many there are is asked first, which costs no more than noise. */
const MOST_GOROUTINES = 20_000
/** So many take, at 25 µs each. Milliseconds. */
const PAUSE_MS = 500
/** Ports that are asked; a service has one or two. */
const MOST_PORTS = 8
/** Of one answer, and for one. */
const MOST_BYTES = 8_000_000
const SECONDS = 5

function able({ process, box }: Target): Able {
  if (process.state === 'T' || process.state === 't')
    return { able: false, why: 'it is stopped, and would not answer', hint: 'kill -CONT lets it go on' }
  if (process.state === 'Z' || process.state === 'X') return { able: false, why: 'it has ended (a zombie)', hint: '' }
  if (box.uid !== 0 && box.uid !== process.uid)
    return { able: false, why: `its ports are not told to user ${box.uid}`, hint: 'run with --sudo' }
  return { able: true }
}

function price(): PriceTag {
  return {
    price: 'pause',
    pauseMs: PAUSE_MS,
    why: `asks it over HTTP, on the box, at the ports on which it listens (${MOST_PORTS} at most) until one answers; all goroutines stand still while it writes their stacks, some 10 to 25 µs for each; of more than ${MOST_GOROUTINES} it is not asked for them. Nothing is attached`,
    residue: 'a line in its own log, if it writes one for each request, or for one that it does not understand',
  }
}

function script({ process }: Target, { timeoutMs }: InspectOptions): string {
  const { pid } = process
  const seconds = Math.max(1, Math.min(SECONDS, Math.floor(timeoutMs / 2_000)))
  return `${proveTarget(process)}
export LC_ALL=C HOME=/nonexistent
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
grep -aqF net/http/pprof.Index /proc/${pid}/exe 2>/dev/null || { [ $? = 1 ] && echo '@@ no-pprof' || echo '@@ unread'; exit 0; }
enter=; [ "$(readlink /proc/${pid}/ns/net)" = "$(readlink /proc/self/ns/net)" ] || enter='nsenter -t ${pid} -n'
# Who answers could send it elsewhere: nothing but that place is asked, whatever it says.
if command -v curl >/dev/null; then get() { $enter curl -q -sf -m ${seconds} "http://$1$2"; }
elif command -v python3 >/dev/null; then get() { $enter python3 -I -S -c 'import sys, http.client as h; at = h.HTTPConnection(sys.argv[1], timeout=${seconds}); at.request("GET", sys.argv[2]); got = at.getresponse(); sys.stdout.buffer.write(got.read(${MOST_BYTES}) if got.status == 200 else b"")' "$1" "$2"; }
elif wget --help 2>&1 | grep -q max-redirect; then get() { $enter wget --no-config -q -O - -t 1 -T ${seconds} --max-redirect=0 "http://$1$2"; }
else echo '@@ no-client'; exit 0; fi
sockets=$(ls -l /proc/${pid}/fd 2>/dev/null | sed -n 's/.*socket:\\[\\([0-9]*\\)\\]$/\\1/p' | tr '\\n' ' ')
places=$(cat /proc/${pid}/net/tcp /proc/${pid}/net/tcp6 2>/dev/null | awk -v sockets="$sockets" '
function hex(text,  i, sum) { for (i = 1; i <= length(text); i++) sum = sum * 16 + index("0123456789ABCDEF", substr(text, i, 1)) - 1; return sum }
BEGIN { count = split(sockets, all, " "); for (i = 1; i <= count; i++) own[all[i]] = 1 }
$4 == "0A" && ($10 in own) {
  split($2, at, ":"); name = ""
  if (at[1] ~ /^0+$/ || at[1] == "0100007F") { name = "127.0.0.1" }
  else if (at[1] == "00000000000000000000000001000000") name = "[::1]"
  else if (length(at[1]) == 8) name = hex(substr(at[1], 7, 2)) "." hex(substr(at[1], 5, 2)) "." hex(substr(at[1], 3, 2)) "." hex(substr(at[1], 1, 2))
  if (name != "") print (at[1] ~ /^0+$/ || name !~ /^(127|\\[::1)/ ? 1 : 0), name ":" hex(at[2])
}' | sort -u | head -n ${MOST_PORTS} | cut -d' ' -f2)
for place in $places; do
  halligan_proved
  echo "@@ asked $place"
  count=$(get $place '/debug/pprof/goroutine?debug=1' 2>/dev/null </dev/null | awk 'NR == 1 && /^goroutine profile: total [0-9]+$/ { print $4 }')
  [ -n "$count" ] || continue
  [ $count -le ${MOST_GOROUTINES} ] || { echo "@@ many $count"; exit 0; }
  answer=$(get $place '/debug/pprof/goroutine?debug=2' 2>/dev/null </dev/null | head -c ${MOST_BYTES} | tr -d '\\000')
  case $answer in 'goroutine '*) printf '%s\\n' "$answer"; echo '@@ over'; exit 0;; esac
done
echo '@@ no-answer'
`
}

function parse(output: Uint8Array, _target: Target, options?: InspectOptions): Reading<Stacks> {
  const text = Buffer.from(output).toString('utf8')
  const lost = lostTarget(output)
  if (lost) return blind(lostWords(lost))
  const begin = text.search(/^goroutine \d/m)
  const end = text.lastIndexOf(OVER)
  if (begin !== -1) {
    const { goroutines, more } = goroutinesIn(
      text.slice(begin, end < begin ? undefined : end),
      options?.maxThreads ?? 5_000,
    )
    return seen({
      samples: [{ atMs: 0, threads: [], apart: goroutines }],
      notes: [
        ...(more > 0 ? [`${more} more goroutines are left out`] : []),
        ...(end >= begin ? [] : ['its answer was cut: it has more goroutines']),
      ],
    })
  }
  const many = /^@@ many (\d{1,9})$/m.exec(text)?.[1]
  if (many !== undefined)
    return blind(
      `it has ${many} goroutines: all of them would stand still for some ${Math.ceil(Number(many) / 40_000)} s`,
      'its own /debug/pprof/goroutine?debug=1 counts them by stack without that',
    )
  for (const [mark, why, hint] of REASONS) if (new RegExp(`^@@ ${mark}$`, 'm').test(text)) return blind(why, hint)
  return blind('nothing was answered', NATIVE)
}

const OVER = '\n@@ over\n'

const NATIVE = '--by eu-stack tells the stacks of its threads, those of goroutines that wait are not among them'

const REASONS: readonly (readonly [mark: string, why: string, hint: string])[] = [
  ['no-pprof', 'the program was built without net/http/pprof', NATIVE],
  ['unread', 'its binary may not be read', 'run with --sudo'],
  ['no-client', 'there is no curl, python3 or wget (of GNU) on the box to ask it with', 'apt-get install curl'],
  ['no-answer', 'none of its ports answers /debug/pprof/goroutine with goroutines', NATIVE],
]
