import { describeCheck, type Readings } from '../../../test/checks/examples.ts'
import { filesOf, MIB, processOf, table } from '../../../test/checks/quiet-box.ts'
import { addressSpaceLimit } from './address-space-limit.ts'

const using = (percent: number, pid = 812): Readings => ({
  'open-files': filesOf({ addressSpaces: [{ pid, bytes: percent * MIB, limitBytes: 100 * MIB }] }),
  'process-stat': table([processOf()]),
})

describeCheck(addressSpaceLimit, [
  {
    when: 'a process at 97 % of its limit',
    seen: using(97),
    then: {
      state: 'critical',
      title: /^orders-api \(812\) uses 97\.0 MiB of the 100 MiB of address space that it may have \(97 %\)/,
      subject: { pid: 812 },
    },
  },
  { when: 'at 96 %', seen: using(96), then: { state: 'warning', title: /96\.0 MiB/ } },
  { when: 'at 90 %', seen: using(90), then: { state: 'warning', title: /90\.0 MiB/ } },
  { when: 'at 89 %', seen: using(89), then: { state: 'ok', why: /nearest to its limit .* 812 at 89 %/ } },
  { when: 'one of our own', seen: using(99, 4), then: { state: 'ok', why: /no process that was seen/ } },
  {
    when: 'those of others cannot be seen',
    seen: { ...using(50), 'open-files': filesOf({ unreadable: 3 }) },
    then: { state: 'unknown', why: /the limits of 3 processes could not be seen/ },
  },
  { when: 'none', seen: { ...using(97), 'open-files': filesOf() }, then: { state: 'ok', why: /no process/ } },
])
