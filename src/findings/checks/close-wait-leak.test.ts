import { describeCheck } from '../../../test/checks/examples.ts'
import { filesOf, socketsOf, table } from '../../../test/checks/quiet-box.ts'
import { closeWaitLeak } from './close-wait-leak.ts'

const closing = (count: number, softLimit: number | undefined = 100_000) => ({
  sockets: socketsOf({ byState: new Map([['CLOSE_WAIT', count]]) }),
  'open-files': filesOf({
    byPid: new Map([
      [812, { open: count, sockets: count, softLimit, mostly: undefined, inotify: 0, threadsLimit: undefined }],
    ]),
    sockets: [{ pid: 812, state: 'CLOSE_WAIT', localPort: 8080, peer: '10.0.0.5', count }],
  }),
  'process-stat': table(),
})
describeCheck(closeWaitLeak, [
  {
    when: '5,050 sockets',
    seen: closing(5_050),
    then: {
      state: 'critical',
      title: /orders-api \(812\) has not closed 5050 connections/,
      subject: { pid: 812, peer: '10.0.0.5' },
    },
  },
  { when: '4,900 sockets', seen: closing(4_900), then: { state: 'warning', title: /4900/ } },
  { when: '101 sockets', seen: closing(101), then: { state: 'warning', title: /101/ } },
  { when: '99 sockets', seen: closing(99), then: { state: 'ok', why: /99 sockets/ } },
  { when: '520 of 1,000 descriptors', seen: closing(520, 1_000), then: { state: 'critical', title: /520/ } },
  { when: '480 of 1,000 descriptors', seen: closing(480, 1_000), then: { state: 'warning', title: /480/ } },
  {
    when: 'sockets whose process could not be seen',
    seen: { sockets: socketsOf({ byState: new Map([['CLOSE_WAIT', 300]]) }) },
    then: { state: 'warning', title: /300 connections were closed by their peers/ },
  },
])
