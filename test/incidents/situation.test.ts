import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { obstaclesTo } from '../../src/incidents/closing.ts'
import { nextMove } from '../../src/incidents/next-move.ts'
import { situationOf } from '../../src/incidents/situation.ts'
import { unseenOf } from '../../src/incidents/unseen.ts'
import type { PayloadOf } from '../../src/incidents/payloads.ts'
import { entryWords } from '../../src/views/entry-words.ts'
import { changeWords, holdingWords, openWords } from '../../src/views/situation-words.ts'
import { chained, look, opened, purged, ran, short, STARTED_MS, type Short } from './entries.ts'

describe('a situation', () => {
  it('says whose it is, since when, and what is not taken over yet', () => {
    const opening = short('opened', {
      title: 'checkout returns 500s',
      boxes: [],
      since: '2026-11-25T13:40:00.000Z',
      service: 'orders',
    })
    const handed = [opening, short('handed-over', { to: 'bob', text: 'watch the pool' })]
    expect(situationOf(chained(handed))).toMatchObject({
      title: 'checkout returns 500s',
      service: 'orders',
      since: '2026-11-25T13:40:00.000Z',
      holder: { by: 'alice@laptop', seq: 1 },
      handedOver: { to: 'bob', text: 'watch the pool' },
      closed: undefined,
    })
    const taken = situationOf(chained([...handed, short('took-over', { from: 'alice@laptop' }, { by: 'bob@desk' })]))
    expect(taken.holder).toMatchObject({ by: 'bob@desk', seq: 3 })
    expect(taken.handedOver).toBeUndefined()
  })

  it('is closed until it is opened again', () => {
    const closed = [opened, short('closed', { cause: 'the pool' }, { by: 'bob@desk' })]
    expect(situationOf(chained(closed)).closed).toMatchObject({ by: 'bob@desk', cause: 'the pool', seq: 2 })
    const again = situationOf(chained([...closed, { ...opened, by: 'carol@box' }]))
    expect(again.closed).toBeUndefined()
    expect(again.holder.by).toBe('carol@box')
  })

  it('knows who is affected from the notes that say so', () => {
    const notes = ['affected: card payments in the EU', 'the cache is cold', 'Impact:  only logins', 'affected:']
    const { affected, notes: all } = situationOf(chained([opened, ...notes.map((text) => short('noted', { text }))]))
    expect(affected.map(({ text }) => text)).toEqual(['card payments in the EU', 'only logins'])
    expect(all).toHaveLength(4)
  })

  it('has each box as it was found and as it was seen last, and what saw something', () => {
    const identity = { hostname: 'web-1', machineId: 'a', bootId: '1' }
    const { boxes, untried } = situationOf(
      chained([
        opened,
        look([{ title: 'leak of sockets', next: ['halligan inspect web-1 90'] }], { identity }),
        look([], { identity, box: 'db-1' }),
        look([], { state: 'unknown' }),
      ]),
    )
    expect(boxes.map(({ box, start, last, seen, looks }) => [box, start?.seq, last?.seq, seen?.seq, looks])).toEqual([
      ['web-1', 2, 4, 2, 2],
      ['db-1', 3, 3, 3, 1],
    ])
    // A door that was locked for a moment takes nothing back of what was suggested.
    expect(untried.map(({ command }) => command)).toEqual(['halligan inspect web-1 90'])
  })
})

describe('a look that could not enter', () => {
  const outside = [
    { what: 'name', said: 'web-1 is 10.0.0.7' },
    { what: 'port 22', said: 'refused' },
  ]
  const shut = short(
    'looked',
    {
      state: 'unknown',
      findings: [],
      cleared: [],
      blind: [],
      failure: { kind: 'refused', message: 'web-1 refused.', tryNext: 'x' },
      outside,
      warnings: ['the host key of web-1 was new'],
    },
    { box: 'web-1' },
  )

  it.each([
    ['the first', [opened, shut]],
    ['a later', [opened, look([]), shut]],
  ] as const)('is told with what was seen from outside, and with its warnings: %s one', (_which, shorts) => {
    const [story] = situationOf(chained(shorts)).boxes
    expect(story?.last).toMatchObject({ outside, warnings: ['the host key of web-1 was new'] })
    const words = changeWords(story!, STARTED_MS + 3_600_000)
    expect(words).toContain('note: the host key of web-1 was new')
    expect(words).toContain('from outside: name: web-1 is 10.0.0.7; port 22: refused')
  })
})

