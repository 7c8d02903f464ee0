import { shellQuoted } from '../../base/shell-quoted.ts'
import { identity } from '../probes/identity.ts'

export interface ListingRequest {
  /** The deployed folder, absolute. */
  readonly folder: string
  /** Names of folders that are not looked into, wherever they lie. */
  readonly skipped: readonly string[]
  /** Addresses that may tell which version runs, asked on the box. */
  readonly versionUrls: readonly string[]
  /** 32 hex digits that no file can guess. */
  readonly boundary: string
}

/** A larger file is listed and not read: hashing it would take the box seconds. Bytes. */
export const HASHED_BYTES = 64 * 1024 * 1024
/** Files in which deploys write down the commit that they brought, in the order in which they are believed. */
export const REVISION_FILES = ['REVISION', '.revision', 'GIT_COMMIT', 'COMMIT', '.commit', 'revision.txt', 'VERSION']
/** Of one answer or file that may name a version. Bytes. */
const VERSION_BYTES = 4_096
/** For an answer that names a version. Seconds. */
const URL_SECONDS = 3
/** Of one file of settings. Bytes. */
const SETTING_BYTES = 8_192
/** A service with more has a parent that tells as much. */
const PROCESSES = 50

/**
 * POSIX sh that says what lies in a deployed folder, which commit it should be, who runs it, and what else was set for it: one round trip, reads only.
 *
 * Sections begin with `\n` and the boundary and a name. Files come in batches of what one argument list takes, `list` and `hash` in turns:
 *
 *   1204 81a4 1764166293 1764166293 1001:33:./lib/cart.js//        <- size, mode and type (hex), modified, changed, owner, group, path
 *   6a1c…e3  ./lib/cart.js                                                 <- as sha256sum gives it
 *
 * A path of find(1) has no `//` in it, so that `//` and a newline end it whatever stands in it. A hash costs no process of its own: three a batch of
 * some thousand files. Symbolic links are not followed, other file systems not entered; `folders` and `closed` say where it could not look, and
 * `complaints` whether a tool failed.
 */
export function listingScript({ folder, skipped, versionUrls, boundary }: ListingRequest): string {
  const names = ['.git', ...skipped].map((name) => `-name ${shellQuoted(name)}`).join(' -o ')
  return `export LC_ALL=C halligan_b=${boundary}; unset CDPATH
have() { command -v "$1" >/dev/null 2>&1; }
section() { printf '\\n%s %s\\n' "$halligan_b" "$1"; }
section identity
( cd /proc && {
${identity.script}
} ) 2>/dev/null
section folder
folder=${shellQuoted(folder)}
if [ ! -d "$folder" ]; then
  if [ -e "$folder" ]; then echo file; else echo missing; fi
  section end; exit 0
fi
cd -P -- "$folder" 2>/dev/null || { echo refused; section end; exit 0; }
printf 'at %s' "$PWD"
hash=
for each in sha256sum sha1sum md5sum; do ! have $each || { hash=$each; break; }; done
export hash
${REVISION}
section users; cut -d: -f1,3 /etc/passwd 2>/dev/null | head -c 65536
section groups; cut -d: -f1,3 /etc/group 2>/dev/null | head -c 65536
section tool; printf '%s' "$hash"
exec 4>&1
complaints=
${batches(`-type d \\( ${names} \\) -prune -o -type d -print0`, FOLDERS)}
${batches(`-type d \\( ${names} \\) -prune -o -type f -size -${HASHED_BYTES}c -print0`, BATCH)}
${batches(`\\( -type d \\( ${names} \\) -prune -o -type l -o -type f ! -size -${HASHED_BYTES}c \\) -print0`, OTHERS)}
exec 4>&-
section complaints; printf '%s' "$complaints"
${askedScript(versionUrls)}
${SURROUNDINGS}
section end
`
}

/** A list of which find(1), xargs(1) or stat(1) failed would pass for one of a folder with less in it: who failed is kept for the end, where it cannot tear a row. */
function batches(what: string, script: string): string {
  return `complaints=$complaints$( { { find . -xdev ${what} || echo find >&3; } | xargs -0 sh -c ${shellQuoted(script)} sh >&4 || echo stat >&3; } 3>&1 )' '`
}

/** What stat(1) of GNU and of busybox can both say; the last two signs end a path. Numbers of users: for each name it would read /etc/passwd again, four times the time. */
const FIELDS = '%s %f %Y %Z %u:%g:%n//'
const LIST = `[ $# -gt 0 ] || exit 0
failed=0
printf '\\n%s list\\n' "$halligan_b"; stat -c '${FIELDS}' "$@" || failed=1`
/** Which file system each folder lies on, and those that this user cannot look into. */
const FOLDERS = `[ $# -gt 0 ] || exit 0
failed=0
printf '\\n%s folders\\n' "$halligan_b"; stat -c '%d %n//' "$@" || failed=1
for each do
  { [ -r "$each" ] && [ -x "$each" ]; } || printf '\\n%s closed %s//\\n' "$halligan_b" "$each"
done
exit $failed`
const BATCH = `${LIST}
[ -n "$hash" ] || exit $failed
printf '\\n%s hash\\n' "$halligan_b"; "$hash" "$@"
exit $failed`
const OTHERS = `${LIST}
for each do
  [ -h "$each" ] || continue
  ! target=$(readlink "$each") || printf '\\n%s link %s//\\n%s' "$halligan_b" "$each" "$target"
done
exit $failed`

