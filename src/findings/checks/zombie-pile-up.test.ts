import { describeCheck } from '../../../test/checks/examples.ts'
import { processOf, table } from '../../../test/checks/quiet-box.ts'
import { zombiePileUp } from './zombie-pile-up.ts'

const zombies = (count: number) => ({
  'process-stat': table([
    processOf(),
    ...Array.from({ length: count }, (_, at) => processOf({ pid: 1_000 + at, ppid: 812, name: 'worker', state: 'Z' })),
  ]),
})
describeCheck(zombiePileUp, [
  {
    when: '1,010 zombies',
    seen: zombies(1_010),
    then: { state: 'critical', title: /orders-api \(812\) has 1010 zombies/, subject: { pid: 812 } },
  },
  { when: '990 zombies', seen: zombies(990), then: { state: 'warning', title: /990/ } },
  { when: '20 zombies', seen: zombies(20), then: { state: 'warning', title: /20 zombies/ } },
  { when: '19 zombies', seen: zombies(19), then: { state: 'ok', why: /19 zombies/ } },
])
