import { describeCheck } from '../../../test/checks/examples.ts'
import { countersOf, filesOf, socketsOf, table } from '../../../test/checks/quiet-box.ts'
import { udpReceiveErrors } from './udp-receive-errors.ts'

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
