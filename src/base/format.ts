/** Figures in words for a person; pure, the same on every machine whatever its locale. */

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** `1.5 GiB`, `512 B`: binary units as `free -h` and `df -h` count. */
export function bytes(value: number): string {
  let scaled = value
  let unit = 0
  while (Math.abs(scaled) >= 1024 && unit < BYTE_UNITS.length - 1) {
    scaled /= 1024
    unit += 1
  }
  const digits = unit === 0 || Math.abs(scaled) >= 100 ? 0 : 1
  return `${scaled.toFixed(digits)} ${BYTE_UNITS[unit]}`
}

/** `97 %`, `0.4 %`. */
export function percent(value: number): string {
  return `${Math.abs(value) >= 10 || value === 0 ? value.toFixed(0) : value.toFixed(1)} %`
}

/** `3 d 4 h`, `2 min`, `12 s`: the two largest parts of a time span in seconds. */
export function duration(seconds: number): string {
  const parts: readonly (readonly [number, string])[] = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ]
  let rest = Math.round(seconds)
  const words: string[] = []
  for (const [size, unit] of parts) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0 || (size === 1 && words.length === 0)) words.push(`${count} ${unit}`)
  }
  return words.slice(0, 2).join(' ')
}

/** `65 ms`, `2.6 s`, `30 s`: a pause in milliseconds. */
export function pause(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : ms < 10_000 ? `${Number((ms / 1_000).toFixed(1))} s` : duration(ms / 1_000)
}

/** `1 process`, `3 processes`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${value} ${value === 1 ? one : many}`
}

/** `1,204,000`: a number too long to be read at a glance. */
export function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/g, ',')
}
