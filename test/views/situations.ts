import { situationOf } from '../../src/incidents/situation.ts'
import type { SituationView } from '../../src/views/situation-terminal.ts'
import { chained, look, opened, ran, short, STARTED_MS, type Short } from '../incidents/entries.ts'

const START = { hostname: 'web-1', machineId: '5f2c', bootId: '0b7a' }

/** A night in which two people look for a leak: what the one who takes over at 4 a.m. finds. */
const NIGHT: readonly Short[] = [
  short('opened', {
    title: 'checkout returns 500s',
    boxes: ['web-1', 'web-2'],
    service: 'orders-api',
    since: '2026-11-25T13:40:00.000Z',
  }),
  look([{ title: 'fd-exhaustion orders-api (90) holds 1016 of its 1024 file descriptors', score: 93 }], {
    identity: START,
    state: 'critical',
    minute: 1,
  }),
  look([], { box: 'web-2', minute: 1 }),
  short('noted', { text: 'affected: card payments in the EU, since the deployment at 13:38' }, { minute: 4 }),
  short('supposed', { hypothesis: 1, text: 'the database is slow' }, { minute: 6 }),
  ran("psql -c 'select * from pg_stat_activity'", { box: 'db-1', minute: 9 }),
  look([], { box: 'db-1', minute: 10 }),
  short(
    'ruled-out',
    { hypothesis: 1, why: 'p99 of the database is 3 ms, 12 of 100 connections are used', by: [6, 7] },
    { minute: 11 },
  ),
  short(
    'supposed',
    { hypothesis: 2, text: 'the client of the payment service does not close its sockets' },
    { minute: 14 },
  ),
  ran('ls /proc/90/fd | wc -l', { minute: 15 }),
  ran('journalctl -u orders-api --since 13:00', { minute: 17, exit: 1 }),
  ran('tcpdump -i any -w /tmp/payments.pcap port 8443', { state: 'running', exit: undefined, job: 'j-3', minute: 22 }),
  short('relieved', { what: 'restarted orders-api.service', price: 'change' }, { box: 'web-1', minute: 25 }),
  short(
    'changed',
    {
      what: 'idle timeout of the payment client 0 -> 30 s in /etc/orders/client.yaml',
      price: 'change',
      debt: true,
      running: true,
      undo: 'cp client.yaml.before client.yaml',
    },
    { box: 'web-1', minute: 31 },
  ),
  look(
    [
      {
        title: 'close-wait-leak orders-api (4112) has not closed 214 connections that its peers have closed',
        score: 88,
        next: [
          "halligan run web-1 --price free -- 'ss -tnp state close-wait | grep pid=4112, | head'",
          'halligan inspect web-1 4112',
        ],
      },
    ],
    { identity: { ...START, bootId: '77aa' }, minute: 58, by: 'alice@laptop' },
  ),
  look([], { box: 'web-2', minute: 58 }),
  short(
    'looked',
    {
      state: 'unknown',
      findings: [],
      cleared: [],
      blind: [],
      failure: { kind: 'timed-out', message: 'db-1 did not finish "look" within 12 s.', tryNext: 'x' },
    },
    { box: 'db-1', minute: 58 },
  ),
  short('handed-over', { to: 'bob', text: 'it fills up again in about 40 min, restart before' }, { minute: 59 }),
]

export function nightView(more: Partial<SituationView> = {}): SituationView {
  return viewOf(NIGHT, more)
}

/** Nothing was done yet. */
export function youngView(): SituationView {
  return viewOf([opened], { nowMs: STARTED_MS + 90_000, me: 'alice@laptop' })
}

export function closedView(): SituationView {
  const end = [
    short(
      'confirmed',
      { hypothesis: 2, why: 'with the timeout set, CLOSE_WAIT stays at 0', by: [15] },
      { by: 'bob@desk', minute: 70 },
    ),
    short(
      'ran',
      { line: 'tcpdump', state: 'ended', exit: 0, of: 12, printedBytes: 0, keptBytes: 0, shown: '' },
      { box: 'web-1', by: 'bob@desk', minute: 72 },
    ),
    short('linked', { of: 14, commit: '3f2a9c1' }, { by: 'bob@desk', minute: 75 }),
    short('undone', { of: 14, why: 'deployed' }, { by: 'bob@desk', box: 'web-1', minute: 76 }),
    short(
      'closed',
      { cause: 'the client of the payment service does not close its sockets' },
      { by: 'bob@desk', minute: 80 },
    ),
  ]
  return viewOf([...NIGHT, ...end], { nowMs: STARTED_MS + 26 * 3_600_000 })
}

/** More of everything than any screen holds. */
export function crowdedView(): SituationView {
  const many = <T>(count: number, make: (n: number) => T): readonly T[] =>
    Array.from({ length: count }, (_each, n) => make(n + 1))
  return viewOf([
    ...NIGHT,
    ...many(30, (n) => look([{ title: `leak ${n}`, next: [`halligan inspect box-${n} ${n}`] }], { box: `box-${n}` })),
    ...many(40, (n) => ran(`command ${n}`)),
    ...many(12, (n) => ran(`job ${n}`, { state: 'running', exit: undefined, job: `j-${n}` })),
    ...many(9, (n) => short('changed', { what: `hotfix ${n}`, price: 'change', debt: true }, { box: 'web-1' })),
    ...many(8, (n) => short('supposed', { hypothesis: n + 2, text: `idea ${n}` })),
    ...many(5, (n) => short('ruled-out', { hypothesis: n + 2, why: `seen ${n}`, by: [n] })),
    short('notified', { where: 'slack hooks.slack.com', ok: false, why: 'it does not answer', of: 1 }),
  ])
}

