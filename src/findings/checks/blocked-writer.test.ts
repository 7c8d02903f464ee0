import { describeCheck } from '../../../test/checks/examples.ts'
import { filesOf, listenerOf, opened, processOf, socketsOf, stuckGroup, table } from '../../../test/checks/quiet-box.ts'
import type { ProcessStat } from '../../evidence/probes/process-stat.ts'
import { blockedWriter } from './blocked-writer.ts'

/** Process 812 in this channel, before and after. */
const waiting = (
  channel: string,
  {
    again = channel,
    process = {},
    others = [],
    channels = [],
    ran = false,
  }: {
    readonly again?: string
    readonly process?: Partial<ProcessStat>
    readonly others?: readonly ProcessStat[]
    readonly channels?: readonly (readonly [number, string])[]
    readonly ran?: boolean | undefined
  } = {},
) => ({
  'process-stat': table([processOf({ cpuPercent: 0, ...process }), ...others]),
  'process-wait': new Map([[812, channel], ...channels]),
  'process-wait-again': new Map(
    [[812, again] as const, ...channels].map(([pid, channel]) => [pid, { channel, ran: pid === 812 && ran }]),
  ),
})
const reader = (more: Partial<ProcessStat> = {}) => processOf({ pid: 813, name: 'gzip', cpuPercent: 0, ...more })
const closed = (nextProbeSeconds: number | undefined, more = {}, holder = 812, sockets = 2) => ({
  ...waiting('wait_woken'),
  sockets: socketsOf({
    listeners: [listenerOf({ inode: 48_190 })],
    stuck: [
      {
        held: 'unwanted',
        state: 'ESTABLISHED',
        localPort: 0,
        peer: '10.0.0.7:7001',
        count: 1,
        bytes: 2_560_000,
        inode: 48_191,
        nextProbeSeconds,
        ...more,
      },
    ],
  }),
  'open-files': filesOf({
    ...opened({ sockets }),
    holders: new Map([
      [48_190, 812],
      [48_191, holder],
      [48_192, 812],
    ]),
  }),
})

