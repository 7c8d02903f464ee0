import type { Resolver } from '../../evidence/probes/resolver.ts'
import { describeCheck } from '../../../test/checks/examples.ts'
import { countersOf } from '../../../test/checks/quiet-box.ts'
import { nameServers } from './name-servers.ts'

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
    when: 'a question that all servers refuse',
    seen: { ...asked(0), 'network-counters': countersOf({ 'Icmp.InDestUnreachs': 4 }) },
    then: {
      state: 'warning',
      title: /refuse what they are asked \(10\.0\.0\.2, 10\.0\.0\.3\)/,
      because: /4 messages that nobody/,
    },
  },
  {
    when: 'as many refusals as there are servers',
    seen: { ...asked(0), 'network-counters': countersOf({ 'Icmp.InDestUnreachs': 2.1 }) },
    then: { state: 'warning', title: /refuse/ },
  },
  {
    when: 'fewer refusals than servers',
    seen: { ...asked(0), 'network-counters': countersOf({ 'Icmp.InDestUnreachs': 1.9 }) },
    then: { state: 'unknown', why: /may have been refused/ },
  },
  {
    when: 'fewer refusals than something else on the box has',
    seen: { ...asked(0), 'network-counters': countersOf({ 'Icmp.InDestUnreachs': 19 }) },
    then: { state: 'warning', title: /refuse/ },
  },
  {
    when: 'something else that is refused all the time',
    seen: { ...asked(0), 'network-counters': countersOf({ 'Icmp.InDestUnreachs': 21 }) },
    then: { state: 'unknown', why: /may have been refused/ },
  },
  {
    when: 'no name server',
    seen: { resolver: { servers: [], answered: undefined, tookMs: undefined, listensHere: false } },
    then: { state: 'ok', why: /no name server is configured/ },
  },
])