/** How much of everything an incident holds, and how long its texts are. */
export interface Fullness {
  /** Of each section. */
  readonly many: number
  /** Characters of each text. */
  readonly long: number
  /** Of a suggested command, which is never cut. */
  readonly command: number
  readonly isClosed: boolean
}

/** Every section is there: two jobs, two hotfixes, a cause, … as an ordinary late night has them. */
export function lateView(more: Partial<SituationView> = {}, fullness: Partial<Fullness> = {}): SituationView {
  const { many, long, command, isClosed } = { many: 2, long: 60, command: 60, isClosed: false, ...fullness }
  const each = <T>(make: (n: number) => T): readonly T[] => Array.from({ length: many }, (_each, n) => make(n + 1))
  const text = (of: string): string =>
    `${of} ${'and a word more '.repeat(long / 16)}`.slice(0, Math.max(long, of.length))
  const suggested = (n: number): string =>
    `halligan run web-${n} --price free -- 'grep ${n} /var/log/orders/${'x'.repeat(command)}'`
  const by = long > 400 ? `${text('alice').replaceAll(' ', '-')}@laptop` : 'alice@laptop'
  return viewOf(
    [
      short('opened', { title: text('checkout returns 500s'), boxes: ['web-1'], service: text('orders') }, { by }),
      ...each((n) =>
        look([{ title: text(`fd-exhaustion ${n}`), next: [suggested(n), `halligan inspect web-${n} 90`] }], {
          box: `web-${n}`,
          identity: { ...START, machineId: String(n) },
        }),
      ),
      ...each((n) => short('noted', { text: `affected: ${text(`customers ${n}`)}` })),
      ...each((n) => ran(text(`command ${n}`))),
      ...each((n) => ran(text(`job ${n}`), { state: 'running', exit: undefined, job: `j-${n}` })),
      ...each((n) =>
        short('changed', { what: text(`hotfix ${n}`), price: 'change', debt: true, running: true }, { box: 'web-1' }),
      ),
      ...each((n) => short('supposed', { hypothesis: n, text: text(`idea ${n}`) })),
      ...each((n) => short('supposed', { hypothesis: n + many, text: text(`other idea ${n}`) })),
      ...each((n) => short('supposed', { hypothesis: n + 2 * many, text: text(`open idea ${n}`) })),
      ...each((n) => short('confirmed', { hypothesis: n, why: text(`shown ${n}`), by: [2, 3] })),
      ...each((n) => short('ruled-out', { hypothesis: n + many, why: text(`not so ${n}`), by: [2, 3, 4] })),
      ...each((n) =>
        look([{ title: text(`close-wait-leak ${n}`), next: [suggested(n)] }], {
          box: `web-${n}`,
          identity: { ...START, machineId: String(n), bootId: 'f00d' },
        }),
      ),
      ...each((n) => short('notified', { where: text(`slack ${n}`), ok: false, why: 'it does not answer', of: n })),
      short('handed-over', { to: 'bob', text: text('it fills up in 40 min') }, { by }),
      ...(isClosed ? [short('closed', { cause: text('the pool') }, { by })] : []),
    ],
    more,
  )
}

/** What boxes, people and their chats may write. */
const HOSTILE =
  '\u001b[2J\u001b]0;x\u0007\r\nhead deadbeef\u202Egnp.exe <img src=x onerror=alert(1)> [a](http://evil) `x` @channel # 1. | |'

export function hostileView(): SituationView {
  return viewOf(
    [
      short('opened', { title: HOSTILE, boxes: [HOSTILE], service: HOSTILE }, { by: HOSTILE }),
      look([{ title: HOSTILE, next: [`halligan run web-1 --price free -- '${HOSTILE}'`] }]),
      look([{ title: HOSTILE }], { box: HOSTILE }),
      short('noted', { text: `affected: ${HOSTILE}` }),
      ran(HOSTILE),
      ran(HOSTILE, { state: 'running', exit: undefined, job: HOSTILE }),
      short('changed', { what: HOSTILE, price: 'change', debt: true, running: true, undo: HOSTILE }),
      short('supposed', { hypothesis: 1, text: HOSTILE }),
      short('ruled-out', { hypothesis: 1, why: HOSTILE, by: [2, 5] }),
      short('supposed', { hypothesis: 2, text: HOSTILE }),
      short('handed-over', { to: HOSTILE, text: HOSTILE }, { by: HOSTILE }),
      short('notified', { where: HOSTILE, ok: false, why: HOSTILE, of: 1 }),
    ],
    { me: 'bob@desk' },
  )
}

function viewOf(shorts: readonly Short[], more: Partial<SituationView> = {}): SituationView {
  const entries = chained(shorts)
  return {
    situation: situationOf(entries),
    entries,
    nowMs: STARTED_MS + 59 * 60_000 + 30_000,
    me: 'bob@desk',
    unseen: 0,
    rows: 24,
    below: 0,
    ...more,
  }
}
