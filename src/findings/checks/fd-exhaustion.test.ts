import { describeCheck } from '../../../test/checks/examples.ts'
import { filesOf, table } from '../../../test/checks/quiet-box.ts'
import { fdExhaustion } from './fd-exhaustion.ts'

const open = (count: number, softLimit = 1_000, what?: string) => ({
  'open-files': filesOf({
    byPid: new Map([
      [
        812,
        {
          open: count,
          sockets: 10,
          softLimit,
          mostly: what === undefined ? undefined : { what, count: count - 9 },
          inotify: 0,
          threadsLimit: undefined,
        },
      ],
    ]),
    sockets: [{ pid: 812, state: 'ESTABLISHED', localPort: 0, peer: '10.0.0.7:5432', count: 9 }],
  }),
  'process-stat': table(),
})
describeCheck(fdExhaustion, [
  {
    when: '955 of 1,000',
    seen: open(955),
    then: {
      state: 'critical',
      title: /orders-api \(812\) holds 955 of its 1000 file descriptors/,
      subject: { pid: 812, peer: '10.0.0.7:5432' },
    },
  },
  ...(
    [
      ['socket:[N]', /; 946 of them are sockets, most ESTABLISHED to 10\.0\.0\.7:5432$/],
      ['pipe:[N]', /; 946 of them are pipes$/],
      ['anon_inode:[eventpoll]', /; 946 of them are epoll instances$/],
      ['/tmp/part-N.log', /; 946 of them are files like \/tmp\/part-N\.log$/],
    ] as const
  ).map(([what, title]) => ({
    when: `955 of 1,000, most of them ${what}`,
    seen: open(955, 1_000, what),
    then: { state: 'critical' as const, title },
  })),
  { when: '945 of 1,000', seen: open(945), then: { state: 'warning', title: /945/ } },
  { when: '805 of 1,000', seen: open(805), then: { state: 'warning', title: /805/ } },
  { when: '795 of 1,000', seen: open(795), then: { state: 'ok', why: /80 % of its limit/ } },
  { when: 'a limit of 33', seen: open(33, 33), then: { state: 'critical', title: /33 of its 33/ } },
  { when: 'a sandbox with a limit of 31', seen: open(31, 31), then: { state: 'ok', why: /no process has a limit/ } },
  {
    when: 'descriptors that could not be listed',
    seen: { 'open-files': filesOf({ unreadable: 30 }) },
    then: { state: 'unknown', why: /30 processes/ },
  },
])
