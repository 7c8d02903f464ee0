/** `2026-11-25 14:05:33` in the time zone of whoever reads, from ISO 8601 or milliseconds since the epoch. */
export function localTime(moment: string | number): string {
  const at = new Date(moment)
  if (Number.isNaN(at.getTime())) return '????-??-?? ??:??:??'
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock(at)}`
}

function clock(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((value) => String(value).padStart(2, '0')).join(':')
}
