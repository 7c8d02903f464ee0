import { existsSync } from 'node:fs'
import { safeText } from '../../base/safe-text.ts'
import { nextMove } from '../../incidents/next-move.ts'
import { situationOf } from '../../incidents/situation.ts'
import { StoreProblem, type IncidentSummary } from '../../incidents/store.ts'
import { unseenOf } from '../../incidents/unseen.ts'
import { configuration, outputStyle, print, sshNames } from '../console.ts'
import { Problem } from '../problem.ts'
import { author } from '../author.ts'
import { seenOf } from '../the-desk.ts'
import { theIncidentOrOnlyOne } from '../the-incident.ts'
import { home, theStore } from '../the-store.ts'
import { agoWords } from '../situation-words.ts'
import { startScreen, type StartIncident } from '../start-screen.ts'

/** Bare `halligan`: what can be done next. */
export async function start(): Promise<number> {
  const incident = await incidentHere()
  await print(startScreen(await configuration(), sshNames(), outputStyle(undefined), incident))
  return 0
}

/** A record that cannot be read is said, and takes nothing from the rest. */
async function incidentHere(): Promise<StartIncident | undefined> {
  // Nobody has recorded anything on this console: none is made by asking.
  if (!existsSync(home())) return undefined
  try {
    const summary = await incidentToName()
    if (!summary) return undefined
    const { id, title, openedAt, closedAt } = summary
    const entries = await (await theStore()).read(id)
    const me = author()
    const situation = situationOf(entries)
    const next = nextMove(situation, { me, unseen: unseenOf(entries, seenOf(id), me).length })
    const state = closedAt === undefined ? `open for ${agoWords(openedAt, Date.now())}` : 'closed'
    const isOpen = closedAt === undefined
    // Closed and told: nothing is left to do in it.
    if (!isOpen && situation.wroteUp) return undefined
    // It is nobody's current one any more.
    const command = isOpen || next.command.includes(id) ? next.command : `${next.command} --incident ${id}`
    return { words: `Incident ${id}, ${state}: ${title}`, next: { ...next, command }, isOpen }
  } catch (error) {
    if (error instanceof StoreProblem) process.stderr.write(`halligan: ${safeText(error.message)}\n`)
    else if (!(error instanceof Problem)) throw error
    return undefined
  }
}

/** The current incident, or the only open one; else the last one, which may have to be written up. */
async function incidentToName(): Promise<IncidentSummary | undefined> {
  try {
    return await theIncidentOrOnlyOne({})
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const [last] = await (await theStore()).list()
    return last?.closedAt === undefined ? undefined : last
  }
}
