import { describeCheck } from '../../../test/checks/examples.ts'
import { filesOf, opened, ownerOf, processOf, table } from '../../../test/checks/quiet-box.ts'
import { userProcessLimit } from './user-process-limit.ts'

const crowd = (threads: number, uid = 33, threadsLimit = 1_000) => ({
  'open-files': filesOf(opened({ threadsLimit })),
  'process-status': new Map([[812, ownerOf(uid)]]),
  'process-stat': table([processOf({ threads })]),
})
describeCheck(userProcessLimit, [
  {
    when: '955 of 1,000 threads',
    seen: crowd(955),
    then: {
      state: 'critical',
      title: /User 33 has 955 of at most 1000 threads \(96 %\); orders-api \(812\) has 955/,
      subject: { pid: 812 },
    },
  },
  { when: '945 threads', seen: crowd(945), then: { state: 'warning', title: /945/ } },
  { when: '805 threads', seen: crowd(805), then: { state: 'warning', title: /805/ } },
  { when: '795 threads', seen: crowd(795), then: { state: 'ok', why: /795 of at most 1000/ } },
  { when: 'root', seen: crowd(2_000, 0), then: { state: 'ok', why: /all processes belong to root/ } },
])
