import { safeJson } from '../../base/safe-text.ts'
import type { AnyEntry } from '../../incidents/store.ts'
import { outputStyle, print } from '../console.ts'
import { entryLine } from '../entry-line.ts'
import { stopOnInterrupt } from '../interrupt.ts'
import { Problem } from '../problem.ts'
import { theIncident, theStore, wasShown, type IncidentFlags } from '../record.ts'

export interface TimelineFlags extends IncidentFlags {
  readonly follow?: boolean
  readonly json?: boolean
  readonly last?: string
  readonly color?: boolean
}

/** Prints the entries of the incident in order; with `--follow` new ones as they come, until Ctrl-C. */
export async function timeline(flags: TimelineFlags): Promise<number> {
  const incident = await theIncident(flags)
  const limit = flags.last === undefined ? undefined : Number(flags.last)
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 1))
    throw new Problem(`--last takes a number of entries, not "${flags.last}".`, '--last 20', 2)
  const store = await theStore()
  const style = outputStyle(flags.color === false)
  const shown = (entries: readonly AnyEntry[]): string =>
    entries.map((entry) => (flags.json ? jsonLine(entry) : entryLine(entry, style))).join('')
  const entries = await store.read(incident.id, limit === undefined ? {} : { last: true, limit })
  await print(shown(entries))
  if (!flags.json) wasShown(incident.id, entries)
  if (!flags.follow) return 0
  const stop = stopOnInterrupt()
  for await (const entry of store.subscribe(incident.id, entries.at(-1)?.seq ?? 0, stop.signal)) {
    await print(shown([entry]))
    if (!flags.json) wasShown(incident.id, [entry])
  }
  stop.finish()
  return 0
}

function jsonLine(entry: AnyEntry): string {
  return `${safeJson(entry).replaceAll(/\n */g, ' ')}\n`
}