/**
 * A service that hangs is the case in which somebody looks: asked last, each once and for seconds. wget tries 20 times, and its limit is for each byte, so that
 * timeout(1) ends it where the box has one that takes seconds first (old ones of busybox do not).
 */
function askedScript(versionUrls: readonly string[]): string {
  if (versionUrls.length === 0) return ':'
  const asked = versionUrls.map(
    (url) => `section "url ${urlWord(url)}"
{ if have curl; then curl -fsS -m 2 -r 0-${VERSION_BYTES} ${shellQuoted(url)}; elif have wget; then $limit wget -q -t 1 -T 2 -O - ${shellQuoted(url)}; else echo 'halligan: no curl and no wget'; fi; } 2>&1 | head -c ${VERSION_BYTES}`,
  )
  return `limit=; ! timeout ${URL_SECONDS} true 2>/dev/null || limit='timeout ${URL_SECONDS}'
${asked.join('\n')}`
}

/** HEAD of a folder that is a clone is read by hand: the box may have no git, and git refuses a folder of another user. */
const REVISION = `for each in ${REVISION_FILES.join(' ')}; do
  [ -f "$each" ] || continue
  section "file $each"; head -c ${VERSION_BYTES} "$each"
  stat -c '%Y' "$each" | { read -r at; section "dated $each"; printf '%s' "$at"; }
done
if [ -f .git ]; then read -r _ git <.git; else git=.git; fi
if [ -f "$git/HEAD" ]; then
  read -r head <"$git/HEAD"
  case $head in
    'ref: refs/'*)
      ref=\${head#ref: }
      case $ref in *..*) ;; *)
        if [ -f "$git/$ref" ]; then read -r head <"$git/$ref"
        else head=$(grep -F -- " $ref" "$git/packed-refs" 2>/dev/null | head -n 1); head=\${head%% *}; fi
        section 'head'; printf '%s %s' "$head" "$ref";;
      esac;;
    *) section 'head'; printf '%s' "$head";;
  esac
fi
[ ! -f package.json ] || { section package; head -c ${VERSION_BYTES * 4} package.json; }`

/** As the name of a section: no blank, no newline. */
function urlWord(url: string): string {
  return url.replaceAll(/[^\w.:/?=&%+-]/g, '_')
}

/**
 * Processes that have their folder, their program or an argument there, with what they were started by and as; what systemd and cron were told beside
 * their packages. Without root only own processes are seen, and how many are not is counted.
 */
const PIDS = String.raw`s|.*/proc/\([0-9]*\)/cmdline$|\1|p`
const SURROUNDINGS = `root=$PWD; cd /
section hidden; { ls -ld /proc/[0-9]*/cwd 2>&1 >/dev/null; } | grep -c 'ermission denied'
{ ls -ld /proc/[0-9]*/cwd /proc/[0-9]*/exe 2>/dev/null | while IFS= read -r line; do
    case $line in *" -> $root"*) line=\${line#*/proc/}; printf '%s\\n' "\${line%%/*}";; esac
  done
  # It finds itself, too, and is gone by the time it is asked about.
  grep -lF -e "$root/" /proc/[0-9]*/cmdline 2>/dev/null | sed -n '${PIDS}'
} | sort -un | head -n ${PROCESSES} | while read -r pid; do
  [ "$pid" != $$ ] || continue
  section "process $pid"; cat /proc/$pid/stat 2>/dev/null
  section "links $pid"; ls -ld /proc/$pid/cwd /proc/$pid/exe 2>/dev/null
  section "arguments $pid"; head -c 2000 /proc/$pid/cmdline 2>/dev/null | tr '\\0\\n' '  '
  section "cgroup $pid"; head -c 2000 /proc/$pid/cgroup 2>/dev/null
done
section clock; date +%s; cat /proc/uptime; getconf CLK_TCK 2>/dev/null || echo 100
for each in /etc/systemd/system/*.d/*.conf /run/systemd/system/*.d/*.conf /etc/crontab /etc/cron.d/* /var/spool/cron/crontabs/* /var/spool/cron/*; do
  [ -f "$each" ] || continue
  section "setting $each//"; stat -c '%Y %U' "$each"
  head -c ${SETTING_BYTES} "$each" 2>/dev/null || section "shut $each//"
done
for each in /var/spool/cron /var/spool/cron/crontabs; do
  [ ! -d $each ] || [ -r $each ] || section "shut $each//"
done`
