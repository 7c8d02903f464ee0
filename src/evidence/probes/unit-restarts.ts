import { probe, NotThere } from '../probe.ts'

export interface UnitRestart {
  readonly name: string
  /** Times that systemd has started it again by itself since it was last started by hand. */
  readonly restarts: number
  /** Seconds since it became active last (too many on a box that was suspended: that clock stands still meanwhile); undefined when it never was. */
  readonly activeForSeconds: number | undefined
  readonly active: string
}

/**
 * Which services has systemd started again by itself, and when the last time? One that crashes every few minutes looks healthy in between.
 *
 *   orders-api.service 14 84101774511 active        <- 14 restarts, the last one 84,101 s after boot
 *
 * systemd is asked about every loaded service, about a millisecond each of PID 1: hence the deep set. Source: systemctl(1), show;
 * org.freedesktop.systemd1(5), NRestarts. Costs two processes.
 */
export const unitRestarts = probe({
  id: 'unit-restarts',
  title: 'Restarts of systemd services',
  set: 'deep',
  moments: ['during'],
  limitSeconds: 5,
  script: `
[ -d /run/systemd/system ] || blind 'systemd does not run here'
have awk || blind 'there is no awk on the box'
systemctl show '*.service' --no-pager -p Id -p NRestarts -p ActiveEnterTimestampMonotonic -p ActiveState 2>&1 | awk '
  function told() { if (id != "" && restarts > 0) print id, restarts, since, state; if (id != "") services++; id = ""; restarts = 0; since = 0; state = "-" }
  /^Id=/ { id = substr($0, 4) }
  /^NRestarts=/ { restarts = substr($0, 11) }
  /^ActiveEnterTimestampMonotonic=/ { since = substr($0, 31) }
  /^ActiveState=/ { state = substr($0, 13) }
  /^$/ { told() }
  !/=/ && !/^$/ { problem = $0 }
  END { told(); if (services == 0) { print problem; exit 1 } print "end" }'`,
  hint: 'does systemctl answer on the box?',
  parse: ({ during }): readonly UnitRestart[] => {
    const lines = (during?.text ?? '').split('\n')
    const atSeconds = during?.atSeconds ?? NaN
    if (!lines.includes('end')) throw new NotThere('systemctl did not come to its end')
    return lines
      .flatMap((line): readonly UnitRestart[] => {
        const [, name, restarts, since, active] = /^(\S+\.service) (\d+) (\d+) (\w[\w-]*)$/.exec(line) ?? []
        if (!name || !active) return []
        const activeForSeconds = Number(since) > 0 ? Math.max(0, atSeconds - Number(since) / 1e6) : undefined
        return [{ name, restarts: Number(restarts), activeForSeconds, active }]
      })
      .toSorted((a, b) => b.restarts - a.restarts)
  },
})
