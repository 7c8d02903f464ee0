import { describeCheck } from '../../../test/checks/examples.ts'
import { clockAt, logOf } from '../../../test/checks/quiet-box.ts'
import { segmentationFaults } from './segmentation-faults.ts'

const SEGFAULT =
  'segmentation-fa[10169]: segfault at 8 ip 000000000040165d sp 00007fff9b10a310 error 6 in segmentation-fault[165d,401000+79000] likely on CPU 0 (core 0, socket 0)'
const crashes = (count: number, ago = 60) => ({
  'kernel-log': logOf(...Array.from({ length: count }, () => [ago, SEGFAULT] as const)),
  clock: clockAt,
})
describeCheck(segmentationFaults, [
  {
    when: 'five crashes',
    seen: crashes(5),
    then: { state: 'critical', title: /segmentation-fa crashed 5 times/, subject: { pid: 10_169 } },
  },
  { when: 'four crashes', seen: crashes(4), then: { state: 'warning', title: /4 times/ } },
  { when: 'a crash 59 minutes ago', seen: crashes(1, 3_540), then: { state: 'warning', title: /1 time/ } },
  { when: 'a crash 61 minutes ago', seen: crashes(1, 3_660), then: { state: 'ok', why: /no program crashed/ } },
])
