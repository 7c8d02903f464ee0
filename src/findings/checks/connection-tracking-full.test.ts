import { describeCheck } from '../../../test/checks/examples.ts'
import { connectionTrackingFull } from './connection-tracking-full.ts'

// https://github.com/session-replay-tools/tcpcopy/issues/131: "nf_conntrack: table full, dropping packet" with a nf_conntrack_max of 65536. That the count was there too, the message says.
const tracked = (used: number, limit = 1_000) => ({
  'kernel-limits': {
    openFiles: undefined,
    pidMax: undefined,
    threadsMax: undefined,
    connectionTracking: limit ? { used, limit } : undefined,
    listenBacklogMax: undefined,
    inotifyInstancesMax: undefined,
  },
})
describeCheck(connectionTrackingFull, [
  {
    when: 'a table that was filled by a load test',
    seen: tracked(65_536, 65_536),
    then: { state: 'critical', title: /tracks 65536 of at most 65536 connections \(100 %\)/ },
  },
  { when: '955 of 1,000', seen: tracked(955), then: { state: 'critical', title: /955/ } },
  { when: '945', seen: tracked(945), then: { state: 'warning', title: /945/ } },
  { when: '755', seen: tracked(755), then: { state: 'warning', title: /755/ } },
  { when: '745', seen: tracked(745), then: { state: 'ok', why: /745 of 1000/ } },
  { when: 'no connection tracking', seen: tracked(0, 0), then: { state: 'ok', why: /not in use/ } },
])
