import { check, verdict, type FindingDraft } from '../check.ts'
import { next, quoted } from '../next.ts'

export const noDefaultRoute = check({
  id: 'no-default-route',
  title: 'No way leads out of the box',
  resource: 'network',
  about:
    'Without a default route the box reaches its own networks and nothing else: "Network is unreachable" for name servers, backends, updates. It goes lost with a DHCP lease, with the interface that it led over, or by a mistyped command. Some boxes are closed off on purpose. ' +
    'A route is of no use either where its gateway does not answer the question for its hardware address (ARP): then whatever the box sends elsewhere ends on it with "No route to host".',
  needs: ['routes', 'interfaces'],
  limits: {},
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ routes, interfaces }, _limits, { box }) => {
    const [first] = routes.defaults
    if (first !== undefined)
      return verdict(
        (routes.gateways ?? [])
          .filter(({ answers }) => !answers)
          .map((gateway): FindingDraft => silentGateway(box, gateway.address, gateway.interface)),
        `a default route leads over ${routes.defaults.join(', ')}`,
      )
    if (interfaces.every(({ name }) => name === 'lo')) return verdict([], 'this box has no network but its own')
    return verdict(
      [
        {
          state: 'warning',
          severity: 0.7,
          title: 'The box has no default route: it reaches its own networks and nothing else',
          why: `Routes lead over ${routes.interfaces.join(', ') || 'no interface'} only. ${
            routes.defaultRejects
              ? 'The default route that there is rejects (unreachable, prohibit or blackhole): connections elsewhere fail at once.'
              : 'Connections elsewhere fail with "Network is unreachable".'
          }`,
          subject: { kind: 'box', name: box },
          measured: [{ what: 'default routes', value: 0, unit: 'count', source: '/proc/net/route' }],
          next: [next(box, 'ip route; ip -6 route; ip -br addr', 'see which routes and addresses there are')],
        },
      ],
      '',
    )
  },
})

function silentGateway(box: string, address: string, over: string): FindingDraft {
  return {
    state: 'warning',
    severity: 0.9,
    title: `The gateway ${address} does not answer on ${over}: nothing beyond the own networks is reached through it`,
    why: 'The box has asked for its hardware address (ARP) and got no answer: the gateway is down, is not on this network, or has another address. Connections elsewhere hang and fail with "No route to host".',
    subject: { kind: 'interface', name: over, peer: address },
    measured: [{ what: 'gateways that do not answer ARP', value: 1, unit: 'count', source: '/proc/net/arp' }],
    next: [
      next(box, `ip route; ip neigh show dev ${quoted(over)}`, 'see the routes, and which neighbours answer'),
      next(box, `ping -c 3 -W 1 ${address}`, 'ask it again'),
    ],
  }
}
