import { shellQuoted } from '../../../base/shell-quoted.ts'
import { BOOT, journalArguments, kernelTimes } from './commands.ts'
import { endlessHead } from './head.ts'
import { JOURNAL_FIELDS } from './journal-lines.ts'
import type { LogSource } from '../source.ts'

/** Where the following of a file was cut off. */
export interface FilePlace {
  /** Device and inode. */
  readonly identity: string
  /** Bytes of it that were read. */
  readonly offset: number
  /** How it began when it was opened, in hex with spaces: that it is the same file is not enough, since it may have been cut off meanwhile. */
  readonly beginning: string
}

/** Seeks are in blocks of this and a rest: mksh has 32 bits for a number. Bytes. */
const SEEK_BYTES = 64 * 1024
/** How often it is looked whether a file has grown; each look costs two processes. Seconds. */
const LOOK_SECONDS = 0.4
/** A writer that was not told of the rotation yet goes on with the old file; an empty new one is waited for. Looks. */
const OLD_LOOKS = 15

/** So much of the beginning of a file tells whether it is still the same text: a file that was cut off and written to again may be longer than before. Bytes. */
const BEGINNING_BYTES = 256
/** The console keeps less of it: it comes in a mark (`frames.ts`). Bytes. */
const KEPT_BEGINNING_BYTES = 64

/**
 * Follows a file by its name, in a side session: looks at it a few times a second and sends what is new, whatever the box's tail can do. It ends with its
 * session.
 *
 * The position is that of the open descriptor, which `cat <&5` moves on; so nothing is read twice, and a burst is read to its end before anything else
 * is looked at. When another file has the name, the old one is read to its end, and for some seconds more beside the new one.
 *
 * A file that was cut off and has grown past what was read of it since the last look (copytruncate) is told by its beginning; files that came and went
 * since then by their identities.
 *
 * It says `cannot WHY`; `before`, the last bytes that were there (`tailBytes`), `opened IDENTITY OFFSET BEGINNING…`, then bytes, each time with `at OFFSET` behind
 * them; `old` and `new` around what still came in the old file; `rotated`, `truncated`, `rewritten`, `removed`, `unreadable`; after an interruption
 * `resumed`, `lost` (the file is gone); `between` (others came and went), `deleted` (that could not be told).
 */
export function followFileScript(
  boundary: string,
  source: LogSource,
  { place, tailBytes }: { readonly place: FilePlace | undefined; readonly tailBytes: number },
): string {
  const [current, ...others] = source.files.filter(({ packed }) => packed === undefined).map(({ path }) => path)
  const path = shellQuoted(current ?? '')
  return `${endlessHead(boundary)}
f=${path}
read -r me rest </proc/self/stat; P=/proc/$me/fd/5
sleep ${LOOK_SECONDS} 2>/dev/null && nap=${LOOK_SECONDS} || nap=1
identity() { stat -L -c '%d:%i' "$1" 2>/dev/null; }
less() { [ \${#1} -lt \${#2} ] || { [ \${#1} = \${#2} ] && [ "$1" \\< "$2" ]; }; }
position() { pos=0; read -r key pos </proc/$me/fdinfo/5; }
here() { [ -f "$f" ] && [ -r "$f" ]; }
take() { cat <&5; position; say at $pos; }
others() {
  set --
  for c in "$f".[0-9]* "$f"-[0-9]*; do case $c in *.gz|*.zst|*.xz|*.bz2) ;; *) set -- "$@" "$c";; esac; done
  stat -L -c '%d:%i' "$@" 2>/dev/null
}
beginning() { od -An -v -tx1 -N ${BEGINNING_BYTES} $P 2>/dev/null; }
kept() { od -An -v -tx1 -N ${KEPT_BEGINNING_BYTES} $P 2>/dev/null; }
opened() { set -- $(stat -L -c '%d:%i' $P); begins=$(beginning) known=$nl$(others)$nl; position; say opened $1 $pos $(kept); }
# Of files that were not there when this one was opened: neither it (then $1) nor the one that has its name now ($2).
between() {
  for c in $(others); do
    [ "$c" != "$1" ] && [ "$c" != "$2" ] || continue
    case $known in *"$nl$c$nl"*) ;; *) say between; return;; esac
  done
}
begin() {
  if [ -d "$f" ]; then say cannot folder
  elif [ ! -e "$f" ]; then say cannot gone
  elif [ ! -f "$f" ]; then say cannot special
  elif [ ! -r "$f" ]; then say cannot unreadable
  else exec 5<"$f"; say before; tail -c ${tailBytes} <&5; opened; return; fi
  return 1
}
go_on() {
  found=
  for c in "$f" ${others.map(shellQuoted).join(' ')} "$f".[0-9]* "$f"-[0-9]*; do
    if [ -f "$c" ] && [ -r "$c" ] && [ "$(identity "$c")" = "$1" ]; then found=$c; break; fi
  done
  if [ -z "$found" ]; then
    say lost; until here; do sleep $nap; done
    exec 5<"$f"; opened; return
  fi
  [ "$found" = "$f" ] || for c in "$f".[0-9]* "$f"-[0-9]*; do
    if [ -f "$c" ] && [ "$c" -nt "$found" ]; then say between; break; fi
  done
  exec 5<"$found"; set -- $2 $3 $4 $(stat -L -c %s $P)
  now=$(echo $(kept))
  if less "$4" "$3"; then say truncated
  elif case $now in "$was"*) false;; esac; then say rewritten
  else
    [ $1 = 0 ] || dd bs=${SEEK_BYTES} skip=$1 count=0 <&5 >/dev/null 2>&1
    [ $2 = 0 ] || dd bs=$2 count=1 <&5 >/dev/null 2>&1
    say resumed
  fi
  opened
}
follow() {
  waited=0 old=0 gone= shut=
  while :; do
    set -- $(stat -L -c '%d:%i %s %h' $P "$f" 2>/dev/null)
    [ $old = 0 ] || { say old; cat <&6; say new; old=$((old - 1)); [ $old != 0 ] || exec 6<&-; }
    position
    if less "$2" "$pos"; then exec 5<$P; say truncated; opened; position
    elif less "$pos" "$2"; then
      now=$(beginning)
      case $now in "$begins"*) begins=$now;; *) exec 5<$P; say rewritten; opened; position;; esac
    fi
    if less "$pos" "$2"; then take; fi
    if [ -z "\${4-}" ]; then [ -n "$gone" ] || say removed; gone=1
    elif [ "$4" != "$1" ]; then
      if here; then
        waited=$((waited + 1)) shut=
        if [ "$5" != 0 ] || [ $waited -ge ${OLD_LOOKS} ]; then
          take; exec 6<&5; exec 5<"$f"; old=${OLD_LOOKS} waited=0
          say rotated; between "$1" "$4"
          [ "$3" != 0 ] || [ -n "$gone" ] || say deleted
          gone=; opened; continue
        fi
      else gone=; [ -n "$shut" ] || say unreadable; shut=1; fi
    else gone= waited=0 shut=; fi
    sleep $nap
  done
}
${place ? `was=${shellQuoted(place.beginning)}; go_on ${shellQuoted(place.identity)} ${Math.floor(place.offset / SEEK_BYTES)} ${place.offset % SEEK_BYTES} ${place.offset} && follow` : 'begin && follow'}
over
`
}

