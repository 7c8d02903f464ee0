import { check, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'

export const interfaceDown = check({
  id: 'interface-down',
  title: 'A network interface has lost its link',
  resource: 'network',
  about:
    'The interface is switched on, yet has no carrier: cable, switch port, optics, the other end, or the device below it (bond, VLAN). If routes still lead over it, what is sent there is lost. Bridges without a running container have no carrier either and are left out, and so is what was never in use.',
  needs: ['interfaces'],
  wants: ['routes'],
  limits: {
    usedPackets: { value: 20, unit: 'packets', why: 'what has received fewer since it came up was never in use' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ interfaces, routes }, { usedPackets }, { box }) => {
    const down = interfaces.filter(
      ({ operState, switchedOn, bridge }) =>
        switchedOn === true && !bridge && (operState === 'down' || operState === 'lowerlayerdown'),
    )
    const findings = down.flatMap(({ name, receivedPackets }): FindingDraft[] => {
      const routed = routes?.interfaces.includes(name) ?? false
      if (!routed && receivedPackets < usedPackets) return []
      return [
        {
          state: routed ? 'critical' : 'warning',
          severity: 0.5,
          title: `${name} has no link`,
          why: `It is switched on and has no carrier; ${routed ? 'routes still lead over it, so what is sent there is lost' : `it has received ${receivedPackets} packets before`}.`,
          subject: { kind: 'interface', name },
          measured: [{ what: 'packets received', value: receivedPackets, unit: 'count', source: '/proc/net/dev' }],
          next: [
            next(box, `ip -s -d link show dev ${name}`, 'see its state and what lies below it'),
            next(
              box,
              `ethtool ${name}; dmesg | grep -w ${name} | tail`,
              'see when the link went, and at which speed it was',
            ),
          ],
        },
      ]
    })
    return verdict(
      findings,
      `${interfaces.length - down.length} of ${interfaces.length} interfaces have a link or are switched off`,
    )
  },
})
