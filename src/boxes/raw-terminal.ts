import { spawnSync } from 'node:child_process'

/** The terminal that the person sits at, given over to a shell on a box: each key goes there, and what comes back is shown as it is. */
export interface RawTerminal {
  readonly restore: () => void
}

/**
 * Keys are neither echoed nor interpreted here, and output is not changed on its way (Node's own raw mode still turns line feeds into two
 * characters, which spoils full-screen programs). stty(1) knows how on every system; undefined when it does not.
 */
export function rawTerminal(): RawTerminal | undefined {
  const before = stty('-g')?.trim()
  if (!before || stty('raw', '-echo') === undefined) return undefined
  const again = (): void => void stty('raw', '-echo')
  const restore = (): void => {
    process.off('SIGCONT', again)
    process.off('exit', restore)
    stty(before)
  }
  // A shell that had stopped us has put its own modes back.
  process.on('SIGCONT', again)
  process.on('exit', restore)
  return { restore }
}

function stty(...words: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('stty', words, { stdio: ['inherit', 'pipe', 'ignore'], encoding: 'utf8' })
  return status === 0 ? stdout : undefined
}
