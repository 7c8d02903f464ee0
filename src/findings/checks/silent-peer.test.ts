import type { StuckConnections } from '../../evidence/probes/sockets.ts'
import { describeCheck } from '../../../test/checks/examples.ts'
import { filesOf, socketsOf, stuckGroup, table } from '../../../test/checks/quiet-box.ts'
import { silentPeer } from './silent-peer.ts'

const silent = (count: number, more: Partial<StuckConnections> = {}) => ({
  sockets: socketsOf({
    stuck: [stuckGroup({ held: 'unanswered', state: 'SYN_SENT', localPort: 0, peer: '10.0.0.7:5432', count, ...more })],
  }),
  'open-files': filesOf({ holders: new Map([[4_711, 812]]) }),
  'process-stat': table(),
})
describeCheck(silentPeer, [
  {
    when: '10 requests to connect without an answer',
    seen: silent(10),
    then: {
      state: 'critical',
      title: /10\.0\.0\.7:5432 does not answer: 10 requests to connect of orders-api \(812\) wait/,
      subject: { pid: 812, peer: '10.0.0.7:5432' },
    },
  },
  { when: '9 of them', seen: silent(9), then: { state: 'warning', title: /9 requests/ } },
  { when: '3 of them', seen: silent(3), then: { state: 'warning', title: /3 requests/ } },
  { when: '2 of them', seen: silent(2), then: { state: 'ok', why: /2 connections wait/ } },
  {
    when: 'established connections whose peer has gone',
    seen: silent(12, { state: 'ESTABLISHED' }),
    then: { state: 'critical', title: /does not answer any more on 12 connections of orders-api/ },
  },
  {
    when: 'a peer with a closed window',
    seen: silent(3, { held: 'unwanted', state: 'ESTABLISHED', peer: '[2001:db8::1]:5432' }),
    then: { state: 'warning', title: /\[2001:db8::1\]:5432 takes nothing: 3 connections of orders-api/ },
  },
  ...(
    [
      [2.1, 70, 'warning'],
      [1.9, 70, 'ok'],
      [2.1, 68, 'warning'],
      [2.1, 60, 'ok'],
    ] as const
  ).map(([nextProbeSeconds, kib, state]) => ({
    when: `one that has ${kib} KiB to send and asks its peer again in ${nextProbeSeconds} s`,
    seen: silent(1, { held: 'unwanted', state: 'ESTABLISHED', nextProbeSeconds, bytes: kib * 1024 }),
    then:
      state === 'ok'
        ? { state, why: /1 connection waits for its peer/ }
        : {
            state,
            title: /10\.0\.0\.7:5432 takes nothing: 1 connection of orders-api \(812\) cannot send on, \d+\.0 KiB wait/,
          },
  })),
  {
    when: 'clients that have vanished',
    seen: silent(50, { state: 'ESTABLISHED', localPort: 443, peer: undefined }),
    then: { state: 'ok', why: /^0 connections/ },
  },
])
