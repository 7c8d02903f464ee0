import { shellQuoted } from '../base/shell-quoted.ts'

export interface TerminalScriptParts {
  /** Random; the first line that the terminal shows begins with it. */
  readonly nonce: string
  readonly columns: number
  readonly rows: number
  /** What the user's programs find in their environment. */
  readonly environment: Readonly<Record<string, string>>
  readonly sudo: boolean
  /** One line of POSIX sh that takes the place of the user's own shell. */
  readonly program?: string | undefined
}

/** A console that does not say that the leash is there by then is gone. Tenths of a second. */
const GO_AHEAD_TENTHS = 150

/**
 * What runs in the terminal on the box before the user's own shell takes its place: sets its size, says which process and which terminal it is, and waits until
 * the console has the leash ready (`leashScript`), so that no shell stays behind when the console ends in between (a box without stty goes on). The same process
 * then becomes the shell. One line, since it is an argument of ssh; nothing in it is secret.
 */
export function terminalScript({ nonce, columns, rows, environment, sudo, program }: TerminalScriptParts): string {
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${shellQuoted(value)}; `)
  const shell = `"\${SHELL:-$(command -v bash || echo sh)}"`
  const asRoot = sudo ? '[ "$(id -u)" = 0 ] || exec sudo -i; ' : ''
  const last = program ?? `${asRoot}exec ${shell} -l`
  return (
    // A second session of ssh sends the modes of its input, and where that is no terminal all of them off.
    `{ stty sane; stty iutf8; stty rows ${rows} cols ${columns}; } 2>/dev/null; tty=$(tty); ` +
    `if saved=$(stty -g 2>/dev/null); then stty -echo -icanon min 0 time ${GO_AHEAD_TENTHS}; ` +
    `printf '\\n%s %s waits %s\\n' ${nonce} $$ "$tty"; go=$(dd bs=1 count=1 2>/dev/null); stty "$saved" echo; ` +
    `[ -n "$go" ] || exit 1; else printf '\\n%s %s goes-on %s\\n' ${nonce} $$ "$tty"; fi; ` +
    `unset go saved tty; ${exports.join('')}${last}`
  )
}

/** What a lost console is given before the shell on the box is told that its line is gone. Seconds; a heartbeat comes each 3. */
const SILENCE_SECONDS = 10

/**
 * The leash of a terminal, a guarded side session: each line on its input says that the console is there. When its input ends, or none comes for some time
 * (a cable that is cut silently), the shell is told to hang up as if its modem had, and killed when it does not. What the user made independent of it
 * (nohup, tmux) stays, as with any ssh.
 */
export function leashScript(pid: number): string {
  return `
P=${pid} timer=
halligan_born $P; B=$born
there() { halligan_born $P; [ -n "$B" ] && [ "$born" = "$B" ]; }
hang_up() {
  there || return 0
  kill -HUP $P; kill -CONT $P
  for second in 1 2 3; do sleep 1; there || return 0; done
  kill -KILL $P
}
unarm() { [ -z "$timer" ] || { halligan_reap $timer; wait $timer; } 2>/dev/null; timer=; }
arm() { unarm; ( sleep ${SILENCE_SECONDS}; hang_up ) </dev/null >/dev/null 2>&1 & timer=$!; }
arm
printf 'ready\\n'
while IFS= read -r word; do arm; done
unarm
hang_up >/dev/null 2>&1
`
}
