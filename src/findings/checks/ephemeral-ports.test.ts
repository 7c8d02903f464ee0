import { describeCheck } from '../../../test/checks/examples.ts'
import { socketsOf } from '../../../test/checks/quiet-box.ts'
import { ephemeralPorts } from './ephemeral-ports.ts'

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
  { when: 'half of them', seen: taken(505), then: { state: 'warning', title: /505/ } },
  { when: 'a little less', seen: taken(495), then: { state: 'ok', why: /495 of 1000/ } },
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
    when: 'all of the range, towards two ports of one peer',
    seen: {
      sockets: socketsOf({
        ephemeralPorts: { low: 40_001, high: 41_000 },
        portsByPeer: [
          { peer: '10.0.0.7:5432', ports: 490 },
          { peer: '10.0.0.7:6379', ports: 490 },
        ],
      }),
    },
    then: { state: 'ok', why: /490 of 1000 local ports are in use towards 10\.0\.0\.7:5432/ },
  },
  {
    when: 'an unknown range',
    seen: { sockets: socketsOf({ ephemeralPorts: undefined }) },
    then: { state: 'unknown', why: /ip_local_port_range/ },
  },
])
