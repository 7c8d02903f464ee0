import { shellQuoted } from '../base/shell-quoted.ts'

/**
 * The engineer's own command as the script of a side session with input: in the user's own shell, with the umask, PATH and locale that they
 * have there, standard input empty. Its standard output and error are those of the session, byte for byte.
 *
 * Lines on the session's input (`INT`, `TERM`, `HUP`) go as that signal to the command and all below it, as a terminal does it to what runs in the
 * foreground: it runs in the foreground of its shell, since what sh starts in the background ignores SIGINT (POSIX 2.11). When the line is cut, the
 * session ends all of it (`session-script.ts`); what it had put into the background stays when it ends by itself.
 * A signal that ended it is 128 + its number, also where the shell makes that 256 (ksh93).
 */
export function commandScript(line: string): string {
  return `
below() { halligan_kids $1; for kid in $kids; do [ "$kid" = "$halligan_me" ] || { printf '%s ' $kid; below $kid; }; done; }
read -r S rest </proc/self/stat
exec 3<&0 </dev/null
( exec >/dev/null 2>&1; read -r halligan_me rest </proc/self/stat
  while IFS= read -r word <&3; do
    case $word in HUP|INT|TERM) for pid in $(below $S); do kill -$word $pid; done;; esac
  done ) & R=$!
exec 3<&-
( ${AS_THE_USER}; exec "$shell" -c ${shellQuoted(line)} )
code=$?; [ $code -le 255 ] || code=$((code - 128))
{ kill -KILL $R; wait $R; } 2>/dev/null
exit $code
`
}

/** What the session changed for its own scripts is as the user has it; `$shell` is their login shell (sshd, login and sudo say which in SHELL). */
export const AS_THE_USER = `umask $halligan_umask; PATH=$halligan_path; unset LC_ALL; [ -z "$halligan_locale" ] || { LC_ALL=\${halligan_locale#LC_ALL=}; export LC_ALL; }
  shell=\${SHELL:-sh}; [ -x "$shell" ] || shell=sh`

export type CommandSignal = 'INT' | 'TERM' | 'HUP'
