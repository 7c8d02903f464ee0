import { createHash } from 'node:crypto'
import type { LentTool } from './lend.ts'

/** The first that takes programs and lets them run: memory, and there when the disks are full. */
const FOLDERS = ['/dev/shm', '/run', '/tmp', '/var/tmp'] as const
const PREFIX = '.halligan-tools.'
/** A line of base64 as everybody reads it (RFC 2045), and as much of one file in one here-document as a small shell bears. Characters. */
const LINE = 76
const LINES_A_PIECE = 8_000

/**
 * Keeps lent tools on a box: a script of a guarded side session. They come within the script, which runs only when it has come whole. Its words: `ready FOLDER` or `refused WHY`, and
 * `folder gone` as the last one. It ends with its input, or with the session when nothing is heard; a `broom` of its own session removes the folder when this shell was
 * killed, and the next keeper on that box what several kills have left.
 */
export function lendScript(nonce: string, tools: readonly LentTool[]): string {
  return `
N=${nonce}
umask 077
read -r me rest </proc/self/stat; halligan_born $me; mine=$born
for each in ${FOLDERS.map((folder) => `${folder}/${PREFIX}*`).join(' ')}; do
  # Only our own: in a folder of somebody else lies in wait what they like, a pipe or a link.
  [ -d "$each" ] && [ ! -h "$each" ] && [ -O "$each" ] || continue
  owner= since=; { read -r owner since <"$each/owner"; } 2>/dev/null
  case $owner in ''|*[!0-9]*) continue;; esac
  halligan_born $owner; [ "$born" = "$since" ] || rm -rf "$each"
done
command -v base64 >/dev/null || { printf '%s refused no-base64\\n-\\n' $N; exit 0; }
broom() {
  ( exec $(command -v setsid) sh -c 'trap "" HUP INT TERM; while [ -d "$3" ]; do
      born=; { read -r born </proc/$1/stat; } 2>/dev/null; born=\${born##*") "}; owner=$1 since=$2 folder=$3
      set -- $born; [ "\${20-}" = "$since" ] || { rm -rf "$folder"; exit; }
      set -- $owner $since $folder; sleep 1
    done' broom $me $mine $D </dev/null >/dev/null 2>&1 & )
}
${fillText(tools)}
D=; for folder in ${FOLDERS.join(' ')}; do
  D=$folder/${PREFIX}$N
  mkdir -m 700 $D 2>/dev/null && {
    broom
    printf '%s %s\\n' $me $mine >$D/owner && printf '#!/bin/sh\\nexit 0\\n' >$D/try && chmod 700 $D/try && $D/try && rm -f $D/try && fill
  } 2>/dev/null && break
  rm -rf $D; D=
done
if [ -n "$D" ]; then
  printf '%s ready %s\\n-\\n' $N $D
  while IFS= read -r word; do :; done
else
  printf '%s refused %s\\n-\\n' $N \${damaged:-no-room}
fi
for folder in ${FOLDERS.join(' ')}; do [ ! -O $folder/${PREFIX}$N ] || rm -rf $folder/${PREFIX}$N; done
if [ -n "$D" ] && [ -e "$D" ]; then printf '%s folder left\\n' $N; else printf '%s folder gone\\n' $N; fi
`
}

/** A function that lays them into the folder, and looks whether each is what it was. */
function fillText(tools: readonly LentTool[]): string {
  const files = tools.map(({ name, bytes }) => {
    const lines =
      Buffer.from(bytes)
        .toString('base64')
        .match(new RegExp(`.{1,${LINE}}`, 'g')) ?? []
    const pieces = Array.from({ length: Math.ceil(lines.length / LINES_A_PIECE) }, (_, at) =>
      lines.slice(at * LINES_A_PIECE, (at + 1) * LINES_A_PIECE).join('\n'),
    )
    const sum = createHash('sha256').update(bytes).digest('hex')
    return [
      `: >$D/${name} || return 1`,
      ...pieces.map((piece) => `base64 -d >>$D/${name} <<'halligan-end' || return 1\n${piece}\nhalligan-end`),
      `is_whole $D/${name} ${bytes.length} ${sum} || { damaged=damaged; return 1; }`,
      `chmod 500 $D/${name}`,
    ].join('\n')
  })
  return `damaged=
is_whole() {
  [ "$(($(wc -c <"$1")))" = "$2" ] || return 1
  ! command -v sha256sum >/dev/null || { set -- "$(sha256sum <"$1")" $3; [ "\${1%% *}" = "$2" ]; }
}
fill() {
${files.join('\n')}
}`
}
