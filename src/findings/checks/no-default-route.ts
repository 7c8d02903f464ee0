import { check, verdict } from '../check.ts'
import { next } from '../next.ts'

export const noDefaultRoute = check({
  id: 'no-default-route',
  title: 'No way leads out of the box',
  resource: 'network',
  about:
    'Without a default route the box reaches its own networks and nothing else: "Network is unreachable" for name servers, backends, updates. It goes lost with a DHCP lease, with the interface that it led over, or by a mistyped command. Some boxes are closed off on purpose.',
  needs: ['routes', 'interfaces'],
  limits: {},
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ routes, interfaces }, _limits, { box }) => {
    const [first] = routes.defaults
    if (first !== undefined) return verdict([], `a default route leads over ${routes.defaults.join(', ')}`)
    if (interfaces.every(({ name }) => name === 'lo')) return verdict([], 'this box has no network but its own')
    return verdict(
      [
        {
          state: 'warning',
          severity: 0.7,
          title: 'The box has no default route: it reaches its own networks and nothing else',
          why: `Routes lead over ${routes.interfaces.join(', ') || 'no interface'} only. Connections elsewhere fail with "Network is unreachable".`,
          subject: { kind: 'box', name: box },
          measured: [{ what: 'default routes', value: 0, unit: 'count', source: '/proc/net/route' }],
          next: [next(box, 'ip route; ip -6 route; ip -br addr', 'see which routes and addresses there are')],
        },
      ],
      '',
    )
  },
})
