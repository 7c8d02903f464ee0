import { expect, test } from 'vitest'
import type { Filesystem } from '../../evidence/probes/filesystems.ts'
import type { NetworkInterface } from '../../evidence/probes/interfaces.ts'
import type { Resolver } from '../../evidence/probes/resolver.ts'
import type { Ending, Unit } from '../../evidence/probes/units.ts'
import type { StuckConnections } from '../../evidence/probes/sockets.ts'
import { limitsOf } from '../check.ts'
import { describeCheck } from '../../../test/checks/examples.ts'
import {
  clockAt,
  countersOf,
  cpuOf,
  disksOf,
  filesOf,
  filesystemsOf,
  GIB,
  interfaceOf,
  listenerOf,
  logOf,
  MIB,
  pressureOf,
  processOf,
  socketsOf,
  table,
} from '../../../test/checks/quiet-box.ts'
import {
  acceptQueueOverflow,
  clockOff,
  closeWaitLeak,
  connectionsRefused,
  connectionTrackingFull,
  deletedOpenFile,
  diskFilling,
  diskSaturated,
  ephemeralPorts,
  failedUnits,
  inodesExhausted,
  interfaceDown,
  interfaceErrors,
  ioErrors,
  iowait,
  mountMissing,
  nameServers,
  noDefaultRoute,
  notReading,
  readOnlyRemount,
  silentPeer,
  synFlood,
  tcpRetransmits,
  udpReceiveErrors,
  unitRestarting,
} from './index.ts'

const inodes = (inodesUsedPercent: number, more = {}) => ({
  filesystems: filesystemsOf({ inodesUsedPercent, ...more }),
})
describeCheck(inodesExhausted, [
  {
    when: '98 %',
    seen: inodes(98),
    then: {
      state: 'critical',
      title: /\/data has used 98 % of its inodes/,
      subject: { kind: 'filesystem', name: '/data' },
    },
  },
  { when: '97 %', seen: inodes(97), then: { state: 'warning', title: /97 %/ } },
  { when: '90 %', seen: inodes(90), then: { state: 'warning', title: /90 %/ } },
  { when: '89 %', seen: inodes(89), then: { state: 'ok', why: /\/data, 89 %/ } },
  {
    when: 'a file system that counts none',
    seen: inodes(0, { inodes: 0 }),
    then: { state: 'ok', why: /no file system counts/ },
  },
])

const gone = (bytes: number, more = {}) => ({
  'open-files': filesOf({ deleted: [{ pid: 812, descriptor: 4, path: '/data/app.log', bytes }] }),
  filesystems: filesystemsOf({ totalBytes: 100 * GIB, ...more }),
  'process-stat': table(),
})
describeCheck(deletedOpenFile, [
  {
    when: 'a file that holds 10.5 % of its file system',
    seen: gone(10.5 * GIB, { usedPercent: 50 }),
    then: {
      state: 'warning',
      title: /orders-api \(812\) holds 10\.5 GiB of \/data\/app\.log, which was deleted/,
      subject: { pid: 812 },
    },
  },
  {
    when: 'a small file system, 10.5 % of it',
    seen: gone(105 * MIB, { totalBytes: 1_000 * MIB }),
    then: { state: 'warning', title: /deleted/ },
  },
  {
    when: 'a small file system, 9.5 % of it',
    seen: gone(95 * MIB, { totalBytes: 1_000 * MIB }),
    then: { state: 'ok', why: /largest deleted file .* 95\.0 MiB/ },
  },
  { when: '5.1 GiB on a large file system', seen: gone(5.1 * GIB), then: { state: 'warning', title: /5\.1 GiB/ } },
  { when: '4.9 GiB on a large file system', seen: gone(4.9 * GIB), then: { state: 'ok', why: /4\.9 GiB/ } },
  {
    when: 'a file system that is 91 % full',
    seen: gone(20 * GIB, { usedPercent: 91 }),
    then: { state: 'critical', title: /deleted/ },
  },
  {
    when: 'a file system that is 89 % full',
    seen: gone(20 * GIB, { usedPercent: 89 }),
    then: { state: 'warning', title: /deleted/ },
  },
  {
    when: 'a tiny file system, 1.05 MiB',
    seen: gone(1.05 * MIB, { totalBytes: 4 * MIB }),
    then: { state: 'warning', title: /deleted/ },
  },
  {
    when: 'a tiny file system, 0.95 MiB',
    seen: gone(0.95 * MIB, { totalBytes: 4 * MIB }),
    then: { state: 'ok', why: /largest/ },
  },
  {
    when: 'descriptors that could not be listed',
    seen: { 'open-files': filesOf({ unreadable: 3 }), filesystems: filesystemsOf() },
    then: { state: 'unknown', why: /3 processes/ },
  },
])

