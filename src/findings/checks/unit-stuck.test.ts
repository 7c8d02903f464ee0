import type { Unit, UnitDetail, Units } from '../../evidence/probes/units.ts'
import { clockAt, detailOf } from '../../../test/checks/quiet-box.ts'
import { describeCheck, type Readings } from '../../../test/checks/examples.ts'
import { unitStuck } from './unit-stuck.ts'

const NAME = 'orders.service'
const moving = (active: string, sub: string, seconds: number, more: Partial<UnitDetail> = {}, name = NAME): Readings =>
  seen(
    { name, active, sub, description: 'Orders API', ending: undefined },
    new Map([[name, detailOf({ active, changedAtSeconds: clockAt.uptimeSeconds - seconds, ...more })]]),
  )
const seen = (unit: Unit, details: Units['details']): Readings => ({
  units: { systemd: true, units: [unit], details },
  clock: clockAt,
})
const beside = (one: Readings, other: Readings): Readings => ({
  units: {
    systemd: true,
    units: [...(other.units?.units ?? []), ...(one.units?.units ?? [])],
    details: new Map([...(one.units?.details ?? []), ...(other.units?.details ?? [])]),
  },
  clock: clockAt,
})
const once = { type: 'oneshot' }

describeCheck(unitStuck, [
  {
    when: 'a service that has not said that it is ready for 10 s',
    seen: moving('activating', 'start', 10),
    then: {
      state: 'warning',
      title: /^orders\.service has been starting for 10 s and is not up \(start\)/,
      because: /has not said that it is ready/,
      subject: { kind: 'unit', name: NAME },
    },
  },
  {
    when: 'one that was started 1 s ago, on a box that slept for 8 h before',
    seen: moving('activating', 'start', 8 * 3_600 + 1, { changedAtMs: clockAt.boxMs - 1_000 }),
    then: { state: 'ok', why: /not for long/ },
  },
  {
    when: 'one that was started 9.6 s ago',
    seen: moving('activating', 'start', 9.6),
    then: { state: 'ok', why: /is being started, not for long/ },
  },
  {
    when: 'one that does not end on SIGTERM for 61 s',
    seen: moving('deactivating', 'stop-sigterm', 61),
    then: {
      state: 'critical',
      title: /has been stopping for 1 min 1 s and is not gone \(stop-sigterm\)/,
      because: /was sent SIGTERM/,
    },
  },
  { when: 'for 58 s', seen: moving('deactivating', 'stop-sigterm', 58), then: { state: 'warning', title: /58 s/ } },
  {
    when: 'a service that has not said that it is ready for 23 h',
    seen: moving('activating', 'start', 23 * 3_600),
    then: { state: 'critical', title: /for 23 h/, because: /What is ordered after it waits too/ },
  },
  {
    when: 'for 25 h',
    seen: moving('activating', 'start', 25 * 3_600),
    then: { state: 'warning', title: /for 1 d 1 h/, because: /may do its work all the same/ },
  },
  {
    when: 'for six and a half days',
    seen: moving('activating', 'start', 6.5 * 86_400),
    then: { state: 'warning', title: /for 6 d 12 h/ },
  },
  {
    when: 'for seven and a half days',
    seen: moving('activating', 'start', 7.5 * 86_400),
    then: { state: 'ok', why: /^orders\.service has been starting for 7 d 12 h, and nobody has missed it$/ },
  },
  {
    when: 'one that a person started a minute ago, beside rc-local that has been so for two days',
    seen: beside(moving('activating', 'start', 70), moving('activating', 'start', 2 * 86_400, {}, 'rc-local.service')),
    then: { state: 'critical', title: /^orders\.service/, findings: 2 },
  },
  {
    when: 'a mount that does not come back',
    seen: moving('activating', 'mounting', 400, {}, 'srv-data.mount'),
    then: { state: 'warning', title: /^srv-data\.mount/, because: /the server does not answer/ },
  },
  {
    when: 'what runs once, for 310 s',
    seen: moving('activating', 'start', 310, once),
    then: { state: 'critical', title: /5 min 10 s/ },
  },
  {
    when: 'what runs once, for 290 s',
    seen: moving('activating', 'start', 290, once),
    then: { state: 'ok', why: /not for long/ },
  },
  {
    when: 'what runs once and does not end when it is stopped',
    seen: moving('deactivating', 'stop-sigterm', 20, once),
    then: { state: 'warning', title: /stopping for 20 s/ },
  },
  {
    when: 'a backup that a timer started hours ago',
    seen: moving('activating', 'start', 9_000, { ...once, triggeredBy: ['backup.timer'] }),
    then: { state: 'ok', why: /not for long/ },
  },
  {
    when: 'one that waits for its next restart',
    seen: moving('activating', 'auto-restart', 25),
    then: { state: 'ok', why: /no unit is on its way/ },
  },
  {
    when: 'a device that is not there yet',
    seen: moving('activating', 'tentative', 3_000, {}, 'dev-sdb.device'),
    then: { state: 'ok', why: /no unit is on its way/ },
  },
  {
    when: 'one of which nobody said since when',
    seen: seen({ name: NAME, active: 'activating', sub: 'start', description: '', ending: undefined }, undefined),
    then: { state: 'unknown', why: /since when/ },
  },
  {
    when: 'one of which nobody said since when, beside others of which systemctl did',
    seen: seen(
      { name: NAME, active: 'activating', sub: 'start', description: '', ending: undefined },
      new Map([['basket.service', detailOf({ active: 'failed' })]]),
    ),
    then: { state: 'unknown', why: /since when orders\.service is being started or stopped/ },
  },
  {
    when: 'a box without systemd',
    seen: { units: { systemd: false, units: [] }, clock: clockAt },
    then: { state: 'ok', why: /not run by systemd/ },
  },
])
