import { situationOf, type Situation } from '../../incidents/situation.ts'
import type { AnyEntry } from '../../incidents/store.ts'
import { unseenOf } from '../../incidents/unseen.ts'
import { outputStyle, print } from '../console.ts'
import { author, seenOf, theIncidentOrOnlyOne, theStore, type IncidentFlags } from '../record.ts'
import { situationMarkdown } from '../situation-markdown.ts'
import { ROWS, situationScreen, type SituationView } from '../situation-terminal.ts'

export interface StatusFlags extends IncidentFlags {
  readonly markdown?: boolean
  readonly color?: boolean
}

/** Where the incident stands, from the record alone. */
export async function status(flags: StatusFlags): Promise<number> {
  const { id } = await theIncidentOrOnlyOne(flags)
  const entries = await (await theStore()).read(id)
  await showSituation(situationOf(entries), entries, flags, 0)
  return 0
}

/**
 * Prints a situation as this person sees it.
 *
 * @param below lines that the command will say below it
 */
export async function showSituation(
  situation: Situation,
  entries: readonly AnyEntry[],
  { markdown, color }: StatusFlags,
  below: number,
): Promise<void> {
  const view: SituationView = {
    situation,
    entries,
    nowMs: Date.now(),
    me: author(),
    unseen: unseenOf(entries, seenOf(situation.incident), author()).length,
    rows: process.stdout.rows || ROWS,
    below,
  }
  await print(markdown ? situationMarkdown(view) : situationScreen(view, outputStyle(color === false)))
}