const slow = (more: object) => ({
  disks: disksOf({ busyPercent: 100, queueLength: 20, awaitMs: 100, ...more }),
  'process-io': new Map([[812, { readBytesPerSecond: 0, writeBytesPerSecond: 50 * MIB }]]),
  'process-stat': table(),
})
describeCheck(diskSaturated, [
  {
    when: 'requests of 210 ms',
    seen: slow({ awaitMs: 210 }),
    then: {
      state: 'critical',
      title: /Disk sda is 100 % busy and each request takes 210 ms; orders-api \(812\) writes 50\.0 MiB a second/,
      subject: { pid: 812 },
    },
  },
  {
    when: '68,000 requests in 10 s on SSDs that are 93 % busy, 0.14 ms each, https://github.com/Atoptool/atop/issues/137',
    seen: slow({ busyPercent: 93, awaitMs: 0.14, queueLength: 6_800 * 0.000_14 }),
    then: { state: 'ok', why: /sda at 93 %, 0\.1 ms/ },
  },
  {
    when: 'more I/O by a process that is not in the table, one of the look itself',
    seen: {
      ...slow({}),
      'process-io': new Map([
        [109, { readBytesPerSecond: 0, writeBytesPerSecond: GIB }],
        [812, { readBytesPerSecond: 0, writeBytesPerSecond: 50 * MIB }],
      ]),
    },
    then: { state: 'warning', title: /orders-api \(812\) writes 50\.0 MiB a second/ },
  },
  { when: 'requests of 190 ms', seen: slow({ awaitMs: 190 }), then: { state: 'warning', title: /190 ms/ } },
  { when: 'requests of 21 ms', seen: slow({ awaitMs: 21 }), then: { state: 'warning', title: /21 ms/ } },
  { when: 'requests of 19 ms', seen: slow({ awaitMs: 19 }), then: { state: 'ok', why: /sda at 100 %, 19\.0 ms/ } },
  { when: 'a queue of 4.2', seen: slow({ queueLength: 4.2 }), then: { state: 'warning', title: /sda/ } },
  { when: 'a queue of 3.8', seen: slow({ queueLength: 3.8 }), then: { state: 'ok', why: /sda/ } },
  { when: 'busy 91 % of the window', seen: slow({ busyPercent: 91 }), then: { state: 'warning', title: /91 %/ } },
  { when: 'busy 89 %', seen: slow({ busyPercent: 89 }), then: { state: 'ok', why: /89 %/ } },
  {
    when: 'no second sample',
    seen: { disks: { disks: [], windowSeconds: undefined } },
    then: { state: 'unknown', why: /second sample/ },
  },
])