describeCheck(blockedWriter, [
  {
    when: 'a service whose log collector, in another process group, does not read',
    seen: waiting('anon_pipe_write', { others: [reader({ processGroup: 813, cpuPercent: 40 })] }),
    then: {
      state: 'warning',
      title: /^orders-api \(812\) waits for somebody to read the pipe that it writes to$/,
      because: /stood in anon_pipe_write \(a pipe\) .* Neither its parent nor/,
      subject: { pid: 812 },
    },
  },
  {
    when: 'a kernel before 6.15',
    seen: waiting('pipe_write'),
    then: { state: 'warning', title: /waits for somebody to read the pipe/ },
  },
  {
    when: 'a child whose parent waits for its end and does not read its output',
    seen: waiting('anon_pipe_write', {
      process: { ppid: 700 },
      others: [processOf({ pid: 700, name: 'scheduler', processGroup: 700 })],
      channels: [[700, 'do_wait']],
    }),
    then: {
      state: 'warning',
      title: /orders-api \(812\) waits/,
      because: /The reader may be scheduler \(700\), which waits in do_wait \(a child process\)\.$/,
    },
  },
  {
    when: 'the rest of its pipeline stands',
    seen: waiting('pipe_write', { others: [reader({ cpuPercent: 1.9 })] }),
    then: { state: 'warning', title: /orders-api/, because: /The reader may be gzip \(813\)\.$/ },
  },
  {
    when: 'the rest of its pipeline works',
    seen: waiting('pipe_write', { others: [reader({ cpuPercent: 2.1 })] }),
    then: { state: 'ok', why: /no process waits/ },
  },
  {
    when: 'a slow reader (tar | ssh over a thin line, pv -L): it has written in the window, and waits again',
    seen: waiting('anon_pipe_write', { ran: true, others: [reader({ cpuPercent: 1 })] }),
    then: { state: 'ok', why: /no process waits/ },
  },
  {
    when: 'a kernel that does not count how often a thread runs',
    seen: waiting('anon_pipe_write', { ran: undefined, others: [reader({ cpuPercent: 1 })] }),
    then: { state: 'warning', title: /orders-api \(812\) waits for somebody/ },
  },
  ...['unix_wait_for_peer', 'sock_alloc_send_pskb'].map((channel) => ({
    when: `a Unix socket whose reader is slow (${channel})`,
    seen: waiting(channel, { ran: true }),
    then: { state: 'ok' as const, why: /no process waits/ },
  })),
  {
    when: 'several workers on one pipe, one of which works',
    seen: waiting('pipe_write', {
      others: [processOf({ pid: 813, cpuPercent: 0 }), processOf({ pid: 814, cpuPercent: 90 })],
      channels: [[813, 'pipe_write']],
    }),
    then: { state: 'warning', title: /^orders-api \(812\) and 1 other process \(orders-api\) wait for/, findings: 1 },
  },
  {
    when: 'a pager before a terminal',
    seen: waiting('pipe_write', { process: { terminal: true } }),
    then: { state: 'ok', why: /no process/ },
  },
  {
    when: 'a command over ssh: whoever takes its output is slow',
    seen: waiting('sock_alloc_send_pskb', {
      process: { ppid: 700 },
      others: [processOf({ pid: 700, name: 'bash', ppid: 699 }), processOf({ pid: 699, name: 'sshd-session' })],
    }),
    then: { state: 'ok', why: /no process/ },
  },
  {
    when: 'the first process of a container is an sshd, under which all orphans are',
    seen: waiting('pipe_write', { others: [processOf({ pid: 1, ppid: 0, name: 'sshd', processGroup: 1 })] }),
    then: { state: 'warning', title: /orders-api/ },
  },
  {
    when: 'a reader that takes a pause now and then',
    seen: waiting('pipe_write', { again: 'ep_poll' }),
    then: { state: 'ok', why: /no process/ },
  },
  {
    when: 'before 5.5 the name does not tell which way',
    seen: waiting('pipe_wait'),
    then: { state: 'ok', why: /no process/ },
  },
  ...['pipe_read', 'anon_pipe_read', 'ep_poll', 'inet_csk_accept', 'hrtimer_nanosleep', 'unix_stream_read_generic'].map(
    (idle) => ({
      when: `idle in ${idle}`,
      seen: waiting(idle),
      then: { state: 'ok' as const, why: /no process waits from one sample to the next/ },
    }),
  ),
  {
    when: 'one that is stopped meanwhile',
    seen: waiting('pipe_write', { process: { state: 'T' } }),
    then: { state: 'ok', why: /no process/ },
  },
  {
    when: 'cron jobs at /dev/log that nobody reads, as in https://github.com/syslog-ng/syslog-ng/issues/1247',
    seen: waiting('unix_wait_for_peer', {
      others: [
        processOf({ pid: 900, name: 'cron', ageSeconds: 60 }),
        processOf({ pid: 901, name: 'cron', ageSeconds: 50 }),
      ],
      channels: [
        [900, 'unix_wait_for_peer'],
        [901, 'sock_alloc_send_pskb'],
      ],
    }),
    then: {
      state: 'warning',
      title:
        /^orders-api \(812\) and 2 other processes \(cron\) wait for the program behind a Unix socket, which does not read or accept$/,
      because: /\/dev\/log/,
      findings: 1,
    },
  },
  {
    when: 'a peer that has read nothing for 1.1 s',
    seen: closed(1.05),
    then: {
      state: 'warning',
      title: /^orders-api \(812\) waits for 10\.0\.0\.7:7001, which takes nothing$/,
      because: /wait_woken .* 2\.4 MiB wait to be taken; .* closed its window for 1 s at least/,
      subject: { pid: 812, peer: '10.0.0.7:7001' },
    },
  },
  {
    when: 'one that has another connection too, for which it may wait as well',
    seen: closed(3, {}, 812, 3),
    then: {
      state: 'warning',
      title: /^orders-api \(812\) waits for one of its connections; 10\.0\.0\.7:7001 takes nothing$/,
      because: /2\.4 MiB wait to be taken .* 3 s at least\. It has 2 connections .*: whether it waits to send there or/,
    },
  },
  {
    when: 'two of its connections are closed',
    seen: {
      ...closed(3, {}, 812, 8),
      sockets: socketsOf({
        stuck: [
          stuckGroup({ held: 'unwanted', localPort: 0, peer: '10.0.0.7:7001', inode: 48_191, nextProbeSeconds: 3 }),
          stuckGroup({ held: 'unwanted', localPort: 8443, inode: 48_192, nextProbeSeconds: 7 }),
        ],
      }),
    },
    then: {
      state: 'warning',
      title: /waits for one of its connections; 10\.0\.0\.7:7001 and a client on its port 8443 take nothing$/,
      because: /17\.6 KiB wait .* for 7 s at least\. It has 8 connections/,
    },
  },
  {
    when: 'nobody counted its sockets',
    seen: { ...closed(3), 'open-files': filesOf({ holders: new Map([[48_191, 812]]) }) },
    then: { state: 'warning', title: /waits for one of its connections/, because: /It has an unknown number of conn/ },
  },
  {
    when: 'a client that came in',
    seen: closed(3, { localPort: 8443, peer: undefined }),
    then: {
      state: 'warning',
      title: /waits for a client on its port 8443, which takes nothing/,
      subject: { peer: 'port 8443' },
    },
  },
  {
    when: 'a closed connection of a process that has served others in the window',
    seen: { ...closed(3), ...waiting('wait_woken', { ran: true }) },
    then: { state: 'ok', why: /no process/ },
  },
  { when: 'a peer that reads slowly', seen: closed(0.95), then: { state: 'ok', why: /no process/ } },
  { when: 'the connection of another process', seen: closed(3, {}, 813), then: { state: 'ok', why: /no process/ } },
  {
    when: 'what the peer has got and not confirmed',
    seen: closed(3, { held: 'unanswered' }),
    then: { state: 'ok', why: /no process/ },
  },
  {
    when: 'no such connection: it waits for a request',
    seen: waiting('wait_woken'),
    then: { state: 'ok', why: /no process/ },
  },
  {
    when: 'those of others cannot be seen',
    seen: { ...waiting('ep_poll'), 'open-files': filesOf({ unreadable: 3 }) },
    then: { state: 'unknown', why: /in what 3 processes wait could not be seen/ },
  },
])
