import { clockAt, detailOf, filesOf, listenerOf, processOf, socketsOf, table } from '../../../test/checks/builders.ts'
import { describeCheck, type Readings } from '../../../test/checks/examples.ts'
import { failedUnits } from './failed-units.ts'

const NAME = 'web.service'
/** A service that is meant to stay up, and what it said before it went down. */
const failed = (secondsAgo: number, said: readonly string[], command = '/usr/sbin/web --listen 8080'): Readings => ({
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
  ...failed(10, ['starting', said], command),
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
    when: 'one that went down 59 minutes ago, with what it said',
    seen: failed(3_540, ['  reading /etc/web.conf', 'No such file or directory']),
    then: {
      state: 'critical',
      title: /^web\.service has failed: it ended \(status 1\): "No such file or directory"$/,
      because: /The last that it said: "reading \/etc\/web\.conf", "No such file or directory"\./,
    },
  },
  {
    when: 'one that went down 61 minutes ago',
    seen: failed(3_660, []),
    then: { state: 'warning', title: /\(status 1\)$/ },
  },
  {
    when: 'one that said a long line',
    seen: failed(10, ['x'.repeat(200)]),
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
  { when: 'none', seen: { units: { systemd: true, units: [] } }, then: { state: 'ok', why: /no unit has failed/ } },
])
