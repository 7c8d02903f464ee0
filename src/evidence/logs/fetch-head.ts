/** A line of 100 MB is held whole by grep and by awk; more than this ends them rather than the box. KiB. */
const MEMORY_KIB = 1024 * 1024

/**
 * What the scripts of logs begin with, in a side session (`halligan_born` and `halligan_reap` are the session's): `say` puts a mark between bytes of the
 * log, `packer` sets `Z` to what packs, level 1: more costs the box more than it saves the line. Whatever hangs, the script ends after its seconds;
 * `over` calls that off.
 */
export function scriptHead(boundary: string, seconds: number | undefined): string {
  const deadline =
    seconds === undefined
      ? 'over() { :; }'
      : `read -r main rest </proc/self/stat; halligan_born $main; main_born=$born
( exec </dev/null >/dev/null 2>&1; read -r halligan_me rest </proc/self/stat
  sleep ${seconds}; halligan_born $main; [ "$born" != "$main_born" ] || halligan_reap $main ) & D=$!
over() { { halligan_reap $D; wait $D; } 2>/dev/null; :; }`
  return `
K=${boundary}
say() { printf '\\n%s %s\\001' $K "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }
ulimit -v ${MEMORY_KIB} 2>/dev/null
packer() {
  Z=cat
  [ $1 != auto ] || if have zstd; then Z='zstd -q -1 -c'; elif have gzip; then Z='gzip -1 -c'; fi
}
${deadline}`
}
