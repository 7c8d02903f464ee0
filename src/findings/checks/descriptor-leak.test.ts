import { describeCheck } from '../../../test/checks/examples.ts'
import { filesOf, processOf, table } from '../../../test/checks/quiet-box.ts'
import type { OpenFiles } from '../../evidence/probes/open-files.ts'
import type { ProcessStat } from '../../evidence/probes/process-stat.ts'
import { descriptorLeak } from './descriptor-leak.ts'

/** 40 more within a second of one that is past its start, unless it is said otherwise. */
const growing = ({
  open = 600,
  gained = 40,
  limit = 1_400,
  sockets = 0,
  process = {},
  files = {},
}: {
  readonly open?: number
  readonly gained?: number
  readonly limit?: number | undefined
  readonly sockets?: number
  readonly process?: Partial<ProcessStat>
  readonly files?: Partial<OpenFiles>
} = {}) => ({
  'open-files': filesOf({
    atSeconds: 1_000,
    byPid: new Map([
      [812, { open: open - gained, sockets, softLimit: limit, mostly: undefined, inotify: 0, threadsLimit: undefined }],
    ]),
    ...files,
  }),
  'open-files-again': { byPid: new Map([[812, { open, atSeconds: 1_001 }]]) },
  'process-stat': table([processOf({ ageSeconds: Math.max(70, open / 40), cpuPercent: 1, ...process })]),
})
const connections = { pid: 812, state: 'CLOSE_WAIT', localPort: 0, peer: '10.0.0.7:5432', count: 480 }

