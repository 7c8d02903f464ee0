import { duration } from '../../base/format.ts'
import type { Ending, Unit } from '../../evidence/probes/units.ts'
import { check, verdict } from '../check.ts'
import { next, quoted } from '../next.ts'

export const failedUnits = check({
  id: 'failed-units',
  title: 'systemd units have failed',
  resource: 'service',
  about:
    'A failed unit ended with an error and is not started again. Some fail for years without anybody missing them; one that failed at the onset is a good first question. systemctl status NAME shows its last lines.',
  needs: ['units'],
  wants: ['clock'],
  limits: {
    recentSeconds: {
      value: 3_600,
      unit: 's',
      why: 'a service that is meant to stay up (Restart=) and went down within the hour is the fire, not an old failure that nobody misses',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ units: { systemd, units }, clock }, { recentSeconds }, { box }) => {
    if (!systemd) return verdict([], 'this box is not run by systemd')
    const agoOf = ({ ending }: Unit): number =>
      ending?.endedAtSeconds === undefined || !clock
        ? Infinity
        : Math.max(0, clock.uptimeSeconds - ending.endedAtSeconds)
    const failed = units
      .filter(({ active }) => active === 'failed')
      .toSorted(
        (a, b) =>
          Number(b.ending?.meantToStay ?? false) - Number(a.ending?.meantToStay ?? false) ||
          Number(b.name.endsWith('.service')) - Number(a.name.endsWith('.service')) ||
          agoOf(a) - agoOf(b),
      )
    const [first, ...others] = failed
    if (!first) return verdict([], 'no unit has failed')
    const ago = agoOf(first)
    const down = first.ending?.meantToStay === true && ago <= recentSeconds
    return verdict(
      [
        {
          state: down ? 'critical' : 'warning',
          severity: down ? 0.6 : Math.min(1, failed.length / 10),
          title: `${first.name} has failed${first.ending ? `: ${endingWords(first.ending)}` : ''}${
            others.length > 0
              ? `; and ${others.length} more: ${others
                  .slice(0, 4)
                  .map(({ name }) => name)
                  .join(', ')}`
              : ''
          }`,
          why: `${Number.isFinite(ago) ? `It ended ${duration(ago)} ago. ` : ''}systemd does not start it again by itself (${first.description}).`,
          subject: { kind: 'unit', name: first.name, unit: first.name },
          measured: [{ what: 'failed units', value: failed.length, unit: 'count', source: 'systemctl --failed' }],
          ...(clock && Number.isFinite(ago) ? { sinceMs: clock.boxMs - clock.skewMs - Math.round(ago * 1000) } : {}),
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

/** How a unit ended, for a person. */
export function endingWords({ result, status, restarts }: Ending): string {
  const again = restarts ? `, after ${restarts} restarts` : ''
  switch (result) {
    case 'exit-code': {
      if (status === undefined) return `what it runs failed${again}`
      const own = SYSTEMD_STATUS.get(status)
      return `${own ?? 'it ended'} (status ${status})${again}`
    }
    case 'signal':
      return `it was killed by signal ${status ?? 'unknown'}${again}`
    case 'core-dump':
      return `it crashed with signal ${status ?? 'unknown'}${again}`
    case 'oom-kill':
      return `the kernel killed it for lack of memory${again}`
    case 'timeout':
      return `it did not start or stop in time${again}`
    case 'watchdog':
      return `it did not report to the watchdog in time${again}`
    case 'start-limit-hit':
      return `it ended again and again until systemd gave up${status ? ` (status ${status})` : ''}${again}`
    case 'success':
      return `it ended${status ? ` (status ${status})` : ''}${again}`
    default:
      return `${result}${again}`
  }
}

/** systemd.exec(5), "Process Exit Codes": what systemd could not do before the program ran. */
const SYSTEMD_STATUS: ReadonlyMap<number, string> = new Map([
  [200, 'its working directory cannot be entered'],
  [203, 'its program cannot be executed'],
  [216, 'its group does not exist'],
  [217, 'its user does not exist'],
  [226, 'its file-system view cannot be made'],
  [238, 'its state directory cannot be made'],
])
