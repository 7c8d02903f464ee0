import { duration } from '../../base/format.ts'
import type { OpenFiles } from '../../evidence/probes/open-files.ts'
import type { Listener } from '../../evidence/probes/sockets.ts'
import type { Ending, Unit } from '../../evidence/probes/units.ts'
import { check, verdict } from '../check.ts'
import { next, nextRelieve, quoted } from '../next.ts'
import { rollbackStep } from '../rollback-step.ts'
import { processSubject, processWords, type Known } from '../subject.ts'
import { unitAge } from '../unit-age.ts'

export const failedUnits = check({
  id: 'failed-units',
  title: 'systemd units have failed',
  resource: 'service',
  about:
    'A failed unit ended with an error and is not started again. Some fail for years without anybody missing them; one that failed at the onset is a good first question. systemctl status NAME shows its last lines; those of its last run are shown here where the journal gives them. Of a port that was taken already, who listens on it is named.',
  needs: ['units'],
  wants: ['clock', 'sockets', 'open-files', 'process-stat', 'process-command', 'process-cgroup'],
  limits: {
    recentSeconds: {
      value: 3_600,
      unit: 's',
      why: 'a service that is meant to stay up (Restart=) and went down within the hour is the fire, not an old failure that nobody misses',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { recentSeconds }, { box }) => {
    const { clock } = seen
    const { systemd, units, logged, details } = seen.units
    if (!systemd) return verdict([], 'this box is not run by systemd')
    const agoOf = ({ ending }: Unit): number =>
      ending?.endedAtSeconds === undefined || !clock
        ? Infinity
        : unitAge({ atSeconds: ending.endedAtSeconds, atMs: ending.endedAtMs }, clock)
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
    const said = logged?.get(first.name) ?? []
    const detail = details?.get(first.name)
    const holder = holderOf(said, { name: first.name, command: detail?.command ?? '' }, seen)
    const timer = detail?.triggeredBy.find((name) => name.endsWith('.timer'))
    const subject = { kind: 'unit', name: first.name, unit: first.name } as const
    return verdict(
      [
        {
          state: down ? 'critical' : 'warning',
          severity: down ? 0.6 : Math.min(1, failed.length / 10),
          title: `${first.name} has failed${first.ending ? `: ${endingWords(first.ending)}` : ''}${shortly(said)}${holder ?? ''}${
            others.length > 0
              ? `; and ${others.length} more: ${others
                  .slice(0, 4)
                  .map(({ name }) => name)
                  .join(', ')}`
              : ''
          }`,
          why: `${Number.isFinite(ago) ? `It ended ${duration(ago)} ago. ` : ''}systemd does not start it again by itself (${first.description}).${lastWords(said)}${others
            .map(({ name }) => ({ name, lines: logged?.get(name) ?? [] }))
            .filter(({ lines }) => lines.length > 0)
            .map(({ name, lines }) => ` ${name}:${lastWords(lines.slice(-1))}`)
            .join('')}`,
          subject,
          measured: [{ what: 'failed units', value: failed.length, unit: 'count', source: 'systemctl --failed' }],
          ...(clock && Number.isFinite(ago) ? { sinceMs: clock.boxMs - clock.skewMs - Math.round(ago * 1000) } : {}),
          next: [
            next(
              box,
              `systemctl status --no-pager -n 30 -- ${quoted(first.name)}`,
              'see how it ended and its last lines',
            ),
            next(box, `journalctl -n 100 --no-pager -u ${quoted(first.name)}`, 'read its log'),
            // What a unit of another kind (a mount, a device) needs is not a restart.
            ...(first.name.endsWith('.service')
              ? nextRelieve(box, ['restart', first.name], 'start it again, once you know why it ended')
              : []),
            ...(timer === undefined
              ? []
              : nextRelieve(box, ['pause-timer', timer], 'keep its timer from starting it again until it is mended')),
            ...rollbackStep(box, subject, detail?.command),
          ],
        },
      ],
      '',
    )
  },
})

/** What it logged, oldest first, as a sentence; empty where nothing is known. */
function lastWords(lines: readonly string[]): string {
  return lines.length === 0 ? '' : ` The last that it said: ${lines.map((line) => `"${line.trim()}"`).join(', ')}.`
}

/** What the title has room for. Characters. */
const SAID_SHOWN = 100

function shortly(lines: readonly string[]): string {
  const last = lines.at(-1)?.trim()
  if (!last) return ''
  return `: "${last.length > SAID_SHOWN ? `${last.slice(0, SAID_SHOWN)}…` : last}"`
}

/** Where it found its port taken: who listens there, as far as it was seen. The port is in what it said, or else in its command line. */
function holderOf(
  lines: readonly string[],
  unit: { readonly name: string; readonly command: string },
  seen: Known & {
    readonly sockets: { readonly listeners: readonly Listener[] } | undefined
    readonly 'open-files': OpenFiles | undefined
  },
): string | undefined {
  const line = lines.findLast((each) => TAKEN.test(each))
  if (line === undefined) return undefined
  const told = portsIn(line, PORT_SAID)
  const ports = told.length > 0 ? told : portsIn(unit.command, PORT_ARGUMENT)
  const listener = seen.sockets?.listeners.find(({ port }) => ports.includes(port))
  if (!listener) return undefined
  const pid = seen['open-files']?.holders.get(listener.inode)
  if (pid === undefined) return `; somebody listens on port ${listener.port} already`
  const subject = processSubject(pid, seen)
  const own = subject.unit === unit.name ? ', a process of its own that was left over' : ''
  return `; port ${listener.port} is held by ${processWords(subject)}${own}`
}

/** strerror(3) of EADDRINUSE, and how Java and Node.js write it. */
const TAKEN = /address already in use|EADDRINUSE|port .*(?:in use|already)/i
function portsIn(text: string, form: RegExp): readonly number[] {
  return [...text.matchAll(form)].map(([, port]) => Number(port))
}

/** In what a program says: `0.0.0.0:80`, `:::8080`, `localhost:8080`, `port 8080`; not a time of day, which has two digits on both sides of a colon. */
const PORT_SAID = /(?:[\s\w\])*:](?<!(?:^|[^\d.])\d\d):|\bport[ =:]+)(\d{2,5})(?!\d|[.:]\d)/gi
/** In a command line, where any number may be one: that somebody listens on it decides. */
const PORT_ARGUMENT = /(?<![\d.])(\d{2,5})(?![\d.])/g

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
