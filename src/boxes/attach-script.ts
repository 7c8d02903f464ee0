import { shellQuoted } from '../base/shell-quoted.ts'
import type { Attach } from './attach.ts'
import { keeperScript } from './attach-keeper.ts'
import type { GuardLimits } from './guard-script.ts'

/**
 * The guard for what attaches to a process. Runs as a script of a side session like the other guard, with the same words of the console on standard input
 * (`guard-script.ts`), and stands between the console and the keeper (`attach-keeper.ts`), which is what holds on to the tool: this part may be killed at any time.
 *
 * - The spool is a private folder in memory where there is room: what the tool prints, the texts that the keeper runs, the words and heartbeats of the console. The
 *   keeper removes it; what was printed can still be read then, since it is open here.
 * - A `broom` removes it should this part be killed before the keeper has begun; if keeper and watcher are killed, this part does what they would have done. Only when
 *   all of them are killed at once is a tool left alone: the next guard for attaching of that user on the box buries what it finds.
 * - The last lines, after all output, are the proof (`proof.ts`), and whether the spool is gone.
 *
 * Nothing is started, and `refused` said, where a debugger could not be ended rightly: SIGHUP is ignored in this session (nohup) and cannot be given back, or
 * there is no setsid to take it out of reach of those who end sessions by SIGKILL.
 */
export function attachScript(command: string, nonce: string, limits: GuardLimits, attach: Attach): string {
  const { cleanUp = '', residue = '' } = attach
  return `
N=${nonce}
umask 077
read -r me rest </proc/self/stat; halligan_born $me; mine=$born
gone() { owner= since=; { read -r owner since <"$1"; } 2>/dev/null; case $owner in ''|*[!0-9]*) return 0;; esac; halligan_born $owner; [ "$born" != "$since" ]; }
refused() { printf '\\n%s proof\\n%s refused %s\\n%s ended refused -\\n%s spool gone\\n' $N $N $1 $N $N; exit 0; }
clear=
if grep -qE '^SigIgn:.*[13579bdf]$' /proc/$me/status; then
  env --default-signal=HUP true 2>/dev/null && clear='env --default-signal=HUP' || refused hangup-ignored
fi
command -v setsid >/dev/null || refused no-setsid
for spool in ${FOLDERS.map((folder) => `${folder}/${PREFIX}*`).join(' ')}; do
  # Only our own: in a folder of somebody else lies in wait what they like, a pipe or a link.
  [ -d "$spool" ] && [ ! -h "$spool" ] && [ -O "$spool" ] || continue
  # One that is only being made has no owner yet.
  [ -s "$spool/owner" ] && gone "$spool/owner" && gone "$spool/keeper" && gone "$spool/watcher" || continue
  if [ -f "$spool/states" ]; then ( exec $clear setsid sh "$spool/attach" bury </dev/null >/dev/null 2>&1 & ); else rm -rf "$spool"; fi
done
( exec 3<&- >/dev/null 2>&1; trap '' HUP INT TERM
  while halligan_born $me; [ "$born" = "$mine" ]; do sleep 1; done; sleep 1
  for folder in ${FOLDERS.join(' ')}; do [ ! -O $folder/${PREFIX}$N ] || [ -e $folder/${PREFIX}$N/keeper ] || rm -rf $folder/${PREFIX}$N; done
) </dev/null & broom=$!
exec 3<&0 </dev/null
S=; for folder in ${FOLDERS.join(' ')}; do
  S=$folder/${PREFIX}$N
  mkdir -m 700 $S 2>/dev/null && {
    printf '%s %s\\n' $me $mine >$S/owner && : >$S/out && printf '%${REPORT_BYTES}s' '' >$S/report &&
    printf '%s\\n' ${shellQuoted(keeperScript(attach, nonce, limits))} >$S/attach && printf '%s\\n' ${shellQuoted(command)} >$S/command &&
    printf %s ${shellQuoted(cleanUp)} >$S/clean && printf %s ${shellQuoted(residue)} >$S/residue
  } 2>/dev/null && break
  rm -rf $S; S=
done
[ -n "$S" ] || { kill -KILL $broom; refused no-room; }
exec 4<$S/out 5<$S/report
( exec $clear setsid sh $S/attach keep $me $mine </dev/null >/dev/null 2>&1 3<&- 4<&- 5<&- & )
( beats=0; while IFS= read -r word <&3; do
    [ -d $S ] || exit
    case $word in q) echo stopped >$S/word; exit;; ask-stop|ask-size) : >$S/$word;; esac
    beats=$((beats + 1)); echo $beats >$S/beat
  done; echo console-gone >$S/word ) 2>/dev/null & reader=$!
exec 3<&-
swept= buried= tries=0
bury() { buried=1; ( exec $clear setsid sh $S/attach bury </dev/null >/dev/null 2>&1 4<&- 5<&- & ); }
while [ -d $S ] && [ ! -e $S/stuck ]; do
  cat <&4 || exit 0
  sleep 0.1 2>/dev/null || sleep 1
  tries=$((tries + 1))
  if [ ! -s $S/keeper ]; then [ $tries -lt ${BEGIN_TENTHS} ] || { rm -rf $S; break; }; continue; fi
  [ -n "$swept" ] || { kill -KILL $broom; swept=1; }
  [ $((tries % 5)) != 0 ] || [ -n "$buried" ] || ! gone $S/keeper || ! gone $S/watcher || bury
done 2>/dev/null
cat <&4
kill -KILL $reader $broom 2>/dev/null
printf '\\n'; sed 's/ *$//; /^$/d' <&5
if [ -d $S ]; then printf '%s spool left %s\\n' $N $S; else printf '%s spool gone\\n' $N; fi
`
}

/** The first in which there is room: memory, and there when the disks are full. */
const FOLDERS = ['/dev/shm', '/run', '/tmp'] as const
export const PREFIX = '.halligan-attach.'
/** Room that is taken for the proof while there still is some. Bytes. */
const REPORT_BYTES = 16_384
/** A keeper that has not begun by then will not: a box with hundreds of waiting processes takes seconds. Tenths of a second. */
const BEGIN_TENTHS = 150
