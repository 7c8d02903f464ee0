import { probe, NotThere } from '../probe.ts'

export interface UnitRestart {
  readonly name: string
  /** Times that systemd has started it again by itself since it was last started by hand. */
  readonly restarts: number
  /** Seconds since it became active last (too many on a box that was suspended: that clock stands still meanwhile); undefined when it never was. */
  readonly activeForSeconds: number | undefined
  readonly active: string
}

/** One that has stayed up for longer burns no more (`recentSeconds` of unit-restarting is a little less). Minutes. */
const RECENT_MINUTES = 16
/** Of which systemd is asked at once: about a millisecond each of PID 1. */
const MOST_ASKED = 20

/**
 * Which services has systemd started again by itself, and when the last time? One that crashes every few minutes looks healthy in between.
 *
 *   orders-api.service 14 84101774511 active        <- 14 restarts, the last one 84,101 s after boot
 *
 * systemd is asked only of those that were started within a quarter of an hour, since each takes a millisecond of PID 1: it keeps a link
 * /run/systemd/units/invocation:NAME for each unit that is up (since 236), made anew with each start. Sources: systemctl(1), show; org.freedesktop.systemd1(5),
 * NRestarts; unit_export_invocation_id() of src/core/unit.c. Costs one process, two more where something was started lately.
 */
export const unitRestarts = probe({
  id: 'unit-restarts',
  title: 'Restarts of systemd services',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 3,
  shortcut: 'answer=none; [ ! -d /run/systemd/system ]',
  script: `
[ -d /run/systemd/units ] || blind 'systemd before 236 does not tell by a file what it started lately'
have find && have awk || blind 'there is no find or no awk on the box'
read -r since _ <uptime; minutes=${RECENT_MINUTES}
# All are young after a boot, and one that flaps is younger.
[ \${since%.*} -ge ${2 * RECENT_MINUTES * 60} ] || minutes=2
set -f; set -- $(find /run/systemd/units -maxdepth 1 -name 'invocation:*.service' -mmin -$minutes 2>/dev/null)
while [ $# -gt ${MOST_ASKED} ]; do shift; done
[ $# -gt 0 ] || { echo end; exit 0; }
for link; do shift; set -- "$@" "\${link#*/invocation:}"; done
systemctl show --no-pager -p Id -p NRestarts -p ActiveEnterTimestampMonotonic -p ActiveState -- "$@" 2>&1 | awk '
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
    if (lines[0] === 'none') return []
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
