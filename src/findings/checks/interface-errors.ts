import { check, unknown, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'

export const interfaceErrors = check({
  id: 'interface-errors',
  title: 'A network interface loses packets',
  resource: 'network',
  about:
    'Errors are packets that arrived damaged or could not be sent (cable, optics, duplex, driver). Drops are whole packets that found no room: a receive ring too small, a CPU too busy to empty it, a queue that is full. Both turn into TCP retransmissions. Some received drops are harmless: since Linux 2.6.37 packets of unknown protocols and foreign VLANs count too.',
  needs: ['interfaces'],
  limits: {
    errorsPerSecond: { value: 1, unit: 'errors/s', why: 'a healthy link has none for days' },
    dropsPerSecond: {
      value: 50,
      unit: 'drops/s',
      why: 'a dozen a second may well be packets that nobody here listens to (discovery, spanning tree, foreign VLANs)',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ interfaces }, { errorsPerSecond, dropsPerSecond }, { box }) => {
    if (interfaces.length === 0) return unknown('no interface was seen')
    const findings = interfaces.flatMap((each): FindingDraft[] => {
      const errs = each.errorsPerSecond >= errorsPerSecond
      if (!errs && each.dropsPerSecond < dropsPerSecond) return []
      return [
        {
          state: 'warning',
          severity: Math.min(1, each.errorsPerSecond / 100 + each.dropsPerSecond / 10_000),
          title: `${each.name} loses packets: ${each.errorsPerSecond.toFixed(0)} errors and ${each.dropsPerSecond.toFixed(0)} drops a second`,
          why: errs
            ? 'Errors point at the cable, the optics, the peer port or the driver.'
            : 'Drops point at a ring or queue that is too small, or a CPU that is too busy.',
          subject: { kind: 'interface', name: each.name },
          measured: [
            { what: 'errors', value: each.errorsPerSecond, unit: 'count/s', source: '/proc/net/dev' },
            { what: 'drops', value: each.dropsPerSecond, unit: 'count/s', source: '/proc/net/dev' },
          ],
          next: [
            next(box, `ip -s -s link show dev ${each.name}`, 'see which kind'),
            next(box, `ethtool -S ${each.name} | grep -iE 'err|drop|miss'`, 'ask the driver'),
          ],
        },
      ]
    })
    const worst = interfaces.toSorted(
      (a, b) => b.errorsPerSecond + b.dropsPerSecond - a.errorsPerSecond - a.dropsPerSecond,
    )[0]
    return verdict(
      findings,
      worst
        ? `most losses are on ${worst.name}: ${worst.errorsPerSecond.toFixed(1)} errors, ${worst.dropsPerSecond.toFixed(1)} drops a second`
        : '',
    )
  },
})
