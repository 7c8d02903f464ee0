/** Output of a terminal that nobody reads, of which the end is needed now and then: what stands before the cursor when somebody types. */
export interface SkimmedOutput {
  push(text: string): void
  /** What a screen that has seen nothing of it needs to show its end. It is empty afterwards. */
  take(): string
}

/** Far more than the line of a prompt takes, with all its colours. Characters. */
const TAIL = 64 * 1024

export function skimmedOutput(): SkimmedOutput {
  let tail = ''
  /** The last change to the screen of a full-screen program, or back, in what was thrown away. */
  let change = ''

  return {
    push: (text) => {
      tail += text
      if (tail.length < 2 * TAIL) return
      const lineFeed = tail.indexOf('\n', tail.length - TAIL)
      const at = lineFeed < 0 ? tail.length - TAIL : lineFeed + 1
      change = [...tail.slice(0, at).matchAll(SCREEN_CHANGES)].at(-1)?.[0] ?? change
      tail = tail.slice(at)
    },
    take: () => {
      const text = change + tail
      tail = ''
      change = ''
      return text
    },
  }
}

/** As `terminal-screen.ts` knows them (xterm's ctlseqs, DECSET 47, 1047, 1049). */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const SCREEN_CHANGES = /\u001b\[\?(?:47|1047|1049)[hl]/g
