import { count } from '../../base/format.ts'
import { check, unknown, verdict } from '../check.ts'
import { next, quoted } from '../next.ts'

export const unitNotReloaded = check({
  id: 'unit-not-reloaded',
  title: 'A unit file was changed, and systemd has not read it',
  resource: 'service',
  about:
    'systemd works with what it read at boot or at the last daemon-reload. A unit file (or a drop-in) that was changed since then takes effect only after the next one: a fix that seems to be in place is not, or a mistake waits for the next restart. Files of /etc/systemd/system are compared with the time of the last reload, which systemd tells since version 251.',
  needs: ['units'],
  limits: {},
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ units: { systemd, compared, details } }, _, { box }) => {
    if (!systemd) return verdict([], 'this box is not run by systemd')
    const changed = [...(details ?? [])].flatMap(([name, { needsReload }]) => (needsReload ? [name] : [])).toSorted()
    const [first, ...others] = changed
    if (first === undefined && compared !== true)
      return unknown('what is on disk was not compared with what systemd has read (it marks its last reload since 251)')
    if (first === undefined) return verdict([], 'no unit that was asked for has changed on disk')
    return verdict(
      [
        {
          state: 'warning',
          severity: 0,
          title: `${first}${others.length > 0 ? ` and ${count(others.length, 'other unit')}` : ''} changed on disk, and systemd works with what was there before`,
          why: `Nobody has run daemon-reload since.${others.length > 0 ? ` The others: ${others.slice(0, 4).join(', ')}.` : ''}`,
          subject: { kind: 'unit', name: first, unit: first },
          measured: [
            {
              what: 'units that changed on disk',
              value: changed.length,
              unit: 'count',
              source: `systemctl show -p NeedDaemonReload ${first}`,
            },
          ],
          next: [
            next(box, `systemctl cat -- ${quoted(first)}`, 'see what it says now'),
            next(
              box,
              'systemctl daemon-reload',
              'have systemd read it; a restart of the unit puts it to work',
              'change',
            ),
          ],
        },
      ],
      '',
    )
  },
})
