import type { StuckConnections } from '../../evidence/probes/sockets.ts'
import { describeCheck } from '../../../test/checks/examples.ts'
import { filesOf, processOf, socketsOf, stuckGroup, table } from '../../../test/checks/quiet-box.ts'
import { notReading } from './not-reading.ts'

const unread = (more: Partial<StuckConnections>, cpuPercent = 0) => ({
  sockets: socketsOf({ stuck: [stuckGroup(more)] }),
  'open-files': filesOf({ holders: new Map([[4_711, 812]]) }),
  'process-stat': table([processOf({ cpuPercent })]),
  'process-wait': new Map([[812, 'futex_wait_queue']]),
})
describeCheck(notReading, [
  {
    when: '51 connections of an idle process',
    seen: unread({ count: 51 }),
    then: {
      state: 'critical',
      title: /orders-api \(812\) does not read: 8\.8 KiB wait in 51 of its connections on its port 8080/,
      subject: { pid: 812 },
    },
  },
  {
    when: 'a process of several threads',
    seen: unread({}),
    then: {
      state: 'critical',
      title: /60 of its/,
      because:
        /^It uses 0 % of a CPU, its main thread waits in futex_wait_queue \(a lock .*\), and none of its 4 threads reads/,
    },
  },
  {
    when: 'one thread that waits for the next connection',
    seen: {
      ...unread({}),
      'process-stat': table([processOf({ cpuPercent: 0, threads: 1 })]),
      'process-wait': new Map([[812, 'inet_csk_accept']]),
    },
    then: {
      state: 'critical',
      title: /60 of its/,
      because: /and waits in inet_csk_accept \(the next connection\), not for what these connections bring\.$/,
    },
  },
  {
    when: 'nothing known of what it waits in',
    seen: { ...unread({}), 'process-wait': new Map() },
    then: { state: 'critical', title: /60 of its/, because: /its 4 threads are busy with something else/ },
  },
  {
    when: '260 connections with 5 bytes each: pings, or goodbyes',
    seen: unread({ count: 260, bytes: 1_300 }),
    then: {
      state: 'warning',
      title: /1\.3 KiB wait in 260 of its connections/,
      because: /These are 5 bytes a connection: pings or goodbyes rather than requests, unless/,
    },
  },
  {
    when: '15 bytes each',
    seen: unread({ count: 100, bytes: 1_500 }),
    then: { state: 'warning', title: /100 of its/ },
  },
  {
    when: '17 bytes each',
    seen: unread({ count: 100, bytes: 1_700 }),
    then: { state: 'critical', title: /100 of its/, because: /reads what these connections bring\.$/ },
  },
  { when: '49 connections', seen: unread({ count: 49 }), then: { state: 'warning', title: /49 of its/ } },
  { when: '10 connections', seen: unread({ count: 10 }), then: { state: 'warning', title: /10 of its/ } },
  { when: '9 connections', seen: unread({ count: 9 }), then: { state: 'ok', why: /9 connections hold data/ } },
  {
    when: 'one connection that it opened, with 65 KiB',
    seen: unread({ count: 1, localPort: 0, peer: '10.0.0.7:5000', bytes: 65 * 1024 }),
    then: { state: 'warning', title: /65\.0 KiB wait in 1 of its connections to 10\.0\.0\.7:5000/ },
  },
  {
    when: 'one connection with 63 KiB',
    seen: unread({ count: 1, localPort: 0, peer: '10.0.0.7:5000', bytes: 63 * 1024 }),
    then: { state: 'ok', why: /1 connections/ },
  },
  {
    when: 'a pool of 60 connections that it opened, a little on each',
    seen: unread({ localPort: 0, peer: '10.0.0.7:443', bytes: 1_440 }),
    then: { state: 'ok', why: /60 connections/ },
  },
  { when: 'a process that uses 19 % of a CPU', seen: unread({}, 19), then: { state: 'critical', title: /60 of its/ } },
  { when: 'a process that reads as it can', seen: unread({}, 21), then: { state: 'ok', why: /60 connections/ } },
])