const waits = (io: number | undefined, blocked = 1, share = 10) => ({
  cpu: cpuOf({ iowait: share, idle: 100 - share }, { blocked }),
  ...(io === undefined ? {} : { pressure: pressureOf({ io }) }),
  'process-io': new Map([[812, { readBytesPerSecond: 0, writeBytesPerSecond: 2 * GIB }]]),
  'process-stat': table(),
})
describeCheck(iowait, [
  {
    when: 'eight blocked tasks',
    seen: waits(80, 8),
    then: {
      state: 'critical',
      title: /Work waits for disks 80 % of the time; orders-api \(812\) writes 2\.0 GiB a second/,
      subject: { pid: 812 },
    },
  },
  { when: 'seven blocked tasks', seen: waits(80, 7), then: { state: 'warning', title: /80 %/ } },
  { when: 'waiting 41 % of the time', seen: waits(41), then: { state: 'warning', title: /41 %/ } },
  { when: 'waiting 39 % of the time', seen: waits(39), then: { state: 'ok', why: /39 %/ } },
  {
    when: 'no PSI and a machine that swaps to a slow disk, https://github.com/oxidecomputer/crucible/issues/1553',
    seen: { cpu: cpuOf({ user: 0.81, system: 4.67, iowait: 94.52 }, { blocked: 1 }), 'process-stat': table() },
    then: { state: 'warning', title: /Work waits for disks 95 % of the time/, subject: { kind: 'box' } },
  },
  {
    when: 'no PSI and a box that writes 1 GB a second at ease, https://pastebin.com/uKxJbW9W',
    seen: waits(undefined, 1, 5),
    then: { state: 'ok', why: /iowait 5\.0 %/ },
  },
  { when: 'no PSI and 21 % iowait', seen: waits(undefined, 1, 21), then: { state: 'warning', title: /21 %/ } },
  { when: 'no PSI and 19 % iowait', seen: waits(undefined, 1, 19), then: { state: 'ok', why: /19 %/ } },
  { when: 'no second sample', seen: { cpu: cpuOf(undefined) }, then: { state: 'unknown', why: /second sample/ } },
])

// https://github.com/longhorn/longhorn/issues/193, and other words of other layers.
const said = (ago: number, text: string) => ({ 'kernel-log': logOf([ago, text]), clock: clockAt })
test.each([
  ['sda1', ['sda']],
  ['nvme0n1p2', ['nvme0n1']],
  ['nvme0', ['nvme0']],
  ['loop0', []],
  ['dm-0', []],
  ['vda1', []],
])('of %s these disks can be asked how they are: %j', (device, disks) => {
  const seen = said(60, `Buffer I/O error on dev ${device}, logical block 0, lost async page write`)
  const verdict = ioErrors.run(seen, limitsOf(ioErrors), { box: 'web-1' })
  const findings = verdict.kind === 'burning' ? verdict.findings : []
  expect(findings).toHaveLength(1)
  const commands = findings.flatMap(({ next }) => next.map(({ command }) => command))
  expect(commands.flatMap((command) => /smartctl -a \/dev\/(\w+)/.exec(command)?.[1] ?? [])).toEqual(disks)
})
describeCheck(ioErrors, [
  {
    when: 'a medium error 59 minutes ago',
    seen: said(3_540, 'blk_update_request: critical medium error, dev sdb, sector 0'),
    then: {
      state: 'critical',
      title: /sdb reports errors: one line .* 59 min ago/,
      subject: { kind: 'device', name: 'sdb' },
    },
  },
  {
    when: 'a lost write 61 minutes ago',
    seen: said(3_660, 'Buffer I/O error on dev sdb, logical block 0, lost async page write'),
    then: { state: 'warning', title: /sdb/ },
  },
  {
    when: 'an ext4 error six and a half days ago',
    seen: said(
      6.6 * 86_400,
      "EXT4-fs error (device mmcblk0p2): ext4_evict_inode:292: comm rm: couldn't truncate inode 11376 (err -5)",
    ),
    then: { state: 'warning', title: /mmcblk0p2/ },
  },
  {
    when: 'a superblock that could not be written, https://github.com/SickChill/sickchill/issues/7362',
    seen: said(60, 'EXT4-fs (sda1): I/O error while writing superblock'),
    then: { state: 'critical', title: /sda1/ },
  },
  {
    when: 'an error seven and a half days ago',
    seen: said(7.5 * 86_400, 'blk_update_request: I/O error, dev sda, sector 106553248'),
    then: { state: 'ok', why: /no I\/O or file-system error/ },
  },
  {
    when: 'a mount',
    seen: said(5, 'EXT4-fs (sda1): mounted filesystem with ordered data mode'),
    then: { state: 'ok', why: /no I\/O/ },
  },
])