export interface FollowedFrom {
  readonly sinceMs: number | undefined
  /** Last lines that are wanted where there is no such moment. */
  readonly lines: number
  /** Fields that entries of the journal must have: `PRIORITY=3`. */
  readonly matches: readonly string[]
}

/**
 * Follows what a program hands out, from the last lines on, or from a moment on after an interruption: lines of that moment come again, who asks knows
 * them. It says `cannot WHY`, `note WHAT`, `data`, of the journal `data entries`: as JSON; `again` before all of it is handed out
 * once more (the ring of the kernel, which is looked at every other second where there is no journal); `ended`, when the program did.
 */
export function followCommandScript(boundary: string, source: LogSource, from: FollowedFrom): string {
  return `${endlessHead(boundary)}
entries=
${source.kind === 'container' ? containerFollower(source, from) : source.kind === 'kernel' ? kernelFollower(from) : journalFollower(source, from)}
if ready; then
  say data $entries
  lines
  say ended
fi
over
`
}

function journalFollower(source: LogSource, from: FollowedFrom): string {
  return `ready() { have journalctl || { say cannot journalctl; return 1; }; entries=entries; }
lines() { ${followJournal(source, from)}; }`
}

/** As JSON, which the console puts into lines (`journal-entries.ts`). journalctl before systemd 236 cannot choose fields, and gives all. */
function followJournal(source: Pick<LogSource, 'kind' | 'unit'>, { sinceMs, lines, matches }: FollowedFrom): string {
  const from = sinceMs === undefined ? `-n ${lines}` : '--no-tail'
  const asked = journalArguments(source, sinceMs === undefined ? {} : { fromMs: sinceMs }, matches)
  return `fields=--output-fields=${JOURNAL_FIELDS}; journalctl -q -n 1 $fields >/dev/null 2>&1 || fields=
  journalctl -q --no-pager -a -o json $fields -f ${from} ${asked} 2>&1`
}

function kernelFollower(from: FollowedFrom): string {
  const { sinceMs, lines, matches } = from
  return `ready() {
  J=; if have journalctl && [ -n "$(journalctl -q -k -n 1 -o cat 2>/dev/null </dev/null)" ]; then J=1 entries=entries; return; fi
  ${matches.length > 0 ? 'say cannot fields; return 1' : ''}
  have dmesg || { say cannot dmesg; return 1; }
  said=$(dmesg 2>&1 >/dev/null </dev/null) || { say cannot kernel $said; return 1; }
}
journal() { ${followJournal({ kind: 'kernel' }, from)}; }
lines() {
  if [ -n "$J" ]; then journal; return; fi
  boot=${BOOT}
  part=${sinceMs === undefined ? `'tail -n ${lines}'` : 'cat'}
  while :; do say again; ${kernelTimes('$boot')} | $part; part=cat; sleep 2; done
}`
}

function containerFollower({ container }: LogSource, { sinceMs, lines }: FollowedFrom): string {
  const engine = container?.engine ?? 'docker'
  const name = shellQuoted(container?.name ?? '')
  const from = sinceMs === undefined ? `--tail=${lines}` : `--since=${(Math.floor(sinceMs) / 1000).toFixed(3)}`
  return `ready() {
  have ${engine} || { say cannot ${engine}; return 1; }
  said=$(${engine} logs --tail=1 -- ${name} 2>&1 >/dev/null </dev/null) && return
  say cannot engine $(printf '%s' "$said" | tr -s '[:space:]' ' ' | head -c 300); return 1
}
lines() { ${engine} logs -f --timestamps ${from} -- ${name} 2>&1; }`
}
