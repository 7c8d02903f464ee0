import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entriesOf, look, OPENED, ran, storyFrom, type Short } from '../../../test/write-up/entries.ts'
import { incidentOf, hostileText } from '../../../test/write-up/hostile.ts'
import { storyOf } from './story.ts'

describe('a story', () => {
  it('is not there without entries', () => {
    expect(storyOf([], new Map())).toBeUndefined()
  })

  it('does not change by being told', () => {
    const before = storyFrom([OPENED, look('web-1', 'critical', 1019)])
    const after = storyFrom([
      OPENED,
      look('web-1', 'critical', 1019),
      ['wrote-up', { file: 'checkout.md', head: 'a' }],
      ['exported', { file: 'x', clean: true, head: 'a' }],
      ['undone', { of: 4, why: 'nothing was exported: disk full' }],
      ['notified', { where: 'team', ok: true }],
    ])
    expect(after).toEqual(before)
  })

  it('is told of any entries, purged and unknown ones too', () => {
    fc.assert(
      fc.property(hostileText, fc.array(fc.nat(30)), fc.array(fc.nat(30)), (text, gone, left) => {
        const entries = incidentOf(text)
          .filter((_, at) => !left.includes(at))
          .map((entry, at) => (gone.includes(at) && entry.did !== 'other' ? { ...entry, payload: undefined } : entry))
        expect(storyOf(entries, new Map())?.last.seq).toBeGreaterThan(0)
      }),
      { numRuns: 300 },
    )
  })

  it('names people by the roles in which they came', () => {
    const { roles } = storyFrom([OPENED, ['noted', { text: 'x' }, { by: 'bob@desk' }], ['noted', { text: 'y' }]])
    expect([...roles]).toEqual([
      ['alice@laptop-7', 'responder 1'],
      ['bob@desk', 'responder 2'],
    ])
  })

  it('has the cause in the words of the closing, else of the hypothesis that was confirmed', () => {
    const confirmed: readonly Short[] = [
      OPENED,
      ['supposed', { hypothesis: 1, text: 'a leak' }],
      ['confirmed', { hypothesis: 1, why: 'the sockets show it', by: [] }],
    ]
    expect(storyFrom([OPENED]).cause).toBeUndefined()
    expect(storyFrom(confirmed).cause).toMatchObject({ text: 'a leak', seq: 3 })
    expect(storyFrom([...confirmed, ['closed', { cause: 'a leak in the retry' }]]).cause).toMatchObject({
      text: 'a leak in the retry',
      seq: 4,
      hypothesis: { number: 1 },
    })
  })
})

describe('the course', () => {
  const since: Short = ['opened', { title: 't', boxes: [], since: '2026-11-25T13:50:00.000Z' }]
  const relieved: Short = ['relieved', { what: 'restarted', price: 'change' }]
  const changed: Short = ['changed', { what: 'fixed', price: 'change' }]

  it('begins when somebody said it did', () => {
    expect(storyFrom([since]).course.began).toEqual({ at: '2026-11-25T13:50:00.000Z', seq: 1, how: 'said' })
  })

  it('else when the findings began that the cause rests on, else nobody knows when', () => {
    const [did, payload, more] = look('web-1', 'critical', 1019)
    if (did !== 'looked') throw new Error('a look')
    const [finding] = payload.findings
    if (!finding) throw new Error('a finding')
    const sinceMs = Date.parse('2026-11-25T13:40:00Z')
    const seen: Short = ['looked', { ...payload, findings: [{ ...finding, sinceMs }] }, more]
    const rest: readonly Short[] = [
      ['supposed', { hypothesis: 1, text: 'x' }],
      ['confirmed', { hypothesis: 1, why: 'y', by: [2] }],
    ]
    expect(storyFrom([OPENED, seen, ...rest]).course.began).toEqual({
      at: '2026-11-25T13:40:00.000Z',
      seq: 2,
      how: 'measured',
    })
    expect(storyFrom([OPENED, seen]).course.began).toBeUndefined()
  })

  it('is mitigated by the first relief or change that held', () => {
    expect(storyFrom([OPENED, relieved, changed]).course.mitigated).toMatchObject({ seq: 2, how: 'relieved' })
    expect(storyFrom([OPENED, relieved, ['undone', { of: 2 }], changed]).course.mitigated).toMatchObject({
      seq: 4,
      how: 'changed',
    })
    expect(
      storyFrom([OPENED, relieved, ['verified', { good: false, text: 'no', of: 2 }], changed]).course.mitigated?.seq,
    ).toBe(4)
    // Taken back when the fix was there: it had held.
    expect(
      storyFrom([OPENED, relieved, changed, ['verified', { good: true, text: 'yes', of: 3 }], ['undone', { of: 2 }]])
        .course.mitigated?.seq,
    ).toBe(2)
    expect(storyFrom([OPENED]).course.mitigated).toBeUndefined()
  })

  it('is resolved by the first good verification after the last bad one, else by the closing', () => {
    const good: Short = ['verified', { good: true, text: 'good' }]
    const bad: Short = ['verified', { good: false, text: 'bad' }]
    expect(storyFrom([OPENED, changed, good, bad, good, good]).course.resolved).toMatchObject({
      seq: 5,
      how: 'verified',
    })
    expect(storyFrom([OPENED, good, changed]).course.resolved).toBeUndefined()
    expect(storyFrom([OPENED, changed, bad, ['closed', {}]]).course.resolved).toMatchObject({ seq: 4, how: 'closed' })
  })

  it('knows where a clock was turned back', () => {
    const { course, blindSpots } = storyFrom([OPENED, ['noted', { text: 'x' }, { at: '13:30' }]])
    expect(course.turnedBack).toEqual([{ seq: 2, byMs: 1_800_000 }])
    expect(blindSpots.map(({ what }) => what.kind)).toEqual(['clock'])
  })
})

