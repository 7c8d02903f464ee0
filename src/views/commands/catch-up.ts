import { count } from '../../base/format.ts'
import { unseenOf } from '../../incidents/unseen.ts'
import { entryLine, zoneLine } from '../entry-line.ts'
import { outputStyle, print } from '../console.ts'
import { author } from '../author.ts'
import type { Color } from '../style.ts'
import { seenOf, wasShown } from '../the-desk.ts'
import { theIncidentOrOnlyOne, type IncidentFlags } from '../the-incident.ts'
import { theStore } from '../the-store.ts'

/** More than this is no catching up; `timeline` has all of it. Entries. */
const SHOWN = 200

/** What others wrote since this person last looked, and remembers that they have seen it. */
export async function catchUp(flags: IncidentFlags & { readonly color?: Color }): Promise<number> {
  const { id } = await theIncidentOrOnlyOne(flags)
  const store = await theStore()
  const seen = seenOf(id)
  const entries = await store.read(id, { after: seen })
  const unseen = unseenOf(entries, seen, author())
  const style = outputStyle(flags.color)
  const left = Math.max(0, unseen.length - SHOWN)
  const before = left > 0 ? `${count(left, 'entry', 'entries')} before these: halligan timeline\n` : ''
  const lines = unseen.slice(-SHOWN).map((entry) => entryLine(entry, style))
  await print(unseen.length === 0 ? `${nothingNew(id, seen)}\n` : before + zoneLine(style) + lines.join(''))
  wasShown(id, entries)
  return 0
}

function nothingNew(incident: string, seen: number): string {
  return seen === 0
    ? `Nobody else has written into ${incident}: halligan timeline`
    : `Nobody else has written into ${incident} since #${seen}, which you have seen: halligan status`
}