// https://github.com/SickChill/sickchill/issues/7362
const REMOUNT = 'EXT4-fs (sda1): Remounting filesystem read-only'
const readOnly = (more: object, ...log: readonly (readonly [number, string])[]) => ({
  filesystems: filesystemsOf({ readOnly: true, ...more }),
  'kernel-log': logOf(...log),
})
describeCheck(readOnlyRemount, [
  {
    when: 'a remount six and a half days ago',
    seen: readOnly({}, [6.6 * 86_400, REMOUNT]),
    then: {
      state: 'critical',
      title: /\/data has become read-only 6 d/,
      subject: { kind: 'filesystem', name: '/data' },
    },
  },
  {
    when: 'a remount seven and a half days ago',
    seen: readOnly({}, [7.5 * 86_400, REMOUNT]),
    then: { state: 'ok', why: /none of them by an error/ },
  },
  {
    when: 'a file system that was to fall back to it',
    seen: readOnly({ remountsOnError: true }),
    then: { state: 'critical', title: /\/data has become read-only/ },
  },
  {
    when: 'an ext4 that says itself that an error stopped it',
    seen: readOnly({ stoppedByError: true }),
    then: { state: 'critical', title: /\/data has become read-only/ },
  },
  {
    when: 'one that fstab has writable',
    seen: readOnly({ meantWritable: true }),
    then: { state: 'critical', title: /\/data has become read-only/ },
  },
  {
    when: 'a tmpfs',
    seen: readOnly({ device: 'data', type: 'tmpfs' }),
    then: { state: 'warning', title: /\/data is read-only, a file system in memory/ },
  },
  ...['/run/credentials/x.service', '/sys/fs/cgroup', '/opt/app/secrets'].map((mount) => ({
    when: `a tmpfs at ${mount}`,
    seen: readOnly({ device: 'tmpfs', type: 'tmpfs', mount }),
    then: { state: 'ok' as const, why: /none of them by an error/ },
  })),
  {
    when: 'a remount of another device',
    seen: readOnly({}, [60, 'EXT4-fs (sdc1): Remounting filesystem read-only']),
    then: { state: 'ok', why: /1 read-only/ },
  },
  {
    when: 'a remount of a partition whose name begins alike',
    seen: readOnly({}, [60, 'EXT4-fs (sda10): Remounting filesystem read-only']),
    then: { state: 'ok', why: /1 read-only/ },
  },
  {
    when: 'the journal of the device',
    seen: readOnly({}, [60, 'Aborting journal on device sda1-8.']),
    then: { state: 'critical', title: /\/data has become read-only/ },
  },
  {
    when: 'only writable ones',
    seen: { filesystems: filesystemsOf({}) },
    then: { state: 'ok', why: /can be written to/ },
  },
])

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

const closing = (count: number, softLimit: number | undefined = 100_000) => ({
  sockets: socketsOf({ byState: new Map([['CLOSE_WAIT', count]]) }),
  'open-files': filesOf({
    byPid: new Map([
      [812, { open: count, sockets: count, softLimit, mostly: undefined, inotify: 0, threadsLimit: undefined }],
    ]),
    sockets: [{ pid: 812, state: 'CLOSE_WAIT', localPort: 8080, peer: '10.0.0.5', count }],
  }),
  'process-stat': table(),
})
describeCheck(closeWaitLeak, [
  {
    when: '5,050 sockets',
    seen: closing(5_050),
    then: {
      state: 'critical',
      title: /orders-api \(812\) has not closed 5050 connections/,
      subject: { pid: 812, peer: '10.0.0.5' },
    },
  },
  { when: '4,900 sockets', seen: closing(4_900), then: { state: 'warning', title: /4900/ } },
  { when: '101 sockets', seen: closing(101), then: { state: 'warning', title: /101/ } },
  { when: '99 sockets', seen: closing(99), then: { state: 'ok', why: /99 sockets/ } },
  { when: '520 of 1,000 descriptors', seen: closing(520, 1_000), then: { state: 'critical', title: /520/ } },
  { when: '480 of 1,000 descriptors', seen: closing(480, 1_000), then: { state: 'warning', title: /480/ } },
  {
    when: 'sockets whose process could not be seen',
    seen: { sockets: socketsOf({ byState: new Map([['CLOSE_WAIT', 300]]) }) },
    then: { state: 'warning', title: /300 connections were closed by their peers/ },
  },
])

