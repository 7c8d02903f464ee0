/** How soon it is seen. Milliseconds. */
const LOOKED_EVERY_MS = 500

/**
 * POSIX sh for a script that watches for some time: `halligan_wait MS` waits for so long, or until the console asks it to come to its end; `halligan_asked` says whether it has. What was
 * seen by then is told, as if the time were over.
 *
 * Under the guard for attaching the console asks by a file beside the command (`ask-stop`, boxes/guard.ts). What is free writes no file: there the end of standard input says so, to a
 * listener, if `halligan_listens` says that somebody may speak (steps/inspect/run-inspector.ts).
 */
export const WATCH_END = `
halligan_ear=
case $0 in
  */command) halligan_asked() { [ -e "\${0%/*}/ask-stop" ]; };;
  *)
    [ -z "\${halligan_listens-}" ] || { exec 3<&0; ( while read -r word; do :; done ) <&3 >/dev/null 2>&1 & halligan_ear=$!; exec 3<&-; }
    # The listener has ended: it is gone, or waits to be collected.
    halligan_asked() {
      [ -n "$halligan_ear" ] || return 1
      line=; { read -r line </proc/$halligan_ear/stat; } 2>/dev/null
      line=\${line##*") "}; case $line in ''|Z*|X*) return 0;; esac; return 1
    }
    ;;
esac
halligan_wait() {
  read -r up rest </proc/uptime; halligan_until=$((\${up%.*}\${up#*.}0 + $1))
  while read -r up rest </proc/uptime; halligan_left=$((halligan_until - \${up%.*}\${up#*.}0)); [ $halligan_left -gt 0 ] && ! halligan_asked; do
    if [ $halligan_left -ge ${LOOKED_EVERY_MS} ]; then sleep ${LOOKED_EVERY_MS / 1000} 2>/dev/null || sleep 1
    else sleep 0.$(printf %03d $halligan_left) 2>/dev/null || sleep 1; fi
  done
}
`

/** Words of a program that listens by itself: `listens=1` where somebody may speak. */
export const LISTENS = `\${halligan_listens:+listens=1}`

/** Before a script that has a standard input at whose end it comes to its own. */
export const listening = (script: string): string => `halligan_listens=1\n${script}`
