import { describe, expect, it } from 'vitest'
import type { PayloadOf } from '../../src/incidents/payloads.ts'
import { newWriteUp } from '../../src/views/write-up/document.ts'
import { look, OPENED, ran, storyFrom, type Short } from './entries.ts'

/** Before `hotfix`, `relieve` and `verify` are used, a fire is put out with commands of one's own. */

/** As `halligan run` writes it: that it begins, and how it ended. */
function run(of: number, line: string, payload: Partial<PayloadOf<'ran'>> = {}): readonly Short[] {
  return [
    ran('web-1', line, { price: 'change', state: 'running', exit: undefined, ...payload }),
    ran('web-1', line, { price: 'change', of, ...payload }),
  ]
}

const KILLED: readonly Short[] = [
  OPENED,
  look('web-1', 'critical', 1019),
  ...run(3, 'df -h', { price: 'free' }),
  ...run(5, 'kill $(pidof orders-api)'),
  look('web-1', 'ok'),
]
const ENDED: readonly Short[] = [...KILLED, ['linked', { of: 5, commit: 'abc1234' }], ['closed', { cause: 'a leak' }]]

const QUIET = { check: 'fd-exhaustion', why: 'fullest descriptor table is at 3.3 % of its limit' }
const FULL = {
  check: 'disk-full',
  state: 'critical',
  resource: 'disk',
  score: 80,
  title: '/ is full',
  why: 'x',
  subject: { kind: 'filesystem', name: '/' },
  measured: [],
  next: [],
} as const

function told(shorts: readonly Short[]): string {
  return newWriteUp(storyFrom(shorts), 'none')
}
function section(text: string, heading: string): string {
  return text.split(`## ${heading}\n`)[1]?.split('<!-- halligan:end')[0] ?? ''
}

