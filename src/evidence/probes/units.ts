import { probe, Unreadable } from '../probe.ts'

export interface Unit {
  readonly name: string
  /** ActiveState of systemd: active, failed, activating… */
  readonly active: string
  /** SubState: running, auto-restart, failed… */
  readonly sub: string
  readonly description: string
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
 *
 * Source: systemctl(1). Costs one process and an answer of PID 1 over D-Bus, which may hang on a sick box: hence the limit.
 */
export const units = probe({
  id: 'units',
  title: 'systemd units',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 3,
  script: `
[ -d /run/systemd/system ] || { echo none; exit 0; }
echo systemd
systemctl list-units --all --state=failed,auto-restart --no-legend --plain --no-pager --full 2>&1`,
  hint: 'does systemctl answer on the box?',
  parse: ({ during }): Units => {
    const [first, ...lines] = (during?.text ?? '').split('\n')
    if (first !== 'systemd' && first !== 'none') throw new Unreadable('the answer does not say whether systemd runs')
    return {
      systemd: first === 'systemd',
      units: lines.flatMap((line): readonly Unit[] => {
        const [, name, active, sub, description] =
          /^(?:[●○×↻*x] )?\s*(\S{1,255}\.\w{1,16})\s+\S+\s+(\S+)\s+(\S+)\s*(.*)$/s.exec(line) ?? []
        return name && active && sub
          ? [{ name, active, sub, description: (description ?? '').slice(0, DESCRIPTION_KEPT) }]
          : []
      }),
    }
  },
})