const taken = (ports: number, closed = ports) => ({
  sockets: socketsOf({
    ephemeralPorts: { low: 40_001, high: 41_000 },
    portsByPeer: [{ peer: '10.0.0.7:5432', ports }],
    byState: new Map([['TIME_WAIT', closed]]),
  }),
})
describeCheck(ephemeralPorts, [
  {
    when: '910 of 1,000',
    seen: taken(910),
    then: {
      state: 'critical',
      title: /910 of 1000 local ports are in use towards 10\.0\.0\.7:5432/,
      because: /910 sockets of the box are in TIME_WAIT: connections are opened and closed instead of kept/,
      subject: { peer: '10.0.0.7:5432' },
    },
  },
  {
    when: '910 that are open',
    seen: taken(910, 1),
    then: {
      state: 'critical',
      title: /910 of 1000/,
      because: /1 socket of the box is in TIME_WAIT: most connections are open, which is a leak/,
    },
  },
  { when: '890', seen: taken(890), then: { state: 'warning', title: /890/ } },
  { when: '705', seen: taken(705), then: { state: 'warning', title: /705/ } },
  { when: '695', seen: taken(695), then: { state: 'ok', why: /695 of 1000/ } },
  {
    when: 'a proxy with 20,000 sockets in TIME_WAIT to many peers',
    seen: {
      sockets: socketsOf({
        byState: new Map([['TIME_WAIT', 20_000]]),
        portsByPeer: [{ peer: '10.0.0.7:80', ports: 400 }],
      }),
    },
    then: { state: 'ok', why: /400 of 28232/ },
  },
  {
    when: 'an unknown range',
    seen: { sockets: socketsOf({ ephemeralPorts: undefined }) },
    then: { state: 'unknown', why: /ip_local_port_range/ },
  },
])

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

const stuckGroup = (more: Partial<StuckConnections>): StuckConnections => ({
  held: 'unread',
  state: 'ESTABLISHED',
  localPort: 8080,
  peer: undefined,
  count: 60,
  bytes: 9_000,
  inode: 4_711,
  nextProbeSeconds: undefined,
  ...more,
})
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

describeCheck(interfaceErrors, [
  {
    when: '1.05 errors a second',
    seen: { interfaces: [interfaceOf({ errorsPerSecond: 1.05 })] },
    then: { state: 'warning', title: /eth0 loses packets/, subject: { kind: 'interface', name: 'eth0' } },
  },
  {
    when: '0.95 errors a second',
    seen: { interfaces: [interfaceOf({ errorsPerSecond: 0.95 })] },
    then: { state: 'ok', why: /eth0/ },
  },
  {
    when: '52 drops a second',
    seen: { interfaces: [interfaceOf({ dropsPerSecond: 52 })] },
    then: { state: 'warning', title: /52 drops/ },
  },
  {
    when: '48 drops a second',
    seen: { interfaces: [interfaceOf({ dropsPerSecond: 48 })] },
    then: { state: 'ok', why: /48\.0 drops/ },
  },
  {
    when: 'packets for protocols that nobody listens to, https://github.com/netdata/netdata/issues/988',
    seen: { interfaces: [interfaceOf({ dropsPerSecond: 13 })] },
    then: { state: 'ok', why: /13\.0 drops/ },
  },
  { when: 'no interface', seen: { interfaces: [] }, then: { state: 'unknown', why: /no interface/ } },
])

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

const lost = (rate: number | undefined) => ({ 'network-counters': countersOf({ 'Udp.RcvbufErrors': rate }) })
describeCheck(udpReceiveErrors, [
  {
    when: '1,050 a second',
    seen: lost(1_050),
    then: { state: 'critical', title: /1050 UDP packets a second are dropped/ },
  },
  {
    when: 'a known socket',
    seen: {
      ...lost(950),
      sockets: socketsOf({ udpDrops: [{ port: 8125, drops: 9_000, queuedBytes: 212_992, inode: 4_711 }] }),
      'open-files': filesOf({ holders: new Map([[4_711, 812]]) }),
      'process-stat': table(),
    },
    then: { state: 'warning', title: /buffers: port 8125 of orders-api \(812\)/, subject: { pid: 812 } },
  },
  { when: '950 a second', seen: lost(950), then: { state: 'warning', title: /950/ } },
  { when: '10.5 a second', seen: lost(10.5), then: { state: 'warning', title: /1[01] UDP/ } },
  { when: '9.5 a second', seen: lost(9.5), then: { state: 'ok', why: /dropped/ } },
  { when: 'no second sample', seen: lost(undefined), then: { state: 'unknown', why: /second sample/ } },
])

