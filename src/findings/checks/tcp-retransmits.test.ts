import { describeCheck } from '../../../test/checks/examples.ts'
import { countersOf, filesOf, socketsOf, stuckGroup, table } from '../../../test/checks/quiet-box.ts'
import { tcpRetransmits } from './tcp-retransmits.ts'

const sentAgain = (again: number | undefined, sent = 1_000) => ({
  'network-counters': countersOf({ 'Tcp.RetransSegs': again, 'Tcp.OutSegs': sent }),
})
describeCheck(tcpRetransmits, [
  {
    when: 'connections to one peer that wait for their timer',
    seen: {
      ...sentAgain(95, 905),
      sockets: socketsOf({
        stuck: [
          stuckGroup({ count: 60 }),
          stuckGroup({ held: 'unanswered', localPort: 0, peer: '10.0.0.7:5432', count: 4 }),
          stuckGroup({ held: 'unanswered', count: 1 }),
        ],
      }),
      'open-files': filesOf({ holders: new Map([[4_711, 812]]) }),
      'process-stat': table(),
    },
    then: {
      state: 'warning',
      title: /\(95 a second\); 4 connections of orders-api \(812\) to 10\.0\.0\.7:5432 wait for it$/,
      subject: { peer: '10.0.0.7:5432' },
    },
  },
  {
    when: 'one client that does not get its answer',
    seen: {
      ...sentAgain(95, 905),
      sockets: socketsOf({ stuck: [stuckGroup({ held: 'unanswered', count: 1 })] }),
    },
    then: { state: 'warning', title: /\(95 a second\); 1 connection on port 8080 waits for it$/ },
  },
  {
    when: '10.5 %',
    seen: sentAgain(105, 895),
    then: { state: 'critical', title: /1[01] % of TCP segments are sent again \(105 a second\)/ },
  },
  { when: '9.5 %', seen: sentAgain(95, 905), then: { state: 'warning', title: /9\.5 %/ } },
  { when: '2.1 %', seen: sentAgain(21, 979), then: { state: 'warning', title: /2\.1 %/ } },
  { when: '1.9 %', seen: sentAgain(19, 981), then: { state: 'ok', why: /19\.0 of 981/ } },
  {
    when: '5.2 segments a second on a quiet box',
    seen: sentAgain(5.2, 100),
    then: { state: 'warning', title: /4\.9 %/ },
  },
  {
    when: '4.8 segments a second on a quiet box',
    seen: sentAgain(4.8, 100),
    then: { state: 'ok', why: /4\.8 of 100/ },
  },
  {
    when: 'no second sample',
    seen: { 'network-counters': countersOf({ 'Tcp.RetransSegs': undefined }) },
    then: { state: 'unknown', why: /second sample/ },
  },
])
