import type { NetworkInterface } from '../../evidence/probes/interfaces.ts'
import { describeCheck } from '../../../test/checks/examples.ts'
import { interfaceOf } from '../../../test/checks/quiet-box.ts'
import { interfaceDown } from './interface-down.ts'

const linkless = (more: Partial<NetworkInterface>, routedOver: readonly string[] = []) => ({
  interfaces: [interfaceOf({ name: 'eth1', operState: 'down', ...more })],
  routes: { defaults: ['eth0'], defaultRejects: false, interfaces: routedOver, gateways: [] },
})
describeCheck(interfaceDown, [
  {
    when: 'an interface over which routes lead',
    seen: linkless({ operState: 'lowerlayerdown', receivedPackets: 0 }, ['eth1']),
    then: { state: 'critical', title: /eth1 has no link/, subject: { kind: 'interface', name: 'eth1' } },
  },
  {
    when: 'one that received 21 packets',
    seen: linkless({ receivedPackets: 21 }),
    then: { state: 'warning', title: /eth1/ },
  },
  { when: 'one that received 19', seen: linkless({ receivedPackets: 19 }), then: { state: 'ok', why: /0 of 1/ } },
  {
    when: 'one that is switched off',
    seen: linkless({ switchedOn: false }, ['eth1']),
    then: { state: 'ok', why: /1 of 1/ },
  },
  {
    when: 'a bridge without a member',
    seen: linkless({ bridge: true }, ['eth1']),
    then: { state: 'ok', why: /1 of 1/ },
  },
])
