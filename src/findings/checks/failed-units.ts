import { check, verdict } from '../check.ts'
import { next, quoted } from '../next.ts'

export const failedUnits = check({
  id: 'failed-units',
  title: 'systemd units have failed',
  resource: 'service',
  about:
    'A failed unit ended with an error and is not started again. Some fail for years without anybody missing them; one that failed at the onset is a good first question. systemctl status NAME shows its last lines.',
  needs: ['units'],
  limits: {},
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ units: { systemd, units } }, _limits, { box }) => {
    if (!systemd) return verdict([], 'this box is not run by systemd')
    const failed = units.filter(({ active }) => active === 'failed')
    const first = failed.find(({ name }) => name.endsWith('.service')) ?? failed[0]
    if (!first) return verdict([], 'no unit has failed')
    const others = failed.length - 1
    return verdict(
      [
        {
          state: 'warning',
          severity: Math.min(1, failed.length / 10),
          title: `${first.name} has failed${
            others > 0
              ? `, and ${others} more: ${failed
                  .filter((unit) => unit !== first)
                  .slice(0, 4)
                  .map(({ name }) => name)
                  .join(', ')}`
              : ''
          }`,
          why: `systemd does not start it again by itself (${first.description}).`,
          subject: { kind: 'unit', name: first.name, unit: first.name },
          measured: [{ what: 'failed units', value: failed.length, unit: 'count', source: 'systemctl --failed' }],
          next: [
            next(
              box,
              `systemctl status --no-pager -n 30 -- ${quoted(first.name)}`,
              'see how it ended and its last lines',
            ),
            next(box, `journalctl -n 100 --no-pager -u ${quoted(first.name)}`, 'read its log'),
          ],
        },
      ],
      '',
    )
  },
})
