import { existsSync } from 'node:fs'
import { safeText } from '../../base/safe-text.ts'
import { nextMove } from '../../incidents/next-move.ts'
import { situationOf } from '../../incidents/situation.ts'
import { StoreProblem } from '../../incidents/store.ts'
import { unseenOf } from '../../incidents/unseen.ts'
import { configuration, outputStyle, print, sshNames } from '../console.ts'
import { Problem } from '../problem.ts'
import { author, home, seenOf, theIncidentOrOnlyOne, theStore } from '../record.ts'
import { agoWords } from '../situation-words.ts'
import { startScreen, type StartIncident } from '../start-screen.ts'

/** Bare `halligan`: what can be done next. */
export async function start(): Promise<number> {
  const incident = await incidentHere()
  await print(startScreen(await configuration(), sshNames(), outputStyle(false), incident))
  return 0
}

/** A record that cannot be read is said, and takes nothing from the rest. */
async function incidentHere(): Promise<StartIncident | undefined> {
  // Nobody has recorded anything on this console: none is made by asking.
  if (!existsSync(home())) return undefined
  try {
    const { id, title, openedAt, closedAt } = await theIncidentOrOnlyOne({})
    const entries = await (await theStore()).read(id)
    const me = author()
    const next = nextMove(situationOf(entries), { me, unseen: unseenOf(entries, seenOf(id), me).length })
    const state = closedAt === undefined ? `open for ${agoWords(openedAt, Date.now())}` : 'closed'
    return { words: `Incident ${id}, ${state}: ${title}`, next }
  } catch (error) {
    if (error instanceof StoreProblem) process.stderr.write(`halligan: ${safeText(error.message)}\n`)
    else if (!(error instanceof Problem)) throw error
    return undefined
  }
}
