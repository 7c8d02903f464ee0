import { check, verdict } from '../check.ts'
import { next } from '../next.ts'
import { processSubject } from '../subject.ts'

/** Of the title that sshd gives itself (since OpenSSH 8.2, server_accept_loop in sshd.c): `… [listener] 13 of 10-100 startups`; ps and others cut its end. */
const STARTUPS = /\[listener\] (\d+) of (\d+)-(\d+) s/

export const loginQueue = check({
  id: 'login-queue',
  title: 'sshd turns logins away',
  resource: 'network',
  about:
    'sshd serves few connections that have not logged in yet (MaxStartups, sshd_config(5): 10:30:100): from the first number on it drops new ones at random, at the last one all. A scan, a bad network on which logins never end, or a slow PAM module fills them, and then those who want to help are locked out too.',
  needs: ['process-command'],
  wants: ['process-stat', 'process-cgroup'],
  limits: {
    beginPercent: {
      value: 100,
      unit: '% of the first number of MaxStartups',
      why: 'from here on each new connection may be dropped',
    },
    fullPercent: {
      value: 60,
      unit: '% of its last number',
      why: 'the chance grows in a straight line to certainty: here most logins fail already',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { beginPercent, fullPercent }, { box }) => {
    const queues = [...seen['process-command']].flatMap(([pid, command]) => {
      const [, waiting, begin, full] = command.startsWith('sshd') ? (STARTUPS.exec(command) ?? []) : []
      return waiting === undefined ? [] : [{ pid, waiting: Number(waiting), begin: Number(begin), full: Number(full) }]
    })
    const worst = queues.toSorted((a, b) => b.waiting / b.begin - a.waiting / a.begin)[0]
    if (!worst) return verdict([], 'no sshd tells how many logins are under way')
    const { pid, waiting, begin, full } = worst
    const words = `${waiting} connections to sshd have not logged in; from ${begin} on it drops new ones`
    if (waiting * 100 < beginPercent * begin) return verdict([], words)
    const critical = waiting * 100 >= fullPercent * full
    return verdict(
      [
        {
          state: critical ? 'critical' : 'warning',
          severity: Math.min(1, waiting / full),
          title: `sshd (${pid}) turns logins away: ${waiting} connections have not logged in, from ${begin} on it drops new ones at random`,
          why: `At ${full} it drops all (MaxStartups). A login that never ends holds its place for LoginGraceTime, two minutes unless set. Keep this connection.`,
          subject: processSubject(pid, seen),
          measured: [
            {
              what: 'connections that have not logged in',
              value: waiting,
              limit: begin,
              unit: 'count',
              source: `/proc/${pid}/cmdline`,
            },
          ],
          next: [next(box, "ss -tn state established '( sport = :22 )'", 'see from where they come')],
        },
      ],
      words,
    )
  },
})
