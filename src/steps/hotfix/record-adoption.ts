import type { Debt } from '../../incidents/holding.ts'
import type { Recorded, Recorder } from '../../incidents/recorder.ts'
import { situationOf } from '../../incidents/situation.ts'
import type { AnyEntry, Store } from '../../incidents/store.ts'
import { link } from '../settle.ts'
import type { Adopted } from './adopt.ts'
import { isAbout } from './is-about.ts'

export interface AdoptionRecorded {
  readonly recorded: readonly Recorded[]
  /** Hotfixes that are linked to the commit now. */
  readonly linked: readonly number[]
  /** Hotfixes of that box of which nobody can say whether they are meant. */
  readonly open: readonly number[]
}

/** Writes down what was brought home, and pays the debts that it is for sure: hotfixes of that box that name a file of it by its whole path. */
export async function recordAdoption(
  adopted: Adopted,
  branch: string,
  recorder: Recorder,
  openStore: () => Promise<Store>,
): Promise<AdoptionRecorded> {
  const { box, identity, commit = '', files } = adopted
  const names = files.map(({ path }) => path).join(', ')
  const text = `${names} of ${box} adopted as commit ${commit} on branch ${branch}`
  const noted = await recorder.record(() => ({ did: 'noted', box, identity, payload: { text } }))
  if (recorder.incident === undefined || noted.how !== 'recorded') return { recorded: [noted], linked: [], open: [] }
  const store = await openStore()
  const entries = await store.read(recorder.incident)
  const debts = situationOf(entries).debts.filter((debt) => debt.box === box)
  const meant = meantDebts(debts, entries, adopted)
  const recorded: Recorded[] = [noted]
  for (const { seq } of meant) {
    const outcome = await link({ store, incident: recorder.incident, recorder }, seq, { commit })
    if (outcome.how === 'recorded') recorded.push({ how: 'recorded', entry: outcome.entry })
    else if (outcome.how === 'failed') recorded.push({ how: 'failed', problem: outcome.problem })
  }
  const linked = meant.map(({ seq }) => seq)
  return { recorded, linked, open: debts.flatMap(({ seq }) => (linked.includes(seq) ? [] : [seq])) }
}

function meantDebts(debts: readonly Debt[], entries: readonly AnyEntry[], adopted: Adopted): readonly Debt[] {
  return debts.filter(({ seq }) => {
    const entry = entries.find((each) => each.seq === seq)
    return entry?.did === 'changed' && isAbout(entry.payload ?? {}, adopted)
  })
}
