import { safeText } from '../base/safe-text.ts'

/** A failure in words for a person, thrown by commands and printed by main: what failed, and what to try. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly tryNext: string
  readonly exitCode: 1 | 2

  constructor(message: string, tryNext: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.tryNext = tryNext
    this.exitCode = exitCode
  }
}

export function problemWords({ message, tryNext }: Pick<Problem, 'message' | 'tryNext'>): string {
  const lines = message.split('\n').map(safeText)
  return `halligan: ${lines.join('\n  ')}\n${tryNext === '' ? '' : `Try: ${safeText(tryNext)}\n`}`
}