describe('the timeline', () => {
  it('folds commands and looks that say nothing new and that nothing rests upon', () => {
    const { timeline } = storyFrom([
      OPENED,
      look('web-1', 'critical', 1019),
      ran('web-1', 'uptime'),
      ran('web-1', 'w'),
      look('web-1', 'critical', 1020),
      ran('web-1', 'ss -tn'),
      look('web-1', 'ok'),
      ran('web-1', 'last one'),
      ['supposed', { hypothesis: 1, text: 'x' }],
      ['confirmed', { hypothesis: 1, why: 'y', by: [6] }],
    ])
    const seqs = timeline.map((item) => (item.kind === 'entry' ? item.entry.seq : item.entries.map(({ seq }) => seq)))
    expect(seqs).toEqual([1, 2, [3, 4, 5], 6, 7, 8, 9, 10])
  })

  it('has no export that failed, nor that it was taken back', () => {
    const { timeline } = storyFrom([
      OPENED,
      ['exported', { file: 'x', clean: false, head: 'a' }],
      ['undone', { of: 2, why: 'disk full' }],
      ['noted', { text: 'last' }],
    ])
    expect(timeline.map((item) => (item.kind === 'entry' ? item.entry.seq : 0))).toEqual([1, 4])
  })

  it('leaves what is about the telling to others, and notes with a place of their own', () => {
    const { timeline } = storyFrom([
      OPENED,
      ['noted', { text: 'impact: many' }],
      ['noted', { text: 'a note' }],
      ['notified', { where: 'x', ok: true }],
      ['noted', { text: 'last' }],
    ])
    expect(timeline.map((item) => (item.kind === 'entry' ? item.entry.seq : 0))).toEqual([1, 3, 5])
  })

  it('tells a command once, though one entry says that it begins and another how it ended', () => {
    const story = storyFrom([
      OPENED,
      ran('web-1', 'sleep 5', { state: 'running', exit: undefined }),
      ran('web-1', 'sleep 5', { of: 2, shown: 'done' }),
      ['supposed', { hypothesis: 1, text: 'x' }],
      ['confirmed', { hypothesis: 1, why: 'y', by: [2] }],
    ])
    expect(story.timeline.map((item) => (item.kind === 'entry' ? item.entry.seq : 0))).toEqual([1, 3, 4, 5])
    expect(story.blindSpots).toEqual([])
    expect(story.ends.get(2)?.seq).toBe(3)
  })
})

