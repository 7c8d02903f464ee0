import { describeCheck } from '../../../test/checks/examples.ts'
import { filesOf, opened, ownerOf, processOf, table } from '../../../test/checks/quiet-box.ts'
import { stoppedProcess } from './stopped-process.ts'

const stopped = (more: object) => ({ 'process-stat': table([processOf({ state: 'T', ...more })]) })
const withSockets = (sockets: number) => ({ ...stopped({}), 'open-files': filesOf(opened({ sockets })) })
describeCheck(stoppedProcess, [
  {
    when: 'a stopped service',
    seen: stopped({}),
    then: { state: 'critical', title: /orders-api \(812\) is stopped/, subject: { pid: 812 } },
  },
  {
    when: 'one held by a tracer',
    seen: stopped({ state: 't' }),
    then: { state: 'critical', title: /held by a debugger or tracer/ },
  },
  {
    when: 'one whose tracer is known',
    seen: {
      'process-stat': table([processOf({ state: 't' }), processOf({ pid: 913, name: 'gdb' })]),
      'process-status': new Map([[812, { ...ownerOf(0), tracer: 913 }]]),
      'process-command': new Map([[913, 'gdb -p 812']]),
    },
    then: {
      state: 'critical',
      title: /orders-api \(812\) is held by gdb \(913\), which traces it/,
      because: /The tracer is gdb -p 812/,
      subject: { pid: 812 },
    },
  },
  {
    when: 'one that nobody is connected to',
    seen: withSockets(0),
    then: { state: 'warning', title: /is stopped/ },
  },
  {
    when: 'one with a socket',
    seen: withSockets(1),
    then: { state: 'critical', title: /is stopped/ },
  },
  {
    when: 'a service of systemd that has no socket',
    seen: {
      ...withSockets(0),
      'process-cgroup': new Map([[812, { path: '/', unit: 'spool.service', container: undefined }]]),
    },
    then: { state: 'critical', title: /spool\.service\) is stopped/ },
  },
  { when: 'one of 1.05 s', seen: stopped({ ageSeconds: 1.05 }), then: { state: 'critical', title: /is stopped/ } },
  { when: 'one of 0.95 s', seen: stopped({ ageSeconds: 0.95 }), then: { state: 'ok', why: /0 stopped/ } },
  {
    when: 'an editor that somebody suspended at a terminal',
    seen: stopped({ terminal: true }),
    then: { state: 'ok', why: /0 stopped/ },
  },
])
