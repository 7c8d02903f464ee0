import { describeCheck } from '../../../test/checks/examples.ts'
import { clockAt } from '../../../test/checks/quiet-box.ts'
import { clockOff } from './clock-off.ts'

const off = (seconds: number, precisionMs = 1) => ({ clock: { ...clockAt, skewMs: seconds * 1_000, precisionMs } })
describeCheck(clockOff, [
  {
    when: 'a minute and a second ahead',
    seen: off(61),
    then: { state: 'critical', title: /1 min 1 s ahead of the console's/ },
  },
  { when: '59 s behind', seen: off(-59), then: { state: 'warning', title: /59 s behind/ } },
  { when: '2.1 s ahead', seen: off(2.1), then: { state: 'warning', title: /2 s ahead/ } },
  { when: '1.9 s ahead', seen: off(1.9), then: { state: 'ok', why: /within 2 s/ } },
  { when: '2.5 s ahead, read in whole seconds', seen: off(2.5, 1_000), then: { state: 'ok', why: /within/ } },
])
