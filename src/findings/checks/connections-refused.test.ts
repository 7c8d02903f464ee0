import { describeCheck } from '../../../test/checks/examples.ts'
import { countersOf, filesOf, listenerOf, socketsOf, table } from '../../../test/checks/quiet-box.ts'
import { connectionsRefused } from './connections-refused.ts'

const refused = (fails: number | undefined, opens: number, resets = 0, more = {}) => ({
  'network-counters': countersOf({
    'Tcp.AttemptFails': fails,
    'Tcp.ActiveOpens': opens,
    'Tcp.OutRsts': resets,
    ...more,
  }),
})
describeCheck(connectionsRefused, [
  {
    when: '3.1 a second',
    seen: refused(3.1, 3.1),
    then: { state: 'warning', title: /3 of 3 connections .* from this box are refused/ },
  },
  { when: '2.9 a second', seen: refused(2.9, 2.9), then: { state: 'ok', why: /2\.9 of 2\.9/ } },
  { when: 'a little more than 30 %', seen: refused(31, 100), then: { state: 'warning', title: /31 of 100/ } },
  { when: 'a little less', seen: refused(29, 100), then: { state: 'ok', why: /29\.0 of 100\.0/ } },
  {
    when: 'a port of the box itself',
    seen: refused(50, 50, 50),
    then: { state: 'warning', title: /opened on this box are refused/ },
  },
  {
    when: '21 requests a second to a port without a listener',
    seen: {
      ...refused(0, 0, 21),
      sockets: socketsOf({
        listeners: [
          listenerOf({ address: '127.0.0.1', port: 8080 }),
          listenerOf({ address: '::1', port: 22 }),
          listenerOf({ address: '::', port: 22 }),
        ],
      }),
      'open-files': filesOf({ holders: new Map([[4_711, 812]]) }),
      'process-stat': table(),
    },
    then: {
      state: 'warning',
      title: /^21 requests a second to this box are answered by a reset: nothing listens where they ask$/,
      because: /not counted\. .* On loopback only: port 8080 of orders-api \(812\)\.$/,
      findings: 1,
    },
  },
  { when: '19 requests a second', seen: refused(0, 0, 19), then: { state: 'ok', why: /19\.0 requests a second to/ } },
  {
    when: 'a server whose clients send on after it closed',
    seen: refused(0, 0, 100, { 'TcpExt.TCPAbortOnData': 10.5 }),
    then: { state: 'ok', why: /0\.0 requests a second to/ },
  },
  {
    when: 'a few of those among many requests that are refused',
    seen: refused(0, 0, 100, { 'TcpExt.TCPAbortOnClose': 9.5, 'Tcp.EstabResets': 9 }),
    then: { state: 'warning', title: /^9[01] requests/ },
  },
  {
    when: 'connections that were reset',
    seen: refused(0, 0, 50, { 'Tcp.EstabResets': 40 }),
    then: { state: 'ok', why: /10\.0 requests a second to/ },
  },
  {
    when: 'both ways at once',
    seen: refused(40, 40, 61),
    then: { state: 'warning', title: /^21 requests/, findings: 2 },
  },
  { when: 'no second sample', seen: refused(undefined, 3), then: { state: 'unknown', why: /second sample/ } },
])
