import { duration } from '../../base/format.ts'
import type { Clock } from '../../evidence/probes/clock.ts'
import type { UnitDetail } from '../../evidence/probes/units.ts'
import { check, unknown, verdict, type FindingDraft } from '../check.ts'
import { next, nextRelieve, quoted } from '../next.ts'
import { unitAge } from '../unit-age.ts'

export const serviceStopped = check({
  id: 'service-stopped',
  title: 'A service that belongs to a normal boot is stopped',
  resource: 'service',
  about:
    'It is enabled, so the next boot would start it, and it was up; now it is inactive and not failed, which no list of failed units shows. Either somebody stopped it and has not started it again (maintenance, an update that was broken off), or it ended by itself with a status that counts as success, and Restart= does not bring it back. ' +
    'systemd keeps no name of who stopped it: the journal of that minute and of sudo tells. A stopped or masked systemd-journald is told of too: what programs say is lost.',
  needs: ['units', 'clock'],
  limits: {
    missedSeconds: {
      value: 7 * 86_400,
      unit: 's',
      why: 'what has been down for a week somebody wanted so, or nobody misses: it is named beside what was cleared',
    },
    upSeconds: {
      value: 60,
      unit: 's',
      why: 'some services look around, find nothing to do and end well (irqbalance on one CPU): only one that had been up for a minute was at work',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ units: all, clock }, { missedSeconds, upSeconds }, { box }) => {
    if (!all.systemd) return verdict([], 'this box is not run by systemd')
    if (all.idle === undefined) return unknown('this systemd (before 236) does not show which units are up')
    const [untold] = all.idle
    if (untold !== undefined && all.details === undefined)
      return unknown(`systemctl did not say why ${untold} is not up`)
    const down = all.idle.flatMap((name): readonly Down[] => {
      const detail = all.details?.get(name)
      if (!detail || detail.active !== 'inactive') return []
      if (name === JOURNAL) return detail.load === 'not-found' ? [] : [downOf(name, detail, clock)]
      // What a socket or a timer starts may end by itself when it has nothing to do; told to stop it was by somebody.
      const untriggered = detail.triggeredBy.length === 0 || detail.toldToStop === true
      const stays = detail.type !== undefined && detail.type !== 'oneshot' && untriggered
      const wasUp = detail.startedAtSeconds !== undefined && detail.upSeconds !== undefined && detail.conditionMet
      if (detail.load !== 'loaded' || !stays || !wasUp) return []
      const ended = detail.toldToStop !== true && detail.exit?.how !== 'killed'
      return ended && (detail.upSeconds ?? 0) < upSeconds ? [] : [downOf(name, detail, clock)]
    })
    const findings = down
      .filter(({ name, seconds }) => name === JOURNAL || seconds < missedSeconds)
      .toSorted((a, b) => Number(b.name === JOURNAL) - Number(a.name === JOURNAL) || a.seconds - b.seconds)
      .slice(0, 5)
      .map((each): FindingDraft => {
        const { name, seconds, how } = each
        const journal = name === JOURNAL
        const known = Number.isFinite(seconds)
        return {
          state: journal ? 'critical' : 'warning',
          severity: journal ? 0.2 : Math.max(0, 0.7 * (1 - seconds / DAY_SECONDS)),
          title: `${name} is ${each.masked ? 'masked and down' : journal ? 'stopped' : 'enabled, yet stopped'}${known ? ` for ${duration(seconds)}` : ''}${journal ? ': no logs are kept' : `: ${how}`}`,
          why: journal
            ? 'What services write to their output and to syslog goes nowhere, and is missing to whoever looks for the cause of anything.'
            : 'It is not failed, so no list of failed units has it, and systemd does not start it again before the next boot' +
              (each.triggeredBy.length > 0 ? `, unless ${each.triggeredBy.join(' or ')} is up and does.` : '.'),
          subject: { kind: 'unit', name, unit: name },
          measured: known
            ? [
                {
                  what: 'time since it stopped',
                  value: Math.round(seconds),
                  unit: 's',
                  source: `systemctl show -p InactiveEnterTimestamp ${name}`,
                },
              ]
            : [],
          ...(known ? { sinceMs: clock.boxMs - clock.skewMs - Math.round(seconds * 1000) } : {}),
          next: [
            next(box, `systemctl status --no-pager -n 30 -- ${quoted(name)}`, 'see how it ended and its last lines'),
            ...(journal
              ? []
              : [
                  next(
                    box,
                    `journalctl --no-pager -n 30 _COMM=sudo + _COMM=systemctl + _SYSTEMD_UNIT=${quoted(name)}`,
                    'see who ran what when it stopped',
                  ),
                  ...(name.endsWith('.service') && !each.masked
                    ? nextRelieve(box, ['restart', name], 'start it again, unless somebody has stopped it on purpose')
                    : []),
                ]),
          ],
        }
      })
    const forgotten = down[0]
    return verdict(
      findings,
      forgotten
        ? `${forgotten.name} is enabled, and has been stopped for ${Number.isFinite(forgotten.seconds) ? duration(forgotten.seconds) : 'an unknown time'}`
        : 'no service that a normal boot starts was stopped',
    )
  },
})

/** What went down within the day may be what people call about. */
const DAY_SECONDS = 86_400

const JOURNAL = 'systemd-journald.service'

interface Down {
  readonly name: string
  /** Since it stopped; Infinity when that is not known. */
  readonly seconds: number
  readonly how: string
  readonly masked: boolean
  readonly triggeredBy: readonly string[]
}

function downOf(name: string, detail: UnitDetail, clock: Clock): Down {
  const { changedAtSeconds, changedAtMs, load } = detail
  return {
    name,
    seconds:
      changedAtSeconds === undefined ? Infinity : unitAge({ atSeconds: changedAtSeconds, atMs: changedAtMs }, clock),
    how: howWords(detail),
    masked: load === 'masked',
    triggeredBy: detail.triggeredBy,
  }
}

function howWords({ toldToStop, exit }: UnitDetail): string {
  if (toldToStop === true) return 'somebody or another unit had systemd stop it'
  if (exit === undefined) return 'how it ended is not known'
  return exit.how === 'killed'
    ? `its process was ended by signal ${exit.status}, which counts as a good end`
    : `it ended by itself with status ${exit.status}, which counts as a good end`
}
