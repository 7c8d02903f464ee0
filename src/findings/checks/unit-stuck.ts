import { duration } from '../../base/format.ts'
import type { Unit, UnitDetail } from '../../evidence/probes/units.ts'
import { check, unknown, verdict, type FindingDraft } from '../check.ts'
import { next, quoted } from '../next.ts'
import { unitAge } from '../unit-age.ts'

export const unitStuck = check({
  id: 'unit-stuck',
  title: 'A unit does not get up, or does not end',
  resource: 'service',
  about:
    'systemd has told a unit to start or to stop, and it has not come to the end of that: a service of Type=notify that never says that it is ready, a command before the start (ExecStartPre) that hangs, a mount whose server does not answer, a program that ignores SIGTERM. ' +
    'Meanwhile it serves nobody, and what is ordered after it waits too; after TimeoutStartSec or TimeoutStopSec (90 s by default) systemd kills it. The state in brackets says where it is: start-pre, start, stop-sigterm, mounting (systemd.service(5), systemctl --state=help).',
  needs: ['units', 'clock'],
  limits: {
    stuckSeconds: {
      value: 10,
      unit: 's',
      why: 'most services start and end within a second or two; what takes longer is down meanwhile, and whoever looks wants to know',
    },
    longSeconds: {
      value: 60,
      unit: 's',
      why: 'two thirds of what systemd grants by default: large services need half of that to start, and none so long to end',
    },
    lastingSeconds: {
      value: 86_400,
      unit: 's',
      why: 'the usual limits would have ended it within minutes: what has none and has been so for a day (rc-local with a script that stays, Type=notify of a program that never notifies) is how this box lives, and a warning',
    },
    missedSeconds: {
      value: 7 * 86_400,
      unit: 's',
      why: 'what has been so for a week nobody misses: it is named beside what was cleared',
    },
    onceSeconds: {
      value: 300,
      unit: 's, of a unit that runs once (Type=oneshot)',
      why: 'such a unit counts as being started for as long as it works: what waits at boot for the network or the cloud gives up after two minutes',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ units: { systemd, units, details }, clock }, limits, { box }) => {
    if (!systemd) return verdict([], 'this box is not run by systemd')
    const moving = units.filter(
      ({ name, active, sub }) =>
        (active === 'activating' || active === 'deactivating') &&
        !sub.startsWith('auto-restart') &&
        // A device that is announced and not there yet; whoever needs it waits, and is named.
        !name.endsWith('.device'),
    )
    const late = moving.flatMap((unit) => {
      const detail = details?.get(unit.name)
      if (detail?.changedAtSeconds === undefined) return []
      const seconds = unitAge({ atSeconds: detail.changedAtSeconds, atMs: detail.changedAtMs }, clock)
      return seconds >= leastSeconds(unit, detail, limits) ? [{ unit, seconds }] : []
    })
    const stuck = late.filter(({ seconds }) => seconds < limits.missedSeconds)
    // More of them than systemctl was asked about, or one that came into this state between the two questions.
    const untold = moving.find(({ name }) => !details?.has(name))
    if (stuck.length === 0 && untold)
      return unknown(`systemctl did not say since when ${untold.name} is being started or stopped`)
    const missed = late.toSorted((a, b) => b.seconds - a.seconds)[0]
    return verdict(
      stuck
        // What has lasted longest is what tonight is least about.
        .toSorted(
          (a, b) =>
            Number(a.seconds >= limits.lastingSeconds) - Number(b.seconds >= limits.lastingSeconds) ||
            b.seconds - a.seconds,
        )
        .slice(0, 5)
        .map(({ unit: { name, active, sub, description }, seconds }): FindingDraft => {
          const starting = active === 'activating'
          const lasting = seconds >= limits.lastingSeconds
          const critical = seconds >= limits.longSeconds && !lasting && name.endsWith('.service')
          return {
            state: critical ? 'critical' : 'warning',
            severity: lasting ? 0 : Math.min(1, critical ? 0.4 : seconds / limits.longSeconds),
            title: `${name} has been ${starting ? 'starting' : 'stopping'} for ${duration(seconds)} and is not ${starting ? 'up' : 'gone'} (${sub})`,
            why: `${STATE_WORDS.get(sub) ?? `It is on its way ${starting ? 'up' : 'down'}`} (${description || name}). ${
              lasting
                ? 'Nothing limits how long it may take, and it may do its work all the same.'
                : 'What is ordered after it waits too.'
            }`,
            subject: { kind: 'unit', name, unit: name },
            measured: [
              {
                what: `time in which it has been ${active}`,
                value: Math.round(seconds),
                unit: 's',
                source: `systemctl show -p StateChangeTimestamp ${name}`,
              },
            ],
            sinceMs: clock.boxMs - clock.skewMs - Math.round(seconds * 1000),
            next: [
              next(
                box,
                `systemctl status --no-pager -n 30 -- ${quoted(name)}`,
                'see which of its processes are there, and its last lines',
              ),
              next(box, 'systemctl list-jobs --no-pager --after', 'see what waits for it'),
            ],
          }
        }),
      missed
        ? `${missed.unit.name} has been ${missed.unit.active === 'activating' ? 'starting' : 'stopping'} for ${duration(missed.seconds)}, and nobody has missed it`
        : moving.length > 0
          ? `${moving[0]?.name} is being ${moving[0]?.active === 'activating' ? 'started' : 'stopped'}, not for long`
          : 'no unit is on its way up or down',
    )
  },
})

/** What runs once works while it "starts": of one that a timer starts that is its job. */
function leastSeconds(
  { active }: Unit,
  { type, triggeredBy }: UnitDetail,
  { stuckSeconds, onceSeconds }: { readonly stuckSeconds: number; readonly onceSeconds: number },
): number {
  if (type !== 'oneshot' || active !== 'activating') return stuckSeconds
  return triggeredBy.length > 0 ? Infinity : onceSeconds
}

/** Substates of service_state and mount_state in src/basic/unit-def.c. */
const STATE_WORDS: ReadonlyMap<string, string> = new Map([
  ['condition', 'Its ExecCondition= has not ended'],
  ['start-pre', 'A command that comes before it (ExecStartPre=) has not ended'],
  ['start', 'It has been started, and has not said that it is ready'],
  ['start-post', 'It is there, and a command that comes after its start (ExecStartPost=) has not ended'],
  ['stop', 'Its ExecStop= has not ended'],
  ['stop-sigterm', 'It was sent SIGTERM and has not ended'],
  ['stop-sigkill', 'It was sent SIGKILL and is still there: it hangs in the kernel'],
  ['stop-post', 'It has ended, and its ExecStopPost= has not'],
  ['final-sigterm', 'Some of its processes were sent SIGTERM and have not ended'],
  ['final-sigkill', 'Some of its processes were sent SIGKILL and are still there: they hang in the kernel'],
  ['mounting', 'mount(8) has not come back: the device or the server does not answer'],
  ['unmounting', 'umount(8) has not come back: somebody uses it, or the server does not answer'],
])
