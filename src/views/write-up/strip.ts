import type { AnyEntry } from '../../incidents/store.ts'
import type { Story } from '../../incidents/story/story.ts'
import { aboutTelling } from '../../incidents/story/timeline.ts'
import type { Strip, StripBox, StripMarks } from './charts.ts'
import { isTime } from './words.ts'

/** More would be no picture any more; the worst of them stand in the table of the impact. */
const BOXES_DRAWN = 12
/** A beginning that lies longer before the opening than so many times what came after it would leave no room for that. */
const BEFORE_AT_MOST = 3

/** Rows of marks, from above. */
const ROWS: readonly (readonly [name: string, dids: readonly string[]])[] = [
  ['opened or closed', ['opened', 'closed']],
  ['notes', ['noted']],
  [
    'commands',
    ['ran', 'stopped', 'shelled', 'preserved', 'logs-read', 'inspected', 'debugged', 'examined', 'drift-seen', 'other'],
  ],
  ['supposed', ['supposed']],
  ['ruled out', ['ruled-out']],
  ['cause found', ['confirmed']],
  ['relief or change', ['relieved', 'changed', 'undone']],
  ['verified', ['verified']],
  ['handed over', ['handed-over', 'took-over']],
]

/** Undefined when there is no time to draw. */
export function stripOf(story: Story): Strip | undefined {
  const all = [...story.entries.values()]
  const telling = aboutTelling(all)
  const entries = all.filter(({ at, seq }) => isTime(at) && !telling.has(seq) && !story.ends.has(seq))
  const times = entries.map(({ at }) => Date.parse(at))
  const began = story.course.began && isTime(story.course.began.at) ? Date.parse(story.course.began.at) : Infinity
  const [first, last] = [Math.min(...times), Math.max(...times)]
  const from = began < first && first - began <= BEFORE_AT_MOST * (last - first) ? began : first
  // A second more at both ends: marks stand off the edge.
  if (!(last - from > 1000)) return undefined
  return {
    from: seconds(from),
    to: seconds(last + 999),
    boxes: boxesDrawn(story),
    marks: ROWS.flatMap(([name, dids]) => marksOf(name, dids, entries)),
  }
}

function boxesDrawn({ boxes }: Story): readonly StripBox[] {
  return boxes
    .filter(({ sights }) => sights.length > 0)
    .slice(0, BOXES_DRAWN)
    .map(({ box, sights }) => ({
      name: box,
      states: sights
        .filter(({ at }) => isTime(at))
        .filter(({ state }, at, all) => at === 0 || all[at - 1]?.state !== state)
        .map(({ at, state, seq }) => ({ at: seconds(Date.parse(at)), state, seq })),
    }))
    .filter(({ states }) => states.length > 0)
}

function marksOf(name: string, dids: readonly string[], entries: readonly AnyEntry[]): readonly StripMarks[] {
  const moments = entries
    .filter(({ did }) => dids.includes(did))
    .map(({ at, seq }) => ({ at: seconds(Date.parse(at)), seq }))
  return moments.length > 0 ? [{ name, moments }] : []
}

/** Whole seconds, as the text has them. */
function seconds(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString()
}
