import { count, duration } from '../../base/format.ts'
import type { UnitRestart } from '../../evidence/probes/unit-restarts.ts'
import type { Unit } from '../../evidence/probes/units.ts'
import { check, verdict, type FindingDraft } from '../check.ts'
import { next, quoted } from '../next.ts'
import { endingWords } from './failed-units.ts'

export const unitRestarting = check({
  id: 'unit-restarting',
  title: 'systemd starts a unit again and again',
  resource: 'service',
  about:
    'A unit in auto-restart has ended and waits for RestartSec before the next try: a crash loop, unless it was caught at the one moment. Between the tries it may look healthy for a while; its restart counter (NRestarts) tells.',
  needs: ['units'],
  wants: ['unit-restarts'],
  limits: {
    restarts: {
      value: 3,
      unit: 'restarts by systemd',
      why: 'one may be an accident and its cure; a third one is a pattern',
    },
    recentSeconds: {
      value: 900,
      unit: 's since the last one',
      why: 'a service that has stayed up for a quarter of an hour burns no more; longer periods of crashing are slower than any look',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ units: { systemd, units }, 'unit-restarts': counted }, { restarts, recentSeconds }, { box }) => {
    if (!systemd) return verdict([], 'this box is not run by systemd')
    const waiting = units.filter(({ sub }) => sub === 'auto-restart')
    const often = (counted ?? []).filter(
      (unit) =>
        unit.restarts >= restarts &&
        (unit.activeForSeconds ?? Infinity) <= recentSeconds &&
        !waiting.some(({ name }) => name === unit.name),
    )
    const most = counted?.[0]
    return verdict(
      [
        ...waiting.slice(0, 5).map((unit) => waits(unit, waiting.length, counted, box)),
        ...often.slice(0, 5).map((unit) => returns(unit, restarts, box)),
      ],
      counted === undefined
        ? 'no unit waits for its next restart'
        : most
          ? `no unit waits for its next restart; most restarts: ${most.name}, ${most.restarts}`
          : 'no unit waits for its next restart, and systemd has restarted none',
    )
  },
})

/** Caught between two tries. */
function waits(
  { name, description, ending }: Unit,
  howMany: number,
  counted: readonly UnitRestart[] | undefined,
  box: string,
): FindingDraft {
  const times = counted?.find((unit) => unit.name === name)?.restarts
  return {
    state: 'critical',
    severity: 0.6,
    title: `${name} does not stay up: ${ending ? endingWords(ending) : 'it ended'}, and systemd waits to start it again`,
    why: `${description || name} ended, and Restart= in its unit file starts it again: a crash loop.${times ? ` It was started again ${count(times, 'time', 'times')} already.` : ''}`,
    subject: { kind: 'unit', name, unit: name },
    measured: [
      {
        what: 'units waiting for a restart',
        value: howMany,
        unit: 'count',
        source: 'systemctl list-units --state=auto-restart',
      },
    ],
    next: nextSteps(name, box),
  }
}

/** Up at the moment, and started again by systemd often and lately. */
function returns({ name, restarts, activeForSeconds }: UnitRestart, limit: number, box: string): FindingDraft {
  return {
    state: 'warning',
    severity: Math.min(1, restarts / (10 * limit)),
    title: `${name} was started again by systemd ${count(restarts, 'time', 'times')}, the last time ${duration(activeForSeconds ?? 0)} ago`,
    why: 'It runs now, and looks healthy between two crashes.',
    subject: { kind: 'unit', name, unit: name },
    measured: [{ what: 'restarts by systemd', value: restarts, unit: 'count', source: `systemctl show -p NRestarts` }],
    next: nextSteps(name, box),
  }
}

function nextSteps(name: string, box: string): FindingDraft['next'] {
  return [
    next(box, `journalctl -n 100 --no-pager -u ${quoted(name)}`, 'read how it ended'),
    next(
      box,
      `systemctl show -p NRestarts,Result,ExecMainStatus -- ${quoted(name)}`,
      'see how often, and with which status',
    ),
  ]
}
