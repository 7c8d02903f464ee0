/** `2026-11-25 14:05:33` in the time zone of whoever reads, from ISO 8601 or milliseconds since the epoch. */
export function localTime(moment: string | number): string {
  const at = new Date(moment)
  if (Number.isNaN(at.getTime())) return '????-??-?? ??:??:??'
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock(at)}`
}

/** The zone of these times at that moment: `UTC`, `UTC+1`, `UTC-3:30`. */
export function zoneOf(moment: string | number): string {
  const minutes = -new Date(moment).getTimezoneOffset()
  if (Number.isNaN(minutes) || minutes === 0) return 'UTC'
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `UTC${minutes < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : `:${two(rest)}`}`
}

/** Stands once on a screen whose times are those of whoever reads. */
export function zoneWords(nowMs: number): string {
  return `times are ${zoneOf(nowMs)}`
}

function clock(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
