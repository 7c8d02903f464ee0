import type { AnyEntry } from '../store.ts'
import { isNews, type BoxSights } from './sights.ts'
import { told } from '../told.ts'
import { endsOf } from '../endings.ts'

/** One line of the timeline: an entry, or several in a row that say nothing new and that nothing rests upon. */
export type TimelineItem =
  | { readonly kind: 'entry'; readonly entry: AnyEntry }
  | { readonly kind: 'folded'; readonly entries: readonly AnyEntry[] }

/** Entries about the telling, which are no part of what is told. */
const ABOUT_TELLING: ReadonlySet<string> = new Set(['wrote-up', 'exported', 'notified'])

/** Their numbers, and those of the entries by which they were taken back: an export that failed. */
export function aboutTelling(entries: readonly AnyEntry[]): ReadonlySet<number> {
  const telling = new Set(entries.filter(({ did }) => ABOUT_TELLING.has(did)).map(({ seq }) => seq))
  const takenBack = told(entries, 'undone').filter(({ payload }) => telling.has(payload.of))
  return new Set([...telling, ...takenBack.map(({ seq }) => seq)])
}

export interface TimelineSeqs {
  /** Notes that have a place of their own. */
  readonly elsewhere: ReadonlySet<number>
  /** Entries that other parts of the text name. */
  readonly named: ReadonlySet<number>
}

export function timelineOf(
  entries: readonly AnyEntry[],
  boxes: readonly BoxSights[],
  { elsewhere, named }: TimelineSeqs,
): readonly TimelineItem[] {
  const ends = endsOf(entries)
  const cited = new Set([...citedBy(entries), ...named].map((seq) => ends.get(seq)?.seq ?? seq))
  const sights = new Set(boxes.flatMap((story) => story.sights.map(({ seq }) => seq)))
  const news = new Set(
    boxes.flatMap(({ sights }) => sights.filter((sight, at) => isNews(sight, sights[at - 1])).map(({ seq }) => seq)),
  )
  const isPlain = (entry: AnyEntry): boolean => {
    if (cited.has(entry.seq) || entry.payload === undefined) return false
    if (entry.did === 'looked') return sights.has(entry.seq) && !news.has(entry.seq)
    if (entry.did === 'logs-read') return entry.payload.findings.length === 0
    return entry.did === 'ran' || entry.did === 'inspected' || entry.did === 'examined' || entry.did === 'other'
  }
  const telling = aboutTelling(entries)
  const shown = entries.filter(({ seq }) => !telling.has(seq) && !elsewhere.has(seq) && !ends.has(seq))
  return folded(shown, isPlain)
}

function folded(entries: readonly AnyEntry[], isPlain: (entry: AnyEntry) => boolean): readonly TimelineItem[] {
  const items: TimelineItem[] = []
  let plain: AnyEntry[] = []
  const fold = (): void => {
    const [first, ...more] = plain
    if (first) items.push(more.length === 0 ? { kind: 'entry', entry: first } : { kind: 'folded', entries: plain })
    plain = []
  }
  for (const entry of entries) {
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
  const by = told(entries, 'ruled-out', 'confirmed').flatMap(({ payload }) => payload.by)
  const of = told(entries, 'undone', 'linked', 'verified').flatMap(({ payload }) =>
    payload.of === undefined ? [] : [payload.of],
  )
  return new Set([...by, ...of])
}
