import { check, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'

export const nameServers = check({
  id: 'name-servers',
  title: 'The name servers do not answer',
  resource: 'dns',
  about:
    'Each new connection by name begins with a question to the name servers of /etc/resolv.conf. When the first of them is dead, every question takes five seconds until the next one is asked; when all are, nothing that is named is reached, and programs hang in places that look like anything but DNS. ' +
    'The look asks for a name that cannot exist; any answer will do.',
  needs: ['resolver'],
  limits: {
    slowMs: {
      value: 500,
      unit: 'ms',
      why: 'a resolver answers for a name of its own in a millisecond, over a continent in 100; the first of two that is dead takes 5,000',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ resolver: { servers, answered, tookMs, listensHere } }, { slowMs }, { box }) => {
    const [first] = servers
    if (first === undefined) return verdict([], 'no name server is configured')
    if (answered === undefined || tookMs === undefined) return unknown('no question was asked')
    if (!answered && tookMs < slowMs) return unknown('the question was ended before its time')
    const deaf = LOOPBACK.test(first) && !listensHere
    if (answered && tookMs < slowMs && !deaf)
      return verdict([], `the name servers answer within ${Math.max(10, tookMs)} ms`)
    const names = servers.slice(0, 3).join(', ')
    return verdict(
      [
        {
          state: 'warning',
          severity: answered && !deaf ? 0.5 : 1,
          title: deaf
            ? `Nothing on this box listens on port 53, where /etc/resolv.conf sends all questions (${names})`
            : answered
              ? `The name servers take ${tookMs} ms to answer (${names})`
              : `No name server answers within ${tookMs} ms, slow or dead (${names})`,
          why: `Every connection by name waits for it, often five seconds for each server that is asked in vain.${
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
