import { quoted } from '../findings/next.ts'
import { hypothesesOf } from '../incidents/hypotheses.ts'
import { StoreProblem, type AnyEntry } from '../incidents/store.ts'
import { Problem } from './problem.ts'
import { theIncident, type IncidentFlags } from './the-incident.ts'
import { theStore } from './the-store.ts'

export const SUPPOSE_EXAMPLE = 'halligan hypothesis add "the pool of connections is too small"'

/** How a judgement is typed, of what there is in this incident: copied as it is, it is taken. Without an incident, or a hypothesis in it, what comes first. */
export async function judgementExample(
  verb: string,
  number: number | undefined,
  flags: IncidentFlags,
): Promise<string> {
  const of = flags.incident === undefined ? '' : ` --incident ${quoted(flags.incident)}`
  const example = exampleFrom(verb, number, await entriesOrNone(flags))
  return example === undefined ? `${SUPPOSE_EXAMPLE}${of} first.` : `${example}${of}`
}

async function entriesOrNone(flags: IncidentFlags): Promise<readonly AnyEntry[]> {
  try {
    const { id } = await theIncident(flags)
    return await (await theStore()).read(id)
  } catch (error) {
    if (error instanceof Problem || error instanceof StoreProblem) return []
    throw error
  }
}

/**
 * The hypothesis that was meant, else one that nobody has decided; by the last entry that may show something.
 *
 * @returns undefined when there is no hypothesis
 */
export function exampleFrom(
  verb: string,
  number: number | undefined,
  entries: readonly AnyEntry[],
): string | undefined {
  const hypotheses = hypothesesOf(entries)
  const meant =
    hypotheses.find((each) => each.number === number) ??
    hypotheses.find(({ state }) => state === 'open') ??
    hypotheses[0]
  if (!meant) return undefined
  const there = entries.filter(({ payload }) => payload !== undefined)
  const shows = there.findLast(({ box }) => box !== undefined) ?? there.at(-1)
  const why = verb === 'confirm' ? 'each request leaves one connection open' : 'p99 of the database is 3 ms'
  return `halligan hypothesis ${verb} ${meant.number} "${why}" --by ${shows?.seq ?? meant.seq}`
}
