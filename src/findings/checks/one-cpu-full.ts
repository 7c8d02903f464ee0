import { percent } from '../../base/format.ts'
import type { CpuShares } from '../../evidence/probes/cpu.ts'
import { heaviest } from '../heaviest.ts'
import { check, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const oneCpuFull = check({
  id: 'one-cpu-full',
  title: 'One CPU full while others idle',
  resource: 'cpu',
  about:
    'Tasks wait for a CPU although others are idle: they may not run there. A CPU affinity (taskset, CPUAffinity= of a unit, pinning in the program itself) or a cpuset binds them to one CPU; each gets a share of it, and the box as a whole looks half idle. ' +
    'The scheduler moves what is free to move within milliseconds, so that a whole second of this is no accident.',
  needs: ['cpu', 'pressure', 'process-stat'],
  wants: ['process-command', 'process-cgroup'],
  limits: {
    fullPercent: {
      value: 95,
      unit: '% of that CPU',
      why: 'user and kernel time of tasks: nothing is left of it; interrupts, which are bound to CPUs too, are another story',
    },
    idlePercent: {
      value: 40,
      unit: '% of the others',
      why: 'the others have room for what waits, with other work on the box as well',
    },
    waitingPercent: {
      value: 50,
      unit: '% of time',
      why: 'one thread that uses a CPU alone makes nobody wait (hot-thread); here somebody waits most of the time',
    },
    namedPercent: {
      value: 30,
      unit: '% of one CPU',
      why: 'together they have to use a good part of that CPU, to be those who fill it',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { fullPercent, idlePercent, waitingPercent, namedPercent }, { box }) => {
    const { perCpu, cpus } = seen.cpu
    const waiting = seen.pressure.cpu?.some.window
    if (perCpu.length === 0 || waiting === undefined) return unknown('there is no second sample')
    if (cpus < 2) return verdict([], 'there is one CPU')
    const fullest = perCpu.toSorted((a, b) => worked(b.shares) - worked(a.shares))[0]
    if (!fullest) return unknown('there is no second sample')
    const others = perCpu.filter(({ cpu }) => cpu !== fullest.cpu)
    const idle = others.reduce((sum, { shares }) => sum + shares.idle + shares.iowait, 0) / others.length
    const full = worked(fullest.shares)
    const figures = `CPU ${fullest.cpu} is ${percent(full)} busy, the others are ${percent(idle)} idle, tasks waited ${percent(waiting)} of the time`
    const bound = seen['process-stat'].processes.filter(({ cpu, nice }) => cpu === fullest.cpu && nice <= 0)
    const top = heaviest(bound, ({ cpuPercent }) => cpuPercent ?? 0)
    // One thread alone waits for nobody: those that wait are elsewhere then.
    const shares = top !== undefined && (top.alike > 1 || top.process.threads > 1)
    if (full < fullPercent || idle < idlePercent || waiting < waitingPercent || !shares || top.value < namedPercent)
      return verdict([], figures)
    const subject = processSubject(top.process.pid, seen)
    const who = top.alike > 1 ? `${top.alike} processes named ${subject.name}` : processWords(subject)
    return verdict(
      [
        {
          state: 'warning',
          severity: waiting / 100,
          title: `CPU ${fullest.cpu} is full while the others are ${percent(idle)} idle: ${who} ${top.alike > 1 ? 'share' : 'has'} it`,
          why: `${figures}: they may not run on another one (CPU affinity or a cpuset).`,
          subject,
          measured: [
            { what: `CPU ${fullest.cpu} busy`, value: full, limit: 100, unit: '%', source: '/proc/stat' },
            { what: 'idle time of the other CPUs', value: idle, unit: '%', source: '/proc/stat' },
            { what: 'time in which tasks waited for a CPU', value: waiting, unit: '%', source: '/proc/pressure/cpu' },
          ],
          next: [
            next(box, `grep Cpus_allowed_list /proc/${subject.pid}/status`, 'see on which CPUs it may run'),
            next(box, `cat /proc/${subject.pid}/cgroup`, 'see whether its control group has a cpuset'),
          ],
        },
      ],
      '',
    )
  },
})

/** Time of tasks: without idle time, and without interrupts and what the hypervisor took. */
function worked({ user, system }: CpuShares): number {
  return user + system
}
