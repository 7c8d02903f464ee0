import { describeCheck } from '../../../test/checks/examples.ts'
import { busy, cpuOf, processOf, table } from '../../../test/checks/quiet-box.ts'
import { forkStorm } from './fork-storm.ts'

const forks = (forksPerSecond: number | undefined, childFaultsPerSecond = 50_000, young = 0) => ({
  cpu: cpuOf(busy(50), { forksPerSecond }),
  'process-stat': table([processOf({ childFaultsPerSecond })], {
    appeared: Array.from({ length: young }, (_, at) => processOf({ pid: 900 + at, ppid: 812 })),
  }),
})
describeCheck(forkStorm, [
  {
    when: '2,100 forks a second',
    seen: forks(2_100),
    then: {
      state: 'critical',
      title: /2100 processes are started a second, most of them by orders-api/,
      subject: { pid: 812 },
    },
  },
  {
    when: 'a parent whose children cost 21 faults for each of half the forks',
    seen: forks(1_000, 10_500),
    then: { state: 'warning', title: /most of them by orders-api/, subject: { pid: 812 } },
  },
  {
    when: 'a parent whose children cost too little to be that many (the forks of other containers)',
    seen: forks(1_000, 9_500),
    then: { state: 'warning', title: /1000 processes are started a second$/, subject: { kind: 'box' } },
  },
  {
    when: 'five young children, seen',
    seen: forks(1_000, 0, 5),
    then: { state: 'warning', title: /most of them by orders-api/, subject: { pid: 812 } },
  },
  {
    when: 'four of them',
    seen: forks(1_000, 0, 4),
    then: { state: 'warning', title: /second$/, subject: { kind: 'box' } },
  },
  { when: '1,900', seen: forks(1_900), then: { state: 'warning', title: /1900/ } },
  { when: '410', seen: forks(410), then: { state: 'warning', title: /410/ } },
  { when: '390', seen: forks(390), then: { state: 'ok', why: /390/ } },
  { when: 'no second sample', seen: forks(undefined), then: { state: 'unknown', why: /second sample/ } },
])
