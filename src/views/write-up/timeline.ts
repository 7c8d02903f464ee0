import type { AnyEntry } from '../../incidents/store.ts'
import { isNews } from '../../incidents/story/sights.ts'
import type { Story } from '../../incidents/story/story.ts'
import type { TimelineItem } from '../../incidents/story/timeline.ts'
import { fenced, prose } from './blog-markdown.ts'
import { STRIP, stripText } from './charts.ts'
import { boxWords, entrySentence } from './entry-text.ts'
import { stripOf } from './strip.ts'
import { clock, day, dayWords, listed, ref, resting, start } from './words.ts'

/** What happened, in the order of the record, each line with its entry. */
export function timeline(story: Story): readonly string[] {
  const strip = stripOf(story)
  return [
    '## Timeline',
    '',
    'Times are UTC. A number leads to the entry of the record that a line rests on.',
    '',
    ...(strip ? [...fenced(stripText(strip), STRIP), ''] : []),
    ...byDay(story),
  ]
}

function byDay(story: Story): readonly string[] {
  const days = new Set(story.timeline.map((item) => day(firstOf(item).at)))
  if (days.size < 2) return story.timeline.map((item) => line(item, story))
  let before = ''
  return story.timeline.flatMap((item) => {
    const { at } = firstOf(item)
    const isNew = day(at) !== before
    before = day(at)
    return isNew ? ['', `**${dayWords(at)}**`, '', line(item, story)] : [line(item, story)]
  })
}

function line(item: TimelineItem, story: Story): string {
  const first = firstOf(item)
  if (item.kind === 'entry') return `- **${clock(first.at)}** ${resting(words(first, story), ref(first.seq))}`
  return `- **${clock(first.at)}** ${resting(foldedWords(item.entries), rangeRefs(item.entries))}`
}

/** A look that found what the one before had found says just that. */
function words(entry: AnyEntry, story: Story): string {
  const before =
    entry.did === 'looked' ? story.boxes.find(({ names }) => names.has(entry.box ?? ''))?.sights : undefined
  const at = before?.findIndex(({ seq }) => seq === entry.seq) ?? -1
  const sight = before?.[at]
  if (!sight || at < 1 || isNews(sight, before?.[at - 1])) return entrySentence(entry, story)
  return `${boxWords(entry)} was still **${sight.state}**.`
}

/** `4 commands on web-1, and 2 looks that found nothing new`. */
function foldedWords(entries: readonly AnyEntry[]): string {
  const boxes = [...new Set(entries.flatMap(({ box }) => (box === undefined ? [] : [prose(box)])))]
  const where = boxes.length > 0 && boxes.length < 4 ? ` on ${listed(boxes)}` : ''
  const looks = entries.filter(({ did }) => did === 'looked').length
  const rest = entries.length - looks
  const parts = [
    ...(rest > 0 ? [rest === 1 ? 'A command' : `${rest} commands`] : []),
    ...(looks > 0 ? [looks === 1 ? 'a look that found nothing new' : `${looks} looks that found nothing new`] : []),
  ]
  return `${start(listed(parts))}${where}.`
}

function rangeRefs(entries: readonly AnyEntry[]): string {
  const [first, last] = [entries[0], entries.at(-1)]
  if (!first || !last) return ''
  return entries.length < 4 ? entries.map(({ seq }) => ref(seq)).join(', ') : `${ref(first.seq)} to ${ref(last.seq)}`
}

function firstOf(item: TimelineItem): AnyEntry {
  if (item.kind === 'entry') return item.entry
  const [first] = item.entries
  if (!first) throw new Error('a fold of no entries')
  return first
}
