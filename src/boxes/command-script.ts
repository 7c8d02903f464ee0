import { shellQuoted } from '../base/shell-quoted.ts'

/** How often who passes signals on is asked to go without a pause, and in all; with a second between two, it then has 10 s to tell the rest. */
const QUICK_TRIES = 1_000
const MOST_TRIES = QUICK_TRIES + 10

/**
 * The engineer's own command as the script of a side session with input: in the user's own shell, with the umask, PATH and locale that they
 * have there, standard input empty. Its standard output and error are those of the session, byte for byte.
 *
 * Lines on the session's input (`INT`, `TERM`, `HUP`) go as that signal to the command and all below it, as a terminal does it to what runs in the
 * foreground: it runs in the foreground of its shell, since what sh starts in the background ignores SIGINT (POSIX 2.11). When the line is cut, the
 * session ends all of it (`session-script.ts`); what it had put into the background stays when it ends by itself.
 * Who passes the signal on is deaf to USR1 until all have it: the command's own shell is often gone before its last child was told.
 * A signal that ended it is 128 + its number, also where the shell makes that 256 (ksh93).
 */
export function commandScript(line: string): string {
  return `
below() { halligan_kids $1; for kid in $kids; do [ "$kid" = "$halligan_me" ] || { printf '%s ' $kid; below $kid; }; done; }
lives() { stat=; read -r stat </proc/$1/stat; stat=\${stat##*") "}; [ -n "$stat" ] && [ "\${stat%% *}" != Z ]; }
read -r S rest </proc/self/stat
exec 3<&0 </dev/null
( exec >/dev/null 2>&1; read -r halligan_me rest </proc/self/stat
  while IFS= read -r word <&3; do
    case $word in HUP|INT|TERM) trap '' USR1; for pid in $(below $S); do kill -$word $pid; done; trap - USR1;; esac
  done ) & R=$!
exec 3<&-
( ${AS_THE_USER}; exec "$shell" -c ${shellQuoted(line)} )
code=$?; [ $code -le 255 ] || code=$((code - 128))
{ tries=0; while kill -USR1 $R && lives $R && [ $tries -lt ${MOST_TRIES} ]; do tries=$((tries + 1)); [ $tries -lt ${QUICK_TRIES} ] || sleep 1; done
kill -KILL $R; wait $R; } 2>/dev/null
exit $code
`
}

/** What the session changed for its own scripts is as the user has it; `$shell` is their login shell (sshd, login and sudo say which in SHELL). */
export const AS_THE_USER = `umask $halligan_umask; PATH=$halligan_path; unset LC_ALL; [ -z "$halligan_locale" ] || { LC_ALL=\${halligan_locale#LC_ALL=}; export LC_ALL; }
  shell=\${SHELL:-sh}; [ -x "$shell" ] || shell=sh`

export type CommandSignal = 'INT' | 'TERM' | 'HUP'
