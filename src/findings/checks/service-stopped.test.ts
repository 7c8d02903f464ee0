import type { UnitDetail } from '../../evidence/probes/units.ts'
import { clockAt, detailOf } from '../../../test/checks/quiet-box.ts'
import { describeCheck, type Readings } from '../../../test/checks/examples.ts'
import { serviceStopped } from './service-stopped.ts'

const stopped = (secondsAgo: number, more: Partial<UnitDetail> = {}, name = 'orders.service'): Readings => ({
  units: {
    systemd: true,
    units: [],
    idle: [name],
    details: new Map([
      [name, detailOf({ active: 'inactive', changedAtSeconds: clockAt.uptimeSeconds - secondsAgo, ...more })],
    ]),
  },
  clock: clockAt,
})
const two = (secondsAgo: number): Readings => {
  const [one, other] = [stopped(secondsAgo).units, stopped(3_600, { toldToStop: true }, 'basket.service').units]
  return {
    units: {
      systemd: true,
      units: [],
      idle: ['orders.service', 'basket.service'],
      details: new Map([...(one?.details ?? []), ...(other?.details ?? [])]),
    },
    clock: clockAt,
  }
}
const byItself = { toldToStop: false, exit: { how: 'exited', status: 0 } } as const

describeCheck(serviceStopped, [
  {
    when: 'an enabled service that somebody stopped',
    seen: stopped(120),
    then: {
      state: 'warning',
      title: /^orders\.service is enabled, yet stopped for 2 min: somebody or another unit had systemd stop it/,
      subject: { kind: 'unit', name: 'orders.service' },
    },
  },
  { when: 'and another one an hour ago', seen: two(120), then: { state: 'warning', title: /orders/, findings: 2 } },
  {
    when: 'one that ended by itself after 61 s',
    seen: stopped(120, { ...byItself, upSeconds: 61 }),
    then: { state: 'warning', title: /it ended by itself with status 0/ },
  },
  {
    when: 'one that looked around for 58 s and ended',
    seen: stopped(120, { ...byItself, upSeconds: 58 }),
    then: { state: 'ok', why: /no service/ },
  },
  {
    when: 'one whose process somebody ended at once with SIGTERM',
    seen: stopped(120, { toldToStop: false, exit: { how: 'killed', status: 15 }, upSeconds: 5 }),
    then: { state: 'warning', title: /its process was ended by signal 15/ },
  },
  {
    when: 'one of which the end is not known',
    seen: stopped(120, { toldToStop: undefined, exit: undefined }),
    then: { state: 'warning', title: /how it ended is not known/ },
  },
  {
    when: 'one that was stopped six and a half days ago',
    seen: stopped(6.5 * 86_400),
    then: { state: 'warning', title: /6 d 12 h/ },
  },
  {
    when: 'one that was stopped more than a week ago',
    seen: stopped(7.5 * 86_400),
    then: { state: 'ok', why: /^orders\.service is enabled, and has been stopped for 7 d 12 h/ },
  },
  {
    when: 'one that was stopped two minutes ago, on a box that slept for ten days before',
    seen: stopped(10 * 86_400, { changedAtMs: clockAt.boxMs - 120_000 }),
    then: { state: 'warning', title: /stopped for 2 min/ },
  },
  {
    when: 'one that is being started',
    seen: stopped(2, { active: 'activating' }),
    then: { state: 'ok', why: /no service/ },
  },
  { when: 'one that failed', seen: stopped(2, { active: 'failed' }), then: { state: 'ok', why: /no service/ } },
  { when: 'one that runs once', seen: stopped(120, { type: 'oneshot' }), then: { state: 'ok', why: /no service/ } },
  {
    when: 'one that its socket starts, and that ended by itself since it had nothing to do',
    seen: stopped(120, { ...byItself, triggeredBy: ['orders.socket'] }),
    then: { state: 'ok', why: /no service/ },
  },
  {
    when: 'one that its socket starts, and of which the end is not known',
    seen: stopped(120, { toldToStop: undefined, exit: undefined, triggeredBy: ['orders.socket'] }),
    then: { state: 'ok', why: /no service/ },
  },
  {
    when: 'one that its socket starts, and that somebody stopped',
    seen: stopped(120, { triggeredBy: ['docker.socket'] }, 'docker.service'),
    then: {
      state: 'warning',
      title: /^docker\.service is enabled, yet stopped for 2 min: somebody/,
      because: /before the next boot, unless docker\.socket is up and does\.$/,
    },
  },
  {
    when: 'one whose condition is not met',
    seen: stopped(120, { conditionMet: false }),
    then: { state: 'ok', why: /no service/ },
  },
  {
    when: 'one that never ran since boot',
    seen: stopped(120, { startedAtSeconds: undefined, upSeconds: undefined }),
    then: { state: 'ok', why: /no service/ },
  },
  { when: 'one that was masked', seen: stopped(120, { load: 'masked' }), then: { state: 'ok', why: /no service/ } },
  {
    when: 'the journal, masked',
    seen: stopped(120, { load: 'masked' }, 'systemd-journald.service'),
    then: {
      state: 'critical',
      title: /^systemd-journald\.service is masked and down for 2 min: no logs are kept/,
    },
  },
  {
    when: 'the journal, stopped for an unknown time',
    seen: stopped(120, { changedAtSeconds: undefined }, 'systemd-journald.service'),
    then: { state: 'critical', title: /^systemd-journald\.service is stopped: no logs are kept/ },
  },
  {
    when: 'a systemd without a journal',
    seen: stopped(120, { load: 'not-found' }, 'systemd-journald.service'),
    then: { state: 'ok', why: /no service/ },
  },
  {
    when: 'one of which systemctl said nothing',
    seen: { units: { systemd: true, units: [], idle: ['orders.service'] }, clock: clockAt },
    then: { state: 'unknown', why: /systemctl did not say why orders\.service is not up/ },
  },
  {
    when: 'a systemd that is too old',
    seen: { units: { systemd: true, units: [] }, clock: clockAt },
    then: { state: 'unknown', why: /before 236/ },
  },
  {
    when: 'a box without systemd',
    seen: { units: { systemd: false, units: [] }, clock: clockAt },
    then: { state: 'ok', why: /not run by systemd/ },
  },
])
