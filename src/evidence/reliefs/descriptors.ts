import { shellQuoted } from '../../base/shell-quoted.ts'
import { limitOf } from './shell.ts'

/** Shell functions about who holds a file; POSIX sh. */

/**
 * `opened FDINFO` says how a descriptor was opened (proc_pid_fdinfo(5)): `mode` becomes `r`, `w`, `rw`, or empty where nobody says, `appends` yes or no. By its octal digits: mksh and
 * ksh93 take 0100001 for a decimal number.
 */
export const OPENED = `
opened() { mode= appends=no flags=
  { while read -r key value; do [ "$key" != flags: ] || flags=$value; done <"$1"; } 2>/dev/null
  case $flags in ''|*[!0-7]*) return 0;; *[04]) mode=r;; *[15]) mode=w;; *[26]) mode=rw;; esac
  case $flags in *[2367]???) appends=yes;; esac; }`

/** What lies on a server that does not answer (NFS) holds up whoever looks at it. Seconds. */
const LOOK_SECONDS = 20

/** Errors of a process or a descriptor that ended meanwhile; any other means that something was not seen. */
const GONE = '(No such file or directory|No such process)$'

/**
 * `holders INODE` says who writes to the file and who has it mapped: `writer PID appends|rw|plain NAME` (`rw` appends, and reads as well), `mapped PID`; the names only where `named` is
 * set. `fds read` and `maps read` only where all descriptors and all maps of the box could be seen. The shell must have the file open, as 9: unless that is found among the descriptors,
 * none were seen.
 *
 * By device and number, whatever the name: links, bind mounts and namespaces give a file other ones. The same number with the same last name counts as well, on whatever device: a file
 * system in layers (overlayfs) shows others above and below.
 */
export function holdersOf(path: string): string {
  return `${OPENED}
name=${shellQuoted(path)}; base=\${name##*/}
same() { case $1 in "$inode") return 0;; *:"\${inode#*:}") ;; *) return 1;; esac; case \${2##*/} in "$base"|"$base (deleted)") return 0;; esac; return 1; }
descriptors() {
  ${limitOf(LOOK_SECONDS)}
  { find /proc/[0-9]*/fd -maxdepth 1 -type l 2>&3 | xargs sh -c "$limit stat -L -c 'at %d:%i %n' \\"\\$@\\"; [ \\$? -le 1 ] || echo unseen >&2" sh 2>&3 | number=\${inode#*:} awk '
    { split($2, part, ":"); if ($1 == "at" && NF == 3 && part[2] == ENVIRON["number"]) found[++count] = $0 }
    END { for (at = 1; at <= count; at++) print found[at] }'; } 3>&1
}
holders() {
  inode=$1
  said=$(export LC_ALL=C; descriptors)
  printf '%s\\n' "$said" | grep '^at ' | while read -r word at link; do
    same "$at" "$(readlink "$link" 2>/dev/null)" || continue
    echo held
    pid=\${link#/proc/}; pid=\${pid%%/*}
    opened "/proc/$pid/fdinfo/\${link##*/}"
    case $mode$appends in ryes|rno) continue;; wyes) how=appends;; rwyes) how=rw;; *) how=plain; [ -n "$mode" ] || [ -h "$link" ] || continue;; esac
    called=; [ -z "$named" ] || { read -r called </proc/$pid/comm; } 2>/dev/null
    printf 'writer %s %s %s\\n' "$pid" $how "$called"
  done | { held=; while IFS= read -r line; do case $line in held) held=yes;; *) printf '%s\\n' "$line";; esac; done
    [ -z "$held" ] || printf '%s\\n' "$said" | grep -v -E -e '^at |^$|${GONE}' >/dev/null || echo 'fds read'; }
  said=$(LC_ALL=C grep -H -e "^[^ ]* [^ ]* [^ ]* [^ ]* \${inode#*:} " /proc/[0-9]*/maps 2>&1; LC_ALL=C grep -H -F -e " $name" /proc/[0-9]*/maps 2>&1)
  printf '%s\\n' "$said" | grep '^/proc/[0-9]*/maps:' | while read -r span how offset device number at; do
    case $at in "$name"|"$name (deleted)") ;; *)
      [ "$number" = "\${inode#*:}" ] || continue
      process=\${span%%/maps:*}
      to=$(stat -L -c %d:%i "$process/map_files/$(printf %s "\${span#*/maps:}" | sed 's/^0*\\(.\\)/\\1/; s/-0*/-/')" 2>/dev/null)
      [ -z "$to" ] || same "$to" "$at" || continue;; esac
    pid=\${span#/proc/}; echo "mapped \${pid%%/*}"
  done | sort -u | head -n 5
  printf '%s\\n' "$said" | grep -v -E -e '^/proc/[0-9]*/maps:|^$|${GONE}' >/dev/null || echo 'maps read'
}`
}
