import type { ProcessStat, ProcessStats } from '../../evidence/probes/process-stat.ts'
import { describeCheck } from '../../../test/checks/examples.ts'
import { logOf, processOf, table } from '../../../test/checks/quiet-box.ts'
import { crashLoop } from './crash-loop.ts'

// A supervisor and what was seen of its children: at the beginning (gone since), and at the end.
const worker = (pid: number, more: Partial<ProcessStat> = {}) =>
  processOf({ pid, ppid: 812, name: 'worker', ownFaults: 100, ageSeconds: 0.1, ...more })
const churn = (
  more: Partial<ProcessStat>,
  children: Partial<Pick<ProcessStats, 'appeared' | 'vanished'>> = { appeared: [worker(913)], vanished: [worker(911)] },
) => ({
  'process-stat': table(
    [processOf({ name: 'supervisor', childFaultsPerSecond: 500, childFaults: 5_000_000, ...more })],
    children,
  ),
})
const once = (more: Partial<ProcessStat>) => ({ appeared: [], vanished: [worker(911, more)] })
const python = { name: 'python3', ownFaults: 776 }
describeCheck(crashLoop, [
  {
    when: 'a child that is there again',
    seen: churn({ childFaultsPerSecond: 61 }),
    then: {
      state: 'warning',
      title: /supervisor \(812\) starts children that end at once \(worker\)/,
      subject: { pid: 812 },
    },
  },
  { when: 'hardly any child', seen: churn({ childFaultsPerSecond: 59 }), then: { state: 'ok', why: /59 page faults/ } },
  {
    when: 'a parent that is 49 % busy',
    seen: churn({ cpuPercent: 49 }),
    then: { state: 'warning', title: /supervisor/ },
  },
  { when: 'a parent that is 51 % busy', seen: churn({ cpuPercent: 51 }), then: { state: 'ok', why: /no parent/ } },
  {
    when: 'children that use 29 % of a CPU',
    seen: churn({ childCpuPercent: 29 }),
    then: { state: 'warning', title: /supervisor/ },
  },
  { when: 'children that work', seen: churn({ childCpuPercent: 31 }), then: { state: 'ok', why: /500 page faults/ } },
  { when: 'a parent of 2.1 s', seen: churn({ ageSeconds: 2.1 }), then: { state: 'warning', title: /supervisor/ } },
  { when: 'a parent of 1.9 s', seen: churn({ ageSeconds: 1.9 }), then: { state: 'ok', why: /no parent/ } },
  {
    when: 'a script that polls: what it starts and waits for is never seen, or is its sleep',
    seen: churn(
      { name: 'heartbeat.sh' },
      { appeared: [worker(913, { name: 'sleep' })], vanished: [worker(911, { name: 'sleep' })] },
    ),
    then: { state: 'ok', why: /500 page faults a second, and none was seen that should have stayed/ },
  },
  {
    when: 'an agent that runs tools of the system',
    seen: {
      ...churn(
        { name: 'python3' },
        { appeared: [worker(913, { name: 'df' })], vanished: [worker(911, { name: 'df' })] },
      ),
      'process-command': new Map([[911, 'df -k']]),
      'process-executable': new Map([[911, { path: '/usr/bin/df', deleted: false, deletedFolder: undefined }]]),
    },
    then: { state: 'ok', why: /500 page faults/ },
  },
  {
    when: 'a pool that forks its jobs',
    seen: churn({ name: 'worker' }),
    then: { state: 'ok', why: /500 page faults/ },
  },
  {
    when: 'a pool whose jobs are zombies that ended well',
    seen: churn(
      {},
      {
        appeared: [worker(913, { state: 'Z', waitStatus: 0 })],
        vanished: [worker(911, { state: 'Z', waitStatus: 0 })],
      },
    ),
    then: { state: 'ok', why: /500 page faults/ },
  },
  ...[
    { waitStatus: 0x0300, words: /ended with status 3/ },
    { waitStatus: 11, words: /ended by signal 11/ },
  ].map(({ waitStatus, words }) => ({
    when: `a zombie of its own name that ended with ${waitStatus}`,
    seen: churn({ name: 'worker' }, once({ state: 'Z', waitStatus })),
    then: { state: 'warning' as const, title: /worker \(812\) starts children that end at once/, because: words },
  })),
  ...[
    { childFaults: 3_600 * 105, burns: true },
    { childFaults: 3_600 * 95, burns: false },
  ].map(({ childFaults, burns }) => ({
    when: `a parent that was charged ${childFaults} faults over its life`,
    seen: churn({ childFaults }, once(python)),
    then: burns ? { state: 'warning' as const, title: /supervisor/ } : { state: 'ok' as const, why: /500 page faults/ },
  })),
  ...[59, 61].map((ago) => ({
    when: `a child of whose crash the kernel told ${ago} s ago`,
    seen: { ...churn({}, once({})), 'kernel-log': logOf([ago, 'worker[4711]: segfault at 8 ip 0 sp 0 error 6']) },
    then:
      ago < 60
        ? { state: 'warning' as const, title: /supervisor/, because: /kernel log/ }
        : { state: 'ok' as const, why: /500 page faults/ },
  })),
  ...[
    { rate: 395, burns: true },
    { rate: 380, burns: false },
  ].map(({ rate, burns }) => ({
    when: `a parent that is charged ${rate} faults a second, and a script that alone has cost 776`,
    seen: {
      ...churn({ name: 'supervise.sh', childFaultsPerSecond: rate }, once(python)),
      'process-command': new Map([
        [812, '/bin/sh /opt/supervise.sh'],
        [911, 'python3 /opt/pay/payment.py'],
      ]),
    },
    then: burns
      ? { state: 'warning' as const, title: /starts children that end at once \(payment\.py\)/ }
      : { state: 'ok' as const, why: /page faults/ },
  })),
  {
    when: 'a script that came last, and the one before it that came and went',
    seen: {
      ...churn({ childFaultsPerSecond: 900 }, { appeared: [worker(913, python)] }),
      'process-command': new Map([[912, 'python3 /opt/pay/payment.py']]),
    },
    then: { state: 'warning', title: /\(payment\.py\)/ },
  },
  ...[
    { command: 'python3 -c import json', executable: '/usr/bin/python3', name: 'python3', burns: false },
    { command: 'python3 /usr/bin/some-tool', executable: '/usr/bin/python3', name: 'python3', burns: false },
    { command: 'sh /opt/check-queue.sh', executable: '/usr/bin/dash', name: 'sh', burns: false },
    { command: 'worker', executable: '/usr/bin/worker', name: 'worker', burns: false },
    { command: 'worker', executable: '/opt/shop/worker', name: 'worker', burns: true },
    { command: '/srv/worker --all', executable: undefined, name: 'worker', burns: true },
  ].map(({ command, executable, name, burns }) => ({
    when: `one child, seen once: ${command} (${executable ?? 'of another user'})`,
    seen: {
      ...churn({}, once({ name })),
      'process-command': new Map([[911, command]]),
      ...(executable === undefined
        ? {}
        : { 'process-executable': new Map([[911, { path: executable, deleted: false, deletedFolder: undefined }]]) }),
    },
    then: burns ? { state: 'warning' as const, title: /supervisor/ } : { state: 'ok' as const, why: /page faults/ },
  })),
  ...['sh -c while-true', 'sh'].map((command) => ({
    when: `a shell that was given no file (${command})`,
    seen: { ...churn({ name: 'sh' }), 'process-command': new Map([[812, command]]) },
    then: { state: 'ok' as const, why: /page faults/ },
  })),
  {
    when: 'a shell that was given one',
    seen: { ...churn({ name: 'sh' }), 'process-command': new Map([[812, 'sh /opt/run-orders.sh']]) },
    then: { state: 'warning', title: /starts children that end at once/ },
  },
  {
    when: 'PID 1, which waits for the children of others too',
    seen: churn({ pid: 1 }, { appeared: [worker(913, { ppid: 1, ...python })] }),
    then: { state: 'ok', why: /page faults/ },
  },
  {
    when: 'a unit that PID 1 starts again, seen at both ends of the window',
    seen: {
      'process-stat': table([processOf({ pid: 1, name: 'systemd', ageSeconds: 30, childFaultsPerSecond: 500 })], {
        appeared: [processOf({ pid: 913, ppid: 1, name: 'orders-api' })],
        vanished: [processOf({ pid: 911, ppid: 1, name: 'orders-api' })],
      }),
      'process-cgroup': new Map([
        [911, { path: '/system.slice/orders.service', unit: 'orders.service', container: undefined }],
      ]),
    },
    then: {
      state: 'warning',
      title: /orders\.service is started by systemd \(1\) again and again/,
      subject: { kind: 'unit', name: 'orders.service' },
    },
  },
  { when: 'somebody at a terminal', seen: churn({ terminal: true }), then: { state: 'ok', why: /no parent/ } },
  {
    when: 'no second sample',
    seen: { 'process-stat': table([], { windowSeconds: undefined }) },
    then: { state: 'unknown', why: /second sample/ },
  },
])
