import { describeCheck } from '../../../test/checks/examples.ts'
import { countersOf, filesOf, listenerOf, socketsOf, table } from '../../../test/checks/quiet-box.ts'
import { acceptQueueOverflow } from './accept-queue-overflow.ts'

const queue = (more: object, drops: number | undefined = 0) => ({
  sockets: socketsOf({ listeners: [listenerOf(more)] }),
  'network-counters': countersOf({ 'TcpExt.ListenOverflows': drops }),
  'open-files': filesOf({ holders: new Map([[4_711, 812]]) }),
  'process-stat': table(),
})
describeCheck(acceptQueueOverflow, [
  {
    when: 'a full queue',
    seen: queue({ queue: 129 }, 50),
    then: {
      state: 'critical',
      title: /orders-api \(812\) on port 8080 does not accept: 129 connections wait, the limit is 128/,
      subject: { pid: 812, peer: '0.0.0.0:8080' },
    },
  },
  {
    when: 'a main thread that waits for a lock',
    seen: { ...queue({ queue: 129 }, 50), 'process-wait': new Map([[812, 'futex_wait_queue']]) },
    then: {
      state: 'critical',
      title: /does not accept/,
      because:
        /Its main thread waits in futex_wait_queue \(a lock or a condition of its own\): either the program is stuck there, or/,
    },
  },
  ...[
    {
      when: 'nine threads, all in futex',
      waits: { futex_do_wait: 8, futex_wait_queue: 1 },
      because: /All its 9 threads wait for a lock .* deadlock/,
    },
    {
      when: 'nine threads, one of which runs',
      waits: { futex_do_wait: 8, 0: 1 },
      because: /Either the program is stuck, or it accepts too slowly/,
    },
    {
      when: 'a single thread',
      waits: { futex_do_wait: 1 },
      because: /Either the program is stuck, or it accepts too slowly/,
    },
  ].map(({ when, waits, because }) => ({
    when,
    seen: {
      ...queue({ queue: 129 }, 50),
      'open-files': filesOf({
        holders: new Map([[4_711, 812]]),
        threadWaits: new Map([[812, new Map(Object.entries(waits))]]),
      }),
    },
    then: { state: 'critical' as const, title: /does not accept/, because },
  })),
  {
    when: 'a limit that is the one of the box',
    seen: {
      ...queue({ queue: 5, backlog: 4 }, 50),
      'kernel-limits': {
        openFiles: undefined,
        pidMax: undefined,
        threadsMax: undefined,
        connectionTracking: undefined,
        listenBacklogMax: 4,
        inotifyInstancesMax: undefined,
      },
    },
    then: {
      state: 'critical',
      title: /the limit is 4/,
      because:
        /Either the program is stuck, or it accepts too slowly\. The limit is that of the box \(net\.core\.somaxconn\)/,
    },
  },
  { when: 'a queue of 91 of 100', seen: queue({ queue: 91, backlog: 100 }), then: { state: 'critical', title: /91/ } },
  {
    when: 'a queue of 89 of 100',
    seen: queue({ queue: 89, backlog: 100 }),
    then: { state: 'ok', why: /longest accept queue is 89/ },
  },
  {
    when: 'two that wait with a backlog of one',
    seen: queue({ queue: 2, backlog: 1 }),
    then: { state: 'critical', title: /2 connections wait/ },
  },
  {
    when: 'one that waits with a backlog of one',
    seen: queue({ queue: 1, backlog: 1 }),
    then: { state: 'ok', why: /is 1/ },
  },
  {
    when: 'unknown limits and 1.05 drops a second',
    seen: queue({ queue: 30, backlog: undefined }, 1.05),
    then: { state: 'critical', title: /30 connections wait/ },
  },
  {
    when: 'unknown limits and 0.95 drops a second',
    seen: queue({ queue: 30, backlog: undefined }, 0.95),
    then: { state: 'ok', why: /is 30/ },
  },
  {
    when: 'drops that nobody can be named for',
    seen: queue({ queue: 0 }, 20),
    then: { state: 'warning', title: /20 connections a second are dropped/ },
  },
])
