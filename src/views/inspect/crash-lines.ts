import { duration } from '../../base/format.ts'
import { wrap } from '../../base/safe-text.ts'
import { endWords } from '../../findings/inspect/crash-says.ts'
import type { ShownCrash } from '../../steps/inspect/inspection.ts'
import { shown, type Style } from '../style.ts'
import { stackGroupLines } from './stack-lines.ts'
import { titled } from './titled.ts'

/** A watch for the end of a process: what happened, and the stacks of that moment. */
export function crashLines(crash: ShownCrash, style: Style, details: boolean): readonly string[] {
  const { title, tookMs, captures } = crash
  const indent = (text: string): readonly string[] =>
    wrap(shown(style, text), style.columns - 2).map((line) => `  ${line}`)
  return [
    ...titled('crash', shown(style, `${title}, watched for ${duration(tookMs / 1_000)}`), style),
    ...(captures.length === 0 ? indent(nothingWords(crash)) : []),
    ...crash.crash.captures.flatMap(({ why, tid, stacksBy }, at) => {
      const stacks = captures[at]
      return [
        ...(captures.length > 1 || why.by === 'sampled'
          ? indent(
              `${captures.length > 1 ? `${at + 1}: ` : ''}${endWords(why, tid)}${stacksBy === undefined ? '' : `; ${stacksBy}`}`,
            )
          : []),
        ...(stacks ? stackGroupLines(stacks, style, details) : []),
        ...(stacks?.notes ?? []).flatMap(indent),
      ]
    }),
    ...crash.crash.notes.flatMap(indent),
  ]
}

function nothingWords({ crash: { end }, isGone }: ShownCrash): string {
  if (end) return `Its end was seen, and no stack could be had of it: ${endWords(end)}.`
  if (isGone)
    return 'The process has ended, and the watch saw nothing of it: it was not ready by then, or it ended in another way.'
  return 'Nothing that was waited for happened in that time: the process lives.'
}
