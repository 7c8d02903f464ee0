import { safeText } from '../../base/safe-text.ts'
import { situationOf, type Situation } from '../../incidents/situation.ts'
import type { AnyEntry } from '../../incidents/store.ts'
import { unseenOf } from '../../incidents/unseen.ts'
import { configuration, outputStyle, print } from '../console.ts'
import { Problem } from '../problem.ts'
import { author } from '../author.ts'
import type { Color } from '../style.ts'
import { seenOf } from '../the-desk.ts'
import { theIncidentOrOnlyOne, type IncidentFlags } from '../the-incident.ts'
import { theStore } from '../the-store.ts'
import { situationMarkdown } from '../situation-markdown.ts'
import { ROWS, situationScreen, type SituationView } from '../situation-terminal.ts'

export interface StatusFlags extends IncidentFlags {
  readonly markdown?: boolean
  readonly color?: Color
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
  const nowMs = Date.now()
  const view: SituationView = {
    situation: { ...situation, untold: await untoldNow(situation, entries, nowMs) },
    entries,
    nowMs,
    me: author(),
    unseen: unseenOf(entries, seenOf(situation.incident), author()).length,
    rows: process.stdout.rows || ROWS,
    below,
  }
  await print(markdown ? situationMarkdown(view) : situationScreen(view, outputStyle(color)))
}

/** With what a killed console had not told: halligan.yaml says whom. A mistake in that file keeps nobody from seeing where the incident stands. */
async function untoldNow(
  { untold }: Situation,
  entries: readonly AnyEntry[],
  nowMs: number,
): Promise<Situation['untold']> {
  try {
    const settings = await configuration()
    if (settings.notify.length === 0) return untold
    const { untoldOf } = await import('../../steps/notify.ts')
    return untoldOf(entries, { configuration: settings, environment: process.env, me: author(), nowMs })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    process.stderr.write(`halligan: whether the team was told of all is not known: ${safeText(error.message)}\n`)
    return untold
  }
}