const unit = (name: string, active: string, sub: string, ending?: Ending): Unit => ({
  name,
  active,
  sub,
  description: 'Orders API',
  ending,
})
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
const unitsOf = (...units: readonly Unit[]) => ({ units: { systemd: true, units } })
describeCheck(failedUnits, [
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
const restarted = (restarts: number, activeForSeconds: number) => ({
  'unit-restarts': [{ name: 'orders-api.service', restarts, activeForSeconds, active: 'active' }],
})
describeCheck(unitRestarting, [
  {
    when: 'a unit that waits for its next start',
    seen: unitsOf(unit('orders-api.service', 'activating', 'auto-restart')),
    then: { state: 'critical', title: /orders-api\.service does not stay up/, subject: { kind: 'unit' } },
  },
  { when: 'none', seen: unitsOf(unit('x.service', 'failed', 'failed')), then: { state: 'ok', why: /no unit waits/ } },
  {
    when: 'one that waits, with its count',
    seen: { ...unitsOf(unit('orders-api.service', 'activating', 'auto-restart')), ...restarted(14, 5) },
    then: { state: 'critical', title: /does not stay up/, findings: 1 },
  },
  {
    when: 'one that runs and was started again three times, 14 minutes ago',
    seen: { ...unitsOf(), ...restarted(3, 850) },
    then: {
      state: 'warning',
      title: /orders-api\.service was started again by systemd 3 times, the last time 14 min 10 s/,
    },
  },
  {
    when: 'one that was started again twice',
    seen: { ...unitsOf(), ...restarted(2, 850) },
    then: { state: 'ok', why: /most restarts: orders-api\.service, 2/ },
  },
  {
    when: 'one that has been up since then for 16 minutes',
    seen: { ...unitsOf(), ...restarted(3, 960) },
    then: { state: 'ok', why: /most restarts: orders-api\.service, 3/ },
  },
])

const off = (seconds: number, precisionMs = 1) => ({ clock: { ...clockAt, skewMs: seconds * 1_000, precisionMs } })
describeCheck(clockOff, [
  {
    when: 'a minute and a second ahead',
    seen: off(61),
    then: { state: 'critical', title: /1 min 1 s ahead of the console's/ },
  },
  { when: '59 s behind', seen: off(-59), then: { state: 'warning', title: /59 s behind/ } },
  { when: '2.1 s ahead', seen: off(2.1), then: { state: 'warning', title: /2 s ahead/ } },
  { when: '1.9 s ahead', seen: off(1.9), then: { state: 'ok', why: /within 2 s/ } },
  { when: '2.5 s ahead, read in whole seconds', seen: off(2.5, 1_000), then: { state: 'ok', why: /within/ } },
])

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

const asked = (tookMs: number, answered = true, more: Partial<Resolver> = {}) => ({
  resolver: { servers: ['10.0.0.2', '10.0.0.3'], answered, tookMs, listensHere: false, ...more },
})
describeCheck(nameServers, [
  {
    when: 'no answer',
    seen: asked(800, false),
    then: {
      state: 'warning',
      title: /No name server answers within 800 ms, slow or dead \(10\.0\.0\.2, 10\.0\.0\.3\)/,
      because: /slow or dead the next command tells/,
    },
  },
  { when: 'an answer after 510 ms', seen: asked(510), then: { state: 'warning', title: /take 510 ms/ } },
  { when: 'an answer after 490 ms', seen: asked(490), then: { state: 'ok', why: /within 490 ms/ } },
  {
    when: 'no answer from the resolver of the box, which runs',
    seen: asked(800, false, { servers: ['127.0.0.53'], listensHere: true }),
    then: { state: 'warning', title: /slow or dead/, because: /slow or stuck \(something does listen on port 53/ },
  },
  {
    when: 'a question that was ended too early',
    seen: asked(20, false),
    then: { state: 'unknown', why: /before its time/ },
  },
  {
    when: 'a resolver of the box that does not run',
    seen: asked(0, true, { servers: ['127.0.0.53'] }),
    then: { state: 'warning', title: /Nothing on this box listens on port 53/ },
  },
  {
    when: 'a resolver of the box that runs',
    seen: asked(0, true, { servers: ['127.0.0.53'], listensHere: true }),
    then: { state: 'ok', why: /within 10 ms/ },
  },
  {
    when: 'no name server',
    seen: { resolver: { servers: [], answered: undefined, tookMs: undefined, listensHere: false } },
    then: { state: 'ok', why: /no name server is configured/ },
  },
])

const gateway = (answers: boolean) => [{ address: '10.0.0.1', interface: 'eth0', answers }]
const routed = (
  defaults: readonly string[],
  names: readonly string[] = ['lo', 'eth0'],
  gateways?: ReturnType<typeof gateway>,
) => ({
  routes: { defaults, interfaces: ['eth0'], gateways },
  interfaces: names.map((name) => interfaceOf({ name })),
})
describeCheck(noDefaultRoute, [
  { when: 'none', seen: routed([]), then: { state: 'warning', title: /no default route/ } },
  {
    when: 'one whose gateway does not answer',
    seen: routed(['eth0'], ['eth0'], gateway(false)),
    then: {
      state: 'warning',
      title: /^The gateway 10\.0\.0\.1 does not answer on eth0/,
      subject: { kind: 'interface', name: 'eth0', peer: '10.0.0.1' },
    },
  },
  {
    when: 'one whose gateway answers',
    seen: routed(['eth0'], ['eth0'], gateway(true)),
    then: { state: 'ok', why: /leads over eth0/ },
  },
  { when: 'one whose gateway was not asked', seen: routed(['eth0'], ['eth0'], []), then: { state: 'ok', why: /eth0/ } },
  { when: 'one', seen: routed(['eth0']), then: { state: 'ok', why: /leads over eth0/ } },
  {
    when: 'a container without network',
    seen: routed([], ['lo']),
    then: { state: 'ok', why: /no network but its own/ },
  },
])

const unmounted = (...mounts: readonly string[]) => ({
  filesystems: {
    ...filesystemsOf(),
    missing: mounts.map((mount) => ({ mount, device: 'UUID=3e6b', type: 'ext4' })),
  },
})
describeCheck(mountMissing, [
  {
    when: 'one that is missing',
    seen: unmounted('/srv/my data'),
    then: {
      state: 'warning',
      title: /^\/srv\/my data is not mounted, and \/etc\/fstab says that it should be \(UUID=3e6b, ext4\)$/,
      subject: { kind: 'filesystem', name: '/srv/my data' },
    },
  },
  { when: 'none', seen: unmounted(), then: { state: 'ok', why: /is mounted/ } },
  {
    when: 'an answer that tells nothing of it',
    seen: { filesystems: { ...filesystemsOf(), missing: undefined } },
    then: { state: 'unknown', why: /fstab could not be read/ },
  },
])

const linkless = (more: Partial<NetworkInterface>, routedOver: readonly string[] = []) => ({
  interfaces: [interfaceOf({ name: 'eth1', operState: 'down', ...more })],
  routes: { defaults: ['eth0'], interfaces: routedOver, gateways: [] },
})
describeCheck(interfaceDown, [
  {
    when: 'an interface over which routes lead',
    seen: linkless({ operState: 'lowerlayerdown', receivedPackets: 0 }, ['eth1']),
    then: { state: 'critical', title: /eth1 has no link/, subject: { kind: 'interface', name: 'eth1' } },
  },
  {
    when: 'one that received 21 packets',
    seen: linkless({ receivedPackets: 21 }),
    then: { state: 'warning', title: /eth1/ },
  },
  { when: 'one that received 19', seen: linkless({ receivedPackets: 19 }), then: { state: 'ok', why: /0 of 1/ } },
  {
    when: 'one that is switched off',
    seen: linkless({ switchedOn: false }, ['eth1']),
    then: { state: 'ok', why: /1 of 1/ },
  },
  {
    when: 'a bridge without a member',
    seen: linkless({ bridge: true }, ['eth1']),
    then: { state: 'ok', why: /1 of 1/ },
  },
])

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

const growth = (more: Partial<Filesystem>, writeBytesPerSecond = 0) => ({
  filesystems: filesystemsOf({
    usedPercent: 80,
    availableBytes: 1_000 * MIB,
    usedBytesPerSecond: 10 * MIB,
    ...more,
  }),
  'process-io': new Map([[812, { readBytesPerSecond: 0, writeBytesPerSecond }]]),
  'process-stat': table(),
})
describeCheck(diskFilling, [
  {
    when: 'full in 290 s',
    seen: growth({ availableBytes: 2_900 * MIB }),
    then: { state: 'warning', title: /\/data grows by 10\.0 MiB a second and is full in 4 min 50 s$/ },
  },
  {
    when: 'full in 310 s',
    seen: growth({ availableBytes: 3_100 * MIB }),
    then: { state: 'ok', why: /10\.0 MiB a second on \/data/ },
  },
  {
    when: '61 % used and full in 200 s',
    seen: growth({ usedPercent: 61, availableBytes: 2_000 * MIB }),
    then: { state: 'warning', title: /grows/ },
  },
  {
    when: '59 % used and full in 200 s',
    seen: growth({ usedPercent: 59, availableBytes: 2_000 * MIB }),
    then: { state: 'ok', why: /fastest/ },
  },
  {
    when: 'a log of 4 MiB a second on a file system at 8 %, full in 118 s',
    seen: growth({ usedPercent: 8, usedBytesPerSecond: 4 * MIB, availableBytes: 472 * MIB }, 4 * MIB),
    then: {
      state: 'warning',
      title:
        /\/data grows by 4\.0 MiB a second and is full in 1 min 58 s; orders-api \(812\) writes 4\.0 MiB a second$/,
    },
  },
  {
    when: 'the same, full in 125 s',
    seen: growth({ usedPercent: 8, usedBytesPerSecond: 4 * MIB, availableBytes: 500 * MIB }),
    then: { state: 'ok', why: /4\.0 MiB a second on \/data/ },
  },
  {
    when: 'a backup at 10 MiB a second, 500 MiB left',
    seen: growth({ usedPercent: 8, availableBytes: 500 * MIB }),
    then: { state: 'warning', title: /full in 50 s/ },
  },
  {
    when: 'a backup at 10 MiB a second, 530 MiB left',
    seen: growth({ usedPercent: 8, availableBytes: 530 * MIB }),
    then: { state: 'ok', why: /10\.0 MiB a second on \/data/ },
  },
  {
    when: 'a tiny file system at 8 % that takes 1.05 MiB in the window',
    seen: growth({ usedPercent: 8, usedBytesPerSecond: 1.05 * MIB, availableBytes: 15 * MIB }),
    then: { state: 'warning', title: /full in 14 s/ },
  },
  {
    when: 'a tiny file system at 8 % that takes one file of 0.95 MiB',
    seen: growth({ usedPercent: 8, usedBytesPerSecond: 0.95 * MIB, availableBytes: 15 * MIB }),
    then: { state: 'ok', why: /on \/data/ },
  },
  {
    when: 'somebody who writes 3.1 of 10 MiB',
    seen: growth({}, 3.1 * MIB),
    then: { state: 'warning', title: /orders-api \(812\) writes 3\.1 MiB a second/, subject: { pid: 812 } },
  },
  {
    when: 'somebody who writes 2.9 of 10 MiB',
    seen: growth({}, 2.9 * MIB),
    then: { state: 'warning', title: /1 min 40 s$/ },
  },
  {
    when: 'a writer whose writes are not counted, with the file open',
    seen: growth({ openFiles: [{ pid: 812, path: '/data/app.log', bytes: GIB }] }),
    then: { state: 'warning', title: /orders-api \(812\) has \/data\/app\.log open/ },
  },
  { when: 'one that is full', seen: growth({ availableBytes: 0 }), then: { state: 'ok', why: /fastest/ } },
  {
    when: 'no second sample',
    seen: growth({ usedBytesPerSecond: undefined }),
    then: { state: 'unknown', why: /second sample/ },
  },
])
