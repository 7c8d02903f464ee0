import type { ProcessStat } from '../../evidence/probes/process-stat.ts'
import { describeCheck, type Readings } from '../../../test/checks/examples.ts'
import { cgroupOf, filesOf, GIB, interfaceOf, memoryOf, MIB, processOf, table } from '../../../test/checks/quiet-box.ts'
import { memoryLeak } from './memory-leak.ts'

const leak = (more: object, availableBytes = GIB) => ({
  memory: memoryOf({ availableBytes }),
  'process-stat': table([processOf({ rssBytesPerSecond: MIB, ageSeconds: 100, ...more })]),
})
/** 3 MiB a second since it started, from 9 MiB on. */
const small = (more: Partial<ProcessStat> = {}, availableBytes = 20 * GIB): Readings => {
  const ageSeconds = more.ageSeconds ?? 30
  const process = processOf({
    rssBytesPerSecond: 3 * MIB,
    ageSeconds,
    rssBytes: (9 + 3 * ageSeconds) * MIB,
    cpuPercent: 3,
    ...more,
  })
  return { memory: memoryOf({ availableBytes }), 'process-stat': table([process]) }
}
const reading = (bytesPerSecond: number): Readings => ({
  ...small(),
  'process-io': new Map([[812, { readBytesPerSecond: bytesPerSecond, writeBytesPerSecond: 0 }]]),
})
const receiving = (bytesPerSecond: number, name = 'eth0'): Readings => ({
  ...small(),
  interfaces: [interfaceOf({ name, receivedBytesPerSecond: bytesPerSecond })],
})
const started = (command: string, more: Partial<ProcessStat> = {}): Readings => ({
  ...small(more),
  'process-command': new Map([[812, command]]),
})
/** A worker with 80 MiB from its parent that gains 1.5 MiB a second since 40 s, and so many that do not, one of them as said. */
const prefork = (flat: number, one: Partial<ProcessStat> = {}, ppid = 500, ageSeconds = 40): Readings => {
  const worker = (pid: number, more: Partial<ProcessStat>): ProcessStat =>
    processOf({ pid, ppid, name: 'worker', rssBytes: 80 * MIB, ageSeconds, ...more })
  return {
    memory: memoryOf({ availableBytes: 10 * GIB }),
    'process-stat': table([
      worker(900, { ppid: 500, rssBytes: 140 * MIB, rssBytesPerSecond: 1.5 * MIB }),
      ...Array.from({ length: flat }, (_, at) => worker(901 + at, at === 0 ? one : {})),
    ]),
  }
}
/** Of 30 s, so large that its life grew so many times as fast as it does now. */
const paced = (ratio: number): Readings => small({ rssBytes: ratio * 30 * 3 * MIB, ageSeconds: 30 })
const slow = (mib: number): Readings => small({ rssBytesPerSecond: mib * MIB, rssBytes: 33 * MIB }, GIB)
describeCheck(memoryLeak, [
  {
    when: 'a small process that has grown alike all its life',
    seen: small(),
    then: {
      state: 'warning',
      title: /^orders-api \(812\) grows by 3\.0 MiB a second: the memory ends in 1 h 53 min$/,
      because:
        /It has grown like this ever since it started: a leak, or a heap or a cache that fills up; a bound of it is not seen/,
    },
  },
  {
    when: 'one in a group with a limit of its own',
    seen: {
      ...small(),
      'process-cgroup': new Map([[812, { path: '/shop', unit: undefined, container: undefined }]]),
      cgroups: [cgroupOf({ path: '/shop', memoryLimitBytes: 400 * MIB, memoryBytes: 100 * MIB })],
    },
    then: { state: 'critical', title: /its memory limit is reached in 1 min 40 s/ },
  },
  {
    when: 'one of somebody else, of which only root sees whether it reads a file',
    seen: { ...small(), 'process-io': new Map(), 'open-files': filesOf({ unreadable: 2 }) },
    then: { state: 'ok', why: /of the small ones/ },
  },
  {
    when: 'with memory for 14,300 s',
    seen: small({}, 14_300 * 3 * MIB),
    then: { state: 'warning', title: /3 h 58 min/ },
  },
  { when: 'with memory for 14,500 s', seen: small({}, 14_500 * 3 * MIB), then: { state: 'ok', why: /fastest growth/ } },
  { when: 'one of 20 s', seen: small({ ageSeconds: 20 }), then: { state: 'warning', title: /grows/ } },
  { when: 'one of 19 s', seen: small({ ageSeconds: 19 }), then: { state: 'ok', why: /of the small ones/ } },
  { when: 'one whose life grew 1.29 times as fast', seen: paced(1.29), then: { state: 'warning', title: /grows/ } },
  {
    when: 'one whose life grew 1.31 times as fast',
    seen: paced(1.31),
    then: { state: 'ok', why: /fastest growth|small/ },
  },
  {
    when: 'one that grows 1.31 times as fast as in its life',
    seen: paced(1 / 1.31),
    then: { state: 'ok', why: /small/ },
  },
  { when: 'one that grows by a little more than a step', seen: slow(1.01), then: { state: 'warning', title: /grows/ } },
  { when: 'one that grows by a little less', seen: slow(0.99), then: { state: 'ok', why: /small/ } },
  { when: 'one that uses 49 % of a CPU', seen: small({ cpuPercent: 49 }), then: { state: 'warning', title: /grows/ } },
  { when: 'one that uses 51 % of a CPU', seen: small({ cpuPercent: 51 }), then: { state: 'ok', why: /small/ } },
  {
    when: 'one that reads 48 % of it from a disk',
    seen: reading(1.45 * MIB),
    then: { state: 'warning', title: /grows/ },
  },
  { when: 'one that reads 52 % of it from a disk', seen: reading(1.55 * MIB), then: { state: 'ok', why: /small/ } },
  {
    when: 'a replica that loads: the box receives 52 % of it',
    seen: receiving(1.55 * MIB),
    then: { state: 'ok', why: /small/ },
  },
  { when: 'the box receives 48 % of it', seen: receiving(1.45 * MIB), then: { state: 'warning', title: /grows/ } },
  { when: 'as much over the loopback', seen: receiving(3 * MIB, 'lo'), then: { state: 'warning', title: /grows/ } },
  {
    when: 'it reads and receives a part each',
    seen: { ...receiving(MIB), 'process-io': reading(MIB)['process-io'] },
    then: { state: 'ok', why: /small/ },
  },
  {
    when: 'a JVM that touches its heap after ten minutes, which fits',
    seen: started('java -Xmx4g -jar orders.jar'),
    then: { state: 'ok', why: /orders-api \(812\) does, .*\(-Xmx4g lets its heap or cache have 4\.0 GiB\)/ },
  },
  {
    when: 'memcached that fills',
    seen: started('/usr/bin/memcached -m 1024'),
    then: { state: 'ok', why: /-m 1024 lets/ },
  },
  {
    when: 'a JVM whose heap does not fit',
    seen: started('java -Xmx16g -jar orders.jar'),
    then: {
      state: 'warning',
      title: /grows by 3\.0 MiB/,
      because:
        /-Xmx16g lets its heap or cache have 16\.0 GiB, and with that it is too large for what is left, or it leaks/,
    },
  },
  {
    when: 'memcached that is 1.45 times as large as it may be: its hash table',
    seen: started('memcached -m 100', { ageSeconds: 45.3 }),
    then: { state: 'ok', why: /-m 100/ },
  },
  {
    when: 'memcached that is 1.55 times as large',
    seen: started('memcached -m 100', { ageSeconds: 48.7 }),
    then: { state: 'warning', title: /grows/, because: /it leaks beside it/ },
  },
  {
    when: 'a JVM in a container: a quarter of its limit, by default',
    seen: {
      ...started('java -jar orders.jar'),
      'process-cgroup': new Map([[812, { path: '/shop', unit: undefined, container: undefined }]]),
      cgroups: [cgroupOf({ path: '/shop', memoryLimitBytes: 2_000 * MIB, memoryBytes: 100 * MIB })],
    },
    then: { state: 'ok', why: /the default of a JVM lets its heap or cache have 500\.0? MiB|500 MiB/ },
  },
  {
    when: 'one of eight workers that were forked with 80 MiB each',
    seen: prefork(7),
    then: {
      state: 'warning',
      title: /^worker \(900\) grows by 1\.5 MiB a second: the memory ends in/,
      because:
        / 7 others of this name and parent hold 80\.0 MiB each and do not grow\. It has grown like this ever since/,
      findings: 1,
    },
  },
  { when: 'one of four', seen: prefork(3), then: { state: 'warning', title: /^worker \(900\)/ } },
  {
    when: 'one of three: whether it began with as much is not known',
    seen: prefork(2),
    then: { state: 'ok', why: /fastest growth is worker/ },
  },
  {
    when: 'one of four, of which another one gains a page now and then',
    seen: prefork(3, { rssBytesPerSecond: 0.14 * MIB }),
    then: { state: 'warning', title: /^worker \(900\) grows by 1\.5/ },
  },
  {
    when: 'one of four, of which another one grows too',
    seen: prefork(3, { rssBytesPerSecond: 0.16 * MIB }),
    then: { state: 'ok', why: /fastest growth is worker/ },
  },
  {
    when: 'the others are workers of another parent',
    seen: prefork(7, {}, 600),
    then: { state: 'ok', why: /fastest growth is worker/ },
  },
  {
    when: 'one of eight workers that has grown in its first minutes',
    seen: prefork(7, {}, 500, 300),
    then: { state: 'ok', why: /worker/ },
  },
  {
    when: 'a virtual machine that has warmed up',
    seen: small({ rssBytes: 240 * MIB, ageSeconds: 40 }),
    then: { state: 'ok', why: /fastest growth/ },
  },
  {
    when: 'memory for 290 s',
    seen: leak({}, 290 * MIB),
    then: {
      state: 'critical',
      title: /orders-api \(812\) grows by 1\.0 MiB a second: the memory ends in 4 min 50 s/,
      subject: { pid: 812 },
    },
  },
  { when: 'memory for 310 s', seen: leak({}, 310 * MIB), then: { state: 'warning', title: /5 min 10 s/ } },
  { when: 'memory for 1,750 s', seen: leak({}, 1_750 * MIB), then: { state: 'warning', title: /29 min/ } },
  {
    when: 'memory for 1,900 s',
    seen: leak({}, 1_900 * MIB),
    then: { state: 'ok', why: /fastest growth is orders-api/ },
  },
  {
    when: 'a process of 101 MiB',
    seen: leak({ rssBytes: 101 * MIB, ageSeconds: 15 }),
    then: { state: 'warning', title: /grows/ },
  },
  {
    when: 'a process of 99 MiB',
    seen: leak({ rssBytes: 99 * MIB, ageSeconds: 15 }),
    then: { state: 'ok', why: /of the small ones orders-api \(812\) does, by 1\.0 MiB a second to 99\.0 MiB/ },
  },
  {
    when: 'growth that its life agrees with',
    seen: leak({ rssBytes: 210 * MIB, ageSeconds: 1_000 }),
    then: { state: 'warning', title: /grows/ },
  },
  {
    when: 'a burst in a long quiet life',
    seen: leak({ rssBytes: 190 * MIB, ageSeconds: 1_000 }),
    then: { state: 'ok', why: /no large process/ },
  },
  {
    when: 'twenty workers of 11 MiB, each growing a little',
    seen: {
      memory: memoryOf({ availableBytes: 1_000 * MIB }),
      'process-stat': table(
        Array.from({ length: 20 }, (_, at) =>
          processOf({ pid: 900 + at, name: 'worker', rssBytes: 11 * MIB, rssBytesPerSecond: MIB / 4, ageSeconds: 60 }),
        ),
      ),
    },
    then: {
      state: 'critical',
      title: /^20 processes named worker grow by 5\.0 MiB a second: the memory ends in 3 min/,
    },
  },
  { when: 'a process of 3.8 s', seen: leak({ ageSeconds: 3.8 }), then: { state: 'ok', why: /no large process/ } },
  { when: 'a process of 4.2 s', seen: leak({ ageSeconds: 4.2 }), then: { state: 'warning', title: /grows/ } },
  {
    when: 'no second sample',
    seen: { memory: memoryOf(), 'process-stat': table([processOf()], { windowSeconds: undefined }) },
    then: { state: 'unknown', why: /second sample/ },
  },
])
