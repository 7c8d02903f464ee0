import { safeText } from '../base/safe-text.ts'

/** A failure in words for a person, thrown by commands and printed by main: what failed, and what to try. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly tryNext: string
  readonly exitCode: ExitCode

  constructor(message: string, tryNext: string, exitCode: ExitCode = 1) {
    super(message)
    this.tryNext = tryNext
    this.exitCode = exitCode
  }
}

/** 1 it could not be done, 2 wrong usage; 255 the same as 1 where the code of a command on a box is ours (docs/decisions/0006). */
type ExitCode = 1 | 2 | 255

export function problemWords({ message, tryNext }: Pick<Problem, 'message' | 'tryNext'>): string {
  const lines = message.split('\n').map(safeText)
  return `halligan: ${lines.join('\n  ')}\n${tryNext === '' ? '' : `Try: ${safeText(tryNext)}\n`}`
}