describe('a fix that was made with halligan run', () => {
  it('is told as well when it ended with another code, if somebody said that it changes something', () => {
    const line = 'pkill orders-api; sleep 1; pidof orders-api'
    const fix = (priceSaid?: true): string =>
      section(told([OPENED, look('web-1', 'critical', 1019), ...run(3, line, { exit: 1, priceSaid })]), 'The fix')
    expect(fix(true)).toContain(`- \`${line}\` on web-1 ([#3](#entry-3)`)
    expect(fix()).not.toContain(line)
  })

  it('is told: what was run, what a look saw after it, and where it is in the repository', () => {
    const text = told(ENDED)
    expect(section(text, 'Summary')).toContain(
      '**What helped.** After `kill $(pidof orders-api)` ([#5](#entry-5), 14:04) the look at web-1, 14:06 ([#7](#entry-7)), no longer found: orders-api (812) holds 1019 of its 1024 file descriptors. The change of [#5](#entry-5) is in the repository as `abc1234` ([#8](#entry-8)).',
    )
    expect(text).toContain(
      '| mitigate | 6 min at the latest | a look found nothing of it any more, 14:06 ([#7](#entry-7)) |',
    )
    expect(section(text, 'The fix')).toContain(
      '**Command on web-1, 14:04:** `kill $(pidof orders-api)` ([#5](#entry-5); price: change)',
    )
    expect(section(text, 'The fix')).toContain('- In the repository: commit `abc1234` ([#8](#entry-8)).')
    expect(section(text, 'How it was verified')).toContain('Nobody wrote down that it was verified. What looks saw:')
    expect(section(text, 'How it was verified')).toContain(
      '- After `kill $(pidof orders-api)` ([#5](#entry-5), 14:04) the look',
    )
    expect(section(text, 'How it was verified')).toContain('- The last look at web-1, 14:06: **ok**')
    for (const denied of ['no change', 'mitigate | not known', 'Nothing in the record says'])
      expect(text).not.toContain(denied)
  })

  it('has its end where it is shown in the record', () => {
    expect(told(ENDED)).toMatch(/### Entry 5\n[^#]*\$ kill \$\(pidof orders-api\)\n```\n\nExit 0,/)
  })

  it('is what it may have been where nobody linked it', () => {
    const text = told(KILLED)
    expect(section(text, 'The fix')).toContain(
      'Commands that may have changed something on a box: they ended with 0, or it was said that they do, and nobody said that they only read.\n\n- `kill $(pidof orders-api)` on web-1 ([#5](#entry-5), 14:04).',
    )
    expect(section(text, 'The fix')).not.toContain('df -h')
    expect(section(text, 'The fix')).not.toContain('The record has no change')
  })

  it('is linked by either of its two entries', () => {
    expect(section(told([...KILLED, ['linked', { of: 6, commit: 'abc1234' }]]), 'The fix')).toContain(
      '- In the repository: commit `abc1234` ([#8](#entry-8)).',
    )
  })

  it('is told of without a look afterwards, and then nothing says that it helped', () => {
    const text = told([OPENED, look('web-1', 'critical', 1019), ...run(3, 'kill 812'), ['closed', { cause: 'x' }]])
    expect(section(text, 'Summary')).toContain(
      '**What helped.** The record does not say. 1 command may have changed something on a box ([#3](#entry-3)).',
    )
    expect(section(text, 'Summary')).toContain('| mitigate | not known |')
    expect(section(text, 'How it was verified')).toContain('Nothing in the record says that it was verified.')
  })

  it('can have been made in a shell', () => {
    const shell: Short = [
      'shelled',
      { commands: [{ at: '2026-11-25T14:03:00.000Z', line: 'vi x' }], columns: 80, rows: 24 },
      { box: 'web-1' },
    ]
    const text = told([OPENED, look('web-1', 'critical', 1019), shell, look('web-1', 'ok')])
    expect(section(text, 'The fix')).toContain('- A shell on web-1, in which 1 line was typed ([#3](#entry-3), 14:02).')
    expect(section(text, 'Summary')).toContain('After [#3](#entry-3) the look at web-1, 14:03 ([#4](#entry-4))')
  })

  it('was made by whoever opened the shell, though somebody else took it in when its console was gone', () => {
    const shell = (payload: Partial<PayloadOf<'shelled'>>, by: string): Short => [
      'shelled',
      { commands: [], columns: 80, rows: 24, ...payload },
      { box: 'web-1', by },
    ]
    const typed = [{ at: '2026-11-25T14:03:00.000Z', line: 'rm -rf /var/lib/orders' }]
    const text = told([
      OPENED,
      look('web-1', 'critical', 1019),
      shell({ state: 'running' }, 'alice@laptop-7'),
      shell({ state: 'lost', of: 3, commands: typed }, 'bob@desk'),
      ['supposed', { hypothesis: 1, text: 'a leak' }],
      ['confirmed', { hypothesis: 1, why: 'seen', by: [4] }],
    ])
    expect(text).toMatch(/### Entry 4\n\n[^\n]* · responder 1 · /)
  })

  it('counts the earlier ones of many', () => {
    const many = Array.from({ length: 20 }, (_, at): readonly Short[] => run(3 + 2 * at, `rm ${at}`)).flat()
    const lines = section(told([OPENED, look('web-1', 'critical', 1019), ...many]), 'The fix')
    expect(lines).toContain('- 8 earlier ones ([#3](#entry-3), [#5](#entry-5),')
    expect(lines).toContain('- `rm 19` on web-1')
    expect(lines).not.toContain('`rm 7`')
  })
})

describe('what a command printed', () => {
  const SUPPOSED: Short = ['supposed', { hypothesis: 1, text: 'a leak' }]
  /** A write-up in which what this entry shows confirms the cause. */
  const shownBy = (...entries: readonly Short[]): string =>
    told([OPENED, SUPPOSED, ...entries, ['confirmed', { hypothesis: 1, why: 'seen', by: [3] }]])
  const printed = (text: string): string => section(text, 'How the cause was found')
  const entry = (text: string): string => text.split('### Entry 3\n')[1]?.split('### Entry')[0] ?? ''

  it('was nothing only where its end was seen', () => {
    const text = shownBy(...run(3, 'true'))
    expect(printed(text)).toContain('It printed nothing.')
    expect(entry(text)).toMatch(/Exit 0, .*0 bytes printed/)
  })

  it('is not known of one that goes on, or whose console was killed', () => {
    for (const job of ['3f6c', undefined]) {
      const text = shownBy(ran('web-1', 'dump', { state: 'running', exit: undefined, job }))
      expect(printed(text)).not.toContain('nothing')
      expect(printed(text)).toMatch(/no end of it is recorded\) .*\. What it printed is not in the record\./)
      expect(entry(text)).toMatch(/No end is recorded, .*what it printed is not in the record\./)
      expect(entry(text)).not.toContain('bytes printed')
    }
  })

  it('is not known of one off the record, whose line is not known either', () => {
    const text = shownBy(ran('web-1', '', { offTheRecord: true, exit: 1 }))
    expect(printed(text)).toContain('A command off the record ran on web-1 (exit 1)')
    expect(printed(text)).toContain('What it printed is not in the record.')
    expect(entry(text)).toMatch(/A command off the record: exit 1, .*what it printed is not in the record\./)
    expect(text).not.toContain('(blank)')
    expect(section(text, 'What we learned')).toContain('- What was done with a command on web-1: it was off the record')
  })

  it('was something where it showed no words', () => {
    expect(
      printed(shownBy(...run(3, 'head -c 9000 /dev/zero | tr "\\0" x', { printedBytes: 9000, keptBytes: 9000 }))),
    ).toMatch(/It printed [\d.]+ \w+\./)
  })

  it('says nothing of one that was not started', () => {
    const text = shownBy(ran('web-1', 'dump', { state: 'not-started', exit: undefined }))
    expect(printed(text)).not.toMatch(/It printed|What it printed/)
    expect(entry(text)).not.toContain('printed')
  })
})

describe('what a look no longer found', () => {
  const gone = (shorts: readonly Short[]) =>
    storyFrom(shorts).disappearances.map(({ seq, after, findings }) => [seq, after, findings.length])

  it('was asked for again: a check that had no answer says nothing', () => {
    const blind: Short = ['looked', { state: 'ok', findings: [], cleared: [], blind: [] }, { box: 'web-1' }]
    expect(gone([OPENED, look('web-1', 'critical', 1019), ...run(3, 'kill 812'), blind])).toEqual([])
    expect(storyFrom([OPENED, look('web-1', 'critical', 1019), blind]).course.mitigated).toBeUndefined()
  })

  it('was not found by any look after that one', () => {
    const again = [...KILLED, look('web-1', 'critical', 1000)]
    expect(gone(again)).toEqual([])
    expect(storyFrom(again).course.mitigated).toBeUndefined()
    expect(gone([...again, look('web-1', 'ok')])).toEqual([[9, [], 1]])
    expect(storyFrom([...again, look('web-1', 'ok')]).course.mitigated).toMatchObject({ seq: 9, how: 'seen' })
  })

  it('is gone though a look between could not tell', () => {
    const blind: Short = ['looked', { state: 'critical', findings: [], cleared: [], blind: [] }, { box: 'web-1' }]
    expect(gone([OPENED, look('web-1', 'critical', 1019), blind, look('web-1', 'ok')])).toEqual([[4, [], 1]])
  })

  it('comes after what is said to have changed something, else after what may have, on that box', () => {
    const changed: Short = ['changed', { what: 'pool of 50', price: 'change' }, { box: 'web-1' }]
    const start: readonly Short[] = [OPENED, look('web-1', 'critical', 1019)]
    expect(gone([...start, ...run(3, 'kill 812'), changed, look('web-1', 'ok')])).toEqual([[6, [5], 1]])
    expect(gone([...start, ran('db-1', 'x', { price: 'change' }), look('web-1', 'ok')])).toEqual([[4, [], 1]])
    expect(gone([...start, ran('web-1', 'x', { price: 'change', exit: 1 }), look('web-1', 'ok')])).toEqual([[4, [], 1]])
  })

  it('is no end while another box burns, or was not looked at again', () => {
    const two = [OPENED, look('web-1', 'critical', 1019), look('web-2', 'critical', 1019), look('web-1', 'ok')]
    expect(storyFrom(two).course.mitigated).toBeUndefined()
    expect(storyFrom([...two, look('web-2', 'ok')]).course.mitigated).toMatchObject({ seq: 5, how: 'seen' })
    // A warning that stays is not what it was about.
    const warned = [OPENED, look('web-2', 'warning', 900), look('web-1', 'critical', 1019), look('web-1', 'ok')]
    expect(storyFrom(warned).course.mitigated).toMatchObject({ seq: 4, how: 'seen' })
  })

  it('is part of an end where something was done about it, and something else burns on', () => {
    const other: Short = [
      'looked',
      { state: 'critical', findings: [FULL], cleared: [QUIET], blind: [] },
      { box: 'web-1' },
    ]
    const start: readonly Short[] = [OPENED, look('web-1', 'critical', 1019)]
    expect(storyFrom([...start, ...run(3, 'kill 812'), other]).course.mitigated).toMatchObject({
      seq: 5,
      how: 'partly-seen',
    })
    expect(told([...start, ...run(3, 'kill 812'), other])).toContain(
      '| a look found part of it no more, 14:04 ([#5](#entry-5)) |',
    )
    // Nobody had done anything: it went by itself.
    expect(storyFrom([...start, other]).course.mitigated).toBeUndefined()
  })

  it('was on the same machine', () => {
    const on = (machineId: string, [did, payload, more]: Short): Short =>
      [did, payload, { ...more, identity: { hostname: 'web-1', machineId } }] as Short
    const two = (machineId: string) => [
      OPENED,
      on('a', look('web-1', 'critical', 1019)),
      on(machineId, look('web-1', 'ok')),
    ]
    expect(gone(two('a'))).toEqual([[3, [], 1]])
    expect(gone(two('b'))).toEqual([])
  })
})
