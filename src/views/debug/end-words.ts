import { bytes, count, duration } from '../../base/format.ts'
import { safeText } from '../../base/safe-text.ts'
import type { GuardEnd } from '../../boxes/guard.ts'
import { isClean, proofWords } from '../../boxes/proof.ts'
import { quoted } from '../../findings/next.ts'
import type { DebugEnd } from '../../steps/debug/debug.ts'
import { problemWords } from '../problem.ts'

/** What became of a debugger, in words for a person, and the exit code: 0 where all is as it was. */
export function endWords(
  end: DebugEnd,
  box: string,
  limitSeconds: number,
): { readonly text: string; readonly exit: number } {
  const { state, failure, ended, proof, still, leftOutBytes } = end
  if (state === 'not-started') return { text: failure ? problemWords(failure) : '', exit: 1 }
  if (!proof)
    return {
      text: `\r\n${problemWords({
        message: `The line to ${box} was lost: the guard there tells the debugger to let go, and the process runs on.`,
        tryNext: `halligan inspect ${quoted(box)} PID shows how it is now`,
      })}`,
      exit: 1,
    }
  const lines = [
    why(ended, limitSeconds),
    still.stops === 0
      ? 'It was not seen to stand still.'
      : `It stood still ${count(still.stops, 'time')}, for ${duration(still.totalMs / 1_000)} in all and ${duration(still.longestMs / 1_000)} at the longest.`,
    ...proofWords(proof),
    leftOutBytes > 0 ? `The recording leaves out ${bytes(leftOutBytes)} of what was printed.` : '',
  ].filter((line) => line !== '')
  return { text: lines.map((line) => `halligan: ${safeText(line)}\n`).join(''), exit: isClean(proof) ? 0 : 1 }
}

const WHY: Partial<Readonly<Record<GuardEnd, string>>> = {
  'target-gone': 'The process has ended.',
  stopped: 'The debugger was told to let go.',
  'max-time': 'After four hours the debugger was told to let go.',
  heartbeat: 'Nothing was heard of this console for some seconds, so the debugger was told to let go.',
  'console-gone': 'Nothing was heard of this console for some seconds, so the debugger was told to let go.',
  spool: 'There was no room left on the box for the guard, so the debugger was told to let go.',
  'guard-killed': 'The guard on the box was killed; another one told the debugger to let go.',
}

function why(ended: GuardEnd | undefined, limitSeconds: number): string {
  if (ended === 'frozen')
    return `The process had stood still for ${limitSeconds} s, so the debugger was told to let go; --limit gives you longer.`
  return (ended && WHY[ended]) ?? ''
}
