import type { InspectedProcess } from '../../inspect/process.ts'
import { proveTarget } from '../../inspect/prove-target.ts'

/** Of the stacks. */
const MOST_BYTES = 8_000_000
/** Of anything else that is answered; unpacked, sixteen times that. */
const FEW_BYTES = 65_536
/** For one request. */
const MOST_SECONDS = 5

/**
 * Asks a program of Go for its goroutines at its own ports, by whichever client the box has, in sh of any kind. That the answer is of this process, and of none that it passes requests on to or
 * shares its port with, is proved before and after: all sockets that listen at that port are its own, no other process has that socket, and the profile that is answered names the place of the
 * vdso in its memory (runtime/pprof/proto.go writes all executable ranges of /proc/self/maps), which the kernel draws for each process anew. `threadcreate` is asked for that, since it stops
 * nothing. How many goroutines it has is read from the index (runtime.NumGoroutine), which stops nothing either. Each answer is bounded by bytes and time. `most.seconds` is the time for all.
 */
export function goPprofScript(
  process: Pick<InspectedProcess, 'pid' | 'startTicks'>,
  most: { readonly seconds: number; readonly goroutines: number; readonly ports: number },
): string {
  const { pid } = process
  const forStacks = Math.max(1, Math.min(MOST_SECONDS, Math.floor(most.seconds / 4)))
  return `${proveTarget(process)}
export LC_ALL=C HOME=/nonexistent
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
[ -n "$(head -c 4 /proc/${pid}/exe 2>/dev/null | tr -d '\\000')" ] || { echo '@@ unread'; exit 0; }
# grep of busybox has no -a, and ends a line at a NUL.
tr '\\000' '\\n' </proc/${pid}/exe | grep -qF net/http/pprof.Index || { echo '@@ no-pprof'; exit 0; }
network=$(readlink /proc/${pid}/ns/net)
[ -n "$network" ] || { echo '@@ no-enter'; exit 0; }
enter=
if [ "$network" != "$(readlink /proc/self/ns/net)" ]; then
  enter='nsenter -t ${pid} -n'
  $enter true 2>/dev/null </dev/null || { echo '@@ no-enter'; exit 0; }
fi
# get SECONDS PLACE PATH. Who answers could send it elsewhere: nothing but that place is asked, whatever it says.
if command -v curl >/dev/null; then get() { $enter curl -q -sfg -m "$1" "http://$2$3"; }
elif command -v python3 >/dev/null; then get() { $enter python3 -I -S -c '
import sys, signal, http.client
seconds = int(sys.argv[1])
signal.alarm(seconds)
at = http.client.HTTPConnection(sys.argv[2], timeout=seconds)
at.request("GET", sys.argv[3])
got = at.getresponse()
if got.status != 200: sys.exit(1)
sys.stdout.buffer.write(got.read(${MOST_BYTES + 1}))
sys.stdout.flush()
sys.exit(1 if got.length else 0)' "$1" "$2" "$3"; }
elif wget --help 2>&1 | grep -q max-redirect; then
  bound=; timeout 1 true 2>/dev/null && bound=timeout
  get() { $enter \${bound:+timeout "$1"} wget --no-config -q -O - -t 1 -T "$1" --max-redirect=0 "http://$2$3"; }
else echo '@@ no-client'; exit 0; fi
command -v gzip >/dev/null && command -v od >/dev/null || { echo '@@ no-gzip'; exit 0; }
# Fields 2 and 3 of a mapping in the profile: the range of its vdso, as varints in hex.
drawn=1
[ "$(cat /proc/sys/kernel/randomize_va_space)" != 0 ] || drawn=
case $(cat /proc/${pid}/personality) in ???[4-7c-f]????) drawn=;; esac
vdso=$([ -n "$drawn" ] && sed -n 's/^\\([0-9a-f]*\\)-\\([0-9a-f]*\\) r-xp .* \\[vdso]$/\\1 \\2/p' /proc/${pid}/maps 2>/dev/null | awk '
function hex(text,  i, sum) { for (i = 1; i <= length(text); i++) sum = sum * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1; return sum }
function varint(n,  out, rest) { while (n >= 128) { rest = int(n / 128); out = out sprintf("%02x", n - rest * 128 + 128); n = rest } return out sprintf("%02x", n) }
{ print "10" varint(hex($1)) "18" varint(hex($2)) }')
[ -n "$vdso" ] || { echo '@@ no-vdso'; exit 0; }
# Own ports; "shared" where another one listens at the same port.
own_places() {
  { ls -ln /proc/${pid}/fd 2>/dev/null | sed -n 's/.*socket:\\[\\([0-9]*\\)\\]$/own \\1/p'; cat /proc/${pid}/net/tcp /proc/${pid}/net/tcp6 2>/dev/null; } | awk '
function hex(text,  i, sum) { for (i = 1; i <= length(text); i++) sum = sum * 16 + index("0123456789ABCDEF", substr(text, i, 1)) - 1; return sum }
$1 == "own" { own[$2] = 1; next }
$4 == "0A" {
  split($2, at, ":"); name = ""; port = hex(at[2])
  if (!($10 in own)) { others[port] = 1; next }
  if (at[1] == "00000000" || at[1] == "0100007F") name = "127.0.0.1"
  else if (at[1] ~ /^0+1000000$/ || at[1] ~ /^0+$/) name = "[::1]"
  else if (length(at[1]) == 8) name = hex(substr(at[1], 7, 2)) "." hex(substr(at[1], 5, 2)) "." hex(substr(at[1], 3, 2)) "." hex(substr(at[1], 1, 2))
  if (name == "") next
  count++; ports[count] = port
  lines[count] = (at[1] ~ /^0+$/ || name !~ /^(127|\\[::1)/ ? 1 : 0) " " name ":" port "," $10
}
END { for (i = 1; i <= count; i++) { if (ports[i] in others) print "9 shared"; else print lines[i] } }' | sort -u | head -n ${most.ports} | cut -d' ' -f2
}
# Whoever has that socket could answer; systemd, which may have opened it, does not. The process must be seen itself, else nothing was.
is_alone() {
  holders=$(ls -ln /proc/[0-9]*/fd 2>/dev/null | awk -v socket="socket:[$1]" '/^\\/proc\\// { split($0, at, "/"); pid = at[3] } $NF == socket { print pid }' | sort -u)
  seen=
  for holder in $holders; do
    if [ $holder = ${pid} ]; then seen=1
    elif [ "$(cat /proc/$holder/comm 2>/dev/null)" != systemd ]; then return 1; fi
  done
  [ -n "$seen" ]
}
answers_as_itself() { get $each "$1" /debug/pprof/threadcreate 2>/dev/null </dev/null | head -c ${FEW_BYTES} | gzip -dc 2>/dev/null | head -c ${FEW_BYTES * 16} | od -An -v -tx1 | tr -d ' \\n' | grep -qF "$vdso"; }
places=$(own_places)
each=$(( (${most.seconds} - ${forStacks} - 3) / ($(echo "$places" | grep -c .) + 3) ))
[ $each -ge 1 ] || each=1
[ $each -le ${MOST_SECONDS} ] || each=${MOST_SECONDS}
# [::1] is no pattern of names of files.
set -f; set -- $places; set +f
for each_place do
  halligan_proved
  [ "$each_place" != shared ] || { echo '@@ shared'; continue; }
  place=\${each_place%,*}
  is_alone "\${each_place##*,}" || { echo '@@ shared'; continue; }
  echo "@@ asked $place"
  answers_as_itself "$place" || continue
  count=$(get $each "$place" /debug/pprof/ 2>/dev/null </dev/null | head -c ${FEW_BYTES} | tr -d '\\000' | awk '
match($0, /<td[^>]*>[0-9]+(<\\/td>)?<td><a href=[^>]*>goroutine<\\/a>/) { line = substr($0, RSTART); sub(/^<td[^>]*>/, "", line); sub(/<.*/, "", line); if (length(line) < 10) print line; exit }')
  [ -n "$count" ] || { echo '@@ no-count'; continue; }
  [ $count -le ${most.goroutines} ] || { echo "@@ many $count"; exit 0; }
  echo "@@ count $count"
  # Its last line is lost where it is cut.
  { get ${forStacks} "$place" '/debug/pprof/goroutine?debug=2' 2>/dev/null </dev/null && echo && echo '@@ whole'; } | head -c ${MOST_BYTES} | tr -d '\\000'
  echo
  halligan_proved
  case " $(own_places | tr '\\n' ' ')" in *" $each_place "*) is_alone "\${each_place##*,}" && answers_as_itself "$place" && echo '@@ same';; esac
  exit 0
done
echo '@@ no-answer'
`
}