describe('what was not tried', () => {
  const suggested = "halligan run web-1 --price free -- 'ss -tnp state close-wait | grep pid=90,'"
  const seen = look([
    { title: 'small thing', score: 40, next: ['halligan inspect web-1 7'] },
    { title: 'leak of sockets', score: 95, next: [suggested, 'halligan inspect web-1 90'] },
  ])

  it('begins with what burns most', () => {
    const { untried } = situationOf(chained([opened, seen]))
    expect(untried.map(({ command }) => command)).toEqual([
      suggested,
      'halligan inspect web-1 90',
      'halligan inspect web-1 7',
    ])
  })

  it.each([
    ['through run', ran('ss -tnp state close-wait | grep pid=90,')],
    ['through run, with other blanks', ran('ss  -tnp state close-wait |  grep pid=90,')],
    [
      'in a shell',
      short(
        'shelled',
        {
          columns: 80,
          rows: 24,
          commands: [{ at: '2026-11-25T14:05:00Z', line: 'ss -tnp state close-wait | grep "pid=90,"' }],
        },
        { box: 'web-1' },
      ),
    ],
    ['as a command of halligan', short('noted', { text: 'x', command: suggested })],
  ])('leaves out what was done %s', (_how, done) => {
    const { untried } = situationOf(chained([opened, seen, done]))
    expect(untried.map(({ command }) => command)).toEqual(['halligan inspect web-1 90', 'halligan inspect web-1 7'])
  })

  it('keeps what was done on another box', () => {
    const { untried } = situationOf(
      chained([opened, seen, ran('ss -tnp state close-wait | grep pid=90,', { box: 'web-2' })]),
    )
    expect(untried).toHaveLength(3)
  })
})

describe('what was tried', () => {
  it('is no export that failed', () => {
    const failed = [
      short('exported', { file: '/nowhere/a.zst', clean: false, head: 'a' }),
      short('undone', { of: 2, why: 'nothing was exported' }),
    ]
    expect(situationOf(chained([opened, ...failed, ran('uptime')])).tried).toMatchObject([{ seq: 4 }])
  })
})

