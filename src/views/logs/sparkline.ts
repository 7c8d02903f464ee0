import type { Timeline } from '../../evidence/logs/mining/timeline.ts'
import type { Style } from '../style.ts'

const BLOCKS = '▁ ▂ ▃ ▄ ▅ ▆ ▇ █'.split(' ')
const ASCII = '. : - = + * # @'.split(' ')

/**
 * Counts over time in a few columns, the highest full; a bar marks the onset. Where nothing was counted is a space.
 *
 * @param marked milliseconds since the epoch: between which columns the bar stands
 */
export function sparkline(
  counts: ArrayLike<number>,
  timeline: Timeline,
  columns: number,
  style: Pick<Style, 'unicode'>,
  marked?: number,
): string {
  const buckets = Math.min(counts.length, timeline.buckets)
  if (buckets === 0 || columns < 1) return ''
  const per = Math.max(1, Math.ceil(buckets / columns))
  const onset = marked === undefined ? undefined : (marked - timeline.originMs) / timeline.widthMs - timeline.first
  // The bar stands between two columns, so those begin at the onset and not at the first bucket.
  const phase = onset === undefined ? 0 : ((Math.round(onset) % per) + per) % per
  const sums: number[] = []
  const starts: number[] = []
  for (let at = phase - per; at < buckets; at += per) {
    const [from, to] = [Math.max(0, at), Math.min(buckets, at + per)]
    if (from >= to) continue
    let sum = 0
    for (let bucket = from; bucket < to; bucket += 1) sum += counts[bucket] ?? 0
    sums.push(sum)
    starts.push(from)
  }
  const highest = Math.max(...sums)
  const signs = style.unicode ? BLOCKS : ASCII
  const drawn = sums.map((sum) => signOf(sum, highest, signs))
  const bar = onset === undefined ? -1 : starts.findIndex((start) => start >= Math.round(onset))
  if (bar > 0) drawn.splice(bar, 0, style.unicode ? '│' : '|')
  return drawn.join('')
}

function signOf(sum: number, highest: number, signs: readonly string[]): string {
  if (sum <= 0) return ' '
  return signs[Math.min(signs.length - 1, Math.floor((sum / highest) * (signs.length - 0.001)))] ?? ' '
}
