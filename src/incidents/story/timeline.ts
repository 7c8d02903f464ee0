import type { AnyEntry } from '../store.ts'
import { isNews, type BoxStory } from './sights.ts'

/** One line of the timeline: an entry, or several in a row that say nothing new and that nothing rests upon. */
export type TimelineItem =
  | { readonly kind: 'entry'; readonly entry: AnyEntry }
  | { readonly kind: 'folded'; readonly entries: readonly AnyEntry[] }

/** Entries about the telling, which are no part of what is told. */
const ABOUT_TELLING: ReadonlySet<string> = new Set(['wrote-up', 'exported', 'notified'])

export function isAboutTelling({ did }: AnyEntry): boolean {
  return ABOUT_TELLING.has(did)
}

export function timelineOf(
  entries: readonly AnyEntry[],
  boxes: readonly BoxStory[],
  notesElsewhere: ReadonlySet<number>,
): readonly TimelineItem[] {
  const cited = citedBy(entries)
  const news = new Set(
    boxes.flatMap(({ sights }) => sights.filter((sight, at) => isNews(sight, sights[at - 1])).map(({ seq }) => seq)),
  )
  const isPlain = (entry: AnyEntry): boolean => {
    if (cited.has(entry.seq) || entry.payload === undefined) return false
    if (entry.did === 'looked') return !news.has(entry.seq)
    return entry.did === 'ran' || entry.did === 'other'
  }
  const items: TimelineItem[] = []
  let plain: AnyEntry[] = []
  const fold = (): void => {
    const [first, ...more] = plain
    if (first) items.push(more.length === 0 ? { kind: 'entry', entry: first } : { kind: 'folded', entries: plain })
    plain = []
  }
  for (const entry of entries) {
    if (isAboutTelling(entry) || notesElsewhere.has(entry.seq)) continue
    if (isPlain(entry)) plain.push(entry)
    else {
      fold()
      items.push({ kind: 'entry', entry })
    }
  }
  fold()
  return items
}

/** Numbers of the entries that others rest upon. */
function citedBy(entries: readonly AnyEntry[]): ReadonlySet<number> {
  const cited = new Set<number>()
  for (const { did, payload } of entries as readonly { did: string; payload: Record<string, unknown> | undefined }[]) {
    if (did === 'other' || payload === undefined) continue
    if (Array.isArray(payload['by'])) for (const seq of payload['by']) cited.add(Number(seq))
    if (typeof payload['of'] === 'number') cited.add(payload['of'])
  }
  return cited
}