describe('notes with a word in front', () => {
  it('have a place of their own', () => {
    const texts = [
      'Impact: 3 orders',
      'LEARNED: a lot',
      'lesson: more',
      'todo: this',
      'follow-up: that',
      'impact',
      'note: plain',
      'constructor: x',
    ]
    const { notes } = storyFrom([OPENED, ...texts.map((text): Short => ['noted', { text }])])
    expect(notes.map(({ topic, text }) => [topic, text])).toEqual([
      ['impact', '3 orders'],
      ['learned', 'a lot'],
      ['learned', 'more'],
      ['follow-up', 'this'],
      ['follow-up', 'that'],
    ])
  })
})

describe('hypotheses', () => {
  it('are what was said of them last', () => {
    const { hypotheses } = storyFrom([
      OPENED,
      ['supposed', { hypothesis: 1, text: 'one' }],
      ['supposed', { hypothesis: 2, text: 'two' }],
      ['ruled-out', { hypothesis: 1, why: 'no', by: [3] }],
      ['confirmed', { hypothesis: 1, why: 'yes after all', by: [2] }],
      ['supposed', { hypothesis: 3, text: 'gone' }, { purged: true }],
      ['ruled-out', { hypothesis: 3, why: 'no', by: [] }],
    ])
    expect(hypotheses.map(({ number, text, state }) => [number, text, state])).toEqual([
      [1, 'one', 'confirmed'],
      [2, 'two', 'open'],
      [3, undefined, 'ruled-out'],
    ])
  })
})

describe('follow-ups', () => {
  const kinds = (shorts: readonly Short[]): readonly string[] => storyFrom(shorts).followUps.map(({ kind }) => kind)
  const debt: Short = ['changed', { what: 'patched', price: 'change', debt: true }]
  const good: Short = ['verified', { good: true, text: 'fine' }]

  it('are changes that are not in the repository', () => {
    expect(kinds([OPENED, debt, good, ['closed', { cause: 'x' }]])).toEqual(['debt'])
    expect(kinds([OPENED, debt, good, ['linked', { of: 2, commit: 'abc' }], ['closed', { cause: 'x' }]])).toEqual([])
    expect(kinds([OPENED, debt, ['undone', { of: 2 }], good, ['closed', { cause: 'x' }]])).toEqual([])
  })

  it('are what still holds on a box, and what nobody verified', () => {
    expect(
      kinds([OPENED, ['changed', { what: 'x', price: 'change', running: true }], ['closed', { cause: 'x' }]]),
    ).toEqual(['holding', 'not-verified'])
    expect(
      kinds([OPENED, ['relieved', { what: 'x', price: 'change', undo: 'y' }], ['closed', { cause: 'x' }]]),
    ).toEqual(['holding'])
    expect(kinds([OPENED, ['relieved', { what: 'x', price: 'change' }], ['closed', { cause: 'x' }]])).toEqual([])
  })

  it('are boxes that were not well at last, open hypotheses, safeguards that were overridden, and a missing cause', () => {
    expect(
      kinds([
        OPENED,
        look('web-1', 'critical', 1019),
        ['supposed', { hypothesis: 1, text: 'x' }],
        ['overrode', { what: 'close', reason: 'late' }],
        ['notified', { where: 'team', ok: false, why: 'down', of: 1 }],
        ['notified', { where: 'others', ok: false, why: 'down', of: 1 }],
        ['notified', { where: 'others', ok: true, of: 1 }],
        ran('web-1', 'tcpdump', { state: 'running', exit: undefined, job: 'j1' }),
        ['noted', { text: 'todo: alert' }],
      ]),
    ).toEqual(['holding', 'not-ok', 'no-cause', 'open-hypothesis', 'overrode', 'not-told', 'noted'])
  })
})

