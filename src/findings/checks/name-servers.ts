import { check, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'

export const nameServers = check({
  id: 'name-servers',
  title: 'The name servers do not answer',
  resource: 'dns',
  about:
    'Each new connection by name begins with a question to the name servers of /etc/resolv.conf. When the first of them is dead, every question takes five seconds until the next one is asked; when all are, nothing that is named is reached, and programs hang in places that look like anything but DNS. ' +
    'The look asks for a name that cannot exist; any answer will do. A server on which nobody listens refuses at once, which a program that asks cannot tell from "no such name": messages that a port is not reached, which came within the window, do.',
  needs: ['resolver'],
  wants: ['network-counters'],
  limits: {
    slowMs: {
      value: 500,
      unit: 'ms',
      why: 'a resolver answers for a name of its own in a millisecond, over a continent in 100; the first of two that is dead takes 5,000',
    },
    refusals: {
      value: 1,
      unit: 'messages a second that a port is not reached, for each name server',
      why: 'each server refuses each question once at least; fewer may belong to something else, and then nothing is said',
    },
    otherRefusals: {
      value: 20,
      unit: 'messages a second that a port is not reached',
      why: 'two questions to three servers, twice, are 12: what is refused more often is something else, and hides these',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { slowMs, refusals, otherRefusals }, { box }) => {
    const { servers, answered, tookMs, listensHere } = seen.resolver
    const unreached = seen['network-counters']?.get('Icmp.InDestUnreachs')?.perSecond ?? 0
    const [first] = servers
    if (first === undefined) return verdict([], 'no name server is configured')
    if (answered === undefined || tookMs === undefined) return unknown('no question was asked')
    if (!answered && tookMs < slowMs) return unknown('the question was ended before its time')
    const deaf = LOOPBACK.test(first) && !listensHere
    const prompt = answered && tookMs < slowMs && !deaf
    if (prompt && unreached === 0) return verdict([], `the name servers answer within ${Math.max(10, tookMs)} ms`)
    if (prompt && (unreached < refusals * servers.length || unreached >= otherRefusals))
      return unknown(
        'a question came back at once, and so did messages that a port is not reached: it may have been refused',
      )
    const names = servers.slice(0, 3).join(', ')
    return verdict(
      [
        {
          state: 'warning',
          severity: answered && !deaf ? 0.5 : 1,
          title: prompt
            ? `The name servers refuse what they are asked (${names})`
            : deaf
              ? `Nothing on this box listens on port 53, where /etc/resolv.conf sends all questions (${names})`
              : answered
                ? `The name servers take ${tookMs} ms to answer (${names})`
                : `No name server answers within ${tookMs} ms, slow or dead (${names})`,
          why: prompt
            ? `A question came back at once, and within the same second ${unreached.toFixed(0)} messages that nobody listens on the port that was asked. Every connection by name fails, at once.`
            : `Every connection by name waits for it, often five seconds for each server that is asked in vain.${
                answered || deaf
                  ? ''
                  : ` The look waits no longer, so whether ${LOOPBACK.test(first) ? 'it is slow or stuck (something does listen on port 53 of this box)' : 'it is slow or dead'} the next command tells: an answer after seconds is a slow one.`
              }`,
          subject: { kind: 'box', name: box, peer: `${first}:53` },
          measured: [
            {
              what: 'time until a question was answered, or given up',
              value: tookMs,
              unit: 'ms',
              source: '/etc/resolv.conf',
            },
            ...(prompt
              ? [
                  {
                    what: 'messages that a port is not reached',
                    value: unreached,
                    unit: 'count/s',
                    source: '/proc/net/snmp',
                  },
                ]
              : []),
          ],
          next: [
            next(box, 'cat /etc/resolv.conf; time getent ahosts look.invalid', 'ask again, and see how long it takes'),
            next(box, `ss -lunp 'sport = :53'`, 'see whether a resolver runs on the box'),
          ],
        },
      ],
      '',
    )
  },
})

const LOOPBACK = /^(?:127\.|::1$)/
