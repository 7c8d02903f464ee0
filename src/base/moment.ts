/**
 * A moment as a person types it, in their own time zone: `14:05`, `14:05:30` (the last time that it was so late), `-30m`, `-2h`, `-1d`, `yesterday
 * 23:10`, `2026-11-25 14:05`, and ISO 8601 with a zone. Milliseconds since the epoch; undefined when it is none of these.
 */
export function momentOf(text: string, nowMs: number): number | undefined {
  const words = text.trim().toLowerCase()
  return (
    ago(words, nowMs) ??
    clockTime(words, nowMs) ??
    (words === 'now' ? nowMs : undefined) ??
    (DATE.test(words) ? real(Date.parse(text.trim().replace(' ', 'T'))) : undefined)
  )
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
/** With a time; a date alone would be midnight of UTC in ECMAScript, which nobody means. */
const DATE = /^\d{4}-\d\d-\d\d[ t]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:z|[+-]\d\d:\d\d)?$/

function ago(words: string, nowMs: number): number | undefined {
  const [, amount, unit = ''] = /^-\s?(\d{1,6})\s?([smhd])(?:in)?$/.exec(words) ?? []
  return amount === undefined ? undefined : nowMs - Number(amount) * (UNIT_MS[unit] ?? NaN)
}

function clockTime(words: string, nowMs: number): number | undefined {
  const [, day, hours, minutes, seconds = '0'] =
    /^(?:(today|yesterday) )?(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(words) ?? []
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined
  const at = new Date(nowMs)
  at.setHours(Number(hours), Number(minutes), Number(seconds), 0)
  if (day === 'yesterday' || (day === undefined && at.getTime() > nowMs)) at.setDate(at.getDate() - 1)
  return at.getTime()
}

function real(time: number): number | undefined {
  return Number.isNaN(time) ? undefined : time
}
