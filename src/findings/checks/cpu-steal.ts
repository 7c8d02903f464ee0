import { percent } from '../../base/format.ts'
import { check, grade, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'

export const cpuSteal = check({
  id: 'cpu-steal',
  title: 'CPU time stolen by the hypervisor',
  resource: 'cpu',
  about:
    'The virtual machine wanted to run and the hypervisor ran somebody else: a noisy neighbour, an oversold host, or used-up CPU credits of a burstable instance. Nothing on the ' +
    'box can cure it. top shows it as st.',
  needs: ['cpu'],
  limits: {
    warningPercent: { value: 10, unit: '%', why: 'a tenth of the CPU time is gone: latencies get tails' },
    criticalPercent: { value: 30, unit: '%', why: 'the box has lost a third of what it is paid for' },
  },
  shown: { how: 'real sample', source: 'https://github.com/rancher/rke2/issues/168' },
  run: ({ cpu }, { warningPercent, criticalPercent }, { box }) => {
    if (!cpu.total) return unknown('there is no second sample')
    const steal = cpu.total.steal
    const graded = grade(steal, warningPercent, criticalPercent, 80)
    if (!graded) return verdict([], `${percent(steal)} of the CPU time was stolen`)
    return verdict(
      [
        {
          ...graded,
          title: `The hypervisor took ${percent(steal)} of the CPU time away`,
          why: 'The box wanted to run and was not let: look at the host, the instance type and its CPU credits, not at the processes.',
          subject: { kind: 'box', name: box },
          measured: [{ what: 'stolen CPU time', value: steal, limit: 100, unit: '%', source: '/proc/stat' }],
          next: [next(box, 'vmstat 1 5', 'watch the st column: does it last?')],
        },
      ],
      '',
    )
  },
})
