import { describeCheck } from '../../../test/checks/examples.ts'
import { cpuOf } from '../../../test/checks/quiet-box.ts'
import { cpuSteal } from './cpu-steal.ts'

// Lines of top and vmstat as they were published; they are shares of the CPU time, as the check wants them.
describeCheck(cpuSteal, [
  {
    when: 'a t3a.medium, https://github.com/rancher/rke2/issues/168',
    seen: { cpu: cpuOf({ user: 9.2, system: 8, idle: 16.8, softirq: 0.1, steal: 65.9 }, { cpus: 2 }) },
    then: { state: 'critical', title: /took 66 %/ },
  },
  {
    when: 'an m3.medium, https://github.com/coreos/bugs/issues/73',
    seen: { cpu: cpuOf({ idle: 35.5, irq: 10.3, steal: 54.3 }, { cpus: 1 }) },
    then: { state: 'critical', title: /took 54 %/ },
  },
  {
    when: 'a neighbour that is hardly felt, https://pastebin.com/73hXRCqW',
    seen: { cpu: cpuOf({ system: 1, idle: 94, steal: 5 }) },
    then: { state: 'ok', why: /5\.0 %/ },
  },
  {
    when: '31 % stolen',
    seen: { cpu: cpuOf({ steal: 31, idle: 69 }) },
    then: { state: 'critical', title: /took 31 %/ },
  },
  { when: '29 % stolen', seen: { cpu: cpuOf({ steal: 29, idle: 71 }) }, then: { state: 'warning', title: /29 %/ } },
  {
    when: '10.5 % stolen',
    seen: { cpu: cpuOf({ steal: 10.5, idle: 89.5 }) },
    then: { state: 'warning', title: /took 1[01] %/ },
  },
  { when: '9.5 % stolen', seen: { cpu: cpuOf({ steal: 9.5, idle: 90.5 }) }, then: { state: 'ok', why: /9.5 %/ } },
  { when: 'no second sample', seen: { cpu: cpuOf(undefined) }, then: { state: 'unknown', why: /second sample/ } },
])
