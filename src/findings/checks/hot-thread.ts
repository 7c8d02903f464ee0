import { percent } from '../../base/format.ts'
import { check, unknown, verdict, type FindingDraft } from '../check.ts'
import { next, nextInspect } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const hotThread = check({
  id: 'hot-thread',
  title: 'One hot thread',
  resource: 'cpu',
  about:
    'One thread uses a whole CPU while others are idle: a spin, a busy event loop, a single-threaded bottleneck, a garbage collector. The box as a whole looks idle, and no ' +
    'further CPU would help. Under a real-time policy (SCHED_FIFO, SCHED_RR) it keeps all ordinary work off its CPU. What the thread does is the question: its name often says it (GC, event loop, compiler).',
  needs: ['cpu', 'process-stat', 'hot-threads'],
  wants: ['process-command', 'process-cgroup'],
  limits: {
    threadPercent: {
      value: 90,
      unit: '% of one CPU',
      why: 'a thread that waits for anything is below this; above it it never stops to wait',
    },
    boxBusyPercent: {
      value: 90,
      unit: '%',
      why: 'on a box that is busy as a whole it is the CPUs that are short (cpu-saturated)',
    },
    burnedSeconds: {
      value: 3,
      unit: 's of CPU',
      why: 'a command that has just started may well use a CPU for a moment',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { threadPercent, boxBusyPercent, burnedSeconds }, { box }) => {
    const { total, cpus } = seen.cpu
    if (!total) return unknown('there is no second sample')
    const busy = 100 - total.idle - total.iowait
    const stats = seen['process-stat'].byPid
    const threads = seen['hot-threads']
      .filter(({ pid }) => (stats.get(pid)?.threads ?? 0) > 1)
      .map(({ pid, tid, name, cpuPercent, realTimePolicy }) => ({ pid, tid, name, cpuPercent, realTimePolicy }))
    const single = seen['process-stat'].processes
      .filter((each) => each.threads === 1 && !each.kernelThread)
      .map(({ pid, name, cpuPercent, realTimePolicy }) => ({
        pid,
        tid: pid,
        name,
        cpuPercent: cpuPercent ?? 0,
        realTimePolicy,
      }))
    const candidates = [...threads, ...single].toSorted((a, b) => b.cpuPercent - a.cpuPercent)
    const hot = candidates.filter(({ pid, cpuPercent }) => {
      const process = stats.get(pid)
      return (
        cpuPercent >= threadPercent && process !== undefined && process.nice <= 0 && process.cpuSeconds >= burnedSeconds
      )
    })
    const hottest = candidates[0]
    const quiet = hottest
      ? `hottest thread is ${hottest.name} at ${percent(hottest.cpuPercent)} of one CPU`
      : 'no thread used a CPU'
    if (busy >= boxBusyPercent && cpus > 1) return verdict([], `${quiet}; the box as a whole is busy`)
    const findings = hot.slice(0, 3).map(({ pid, tid, name, cpuPercent, realTimePolicy }): FindingDraft => {
      const process = processSubject(pid, seen)
      const own = tid === pid
      return {
        state: 'warning',
        severity: Math.min(1, (stats.get(pid)?.cpuSeconds ?? 0) / 600),
        title: `${own ? '' : `Thread ${name} (${tid}) of `}${processWords(process)} uses one whole CPU (${percent(cpuPercent)})${realTimePolicy ? ` under real-time priority (${realTimePolicy})` : ''}`,
        why: `The box has ${cpus} CPUs and is ${percent(busy)} busy: this thread never waits, and one CPU is all that it can get.${realTimePolicy ? ' It goes before all ordinary work: what else is to run on that CPU waits until it pauses.' : ''}`,
        subject: own ? process : { ...process, kind: 'thread', tid },
        measured: [
          {
            what: 'CPU used by the thread',
            value: cpuPercent,
            limit: 100,
            unit: '% of one CPU',
            source: `/proc/${pid}/task/${tid}/stat`,
          },
        ],
        next: [
          ...nextInspect(box, pid, 'see what it and its other threads do now, and what they wait for'),
          ...(realTimePolicy ? [next(box, `chrt -p ${tid}`, 'see its policy and priority')] : []),
          next(box, `perf top -t ${tid}`, 'see in which functions it burns', 'slow'),
          next(box, `gdb -p ${pid} -batch -ex 'thread apply all bt 20'`, 'see the stacks once', 'pause'),
        ],
      }
    })
    return verdict(findings, quiet)
  },
})
