import { bytes, percent } from '../../base/format.ts'
import { besideSearch, searchNote } from '../beside-search.ts'
import { check, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'
import { mostIo } from './disk-saturated.ts'

export const iowait = check({
  id: 'iowait',
  title: 'Work waits for disks',
  resource: 'disk',
  about:
    'Tasks stand still until a disk answers. The iowait figure of top is idle time while a request was under way, so on many CPUs it hides; PSI counts the time in which tasks really waited. Who reads or writes most is usually who should be asked.',
  needs: ['cpu'],
  wants: ['pressure', 'filesystems', 'process-io', 'process-stat', 'process-command', 'process-cgroup'],
  limits: {
    waitingPercent: {
      value: 40,
      unit: '% of time',
      why: 'some task waits for I/O nearly half of the time (PSI io some)',
    },
    iowaitPercent: {
      value: 20,
      unit: '%',
      why: 'where the kernel has no PSI: a fifth of the CPU time went by with nothing to do but wait',
    },
    criticalBlocked: {
      value: 8,
      unit: 'tasks',
      why: 'a queue of tasks, not one writer that syncs, stands before the disk',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { waitingPercent, iowaitPercent, criticalBlocked }, { box }) => {
    const { total, blocked } = seen.cpu
    if (!total) return unknown('there is no second sample')
    const waiting = seen.pressure?.io?.some.window
    const burning =
      waiting === undefined
        ? besideSearch(total.iowait, seen, 1 / seen.cpu.cpus) >= iowaitPercent
        : besideSearch(waiting, seen) >= waitingPercent
    const cleared = `${
      waiting === undefined ? `iowait ${percent(total.iowait)}` : `tasks waited for I/O ${percent(waiting)} of the time`
    }${searchNote(seen)}`
    if (!burning) return verdict([], cleared)
    const writer = mostIo(seen, 'writeBytesPerSecond')
    const reader = mostIo(seen, 'readBytesPerSecond')
    const culprit = (writer?.rate ?? 0) >= (reader?.rate ?? 0) ? writer : reader
    const does = culprit === writer ? 'writes' : 'reads'
    const subject = culprit ? processSubject(culprit.pid, seen) : { kind: 'box' as const, name: box }
    const critical = blocked >= criticalBlocked
    return verdict(
      [
        {
          state: critical ? 'critical' : 'warning',
          severity: Math.min(1, (waiting ?? total.iowait) / 100),
          title: `Work waits for disks ${percent(waiting ?? total.iowait)} of the time${culprit ? `; ${processWords(subject)} ${does} ${bytes(culprit.rate)} a second` : ''}`,
          why: `${blocked} tasks were blocked on I/O at once; iowait is ${percent(total.iowait)} of the CPU time.${seen['process-io'] ? '' : ' Who reads and writes could not be seen.'}`,
          subject,
          measured: [
            ...(waiting === undefined
              ? []
              : [
                  {
                    what: 'time in which tasks waited for I/O',
                    value: waiting,
                    limit: 100,
                    unit: '%',
                    source: '/proc/pressure/io',
                  },
                ]),
            { what: 'iowait', value: total.iowait, limit: 100, unit: '%', source: '/proc/stat' },
          ],
          next: [
            next(box, 'iostat -x 1 5', 'see which device, how long its requests take'),
            ...(culprit
              ? [
                  next(
                    box,
                    `ls -l /proc/${culprit.pid}/fd | grep -v -e socket: -e pipe:`,
                    'see which files it has open',
                  ),
                ]
              : []),
          ],
        },
      ],
      cleared,
    )
  },
})
