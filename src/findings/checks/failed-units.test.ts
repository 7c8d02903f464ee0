import type { Ending, Unit } from '../../evidence/probes/units.ts'
import { describeCheck, type Readings } from '../../../test/checks/examples.ts'
import {
  clockAt,
  detailOf,
  filesOf,
  listenerOf,
  processOf,
  socketsOf,
  table,
  unit,
  unitsOf,
} from '../../../test/checks/quiet-box.ts'
import { failedUnits } from './failed-units.ts'

const ending = (more: Partial<Ending>, secondsAgo: number): Ending => ({
  result: 'exit-code',
  status: 1,
  restarts: 0,
  meantToStay: true,
  endedAtSeconds: clockAt.uptimeSeconds - secondsAgo,
  ...more,
})
const ended = (more: Partial<Ending>, secondsAgo: number): Unit =>
  unit('orders-api.service', 'failed', 'failed', ending(more, secondsAgo))
const NAME = 'web.service'
/** A service that is meant to stay up, and what it said before it went down. */
const failedSaying = (
  secondsAgo: number,
  said: readonly string[],
  command = '/usr/sbin/web --listen 8080',
): Readings => ({
  units: {
    systemd: true,
    units: [
      {
        name: NAME,
        active: 'failed',
        sub: 'failed',
        description: 'Web',
        ending: {
          result: 'exit-code',
          status: 1,
          restarts: 0,
          meantToStay: true,
          endedAtSeconds: clockAt.uptimeSeconds - secondsAgo,
        },
      },
    ],
    details: new Map([[NAME, detailOf({ active: 'failed', command })]]),
    logged: new Map([[NAME, said]]),
  },
  clock: clockAt,
})
const taken = (said: string, command?: string): Readings => ({
  ...failedSaying(10, ['starting', said], command),
  sockets: socketsOf({ listeners: [listenerOf({ port: 22, inode: 1 }), listenerOf({ port: 8080, inode: 2 })] }),
  'open-files': filesOf({
    holders: new Map([
      [1, 700],
      [2, 812],
    ]),
  }),
  'process-stat': table([processOf(), processOf({ pid: 700, name: 'sshd' })]),
})

describeCheck(failedUnits, [
  {
    when: 'one that is meant to stay up and went down a minute ago, on a box that slept for 8 h before',
    seen: {
      ...unitsOf(ended({ endedAtMs: clockAt.boxMs - 60_000 }, 8 * 3_600 + 60)),
      clock: clockAt,
    },
    then: { state: 'critical', title: /has failed/, because: /It ended 1 min ago/ },
  },
  {
    when: 'one that went down 59 minutes ago, with what it said',
    seen: failedSaying(3_540, ['  reading /etc/web.conf', 'No such file or directory']),
    then: {
      state: 'critical',
      title: /^web\.service has failed: it ended \(status 1\): "No such file or directory"$/,
      because: /The last that it said: "reading \/etc\/web\.conf", "No such file or directory"\./,
    },
  },
  {
    when: 'one that went down 61 minutes ago',
    seen: failedSaying(3_660, []),
    then: { state: 'warning', title: /\(status 1\)$/ },
  },
  {
    when: 'one that said a long line',
    seen: failedSaying(10, ['x'.repeat(200)]),
    then: { state: 'critical', title: /: "x{100}…"$/ },
  },
  {
    when: 'one whose port is taken, which it names',
    seen: taken('2026/11/26 02:34:22 [emerg] 22#22: bind() to 0.0.0.0:8080 failed (98: Address already in use)', 'web'),
    then: { state: 'critical', title: /; port 8080 is held by orders-api \(812\)$/ },
  },
  {
    when: 'one whose port is taken, which its command line names',
    seen: taken('OSError: [Errno 98] Address already in use'),
    then: { state: 'critical', title: /; port 8080 is held by orders-api \(812\)$/ },
  },
  {
    when: 'one that Go wrote',
    seen: taken('2026/11/26 02:34:22 listen tcp :8080: bind: address already in use', 'web'),
    then: { state: 'critical', title: /; port 8080 is held by orders-api \(812\)$/ },
  },
  {
    when: 'one that names its port in words',
    seen: taken('Error: listen EADDRINUSE: address already in use :::8080', 'node'),
    then: { state: 'critical', title: /; port 8080 is held by orders-api \(812\)$/ },
  },
  {
    when: 'one whose port is taken by a process of its own',
    seen: {
      ...taken('OSError: [Errno 98] Address already in use'),
      'process-cgroup': new Map([[812, { path: `/system.slice/${NAME}`, unit: NAME, container: undefined }]]),
    },
    then: { state: 'critical', title: /, a process of its own that was left over$/ },
  },
  {
    when: 'one whose port is held by somebody that could not be seen',
    seen: { ...taken('Address already in use: port 8080'), 'open-files': filesOf() },
    then: { state: 'critical', title: /; somebody listens on port 8080 already$/ },
  },
  {
    when: 'one whose port nobody holds any more',
    seen: taken('bind: 0.0.0.0:9090: Address already in use'),
    then: { state: 'critical', title: /Address already in use"$/ },
  },
  {
    when: 'one failed unit',
    seen: unitsOf(unit('orders-api.service', 'failed', 'failed')),
    then: {
      state: 'warning',
      title: /orders-api\.service has failed/,
      subject: { kind: 'unit', name: 'orders-api.service' },
    },
  },
  {
    when: 'a service that is meant to stay up and went down 59 minutes ago',
    seen: { ...unitsOf(ended({}, 3_540)), clock: clockAt },
    then: { state: 'critical', title: /orders-api\.service has failed: it ended \(status 1\)$/ },
  },
  {
    when: 'one that went down 61 minutes ago',
    seen: { ...unitsOf(ended({}, 3_660)), clock: clockAt },
    then: { state: 'warning', title: /orders-api\.service has failed/ },
  },
  ...(
    [
      [{ status: 203 }, /its program cannot be executed \(status 203\)/],
      [
        { result: 'start-limit-hit', restarts: 5 },
        /again and again until systemd gave up \(status 1\), after 5 restarts/,
      ],
      [{ result: 'oom-kill', status: 9 }, /the kernel killed it for lack of memory/],
      [{ result: 'core-dump', status: 11 }, /it crashed with signal 11/],
      [{ result: 'signal', status: 15 }, /it was killed by signal 15/],
      [{ result: 'timeout', status: 0 }, /it did not start or stop in time/],
      [{ result: 'protocol', status: 0 }, /: protocol/],
    ] as const
  ).map(([more, title]) => ({
    when: `an ending of ${JSON.stringify(more)}`,
    seen: unitsOf(unit('spool.mount', 'failed', 'failed'), ended(more, 10)),
    then: { state: 'warning' as const, title, subject: { name: 'orders-api.service' } },
  })),
  { when: 'none', seen: unitsOf(), then: { state: 'ok', why: /no unit has failed/ } },
  {
    when: 'a box without systemd',
    seen: { units: { systemd: false, units: [] } },
    then: { state: 'ok', why: /not run by systemd/ },
  },
])
