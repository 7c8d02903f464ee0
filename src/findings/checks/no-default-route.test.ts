import { describeCheck } from '../../../test/checks/examples.ts'
import { interfaceOf } from '../../../test/checks/quiet-box.ts'
import { noDefaultRoute } from './no-default-route.ts'

const gateway = (answers: boolean) => [{ address: '10.0.0.1', interface: 'eth0', answers }]
const routed = (
  defaults: readonly string[],
  names: readonly string[] = ['lo', 'eth0'],
  gateways?: ReturnType<typeof gateway>,
  defaultRejects = false,
) => ({
  routes: { defaults, defaultRejects, interfaces: ['eth0'], gateways },
  interfaces: names.map((name) => interfaceOf({ name })),
})
describeCheck(noDefaultRoute, [
  { when: 'none', seen: routed([]), then: { state: 'warning', title: /no default route/ } },
  {
    when: 'one that rejects',
    seen: routed([], ['eth0'], [], true),
    then: { state: 'warning', title: /no default route/, because: /that there is rejects \(unreachable, / },
  },
  {
    when: 'one that leads out, and one that rejects behind it',
    seen: routed(['eth0'], ['eth0'], [], true),
    then: { state: 'ok', why: /leads over eth0/ },
  },
  {
    when: 'one whose gateway does not answer',
    seen: routed(['eth0'], ['eth0'], gateway(false)),
    then: {
      state: 'warning',
      title: /^The gateway 10\.0\.0\.1 does not answer on eth0/,
      subject: { kind: 'interface', name: 'eth0', peer: '10.0.0.1' },
    },
  },
  {
    when: 'one whose gateway answers',
    seen: routed(['eth0'], ['eth0'], gateway(true)),
    then: { state: 'ok', why: /leads over eth0/ },
  },
  { when: 'one whose gateway was not asked', seen: routed(['eth0'], ['eth0'], []), then: { state: 'ok', why: /eth0/ } },
  { when: 'one', seen: routed(['eth0']), then: { state: 'ok', why: /leads over eth0/ } },
  {
    when: 'a container without network',
    seen: routed([], ['lo']),
    then: { state: 'ok', why: /no network but its own/ },
  },
])
