import { probe, Unreadable } from '../probe.ts'

export interface Unit {
  readonly name: string
  /** ActiveState of systemd: active, failed, activating… */
  readonly active: string
  /** SubState: running, auto-restart, failed… */
  readonly sub: string
  readonly description: string
  /** How it ended; undefined for units that are no services, and where systemctl did not say. */
  readonly ending: Ending | undefined
}

export interface Ending {
  /** Result of systemd.service(5): exit-code, signal, core-dump, timeout, oom-kill, start-limit-hit, watchdog, protocol, resources… */
  readonly result: string
  /** Exit status, or number of the signal, of its main process. */
  readonly status: number | undefined
  /** Times that systemd started it again since somebody started it. */
  readonly restarts: number | undefined
  /** Restart= of the unit is not `no`: it is meant to stay up. */
  readonly meantToStay: boolean
  /** Seconds since boot when it became inactive. */
  readonly endedAtSeconds: number | undefined
}

export interface Units {
  /** False where systemd is not PID 1: nothing is wrong with that. */
  readonly systemd: boolean
  /** Failed ones and those that wait for their next restart. */
  readonly units: readonly Unit[]
}

/** Descriptions are a few words; a title is made of them. Characters. */
const DESCRIPTION_KEPT = 300

/**
 * Which units have failed, which wait to be started again?
 *
 *   nginx.service  loaded failed     failed       A high performance web server
 *   orders.service loaded activating auto-restart Orders API
 *   (unit, LOAD, ACTIVE, SUB, description)
 *   Restart=on-failure                          <- systemctl show, for at most 20 of these
 *   Result=exit-code
 *   NRestarts=0
 *   ExecMainStatus=203                          <- 200 to 243 are systemd's own: 203 is EXEC, the program could not be started
 *   Id=nginx.service
 *   InactiveEnterTimestampMonotonic=84213774511 <- microseconds since boot
 *
 * Sources: systemctl(1), systemd.exec(5) (process exit codes). Costs one process (four where a unit has failed) and an answer of PID 1 over D-Bus, which may hang on a sick box: hence the limit.
 */
export const units = probe({
  id: 'units',
  title: 'systemd units',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 3,
  shortcut: 'answer=none; [ ! -d /run/systemd/system ]',
  script: `
echo systemd
found=$(systemctl list-units --all --state=failed,auto-restart --no-legend --plain --no-pager --full 2>&1) || { printf '%s\\n' "$found"; exit 1; }
printf '%s\\n' "$found"
set -f; set -- $(printf '%s\\n' "$found" | sed -n 's/^\\([^ ]*\\.[a-z]*\\) .*/\\1/p' | head -n 20)
[ $# -eq 0 ] || systemctl show -p Id -p Restart -p Result -p NRestarts -p ExecMainStatus -p InactiveEnterTimestampMonotonic "$@" 2>/dev/null
:`,
  hint: 'does systemctl answer on the box?',
  parse: ({ during }): Units => {
    const [first, ...lines] = (during?.text ?? '').split('\n')
    if (first !== 'systemd' && first !== 'none') throw new Unreadable('the answer does not say whether systemd runs')
    const endings = new Map(
      (during?.text ?? '').split(/\n\n/).flatMap((block): [string, Ending][] => readEnding(block)),
    )
    return {
      systemd: first === 'systemd',
      units: lines.flatMap((line): readonly Unit[] => {
        const [, name, active, sub, description] =
          /^(?:[●○×↻*x] )?\s*(\S{1,255}\.\w{1,16})\s+\S+\s+(\S+)\s+(\S+)\s*(.*)$/s.exec(line) ?? []
        return name && active && sub
          ? [
              {
                name,
                active,
                sub,
                description: (description ?? '').slice(0, DESCRIPTION_KEPT),
                ending: endings.get(name),
              },
            ]
          : []
      }),
    }
  },
})

/** One block of `systemctl show`: NAME=VALUE lines in any order; a unit that is no service has no Restart. */
function readEnding(block: string): [string, Ending][] {
  const fields = new Map([...block.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]))
  const number = (name: string): number | undefined => {
    const value = fields.get(name)
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined
  }
  const [id, result] = [fields.get('Id'), fields.get('Result')]
  if (!id || !result) return []
  const endedMicroseconds = number('InactiveEnterTimestampMonotonic')
  const restart = fields.get('Restart')
  return [
    [
      id,
      {
        result,
        status: number('ExecMainStatus'),
        restarts: number('NRestarts'),
        meantToStay: restart !== undefined && restart !== 'no',
        endedAtSeconds: endedMicroseconds ? endedMicroseconds / 1e6 : undefined,
      },
    ],
  ]
}
