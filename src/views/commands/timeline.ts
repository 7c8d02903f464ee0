import type { AnyEntry, Store } from '../../incidents/store.ts'
import { outputStyle, print } from '../console.ts'
import { entryJson, entryLine, zoneLine } from '../entry-line.ts'
import { INTERRUPTED, stopOnInterrupt } from '../interrupt.ts'
import { Problem } from '../problem.ts'
import { wasShown } from '../the-desk.ts'
import { theIncident, type IncidentFlags } from '../the-incident.ts'
import { theStore } from '../the-store.ts'
import { paint, type Color } from '../style.ts'

export interface TimelineFlags extends IncidentFlags {
  readonly follow?: boolean
  readonly json?: boolean
  readonly last?: string
  readonly color?: Color
}

/** Prints the entries of the incident in order; with `--follow` new ones as they come, until Ctrl-C. */
export async function timeline(flags: TimelineFlags): Promise<number> {
  const incident = await theIncident(flags)
  const limit = flags.last === undefined ? undefined : Number(flags.last)
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 1))
    throw new Problem(`--last takes a number of entries, not "${flags.last}".`, '--last 20', 2)
  const store = await theStore()
  const style = outputStyle(flags.color)
  const shown = (entries: readonly AnyEntry[]): string =>
    entries.map((entry) => (flags.json ? entryJson(entry) : entryLine(entry, style))).join('')
  const from = Math.max(0, incident.entries - (limit ?? usualLimit(flags)))
  if (!flags.json) await print(zoneLine(style))
  if (from > 0 && limit === undefined)
    await print(
      paint(style, 'faint', `… ${from} earlier ones: --last ${incident.entries} shows all, and so does a pipe.\n`),
    )
  const show = async (entries: readonly AnyEntry[]): Promise<void> => {
    await print(shown(entries))
    if (!flags.json) wasShown(incident.id, entries)
  }
  const seen = await printPages(store, incident.id, from, show)
  if (!flags.follow) return 0
  const stop = stopOnInterrupt()
  for await (const entry of store.subscribe(incident.id, seen, stop.signal)) await show([entry])
  stop.finish()
  return stop.signal.aborted ? INTERRUPTED : 0
}

/** A terminal keeps some thousand lines to scroll back to; the newest are what is looked for. */
const TERMINAL_ENTRIES = 2000

function usualLimit({ json }: TimelineFlags): number {
  return process.stdout.isTTY && !json ? TERMINAL_ENTRIES : Infinity
}

/** Enough for a screen at once, and few enough to be kept in memory. */
const PAGE_ENTRIES = 1000

/** Prints while it reads: the first screen does not wait for the last entry. Gives the number of the last one. */
async function printPages(
  store: Store,
  incident: string,
  from: number,
  show: (entries: readonly AnyEntry[]) => Promise<void>,
): Promise<number> {
  let seen = from
  for (;;) {
    const entries = await store.read(incident, { after: seen, limit: PAGE_ENTRIES })
    seen = entries.at(-1)?.seq ?? seen
    if (entries.length > 0) await show(entries)
    if (entries.length < PAGE_ENTRIES) return seen
  }
}
