import { NotThere, probe, Unreadable } from '../../probe.ts'
import { offsetsOf } from '../time/zone.ts'

export interface BoxZone {
  /** The box's clock when it began, and how exactly it says so. Milliseconds. */
  readonly nowMs: number
  readonly precisionMs: number
  /** What may be its name, best first: from the link of /etc/localtime, from /etc/timezone. */
  readonly names: readonly string[]
  /** `+0200`. */
  readonly offset: string
  /** How long ago it was booted, in milliseconds; undefined where it does not say so. */
  readonly upMs: number | undefined
}

/**
 * What time is it there, and in which zone does the box write its times?
 *
 *   at 1767323045.678901234     <- busybox has no %N and prints whole seconds
 *   link /usr/share/zoneinfo/Europe/Vienna
 *   name Europe/Vienna          <- /etc/timezone, which Debian has and which need not be true
 *   offset +0200
 *   up 51234.56                 <- seconds since the boot
 *
 * Sources: localtime(5), date(1), proc_uptime(5).
 */
export const zoneProbe = probe({
  id: 'logs-zone',
  title: 'Time zone',
  set: 'deep',
  moments: ['during'],
  limitSeconds: 2,
  prepare: 'halligan_clock=$(date +%s.%N)',
  script: `
printf 'at %s\\n' "$halligan_clock"
[ -z "\${TZ-}" ] || printf 'name %s\\n' "$TZ"
printf 'link %s\\n' "$(readlink /etc/localtime 2>/dev/null)"
[ ! -r /etc/timezone ] || { read -r zone </etc/timezone; printf 'name %s\\n' "$zone"; }
printf 'offset %s\\n' "$(date +%z)"
[ ! -r /proc/uptime ] || { read -r up _ </proc/uptime; printf 'up %s\\n' "$up"; }`,
  parse: ({ during }): BoxZone => {
    const lines = (during?.text ?? '').split('\n')
    const [, seconds, fraction] = /^at (\d{9,12})\.(?:(\d{3})\d{6}|%?N)?$/.exec(lines[0] ?? '') ?? []
    if (seconds === undefined) throw new Unreadable('date did not print seconds')
    const offset = lines.map((line) => /^offset ([+-]\d{4})$/.exec(line)?.[1]).find((value) => value !== undefined)
    if (!offset) throw new NotThere('the box did not tell its time zone')
    const names = lines.flatMap((line) => {
      const name = /^link .*\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(line)?.[1] ?? /^name :?(.+)$/.exec(line)?.[1]
      return name !== undefined && ZONE.test(name) ? [name] : []
    })
    // Whole seconds are cut off, not rounded: half a second is the middle of what the clock may have shown.
    const nowMs = Number(seconds) * 1000 + Number(fraction ?? 500)
    const up = lines.map((line) => /^up (\d{1,10}(?:\.\d{1,3})?)$/.exec(line)?.[1]).find((value) => value !== undefined)
    const upMs = up === undefined ? undefined : Number(up) * 1000
    return { nowMs, precisionMs: fraction === undefined ? 500 : 1, names, offset, upMs }
  },
})

/** As the database of time zones names them: `America/Argentina/Buenos_Aires`. */
const ZONE = /^[A-Za-z][\w+-]*(?:\/[\w+-]+){0,2}$/

/** The name whose offset is what the box said at that time; else the offset itself. `UTC` where nothing is known. */
export function zoneOf(zone: BoxZone | undefined, nowMs: number): string {
  if (!zone) return 'UTC'
  const offset = `${zone.offset.slice(0, 3)}:${zone.offset.slice(3)}`
  const offsetMs = offsetsOf(offset)?.(nowMs)
  const name = zone.names.find((each) => offsetsOf(each)?.(nowMs) === offsetMs)
  return name ?? (offsetMs === 0 ? 'UTC' : offset)
}
