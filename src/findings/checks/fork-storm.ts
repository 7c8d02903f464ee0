import { check, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const forkStorm = check({
  id: 'fork-storm',
  title: 'Processes are started without end',
  resource: 'process',
  about:
    'Each fork costs the kernel page tables and the scheduler a place. Hundreds a second are a shell script in a hot path, a crash loop without a pause, or a fork bomb; the CPU goes to the kernel and nobody seems to use it.',
  needs: ['cpu', 'process-stat'],
  wants: ['process-command', 'process-cgroup'],
  limits: {
    warningRate: {
      value: 400,
      unit: 'forks/s',
      why: 'this look itself starts about a hundred; a build box some hundreds for a while',
    },
    faultsEach: {
      value: 20,
      unit: 'page faults of a child',
      why: 'the smallest child costs about 30; half of the forks at two thirds of that is the least that "most of them" can mean',
    },
    leastBorn: { value: 5, unit: 'young children', why: 'fewer below one parent are no storm' },
    criticalRate: { value: 2_000, unit: 'forks/s', why: 'a CPU is spent on starting processes alone' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningRate, criticalRate, faultsEach, leastBorn }, { box }) => {
    const rate = seen.cpu.forksPerSecond
    const stats = seen['process-stat']
    if (rate === undefined) return unknown('there is no second sample')
    const cleared = `${rate.toFixed(0)} processes and threads started a second`
    if (rate < warningRate) return verdict([], cleared)
    const born = [...Map.groupBy([...stats.appeared, ...stats.vanished], ({ ppid }) => ppid)].toSorted(
      ([, a], [, b]) => b.length - a.length,
    )[0]
    const churning = stats.processes.toSorted(
      (a, b) => (b.childFaultsPerSecond ?? 0) - (a.childFaultsPerSecond ?? 0),
    )[0]
    // Whose children cost less cannot have had that many; in a container the rest was started outside of it.
    const enough = (churning?.childFaultsPerSecond ?? 0) >= (rate / 2) * faultsEach
    const parent = enough ? churning?.pid : (born?.[1].length ?? 0) >= leastBorn ? born?.[0] : undefined
    const subject =
      parent !== undefined && stats.byPid.has(parent)
        ? processSubject(parent, seen)
        : { kind: 'box' as const, name: box }
    return verdict(
      [
        {
          state: rate >= criticalRate ? 'critical' : 'warning',
          severity: Math.min(1, rate / (rate >= criticalRate ? 20_000 : criticalRate)),
          title: `${rate.toFixed(0)} processes are started a second${subject.kind === 'process' ? `, most of them by ${processWords(subject)}` : ''}`,
          why: `${born ? `${born[1].length} that live less than the window were seen below one parent. ` : ''}The kernel spends the CPU on starting and ending them (${seen.cpu.total?.system.toFixed(0) ?? '?'} % of it now).`,
          subject,
          measured: [{ what: 'forks', value: rate, unit: 'count/s', source: '/proc/stat' }],
          next: [
            next(
              box,
              'ps -eo ppid,pid,etimes,args --sort=etimes | head -n 20',
              'see the youngest processes and their parents',
            ),
          ],
        },
      ],
      cleared,
    )
  },
})
