import { endOf, pairOf } from '../incidents/endings.ts'
import { debtsOf, holdingsOf, mayHold } from '../incidents/holding.ts'
import { keptElsewhere } from '../incidents/kept-elsewhere.ts'
import { evidenceOf } from '../incidents/payloads.ts'
import { entriesSaying, rareWords, wordsRepeated } from '../incidents/rare-words.ts'
import type { AnyEntry, Purge, Purged, Store } from '../incidents/store.ts'

/** What is going to be purged: the entry, and the other half of a command or a shell, which has the same line. */
export interface PurgePlan {
  readonly targets: readonly AnyEntry[]
  /** Words that give away what they said; a reason that has one of them would keep it for ever. */
  readonly rare: readonly string[]
  readonly others: readonly AnyEntry[]
}

export interface PurgeOutcome extends Purged {
  readonly seq: number
}

/** What came of a plan. */
export interface PurgeDone {
  readonly purged: readonly PurgeOutcome[]
  /** Files made of the incident that may still have it. */
  readonly elsewhere: readonly string[]
  /** Entries that still say one of the rare words, in themselves or in their evidence. */
  readonly still: readonly StillSays[]
}

export interface StillSays {
  readonly seq: number
  readonly words: readonly string[]
  readonly where: 'entry' | 'evidence'
}

/** Rejects with a `StoreProblem`. Where there is no such entry, or nothing left of it, there are no targets. */
export async function planPurge(store: Store, incident: string, seq: number): Promise<PurgePlan> {
  const entries = await store.read(incident)
  const targets = pairOf(entries, seq).filter(({ payload }) => payload !== undefined)
  const others = entries.filter((entry) => !targets.includes(entry))
  return { targets, others, rare: rareWords(targets, others) }
}

/** Words of the plan that a reason repeats. */
export function givenAway({ rare }: PurgePlan, why: string): readonly string[] {
  return wordsRepeated(why, rare)
}

/** Takes out for good what the entries say, and gives what of it stays. Rejects with a `StoreProblem`. */
export async function purge(
  store: Store,
  incident: string,
  plan: PurgePlan,
  tombstone: Omit<Purge, 'of' | 'over'>,
): Promise<PurgeDone> {
  const { targets, others, rare } = plan
  const first = Math.min(...targets.map(({ seq }) => seq))
  const purged: PurgeOutcome[] = []
  // As it was before: of a pair, the end says of the beginning that it is over.
  const entries = [...others, ...targets].toSorted((a, b) => a.seq - b.seq)
  for (const target of targets) {
    const counts = whatCounts(entries, target)
    purged.push({ seq: target.seq, ...(await store.purge(incident, target.seq, { ...tombstone, ...counts })) })
  }
  return { purged, elsewhere: keptElsewhere(others, first), still: await stillSaying(store, others, rare) }
}

/** That something is over is no secret of an entry, and nobody could say it any more without it. */
function whatCounts(entries: readonly AnyEntry[], entry: AnyEntry): Pick<Purge, 'of' | 'over'> {
  const isOpen = [...holdingsOf(entries), ...debtsOf(entries)].some(({ seq }) => seq === entry.seq)
  return { of: endOf(entry), over: mayHold(entry) && !isOpen ? true : undefined }
}

/** A figure, as of a process, is in every look. */
const TELLS = /(?=.*\p{L})\d|\d(?=.*\p{L})/u

async function stillSaying(
  store: Store,
  others: readonly AnyEntry[],
  rare: readonly string[],
): Promise<readonly StillSays[]> {
  const words = rare.filter((word) => TELLS.test(word))
  if (words.length === 0) return []
  const said = entriesSaying(others, words)
  const found: StillSays[] = said.map(({ entry, words: has }) => ({ seq: entry.seq, words: has, where: 'entry' }))
  for (const entry of others) {
    if (said.some((each) => each.entry === entry)) continue
    const has = await saidByEvidence(store, entry, words)
    if (has.length > 0) found.push({ seq: entry.seq, words: has, where: 'evidence' })
  }
  return found.toSorted((a, b) => a.seq - b.seq)
}

async function saidByEvidence(store: Store, entry: AnyEntry, words: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const id of evidenceOf(entry.payload)) {
    const bytes = await store.getEvidence(id)
    if (!bytes) continue
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
    for (const word of wordsRepeated(text, words)) found.add(word)
  }
  return [...found]
}