describe('what still runs or holds', () => {
  const job = ran('tcpdump -i any', { state: 'running', exit: undefined, job: 'j-1' })

  it('is a detached command until a later entry tells its end', () => {
    expect(situationOf(chained([opened, job])).holdings).toMatchObject([{ seq: 2, kind: 'job', job: 'j-1' }])
    expect(
      situationOf(chained([opened, job, ran('tcpdump -i any', { state: 'running', of: 2 })])).holdings,
    ).toHaveLength(1)
    const ended = situationOf(chained([opened, job, ran('tcpdump -i any', { state: 'ended', exit: 3, of: 2 })]))
    expect(ended.holdings).toEqual([])
    expect(ended.tried).toMatchObject([{ seq: 2, ran: { state: 'ended', exit: 3 } }])
  })

  it('is a shell until a later entry tells its end, or somebody says that it is over', () => {
    const shelled = (more: Partial<PayloadOf<'shelled'>>): Short<'shelled'> =>
      short('shelled', { columns: 80, rows: 24, commands: [], ...more }, { box: 'web-1', by: 'amy@laptop' })
    const shell = [opened, shelled({ state: 'running' })]
    const situation = situationOf(chained(shell))
    expect(situation.holdings).toMatchObject([{ seq: 2, kind: 'shell', box: 'web-1', by: 'amy@laptop' }])
    expect(obstaclesTo(situation, 'known')).toEqual([
      {
        what: '#2 is a shell on web-1 that is open (amy@laptop)',
        tryNext: expect.stringMatching(/leave it.*halligan undone 2 HOW/),
      },
    ])
    expect(holdingWords(situation.holdings[0]!, STARTED_MS + 13 * 60_000)).toBe(
      '#2 web-1 is a shell that is open for 12 min (amy@laptop)',
    )
    const ends: readonly Short[] = [
      shelled({ state: 'ended', of: 2 }),
      shelled({ state: 'lost', of: 2 }),
      shelled({ state: 'not-started', of: 2 }),
      short('undone', { of: 2 }),
    ]
    for (const end of ends) expect(situationOf(chained([...shell, end])).holdings, JSON.stringify(end)).toEqual([])
    // Of a session before it was written down at its begin, too.
    expect(situationOf(chained([opened, shelled({})])).holdings).toEqual([])
    expect(entryWords(chained(shell)[1]!)).toBe('shell (open)')
    expect(entryWords(chained([...shell, shelled({ state: 'ended', of: 2, tookMs: 4000 })])[2]!)).toBe(
      'shell, 0 commands, 4 s, began as #2',
    )
    expect(entryWords(chained([...shell, shelled({ state: 'lost', of: 2, tookMs: 4000, why: 'cut' })])[2]!)).toBe(
      'shell, 0 commands, 4 s (lost), began as #2: cut',
    )
    expect(entryWords(chained([opened, shelled({ state: 'not-started', why: 'no room' })])[1]!)).toBe(
      'shell (not-started): no room',
    )
  })

  it('is a change and a relief until they are undone', () => {
    const change = short(
      'changed',
      { what: 'pool of 50', price: 'change', running: true, debt: true, undo: 'pool of 10' },
      { box: 'web-1' },
    )
    const relief = short('relieved', { what: 'port 8081 closed', price: 'change', undo: 'open it' }, { box: 'web-1' })
    const restart = short('relieved', { what: 'restarted', price: 'change' }, { box: 'web-1' })
    const all = [opened, change, relief, restart]
    expect(situationOf(chained(all)).holdings.map(({ kind, seq }) => [kind, seq])).toEqual([
      ['change', 2],
      ['relief', 3],
    ])
    const undone = situationOf(chained([...all, short('undone', { of: 2 }), short('undone', { of: 3 })]))
    expect(undone.holdings).toEqual([])
    expect(undone.debts).toEqual([])
  })

  it('is not known of what was purged while it held', () => {
    const place = { box: 'web-1' }
    const session = { columns: 80, rows: 24, commands: [] }
    const held: readonly Short[] = [
      short('changed', { what: 'x', price: 'change', running: true }, place),
      short('relieved', { what: 'x', price: 'change', undo: 'y' }, place),
      ran('sleep 9', { state: 'running', job: 'j', exit: undefined }),
      short('shelled', { ...session, state: 'running' }, place),
    ]
    for (const each of held) {
      const [opening, entry] = chained([opened, each])
      const situation = situationOf([opening!, purged(entry!)])
      expect(situation.holdings, each.did).toMatchObject([{ seq: 2, kind: 'unreadable' }])
      expect(obstaclesTo(situation, 'known')).toMatchObject([
        {
          what: expect.stringMatching(/#2 .*purged.* on web-1/),
          tryNext: expect.stringContaining('halligan undone 2'),
        },
      ])
      const [, , undone] = chained([opened, each, short('undone', { of: 2 })])
      expect(situationOf([opening!, purged(entry!), undone!]).holdings, each.did).toEqual([])
    }
    const ends = chained([
      opened,
      ran('sleep 9', { state: 'running', exit: undefined }),
      ran('sleep 9', { of: 2 }),
      short('shelled', { ...session, state: 'running' }),
      short('shelled', { ...session, state: 'ended', of: 4 }),
    ]).map((entry) => (entry.seq === 2 || entry.seq === 4 ? purged(entry) : entry))
    expect(situationOf(ends).holdings).toEqual([])
  })

  it('is known to be over where the tombstone says so', () => {
    const tidy = chained([
      opened,
      ran('sleep 9', { state: 'running', exit: undefined }),
      ran('sleep 9', { of: 2 }),
      short('relieved', { what: 'x', price: 'change', undo: 'y' }),
      short('undone', { of: 4 }),
      short('purged', { seq: 3, why: 'a name in it', of: 2, over: true }),
      short('purged', { seq: 4, why: 'a name in it', over: true }),
      short('purged', { seq: 5, why: 'a name in it', of: 4, over: true }),
    ]).map((entry) => ([3, 4, 5].includes(entry.seq) ? purged(entry) : entry))
    expect(situationOf(tidy).holdings).toEqual([])
  })

  it('is not known of a change that was purged', () => {
    const entries = chained([opened, short('changed', { what: 'x', price: 'change' })]).map((entry, at) =>
      at === 1 ? purged(entry) : entry,
    )
    const situation = situationOf(entries)
    expect(situation.holdings).toMatchObject([{ seq: 2, kind: 'unreadable' }])
    expect(situation.notRead.purged).toEqual([2])
    expect(obstaclesTo(situation, 'known')).toHaveLength(1)
  })
})

describe('against closing', () => {
  const debt = short('changed', { what: 'pool of 50', price: 'change', debt: true }, { box: 'web-1' })

  it('stands what holds, what is not in the repository, and that nothing says the cause', () => {
    const situation = situationOf(chained([opened, debt, ran('sleep 9', { state: 'running', exit: undefined })]))
    expect(obstaclesTo(situation, undefined).map(({ what }) => what)).toEqual([
      '#3 runs on web-1 at the console of alice@laptop, or ended with its line when that console went: sleep 9',
      expect.stringContaining('#2 is a hotfix'),
      expect.stringContaining('cause'),
    ])
  })

  it('stands nothing once it is tidied up', () => {
    const tidy = [
      opened,
      debt,
      short('linked', { of: 2, commit: 'abc' }),
      short('supposed', { hypothesis: 1, text: 'pool' }),
    ]
    expect(obstaclesTo(situationOf(chained(tidy)), undefined)).toHaveLength(1)
    expect(obstaclesTo(situationOf(chained(tidy)), 'the pool')).toEqual([])
    const confirmed = [...tidy, short('confirmed', { hypothesis: 1, why: 'seen', by: [2] })]
    expect(obstaclesTo(situationOf(chained(confirmed)), undefined)).toEqual([])
    const revoked = [...confirmed, short('ruled-out', { hypothesis: 1, why: 'not so', by: [2] })]
    expect(obstaclesTo(situationOf(chained(revoked)), undefined)).toHaveLength(1)
  })

  it('stands the cause again when it burns again: what was confirmed before was not all of it', () => {
    const confirmed = short('confirmed', { hypothesis: 1, why: 'seen', by: [1] })
    const again = [
      opened,
      short('supposed', { hypothesis: 1, text: 'pool' }),
      confirmed,
      short('closed', { cause: 'pool' }),
      opened,
    ]
    expect(obstaclesTo(situationOf(chained(again)), undefined)).toMatchObject([
      { what: 'nothing says what the cause was' },
    ])
    expect(obstaclesTo(situationOf(chained([...again, confirmed])), undefined)).toEqual([])
  })

  it('shows no cause where closing wants one: what was confirmed is open again, and says what it was', () => {
    const before = [
      opened,
      short('supposed', { hypothesis: 1, text: 'pool' }),
      short('confirmed', { hypothesis: 1, why: 'seen', by: [1] }),
      short('closed', { cause: 'pool' }),
    ]
    const [whileClosed] = situationOf(chained(before)).hypotheses
    expect(whileClosed).toMatchObject({ state: 'confirmed', verdict: { seq: 3 } })
    const situation = situationOf(chained([...before, opened]))
    expect(situation.hypotheses).toMatchObject([{ state: 'open', verdict: undefined, before: [{ seq: 3 }] }])
    expect(situation.hypotheses.map(openWords)).toEqual(['1 pool (confirmed before it was reopened, #3)'])
    const again = situationOf(chained([...before, opened, short('ruled-out', { hypothesis: 1, why: 'no', by: [1] })]))
    expect(again.hypotheses).toMatchObject([{ state: 'ruled-out', verdict: { seq: 6 }, before: [{ seq: 3 }] }])
  })
})

describe('the next move', () => {
  const reader = { me: 'alice@laptop', unseen: 0 }
  const move = (shorts: readonly Short[], who = reader): string => nextMove(situationOf(chained(shorts)), who).command
  const quiet = look([])
  const supposed = short('supposed', { hypothesis: 1, text: 'pool' })

  it.each([
    ['a look at the box that nobody looked at', [opened], reader, 'halligan look web-1'],
    ['a look at any box', [{ ...opened, payload: { title: 'x', boxes: [] } }], reader, 'halligan look BOX'],
    [
      'what the look suggests',
      [opened, look([{ title: 'leak', next: ['halligan inspect web-1 90'] }])],
      reader,
      'halligan inspect web-1 90',
    ],
    ['a hypothesis', [opened, quiet], reader, 'halligan hypothesis add "…"'],
    ['its verdict', [opened, quiet, supposed], reader, 'halligan hypothesis confirm 1 WHY --by ENTRY'],
    [
      'the end',
      [opened, quiet, supposed, short('confirmed', { hypothesis: 1, why: 'x', by: [2] })],
      reader,
      'halligan close',
    ],
    ['catching up', [opened, quiet], { ...reader, unseen: 3 }, 'halligan catch-up'],
    [
      'taking it over',
      [opened, short('handed-over', { to: 'bob' })],
      { me: 'bob@desk', unseen: 3 },
      'halligan take-over',
    ],
    [
      'not taking it over from oneself',
      [opened, quiet, short('handed-over', {})],
      reader,
      'halligan hypothesis add "…"',
    ],
    ['the write-up', [opened, short('closed', {})], reader, 'halligan write-up'],
  ] as const)('is %s', (_what, shorts, who, command) => {
    expect(move(shorts, who)).toBe(command)
  })
})

describe('what a person has not been shown', () => {
  const entries = chained([
    opened,
    short('noted', { text: 'mine' }),
    short('noted', { text: 'theirs' }, { by: 'bob@desk' }),
    short('noted', { text: 'mine' }),
    short('noted', { text: 'theirs' }, { by: 'bob@desk' }),
    short('noted', { text: 'mine' }),
  ])

  it.each([
    ['alice@laptop', 1, [3, 4, 5]],
    ['alice@laptop', 3, [5]],
    ['alice@laptop', 5, []],
    ['bob@desk', 0, [1, 2, 3, 4, 5, 6]],
    ['bob@desk', 9, []],
  ])('of %s after #%i is %j', (me, seen, seqs) => {
    expect(unseenOf(entries, seen, me).map(({ seq }) => seq)).toEqual(seqs)
  })
})

// Any incident at all: the kinds that the account is made of, with numbers that may point anywhere.
const number = fc.integer({ min: 1, max: 12 })
const text = fc.string({ maxLength: 12 })
const box = fc.constantFrom('web-1', 'db-1', undefined)
const by = fc.constantFrom('alice@laptop', 'bob@desk')
const command = fc.constantFrom(
  'halligan run web-1 --price free -- uptime',
  'halligan inspect web-1 9',
  "halligan run db-1 --price free -- 'df -h'",
  'uptime',
)
const anyShort: fc.Arbitrary<Short> = fc
  .tuple(
    fc.oneof(
      fc.record({ text }).map((payload) => short('noted', payload)),
      fc
        .array(
          fc.record({
            title: text,
            score: fc.integer({ min: 0, max: 100 }),
            next: fc.array(command, { maxLength: 3 }),
          }),
          { maxLength: 3 },
        )
        .map((found) => look(found)),
      fc.record({ hypothesis: number, text }).map((payload) => short('supposed', payload)),
      fc.record({ hypothesis: number, why: text, by: fc.array(number) }).map((payload) => short('ruled-out', payload)),
      fc.record({ hypothesis: number, why: text, by: fc.array(number) }).map((payload) => short('confirmed', payload)),
      fc
        .record({ what: text, debt: fc.boolean(), running: fc.boolean() })
        .map((payload) => short('changed', { ...payload, price: 'change' })),
      fc.record({ of: number }).map((payload) => short('undone', payload)),
      fc.record({ of: number, commit: text }).map((payload) => short('linked', payload)),
      fc
        .record({
          line: fc.constantFrom('uptime', 'df -h'),
          state: fc.constantFrom('ended', 'running', 'lost'),
          of: fc.option(number, { nil: undefined }),
        })
        .map(({ line, ...payload }) => ran(line, payload as Parameters<typeof ran>[1])),
      fc
        .record({ state: fc.constantFrom('ended', 'running', 'lost'), of: fc.option(number, { nil: undefined }) })
        .map((payload) => short('shelled', { columns: 80, rows: 24, commands: [], ...payload })),
      fc
        .record({ what: text, undo: fc.option(text, { nil: undefined }) })
        .map((payload) => short('relieved', { ...payload, price: 'change' })),
      fc.record({ where: text, ok: fc.boolean(), of: number }).map((payload) => short('notified', payload)),
      fc.constantFrom(short('handed-over', {}), short('took-over', { from: 'x' }), short('closed', {}), opened),
    ),
    box,
    by,
  )
  .map(([each, where, who]) => ({ ...each, by: who, ...(where === undefined ? {} : { box: where }) }))
const incident = fc.array(anyShort, { maxLength: 25 }).map((shorts) => chained([opened, ...shorts]))

describe('of any incident', () => {
  it('each hypothesis has one state, the last verdict says which, and numbers are not given twice', () => {
    fc.assert(
      fc.property(incident, (entries) => {
        const { hypotheses } = situationOf(entries)
        const numbers = hypotheses.map(({ number: each }) => each)
        expect(new Set(numbers).size).toBe(numbers.length)
        for (const { number: each, state, seq, verdict } of hypotheses) {
          const last = entries.findLast(
            (entry) =>
              (entry.did === 'ruled-out' || entry.did === 'confirmed') &&
              entry.payload?.hypothesis === each &&
              entry.seq > seq,
          )
          expect(state).toBe(last?.did ?? 'open')
          expect(verdict?.seq).toBe(last?.seq)
        }
      }),
    )
  })

  it('what was run is not suggested, and nothing is suggested twice', () => {
    fc.assert(
      fc.property(incident, (entries) => {
        const before = situationOf(entries).untried.map(({ command: each }) => each)
        expect(new Set(before).size).toBe(before.length)
        const [first, ...rest] = before
        if (first === undefined) return
        const more = chained([opened, short('noted', { text: 'x', command: first })]).at(-1)
        const after = situationOf([...entries, { ...more, seq: entries.length + 1 } as (typeof entries)[number]])
        expect(after.untried.map(({ command: each }) => each)).toEqual(rest)
      }),
    )
  })

  it('what this version does not know changes nothing but the count of it', () => {
    fc.assert(
      fc.property(incident, fc.nat(30), (entries, at) => {
        const place = 1 + (at % entries.length)
        const foreign = {
          ...entries[0],
          did: 'other',
          saysDid: 'dreamed',
          payload: { hypothesis: 1 },
        } as (typeof entries)[number]
        const { notRead, ...known } = situationOf([...entries.slice(0, place), foreign, ...entries.slice(place)])
        const { notRead: before, ...same } = situationOf(entries)
        expect({ ...known, last: undefined }).toEqual({ ...same, last: undefined })
        expect(notRead.newer).toHaveLength(before.newer.length + 1)
      }),
    )
  })

  it('a purge never makes a change on a box disappear', () => {
    fc.assert(
      fc.property(incident, fc.nat(30), (entries, at) => {
        const index = at % entries.length
        const after = situationOf(entries.map((entry, each) => (each === index ? purged(entry) : entry)))
        expect(after.notRead.purged).toEqual([index + 1])
        const held = new Set([...after.holdings, ...after.debts].map(({ seq }) => seq))
        const before = situationOf(entries)
        for (const each of [...before.holdings, ...before.debts]) expect(held.has(each.seq)).toBe(true)
      }),
    )
  })

  it('every obstacle says what to do', () => {
    fc.assert(
      fc.property(incident, (entries) => {
        const situation = situationOf(entries)
        for (const { what, tryNext } of obstaclesTo(situation, undefined))
          expect(what !== '' && tryNext !== '').toBe(true)
        expect(nextMove(situation, { me: 'bob@desk', unseen: 0 }).command).toMatch(/\S/)
      }),
    )
  })

  it('is read in the order of its numbers, whatever the clock did', () => {
    const turned = chained([opened, look([{ title: 'a' }], { minute: 90 }), look([], { minute: 5 })])
    expect(situationOf(turned).boxes[0]?.last?.seq).toBe(3)
    expect(Date.parse(turned[2]?.at ?? '')).toBe(STARTED_MS + 5 * 60_000)
  })
})
