import { describeCheck } from '../../../test/checks/examples.ts'
import { GIB, memoryOf, MIB, table } from '../../../test/checks/quiet-box.ts'
import { memoryNearlyGone } from './memory-nearly-gone.ts'

// https://github.com/rfjakob/earlyoom/issues/100, lines of one log one after another: 235 M are 11.8 %, 165 M 8.3 %, 49 M 2.5 %, 731 M of the swap are 99.9 %. Of what, follows.
const room = (availableBytes: number, totalBytes = 1_990 * MIB) => ({
  memory: memoryOf({ totalBytes, availableBytes, swapTotalBytes: 732 * MIB, swapFreeBytes: 731 * MIB }),
  'process-stat': table(),
})
describeCheck(memoryNearlyGone, [
  {
    when: '49 MiB available, as it was logged',
    seen: room(49 * MIB),
    then: {
      state: 'critical',
      title: /Only 49\.0 MiB of 1\.9 GiB .* orders-api \(812\) holds 200 MiB/,
      subject: { pid: 812 },
    },
  },
  { when: '165 MiB, two seconds earlier', seen: room(165 * MIB), then: { state: 'warning', title: /Only 165 MiB/ } },
  {
    when: '235 MiB, three seconds earlier',
    seen: room(235 * MIB),
    then: { state: 'ok', why: /235 MiB of 1\.9 GiB \(12 %\)/ },
  },
  { when: '3.9 % available', seen: room(0.039 * 2 * GIB, 2 * GIB), then: { state: 'critical', title: /available/ } },
  { when: '4.1 % available', seen: room(0.041 * 2 * GIB, 2 * GIB), then: { state: 'warning', title: /available/ } },
  { when: '9.8 % available', seen: room(0.098 * 2 * GIB, 2 * GIB), then: { state: 'warning', title: /available/ } },
  { when: '10.5 % available', seen: room(0.105 * 2 * GIB, 2 * GIB), then: { state: 'ok', why: /available/ } },
  { when: '3.9 GiB of 64 GiB', seen: room(3.9 * GIB, 64 * GIB), then: { state: 'warning', title: /3\.9 GiB/ } },
  { when: '4.1 GiB of 64 GiB', seen: room(4.1 * GIB, 64 * GIB), then: { state: 'ok', why: /4\.1 GiB/ } },
])
