import { describeCheck } from '../../../test/checks/examples.ts'
import { countersOf, filesOf, listenerOf, socketsOf, table } from '../../../test/checks/quiet-box.ts'
import { synFlood } from './syn-flood.ts'

const half = (count: number, cookies: number | undefined = 0, drops: number | undefined = 0) => ({
  sockets: socketsOf({ byState: new Map([['SYN_RECV', count]]) }),
  'network-counters': countersOf({ 'TcpExt.SyncookiesSent': cookies, 'TcpExt.TCPReqQFullDrop': drops }),
})
describeCheck(synFlood, [
  { when: '1,050 half-open', seen: half(1_050), then: { state: 'critical', title: /1050 connections are half-open/ } },
  {
    when: 'most of them on one port',
    seen: {
      ...half(1_050),
      sockets: socketsOf({
        byState: new Map([['SYN_RECV', 1_050]]),
        halfOpen: [
          { port: 8080, count: 1_000 },
          { port: 22, count: 50 },
        ],
        listeners: [listenerOf({ port: 22, inode: 1 }), listenerOf({})],
      }),
      'open-files': filesOf({ holders: new Map([[4_711, 812]]) }),
      'process-stat': table(),
    },
    then: {
      state: 'critical',
      title: /^1050 connections are half-open on port 8080 of orders-api \(812\), /,
      subject: { pid: 812, peer: 'port 8080' },
    },
  },
  {
    when: 'a listener that nobody can be named for',
    seen: {
      ...half(1_050),
      sockets: socketsOf({ byState: new Map([['SYN_RECV', 1_050]]), halfOpen: [{ port: 8080, count: 1_050 }] }),
    },
    then: { state: 'critical', title: /half-open on port 8080, /, subject: { kind: 'box', peer: 'port 8080' } },
  },
  { when: '950 half-open', seen: half(950), then: { state: 'warning', title: /950/ } },
  { when: '205 half-open', seen: half(205), then: { state: 'warning', title: /205/ } },
  { when: '195 half-open', seen: half(195), then: { state: 'ok', why: /195/ } },
  { when: '10.5 cookies a second', seen: half(5, 10.5), then: { state: 'warning', title: /SYN cookies/ } },
  { when: '9.5 cookies a second', seen: half(5, 9.5), then: { state: 'ok', why: /5 half-open/ } },
  {
    when: 'two cookies a minute of clients that gave up, https://github.com/netdata/netdata/issues/8249',
    seen: half(5, 2 / 60),
    then: { state: 'ok', why: /5 half-open/ },
  },
  {
    when: '10.5 requests a second dropped where cookies are switched off',
    seen: half(128, 0, 10.5),
    then: { state: 'critical', title: /128 connections are half-open, 1[01] requests a second are dropped/ },
  },
  { when: '9.5 dropped', seen: half(128, 0, 9.5), then: { state: 'ok', why: /128 half-open/ } },
  {
    when: 'no second sample',
    seen: {
      ...half(5),
      'network-counters': new Map([['TcpExt.SyncookiesSent', { total: 1_000, perSecond: undefined }]]),
    },
    then: { state: 'unknown', why: /second sample/ },
  },
])
