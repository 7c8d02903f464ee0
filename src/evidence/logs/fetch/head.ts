import { TRUST } from '../box-tools.ts'

/**
 * What the scripts of logs begin with, in a side session (`halligan_born` and `halligan_reap` are the session's): `say` puts a mark between bytes of the
 * log, `trust` tries
 * tools before their silence is believed, `works` whether one is there that does; `packer` sets `Z` to what packs, level 1: more costs the box more than it saves the line. `end_main` ends the script, from what it has started.
 */
function head(boundary: string): string {
  return `
K=${boundary}
say() { printf '\\n%s %s\\001' $K "$*"; }
nl='
'
have() { command -v "$1" >/dev/null 2>&1; }
${TRUST}
works() { have $1 && case " $broken " in *" $1 "*) false;; esac; }
packers=
packer() {
  Z=cat
  [ $1 = auto ] || return 0
  [ -n "$packers" ] || { trust zstd gzip; packers=1; }
  if works zstd; then Z='zstd -q -1 -c'; elif works gzip; then Z='gzip -1 -c'; fi
}
read -r main rest </proc/self/stat; halligan_born $main; main_born=$born
lives() { halligan_born $main; [ "$born" = "$main_born" ]; }
end_main() { if lives; then halligan_reap $main; fi; }`
}

/** Whatever hangs, the script ends after so many seconds; `over` calls that off. */
export function limitedHead(boundary: string, seconds: number): string {
  return `${head(boundary)}
( exec </dev/null >/dev/null 2>&1; read -r halligan_me rest </proc/self/stat; sleep ${seconds}; end_main ) & D=$!
over() { { halligan_reap $D; wait $D; } 2>/dev/null; :; }`
}

/**
 * For a script that goes on until nobody listens any more. Its session ends it when the line or the console goes; where the shell of the session itself
 * is killed, who else would: the end of its standard input ends it, and so does a `tick` (each second) that nobody takes. A tick also brings what the
 * session held back (`boxes/frame.ts`). `over` calls them off.
 */
export function endlessHead(boundary: string): string {
  return `${head(boundary)}
exec 3<&0 </dev/null
( exec >/dev/null 2>&1; read -r halligan_me rest </proc/self/stat
  while read -r line <&3; do :; done; end_main ) & D=$!
exec 3<&-
( exec 2>/dev/null; trap '' PIPE; read -r halligan_me rest </proc/self/stat
  while sleep 1 && lives; do say tick || break; done; end_main ) & T=$!
over() { { halligan_reap $D; halligan_reap $T; wait $D $T; } 2>/dev/null; :; }`
}
