import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'

/** A real terminal (tmux) in which bash runs; what is typed and seen is what a person types and sees. */
export interface Terminal {
  /** Types text and presses Enter. */
  readonly enter: (text: string) => void
  /** Presses keys by their tmux names: `C-c`, `Tab`. */
  readonly press: (...keys: readonly string[]) => void
  /** Everything that was shown, lines as they were written (those that the terminal had to break are joined), without trailing blanks. */
  readonly lines: () => readonly string[]
  /** Waits until what is shown matches; gives the lines. */
  readonly until: (pattern: RegExp) => Promise<readonly string[]>
  readonly resize: (columns: number) => void
  readonly end: () => void
}

/** Longest that a test waits for something to be shown; far above what it takes. Milliseconds. */
const PATIENCE_MS = 30_000
const PROMPT_POLL_MS = 50

export function openTerminal(options: {
  readonly columns: number
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
}): Terminal {
  // A server of its own: one that is about to end would take a new terminal with it.
  const server = `halligan-test-${randomBytes(4).toString('hex')}`
  const tmux = (...args: readonly string[]): string =>
    execFileSync('tmux', ['-L', server, '-f', '/dev/null', ...args], { encoding: 'utf8' })
  const environment = Object.entries({ LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', PS1: '$ ', ...options.environment }).map(
    ([name, value]) => `${name}=${value}`,
  )
  tmux(
    'new-session',
    '-d',
    '-x',
    String(options.columns),
    '-y',
    '70',
    '-c',
    options.folder,
    'env',
    ...environment,
    'bash',
    '--norc',
    '--noprofile',
  )
  const lines = (): readonly string[] =>
    tmux('capture-pane', '-p', '-J', '-S', '-500')
      .split('\n')
      .map((line) => line.trimEnd())
  // What is typed before the shell has its prompt is shown twice.
  const deadline = Date.now() + PATIENCE_MS
  while (!lines().some((line) => line.startsWith('$')) && Date.now() < deadline)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PROMPT_POLL_MS)
  return {
    enter: (text) => void (tmux('send-keys', '-l', text), tmux('send-keys', 'Enter')),
    press: (...keys) => void tmux('send-keys', ...keys),
    lines,
    until: async (pattern) => {
      const deadline = Date.now() + PATIENCE_MS
      for (;;) {
        const shown = lines()
        if (pattern.test(shown.join('\n'))) return shown
        if (Date.now() > deadline) throw new Error(`${pattern} was not shown, but:\n${shown.join('\n').trimEnd()}`)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
    resize: (columns) => void tmux('resize-window', '-x', String(columns), '-y', '70'),
    end: () => void tmux('kill-server'),
  }
}
