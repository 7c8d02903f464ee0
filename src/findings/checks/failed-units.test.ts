import type { Ending, Unit } from '../../evidence/probes/units.ts'
import { describeCheck } from '../../../test/checks/examples.ts'
import { clockAt, unit, unitsOf } from '../../../test/checks/quiet-box.ts'
import { failedUnits } from './failed-units.ts'

const ending = (more: Partial<Ending>, secondsAgo: number): Ending => ({
  result: 'exit-code',
  status: 1,
  restarts: 0,
  meantToStay: true,
  endedAtSeconds: clockAt.uptimeSeconds - secondsAgo,
  ...more,
})
const ended = (more: Partial<Ending>, secondsAgo: number): Unit =>
  unit('orders-api.service', 'failed', 'failed', ending(more, secondsAgo))
describeCheck(failedUnits, [
  {
    when: 'one failed unit',
    seen: unitsOf(unit('orders-api.service', 'failed', 'failed')),
    then: {
      state: 'warning',
      title: /orders-api\.service has failed/,
      subject: { kind: 'unit', name: 'orders-api.service' },
    },
  },
  {
    when: 'a service that is meant to stay up and went down 59 minutes ago',
    seen: { ...unitsOf(ended({}, 3_540)), clock: clockAt },
    then: { state: 'critical', title: /orders-api\.service has failed: it ended \(status 1\)$/ },
  },
  {
    when: 'one that went down 61 minutes ago',
    seen: { ...unitsOf(ended({}, 3_660)), clock: clockAt },
    then: { state: 'warning', title: /orders-api\.service has failed/ },
  },
  ...(
    [
      [{ status: 203 }, /its program cannot be executed \(status 203\)/],
      [
        { result: 'start-limit-hit', restarts: 5 },
        /again and again until systemd gave up \(status 1\), after 5 restarts/,
      ],
      [{ result: 'oom-kill', status: 9 }, /the kernel killed it for lack of memory/],
      [{ result: 'core-dump', status: 11 }, /it crashed with signal 11/],
      [{ result: 'signal', status: 15 }, /it was killed by signal 15/],
      [{ result: 'timeout', status: 0 }, /it did not start or stop in time/],
      [{ result: 'protocol', status: 0 }, /: protocol/],
    ] as const
  ).map(([more, title]) => ({
    when: `an ending of ${JSON.stringify(more)}`,
    seen: unitsOf(unit('spool.mount', 'failed', 'failed'), ended(more, 10)),
    then: { state: 'warning' as const, title, subject: { name: 'orders-api.service' } },
  })),
  { when: 'none', seen: unitsOf(), then: { state: 'ok', why: /no unit has failed/ } },
  {
    when: 'a box without systemd',
    seen: { units: { systemd: false, units: [] } },
    then: { state: 'ok', why: /not run by systemd/ },
  },
])
