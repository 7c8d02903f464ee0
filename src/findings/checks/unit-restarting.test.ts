import { describeCheck } from '../../../test/checks/examples.ts'
import { unitRestarting } from './unit-restarting.ts'
import { unit, unitsOf } from '../../../test/checks/quiet-box.ts'

const restarted = (restarts: number, activeForSeconds: number) => ({
  'unit-restarts': [{ name: 'orders-api.service', restarts, activeForSeconds, active: 'active' }],
})
describeCheck(unitRestarting, [
  {
    when: 'a unit that waits for its next start',
    seen: unitsOf(unit('orders-api.service', 'activating', 'auto-restart')),
    then: { state: 'critical', title: /orders-api\.service does not stay up/, subject: { kind: 'unit' } },
  },
  { when: 'none', seen: unitsOf(unit('x.service', 'failed', 'failed')), then: { state: 'ok', why: /no unit waits/ } },
  {
    when: 'one that waits, with its count',
    seen: { ...unitsOf(unit('orders-api.service', 'activating', 'auto-restart')), ...restarted(14, 5) },
    then: { state: 'critical', title: /does not stay up/, findings: 1 },
  },
  {
    when: 'one that runs and was started again three times, 14 minutes ago',
    seen: { ...unitsOf(), ...restarted(3, 850) },
    then: {
      state: 'warning',
      title: /orders-api\.service was started again by systemd 3 times, the last time 14 min 10 s/,
    },
  },
  {
    when: 'one that was started again twice',
    seen: { ...unitsOf(), ...restarted(2, 850) },
    then: { state: 'ok', why: /most restarts: orders-api\.service, 2/ },
  },
  {
    when: 'one that has been up since then for 16 minutes',
    seen: { ...unitsOf(), ...restarted(3, 960) },
    then: { state: 'ok', why: /most restarts: orders-api\.service, 3/ },
  },
])
