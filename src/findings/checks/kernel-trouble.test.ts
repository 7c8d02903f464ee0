import { describeCheck } from '../../../test/checks/examples.ts'
import { clockAt, logOf } from '../../../test/checks/quiet-box.ts'
import { kernelTrouble } from './kernel-trouble.ts'

// https://github.com/logrotate/logrotate/issues/232
const HUNG = 'INFO: task logrotate:17344 blocked for more than 120 seconds.'
const kernelSaid = (ago: number, text: string) => ({ 'kernel-log': logOf([ago, text]), clock: clockAt })
describeCheck(kernelTrouble, [
  {
    when: 'a hung task 59 minutes ago',
    seen: kernelSaid(3_540, HUNG),
    then: { state: 'critical', title: /A task hung in the kernel \(logrotate\), 59 min ago/ },
  },
  { when: 'a hung task 61 minutes ago', seen: kernelSaid(3_660, HUNG), then: { state: 'warning', title: /logrotate/ } },
  {
    when: 'a lock-up 23 hours ago',
    seen: kernelSaid(82_800, 'watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [kworker/1:2:10762]'),
    then: { state: 'warning', title: /A CPU was stuck in the kernel \(kworker\/1\)/ },
  },
  { when: 'a hung task 25 hours ago', seen: kernelSaid(90_000, HUNG), then: { state: 'ok', why: /no hung task/ } },
  {
    when: 'a line that only sounds like it',
    seen: kernelSaid(10, 'bug tracker service started'),
    then: { state: 'ok', why: /no hung task/ },
  },
])
