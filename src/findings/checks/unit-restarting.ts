import { check, verdict, type FindingDraft } from '../check.ts'
import { next, quoted } from '../next.ts'
import { endingWords } from './failed-units.ts'

export const unitRestarting = check({
  id: 'unit-restarting',
  title: 'systemd starts a unit again and again',
  resource: 'service',
  about:
    'A unit in auto-restart has ended and waits for RestartSec before the next try: a crash loop, unless it was caught at the one moment. Between the tries it may look healthy for a while; its restart counter (NRestarts) tells.',
  needs: ['units'],
  limits: {},
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ units: { systemd, units } }, _limits, { box }) => {
    if (!systemd) return verdict([], 'this box is not run by systemd')
    const waiting = units.filter(({ sub }) => sub === 'auto-restart')
    if (waiting.length === 0) return verdict([], 'no unit waits for its next restart')
    const findings = waiting.slice(0, 5).map(({ name, description, ending }): FindingDraft => ({
      state: 'critical',
      severity: 0.6,
      title: `${name} does not stay up: ${ending ? endingWords(ending) : 'it ended'}, and systemd waits to start it again`,
      why: `${description || name} ended, and Restart= in its unit file starts it again: a crash loop.`,
      subject: { kind: 'unit', name, unit: name },
      measured: [
        {
          what: 'units waiting for a restart',
          value: waiting.length,
          unit: 'count',
          source: 'systemctl list-units --state=auto-restart',
        },
      ],
      next: [
        next(box, `journalctl -u ${quoted(name)} -n 100 --no-pager`, 'read how it ended'),
        next(
          box,
          `systemctl show -p NRestarts,Result,ExecMainStatus ${quoted(name)}`,
          'see how often, and with which status',
        ),
      ],
    }))
    return verdict(findings, '')
  },
})
