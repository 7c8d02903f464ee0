import type { UnitDetail, Units } from '../../evidence/probes/units.ts'
import { detailOf } from '../../../test/checks/quiet-box.ts'
import { describeCheck } from '../../../test/checks/examples.ts'
import { unitNotReloaded } from './unit-not-reloaded.ts'

const unitsOf = (details: Readonly<Record<string, Partial<UnitDetail>>>): { readonly units: Units } => ({
  units: {
    systemd: true,
    units: [],
    idle: [],
    compared: true,
    details: new Map(Object.entries(details).map(([name, more]) => [name, detailOf(more)])),
  },
})

describeCheck(unitNotReloaded, [
  {
    when: 'a unit whose file is not the one that systemd has read',
    seen: unitsOf({ 'orders.service': { needsReload: true }, 'basket.service': {} }),
    then: {
      state: 'warning',
      title: /^orders\.service changed on disk, and systemd works with what was there before/,
      subject: { kind: 'unit', name: 'orders.service' },
    },
  },
  {
    when: 'three of them',
    seen: unitsOf({
      'b.service': { needsReload: true },
      'a.service': { needsReload: true },
      'c.service': { needsReload: true },
    }),
    then: { state: 'warning', title: /^a\.service and 2 other units changed/, because: /b\.service, c\.service/ },
  },
  {
    when: 'one that was touched and says the same',
    seen: unitsOf({ 'orders.service': {} }),
    then: { state: 'ok', why: /no unit/ },
  },
  {
    when: 'none that was asked',
    seen: { units: { systemd: true, units: [], idle: [], compared: true } },
    then: { state: 'ok', why: /no unit/ },
  },
  {
    when: 'a systemd of 236 to 250, which shows what is up and does not mark its last reload',
    seen: { units: { systemd: true, units: [], idle: [] } },
    then: { state: 'unknown', why: /was not compared/ },
  },
  {
    when: 'one of those that says so of a unit that was asked for since it is stuck',
    seen: { units: { ...unitsOf({ 'orders.service': { needsReload: true } }).units, compared: undefined } },
    then: { state: 'warning', title: /^orders\.service changed/ },
  },
  {
    when: 'a systemd that is too old, or an answer from before this was asked',
    seen: { units: { systemd: true, units: [] } },
    then: { state: 'unknown', why: /was not compared/ },
  },
  {
    when: 'a box without systemd',
    seen: { units: { systemd: false, units: [] } },
    then: { state: 'ok', why: /not run by systemd/ },
  },
])