describe('blind spots', () => {
  it('are commands whose end nobody saw: not those that were stopped, or never started', () => {
    const begun = (line: string) => ran('web-1', line, { state: 'running', exit: undefined })
    const over = (of: number, state: 'lost' | 'timed-out' | 'interrupted' | 'running') =>
      ran('web-1', 'x', { of, state, exit: undefined })
    const lost = (shorts: readonly Short[]) =>
      storyFrom(shorts).blindSpots.flatMap(({ what, seqs }) => (what.kind === 'lost' ? [[what.kind, seqs]] : []))
    expect(lost([OPENED, begun('sleep 30'), over(2, 'timed-out')])).toEqual([])
    expect(lost([OPENED, begun('tail -f x'), over(2, 'interrupted')])).toEqual([])
    expect(lost([OPENED, ran('web-1', 'x', { state: 'not-started', exit: undefined })])).toEqual([])
    expect(lost([OPENED, begun('dd'), over(2, 'lost')])).toEqual([['lost', [3]]])
    expect(lost([OPENED, begun('dd')])).toEqual([['lost', [2]]])
    expect(lost([OPENED, begun('job'), over(2, 'running'), ran('web-1', 'job', { of: 2 })])).toEqual([])
  })

  it('are what no look could see, each reason once', () => {
    const blind: Short = [
      'looked',
      { state: 'ok', findings: [], cleared: [], blind: [{ probe: 'kernel-log', why: 'not permitted' }] },
      { box: 'web-1' },
    ]
    const { blindSpots } = storyFrom([
      ['opened', { title: 't', boxes: ['web-1', 'web-2'] }],
      blind,
      blind,
      [
        'looked',
        {
          state: 'unknown',
          findings: [],
          cleared: [],
          blind: [],
          failure: { kind: 'x', message: 'web-3 is silent', tryNext: '' },
        },
        { box: 'web-3' },
      ],
      ran('web-1', 'dd', { state: 'lost', exit: undefined }),
      ['shelled', { commands: [], columns: 80, rows: 24, offTheRecord: true }, { box: 'web-1' }],
      ['purged', { seq: 5, why: 'a name was in it' }],
    ])
    expect(blindSpots.map(({ box, what, seqs }) => [box, what.kind, seqs])).toEqual([
      ['web-1', 'probe', [2, 3]],
      ['web-2', 'never-looked', [1]],
      ['web-3', 'not-entered', [4]],
      ['web-1', 'lost', [5]],
      ['web-1', 'off-the-record', [6]],
      [undefined, 'purged', [5]],
    ])
  })
})

describe('figures', () => {
  const changed: Short = ['changed', { what: 'x', price: 'change' }, { box: 'web-1' }]

  it('are the worst before, and what the last look measured after', () => {
    const { figures } = storyFrom([
      OPENED,
      look('web-1', 'warning', 900),
      look('web-1', 'critical', 1019),
      changed,
      look('web-1', 'warning', 850),
    ])
    expect(figures).toMatchObject([
      { what: 'open file descriptors', limit: 1024, before: { value: 1019, seq: 3 }, after: { value: 850, seq: 5 } },
    ])
  })

  it('are measured again where the end is quiet, by the same unit whatever the process', () => {
    const measured = [{ what: 'open file descriptors', value: 34, limit: 1024, unit: 'count', source: '/proc/9/fd' }]
    const again = new Map([
      [
        4,
        [{ check: 'fd-exhaustion', subject: { kind: 'process', name: 'other', unit: 'orders-api.service' }, measured }],
      ],
    ])
    const shorts: readonly Short[] = [OPENED, look('web-1', 'critical', 1019), changed, look('web-1', 'ok')]
    expect(storyFrom(shorts, again).figures[0]?.after).toEqual({ value: 34, seq: 4, at: '2026-11-25T14:03:00.000Z' })
    expect(storyFrom(shorts).figures[0]?.after).toMatchObject({
      words: 'fullest descriptor table is at 3.3 % of its limit',
      seq: 4,
    })
  })

  it('have no after when nobody looked afterwards', () => {
    expect(storyFrom([OPENED, look('web-1', 'critical', 1019), changed]).figures[0]?.after).toBeUndefined()
    // Without a change the last look still says what became of it.
    expect(storyFrom([OPENED, look('web-1', 'critical', 1019), look('web-1', 'ok')]).figures[0]?.after).toMatchObject({
      seq: 3,
    })
  })
})

it('takes entries as they come from a store of another version', () => {
  const [first] = entriesOf([OPENED])
  const unknown = { ...first, did: 'other', saysDid: 'levitated', seq: 2, payload: 42 }
  const story = storyOf([...entriesOf([OPENED]), unknown as never], new Map())
  expect(story?.blindSpots).toEqual([{ box: undefined, what: { kind: 'not-known' }, seqs: [2] }])
})
