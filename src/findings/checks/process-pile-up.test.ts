import { describeCheck } from '../../../test/checks/examples.ts'
import { processOf, table } from '../../../test/checks/quiet-box.ts'
import { processPileUp } from './process-pile-up.ts'

const pile = (copies: number, { starter = 'cron', apart = 60, commands = 1 } = {}) => {
  const jobs = Array.from({ length: copies }, (_, at) =>
    processOf({ pid: 900 + at, ppid: 500, name: 'report', ageSeconds: 30 + at * apart }),
  )
  return {
    'process-stat': table([processOf({ pid: 500, name: starter }), ...jobs]),
    'process-command': new Map(jobs.map(({ pid }) => [pid, `/usr/bin/report --daily ${pid % commands}`])),
    'process-wait': new Map(jobs.map(({ pid }) => [pid, 'rpc_wait_bit_killable'])),
  }
}
// Copies of one script, started at one moment; the first ones wait in a child of theirs.
const scripts = (copies: number, locked: number, starter = 'cron') => {
  const jobs = Array.from({ length: copies }, (_, at) =>
    processOf({ pid: 900 + at, ppid: 500, name: 'sh', ageSeconds: 5 }),
  )
  const takers = jobs.slice(0, locked).map(({ pid }) => processOf({ pid: pid + 100, ppid: pid, name: 'flock' }))
  return {
    'process-stat': table([processOf({ pid: 500, name: starter }), ...jobs, ...takers]),
    'process-command': new Map([
      ...jobs.map(({ pid }): [number, string] => [pid, '/bin/sh /opt/jobs/sync.sh']),
      ...takers.map(({ pid }): [number, string] => [pid, 'flock 9']),
    ]),
    'process-wait': new Map(takers.map(({ pid }) => [pid, 'locks_lock_inode_wait'])),
  }
}
/** Children of a program of the same name that forked itself, so many seconds apart; the youngest half of that old, unless it is said otherwise. */
const forked = (
  count: number,
  {
    apart = 1,
    youngest = apart / 2,
    late = 0,
    cpuPercent = 0,
  }: { readonly apart?: number; readonly youngest?: number; readonly late?: number; readonly cpuPercent?: number } = {},
) => {
  const jobs = Array.from({ length: count }, (_, at) =>
    processOf({
      pid: 900 + at,
      ppid: 500,
      name: 'dispatcher',
      cpuPercent: at === 3 ? cpuPercent : 0,
      // The oldest are moved away from the others.
      ageSeconds: youngest + at * apart + (at >= count / 2 ? late : 0),
    }),
  )
  const all = [processOf({ pid: 500, name: 'dispatcher', ageSeconds: 9_000 }), ...jobs]
  return {
    'process-stat': table(all),
    'process-command': new Map(all.map(({ pid }) => [pid, '/opt/dispatcher --queue orders'])),
  }
}
describeCheck(processPileUp, [
  {
    when: 'a program that starts one more child every second, of which none does anything nor ends',
    seen: forked(40),
    then: {
      state: 'warning',
      title: /^dispatcher \(500\) starts one more dispatcher every 1\.0 s, and none ends: there are 40$/,
      because: /^The oldest was started 40 s ago, .* forgets what it has started\.$/,
      subject: { pid: 500 },
    },
  },
  { when: '39 children', seen: forked(39), then: { state: 'ok', why: /no scheduled command/ } },
  { when: '40 children in 21 s', seen: forked(40, { apart: 0.54 }), then: { state: 'warning', title: /every 0\.5 s/ } },
  { when: '40 workers in 19 s: a pool', seen: forked(40, { apart: 0.49 }), then: { state: 'ok', why: /no scheduled/ } },
  {
    when: 'a pool of 60 that was filled, one a second, and is full',
    seen: forked(60, { youngest: 1.9 }),
    then: { state: 'ok', why: /no scheduled/ },
  },
  { when: 'the next one is due', seen: forked(60, { youngest: 1.7 }), then: { state: 'warning', title: /are 60/ } },
  {
    when: 'one of them has ended, or they come at random',
    seen: forked(60, { late: 1 }),
    then: { state: 'ok', why: /no scheduled/ },
  },
  { when: 'one of them works', seen: forked(60, { cpuPercent: 1.05 }), then: { state: 'ok', why: /no scheduled/ } },
  { when: 'none works', seen: forked(60, { cpuPercent: 0.95 }), then: { state: 'warning', title: /there are 60/ } },
  {
    when: '50 copies',
    seen: pile(50),
    then: {
      state: 'critical',
      title: /50 copies of \/usr\/bin\/report --daily 0 run at once/,
      subject: { name: 'report' },
    },
  },
  { when: '49 copies', seen: pile(49), then: { state: 'warning', title: /49 copies/ } },
  { when: '10 copies', seen: pile(10), then: { state: 'warning', title: /10 copies/ } },
  { when: '9 copies', seen: pile(9), then: { state: 'ok', why: /at most 9 copies/ } },
  {
    when: 'copies started over 2.1 s',
    seen: pile(11, { apart: 0.21 }),
    then: { state: 'warning', title: /11 copies/ },
  },
  {
    when: 'copies started over 1.9 s',
    seen: pile(11, { apart: 0.19 }),
    then: { state: 'ok', why: /at most 11 copies/ },
  },
  {
    when: 'a pool of a manager',
    seen: pile(40, { starter: 'supervisord' }),
    then: { state: 'ok', why: /no scheduled command/ },
  },
  {
    when: 'a pool that forked itself',
    seen: pile(40, { starter: 'report' }),
    then: { state: 'ok', why: /no scheduled/ },
  },
  {
    when: 'different commands, which do not wait for a lock',
    seen: pile(40, { commands: 20 }),
    then: { state: 'ok', why: /at most 2 copies/ },
  },
  ...[
    { copies: 10, locked: 10, burns: true },
    { copies: 40, locked: 21, burns: true },
    { copies: 40, locked: 19, burns: false },
  ].map(({ copies, locked, burns }) => ({
    when: `${copies} copies of a script that were started together, ${locked} of which wait for a lock in flock(1)`,
    seen: scripts(copies, locked),
    then: burns
      ? {
          state: 'warning' as const,
          title: /copies of \/bin\/sh \/opt\/jobs\/sync\.sh run at once/,
          because: new RegExp(`${locked} of them wait for a lock`),
        }
      : { state: 'ok' as const, why: /at most 40 copies/ },
  })),
  {
    when: 'a pile of which one copy does not wait',
    seen: scripts(18, 17),
    then: {
      state: 'warning',
      title: /18 copies/,
      because: /17 of them wait for a lock on a file; 917 does not, and may hold it/,
    },
  },
  ...[
    { parent: 'sh -c /bin/sh /opt/jobs/sync.sh', burns: true },
    { parent: '/bin/sh /opt/jobs/sync.sh', burns: false },
  ].map(({ parent, burns }) => ({
    when: `copies below a shell of the same name (${parent})`,
    seen: {
      ...scripts(12, 11, 'sh'),
      'process-command': new Map([...scripts(12, 11)['process-command'], [500, parent]]),
    },
    then: burns
      ? { state: 'warning' as const, title: /12 copies/ }
      : { state: 'ok' as const, why: /no scheduled command/ },
  })),
  {
    when: 'shells that run no script',
    seen: { ...scripts(18, 17), 'process-command': new Map([[900, 'sh']]) },
    then: { state: 'ok', why: /no scheduled command/ },
  },
])