describeCheck(descriptorLeak, [
  {
    when: '40 more a second, less than half of the limit used, half a minute left',
    seen: growing(),
    then: {
      state: 'critical',
      title:
        /^orders-api \(812\) opens 40 descriptors a second more than it closes: it holds 600 of 1400, and is at the limit in 20 s$/,
      because:
        /^Over all its 1 min 10 s it has gained 9 a second; at the limit accept\(\) and open\(\) fail with EMFILE\. 560 of them are no sockets/,
      subject: { pid: 812 },
    },
  },
  {
    when: 'connections, with the peer',
    seen: growing({ sockets: 500, files: { sockets: [connections] } }),
    then: {
      state: 'critical',
      title: /opens 40 descriptors/,
      because: /500 of them are sockets, 480 of these CLOSE_WAIT to 10\.0\.0\.7:5432/,
      subject: { peer: '10.0.0.7:5432' },
    },
  },
  {
    when: 'connections that came in from many',
    seen: growing({ sockets: 500 }),
    then: { state: 'critical', title: /opens 40/, because: /500 of them are sockets\.$/ },
  },
  {
    when: 'two minutes and a little to the limit',
    seen: growing({ open: 4_000, limit: 4_000 + 40 * 125 }),
    then: { state: 'warning', title: /at the limit in 2 min 5 s/ },
  },
  {
    when: 'a little less',
    seen: growing({ open: 4_000, limit: 4_000 + 40 * 115 }),
    then: { state: 'critical', title: /1 min 55 s/ },
  },
  {
    when: 'a third of the limit used',
    seen: growing({ limit: 1_580 }),
    then: { state: 'warning', title: /holds 600 of 1580/ },
  },
  {
    when: 'nearly ten minutes to the limit',
    seen: growing({ limit: 600 + 40 * 590 }),
    then: { state: 'warning', title: /in 9 min 50 s/ },
  },
  {
    when: 'more than ten minutes to the limit',
    seen: growing({ limit: 600 + 40 * 615 }),
    then: { state: 'ok', why: /orders-api \(812\) gains most: 40 a second/ },
  },
  {
    when: '10 more a second',
    seen: growing({ gained: 10 }),
    then: { state: 'critical', title: /opens 10 descriptors/ },
  },
  {
    when: '9 more',
    seen: growing({ gained: 9 }),
    then: { state: 'ok', why: /9 a second/ },
  },
  {
    when: 'a server of many hours that a burst of clients has hit',
    seen: growing({ process: { ageSeconds: 30_000 } }),
    then: { state: 'ok', why: /gains most: 40 a second/ },
  },
  {
    when: 'a fifth of the present pace over its life',
    seen: growing({ process: { ageSeconds: 600 / (0.205 * 40) } }),
    then: { state: 'critical', title: /opens 40/, because: /it has gained 8 a second/ },
  },
  {
    when: 'less than a fifth',
    seen: growing({ process: { ageSeconds: 600 / (0.19 * 40) } }),
    then: { state: 'ok', why: /40 a second/ },
  },
  {
    when: 'a third of the pace of its life: clients that came back after a restart are nearly all here',
    seen: growing({ process: { ageSeconds: 600 / (40 / 0.29) } }),
    then: { state: 'ok', why: /40 a second/ },
  },
  {
    when: 'a little more than that',
    seen: growing({ process: { ageSeconds: 600 / (40 / 0.31) } }),
    then: { state: 'warning', title: /opens 40/ },
  },
  {
    when: 'a program that has just been started',
    seen: growing({ open: 210, limit: 512, process: { ageSeconds: 2.9 } }),
    then: { state: 'ok', why: /40 a second/ },
  },
  {
    when: 'the same a moment later',
    seen: growing({ open: 210, limit: 512, process: { ageSeconds: 3.1 } }),
    then: { state: 'warning', title: /holds 210 of 512/ },
  },
  {
    when: 'a server that was started and whose first clients come',
    seen: growing({ open: 190, limit: 512, process: { ageSeconds: 5 } }),
    then: { state: 'ok', why: /40 a second/ },
  },
  {
    when: 'clients that come back after a restart, 50 a second',
    seen: growing({ open: 500, gained: 50, limit: 1_024, process: { ageSeconds: 10 } }),
    then: {
      state: 'warning',
      title: /it holds 500 of 1024, and is at the limit in 10 s/,
      because: /EMFILE\. It has just been started: what comes back then \(clients, caches\) stops by itself/,
    },
  },
  { when: '59 s old', seen: growing({ process: { ageSeconds: 59 } }), then: { state: 'warning', title: /600 of/ } },
  { when: '61 s old', seen: growing({ process: { ageSeconds: 61 } }), then: { state: 'critical', title: /600 of/ } },
  {
    when: 'a service that starts, and works for it',
    seen: growing({ open: 2_320, limit: 8_192, process: { ageSeconds: 58, cpuPercent: 52 } }),
    then: { state: 'ok', why: /40 a second/ },
  },
  {
    when: 'it works less',
    seen: growing({ open: 2_320, limit: 8_192, process: { ageSeconds: 58, cpuPercent: 48 } }),
    then: { state: 'warning', title: /holds 2320/ },
  },
  {
    when: 'it is too old for a start',
    seen: growing({ open: 2_480, limit: 8_192, process: { ageSeconds: 62, cpuPercent: 90 } }),
    then: { state: 'warning', title: /holds 2480/ },
  },
  {
    when: 'a server whose count goes down',
    seen: growing({ gained: -25 }),
    then: { state: 'ok', why: /gains most: 0 a second/ },
  },
  {
    when: 'another process has got the number since',
    seen: growing({ process: { ageSeconds: 0.5 } }),
    then: { state: 'ok', why: /no process holds many/ },
  },
  { when: 'no limit', seen: { ...growing(), ...noLimit() }, then: { state: 'ok', why: /40 a second/ } },
  {
    when: 'one with so many that a kernel before 6.2 does not tell how many',
    seen: { ...growing({ open: 5_000, limit: 65_536 }), 'open-files-again': { byPid: new Map() } },
    then: { state: 'unknown', why: /orders-api \(812\) holds 4960 descriptors, and how many it gains was not counted/ },
  },
  {
    when: 'it has ended meanwhile',
    seen: {
      ...growing({ open: 5_000, limit: 65_536 }),
      'open-files-again': { byPid: new Map() },
      'process-stat': table([processOf({ pid: 1 })]),
    },
    then: { state: 'ok', why: /no process holds many/ },
  },
  {
    when: 'those of others cannot be listed',
    seen: growing({ gained: 0, files: { unreadable: 3 } }),
    then: { state: 'unknown', why: /could not be counted/ },
  },
])

function noLimit() {
  const count = { open: 560, sockets: 0, softLimit: undefined, mostly: undefined, inotify: 0, threadsLimit: undefined }
  return { 'open-files': filesOf({ byPid: new Map([[812, count]]) }) }
}
