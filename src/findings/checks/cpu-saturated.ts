import { count, percent } from '../../base/format.ts'
import type { ProcessStat } from '../../evidence/probes/process-stat.ts'
import { besideSearch, searchNote } from '../beside-search.ts'
import { check, unknown, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'
import { heaviest, type Heaviest } from '../heaviest.ts'

export const cpuSaturated = check({
  id: 'cpu-saturated',
  title: 'CPUs saturated',
  resource: 'cpu',
  about:
    'All CPUs are busy with work that is not niced, and tasks wait for a CPU: everything on the box gets slower in proportion. A high load average alone does not ' +
    'show this (it counts tasks that wait for disks too); busy CPUs together with waiting tasks do. A parallel build keeps a task or two for each CPU waiting, and that is a warning; many more are critical. One process that has all CPUs for itself is named too, before anybody waits. ' +
    'Work that was niced gives way by itself and is not counted.',
  needs: ['cpu', 'process-stat'],
  wants: ['pressure', 'filesystems', 'process-command', 'process-cgroup'],
  essential: true,
  limits: {
    busyPercent: {
      value: 90,
      unit: '%',
      why: 'above this the queue for a CPU grows steeply (M/M/c queueing); below it a box is merely well used',
    },
    namedPercent: {
      value: 10,
      unit: '% of each CPU',
      why: 'who uses less than a tenth of what is burnt is not the one who burns it',
    },
    waitingWarning: {
      value: 10,
      unit: '% of time',
      why: 'some task waited for a CPU a tenth of the time (PSI cpu some): users begin to notice',
    },
    waitingCritical: {
      value: 60,
      unit: '% of time',
      why: 'most of the time somebody waits: requests take several times as long',
    },
    crowdCritical: {
      value: 3,
      unit: 'runnable tasks per CPU',
      why: 'a build with two jobs for each CPU (make -j4 on two) makes tasks wait most of the time too, and ends; critical are three for each, in both samples',
    },
    allPercent: {
      value: 90,
      unit: '% of all CPUs',
      why: 'what one program uses of them so that nothing is left, though nobody waits at the moment',
    },
    burnedSeconds: {
      value: 3,
      unit: 's of CPU on each CPU',
      why: 'a command that has just started may well use all CPUs for a moment',
    },
    queueWarning: {
      value: 1.5,
      unit: 'runnable tasks per CPU',
      why: 'where the kernel has no PSI: half a task more than there is room for',
    },
    queueCritical: {
      value: 4,
      unit: 'runnable tasks per CPU',
      why: 'where the kernel has no PSI: each task gets a quarter of a CPU',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, limits, { box }) => {
    const { cpu, pressure } = seen
    if (!cpu.total) return unknown('there is no second sample')
    const busy = 100 - cpu.total.idle - cpu.total.iowait - cpu.total.nice
    const waiting = pressure?.cpu?.some.window
    // The shell that asks is one of the runnable tasks.
    const queue = Math.max(0, cpu.running - 1) / cpu.cpus
    const crowd = Math.max(0, Math.min(cpu.running, cpu.runningBefore ?? Infinity) - 1) / cpu.cpus
    const crowded =
      waiting === undefined ? queue >= limits.queueWarning : besideSearch(waiting, seen) >= limits.waitingWarning
    const critical =
      waiting === undefined
        ? queue >= limits.queueCritical
        : besideSearch(waiting, seen) >= limits.waitingCritical && crowd >= limits.crowdCritical
    const own = heaviest(seen['process-stat'].processes, ({ cpuPercent }) => cpuPercent ?? 0)
    // Commands that live less than the window are seen in nobody's figure but, once they have ended, their parent's.
    const children = heaviest(seen['process-stat'].processes, ({ childCpuPercent }) => childCpuPercent ?? 0)
    const brief = (children?.value ?? 0) > (own?.value ?? 0)
    const top = brief ? children : own
    const why = `CPUs ${percent(busy)} busy`
    // Of one CPU that one thread uses hot-thread tells.
    const alone =
      cpu.cpus > 1 &&
      own !== undefined &&
      !brief &&
      own.value >= limits.allPercent * cpu.cpus &&
      burnedBy(own, seen['process-stat'].processes) >= limits.burnedSeconds * cpu.cpus
    const saturated = besideSearch(busy, seen, SEARCH_PROCESSES / cpu.cpus) >= limits.busyPercent && (crowded || alone)
    if (!saturated)
      return verdict(
        [],
        `${why} over the window${waiting === undefined ? '' : `, tasks waited ${percent(waiting)} of the time`}${searchNote(seen)}`,
      )
    // In a container, or where what burnt has gone, nobody of those that are seen stands out.
    const named = top !== undefined && top.value >= limits.namedPercent * cpu.cpus
    // A parent gets the time of a child when it ends, what it used before the window too: then how much of it was now is not known.
    const isRate = named && !(brief && top.value > busy * cpu.cpus)
    const used = isRate ? `${percent(top.value)} of one CPU` : 'most of their time'
    const subject = named ? processSubject(top.process.pid, seen) : { kind: 'box' as const, name: box }
    const finding: FindingDraft = {
      state: critical ? 'critical' : 'warning',
      severity: critical ? Math.min(1, (waiting ?? queue * 10) / 100) : Math.min(1, (waiting ?? queue * 10) / 60),
      title: `All ${cpu.cpus} CPUs are ${percent(busy)} busy; ${
        !named
          ? 'no process that was seen uses much of it'
          : brief
            ? `short-lived children of ${processWords(subject)} use`
            : top.alike > 1
              ? `${count(top.alike, 'process', 'processes')} named ${subject.name} use`
              : `${processWords(subject)} uses`
      }${named ? ` ${used}` : ''}`,
      why:
        waiting === undefined
          ? `${queue.toFixed(1)} runnable tasks wait for each CPU.`
          : `${crowded ? '' : 'Nothing is left for others, though they hardly wait yet. '}Tasks waited for a CPU ${percent(waiting)} of the time; of the CPUs' time ${percent(cpu.total.system)} went to the kernel.`,
      subject,
      measured: [
        { what: 'CPU busy, niced work left out', value: busy, limit: 100, unit: '%', source: '/proc/stat' },
        ...(isRate
          ? [
              {
                what: `CPU used by ${brief ? 'children of ' : ''}${subject.name}`,
                value: top.value,
                unit: '% of one CPU',
                source: `/proc/${subject.pid}/stat`,
              },
            ]
          : []),
        ...(waiting === undefined
          ? []
          : [
              { what: 'time in which tasks waited for a CPU', value: waiting, unit: '%', source: '/proc/pressure/cpu' },
            ]),
      ],
      next: !named
        ? [next(box, "top -b -n 2 -d 1 | awk '/^top/ { n++ } n == 2' | head -n 20", 'see who uses the CPUs now')]
        : brief
          ? [next(box, `ps --ppid ${subject.pid} -o pid,etimes,pcpu,args`, 'catch its children alive')]
          : [
              next(box, `top -H -b -n 1 -p ${subject.pid} | head -n 20`, 'see which of its threads are hot'),
              next(box, `perf top -p ${subject.pid}`, 'see in which functions', 'slow'),
            ],
    }
    return verdict([finding], why)
  },
})

/** du and awk: each may use a CPU while the look searches. */
const SEARCH_PROCESSES = 2

/** CPU seconds of a process and of those of its name, since they started. */
function burnedBy({ process }: Heaviest, processes: readonly ProcessStat[]): number {
  return processes.reduce((sum, { name, cpuSeconds }) => (name === process.name ? sum + cpuSeconds : sum), 0)
}
