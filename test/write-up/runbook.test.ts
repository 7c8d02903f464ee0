import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { runbookOf, type Runbook } from '../../src/incidents/story/runbook.ts'
import { documentOf } from '../../src/steps/write-up/sections.ts'
import { sealOf } from '../../src/steps/write-up/sealed.ts'
import { runbookDocument } from '../../src/views/write-up/runbook-markdown.ts'
import { runbookScript } from '../../src/views/write-up/runbook-script.ts'
import { missing } from '../boxes/fleet.ts'
import { look, OPENED, ran, storyFrom, type Short } from './entries.ts'
import { ATTACKS, hostileText } from './hostile.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'halligan-runbook-'))
afterAll(() => rmSync(folder, { recursive: true }))
const calls = path.join(folder, 'calls')
// A halligan that writes down how many arguments it got, and these, each ended by a NUL.
writeFileSync(path.join(folder, 'halligan'), `#!/bin/sh\nprintf '%s\\0' $# "$@" >>'${calls}'\n`)
chmodSync(path.join(folder, 'halligan'), 0o755)

const FOUND: readonly Short[] = [
  OPENED,
  look('web-1', 'critical', 1019),
  ['supposed', { hypothesis: 1, text: 'a leak' }],
  ran('web-1', 'ls -l /proc/812/fd', { shown: 'total 0\nlrwx 812 socket' }),
  ran('web-1', 'gcore 812'),
  ran('web-1', 'uptime'),
  ['confirmed', { hypothesis: 1, why: 'descriptors of 812 are sockets', by: [2, 4, 5] }],
  [
    'relieved',
    {
      what: 'restarted orders-api.service',
      price: 'change',
      command: 'halligan relieve web-1 --restart orders-api.service',
    },
    { box: 'web-1' },
  ],
  ['changed', { what: 'patched', price: 'change' }, { box: 'web-1' }],
  ['undone', { of: 9 }],
]

describe('a runbook', () => {
  it('is the commands that the cause was confirmed by, with variables for what differs next time', () => {
    const { variables, steps, remedies } = runbook(FOUND)
    expect(variables.map(({ name, was, of }) => [name, was, of])).toEqual([
      ['BOX', 'web-1', undefined],
      ['PID', '812', 'orders-api'],
      ['UNIT', 'orders-api.service', 'orders-api'],
    ])
    expect(steps.map(({ seq, price }) => [seq, price])).toEqual([
      [2, 'free'],
      [4, 'free'],
      [5, undefined],
    ])
    expect(steps[1]?.words).toEqual([
      ['halligan'],
      ['run'],
      ['--price'],
      ['free'],
      [{ name: 'BOX' }],
      ['--'],
      ['ls -l /proc/', { name: 'PID' }, '/fd'],
    ])
    expect(steps[0]?.words).toEqual([['halligan'], ['look'], [{ name: 'BOX' }], ['--sudo']])
    expect(remedies).toMatchObject([
      {
        seq: 8,
        price: 'change',
        words: [['halligan'], ['relieve'], [{ name: 'BOX' }], ['--restart'], [{ name: 'UNIT' }]],
      },
    ])
  })

  it('begins with the look that found something there, when the cause was not confirmed by a look', () => {
    const shorts = FOUND.map((short): Short =>
      short[0] === 'confirmed' ? ['confirmed', { hypothesis: 1, why: 'x', by: [4] }] : short,
    )
    expect(runbook(shorts).steps.map(({ seq }) => seq)).toEqual([2, 4])
  })

  it('is all commands since it was supposed, when nothing says what confirmed it', () => {
    const shorts = FOUND.map((short): Short =>
      short[0] === 'confirmed' ? ['confirmed', { hypothesis: 1, why: 'x', by: [] }] : short,
    )
    expect(runbook(shorts).steps.map(({ seq }) => seq)).toEqual([2, 4, 5, 6])
  })

  it('is not there without a cause', () => {
    expect(runbookOf(storyFrom([OPENED, look('web-1', 'critical', 1019)]))).toBeUndefined()
  })

  it('takes the price that was said, and that of a look before it', () => {
    const priced: Short = [
      'ran',
      { line: 'gcore 812', exit: 0, state: 'ended', printedBytes: 0, keptBytes: 0, shown: '', price: 'pause' } as never,
      { box: 'web-1' },
    ]
    const [, , paused] = runbook(FOUND.with(4, priced)).steps
    expect(paused?.price).toBe('pause')
    // `halligan run` takes a command for a change unless it hears otherwise.
    expect(paused?.words?.slice(0, 4)).toEqual([['halligan'], ['run'], ['--price'], ['pause']])
    expect(
      runbook(FOUND.with(3, ran('web-1', 'ls -l /proc/812/fd', { price: 'change' } as never))).steps[1]?.price,
    ).toBe('free')
  })

  it('keeps the --sudo of a command, wherever the record says that it was typed', () => {
    const sudo = (line: string, more: object): Short => ran('web-1', line, more)
    const shorts: readonly Short[] = [
      OPENED,
      ['supposed', { hypothesis: 1, text: 'x' }],
      sudo('id -un', { command: "halligan run local --sudo -- 'id -un'" }),
      // Detached: what ended it was the collecting.
      sudo('dmesg', { state: 'running', command: 'halligan run web-1 --sudo --detach -- dmesg', job: 'ab' }),
      sudo('dmesg', { of: 4, command: 'halligan run --collect ab', job: 'ab' }),
      // What stands behind -- is the command's own.
      sudo('nsenter --sudo', { command: 'halligan run web-1 -- nsenter --sudo' }),
      ['confirmed', { hypothesis: 1, why: 'y', by: [3, 4, 6] }],
    ]
    expect(markdown(shorts).match(/^# halligan run .*$/gm)).toEqual([
      `# halligan run --sudo "$BOX" -- 'id -un'`,
      '# halligan run --sudo "$BOX" -- dmesg',
      `# halligan run "$BOX" -- 'nsenter --sudo'`,
    ])
  })

  it('leaves out what was run off the record', () => {
    const shorts: readonly Short[] = [
      OPENED,
      ['supposed', { hypothesis: 1, text: 'x' }],
      ran('web-1', '', { offTheRecord: true }),
      ran('web-1', 'uptime'),
      ['confirmed', { hypothesis: 1, why: 'y', by: [3, 4] }],
    ]
    expect(runbook(shorts).steps.map(({ seq }) => seq)).toEqual([4])
    expect(script(shorts)).not.toContain("-- ''")
  })

  it('has what was typed in a recorded shell, line by line, and never runs it at once', () => {
    const at = '2026-11-25T14:00:00.000Z'
    const shell = (lines: readonly string[], more: object): Short => [
      'shelled',
      { columns: 80, rows: 24, commands: lines.map((line) => ({ at, line })), ...more },
      { box: 'web-1' },
    ]
    const shorts: readonly Short[] = [
      OPENED,
      look('web-1', 'critical', 1019),
      ['supposed', { hypothesis: 1, text: 'a leak' }],
      shell([], { state: 'running' }),
      shell(['ls -l /proc/812/fd', '', 'ls -l /proc/812/fd', 'gdb -p 812', 'exit'], { state: 'ended', of: 4 }),
      ['confirmed', { hypothesis: 1, why: 'y', by: [4] }],
    ]
    expect(runbook(shorts).steps.map(({ seq, price }) => [seq, price])).toEqual([
      [2, 'free'],
      [5, undefined],
      [5, undefined],
    ])
    expect(markdown(shorts).match(/^(?:# )?halligan run .*$/gm)).toEqual([
      `# halligan run "$BOX" -- 'ls -l /proc/'"$PID"/fd`,
      `# halligan run "$BOX" -- 'gdb -p '"$PID"`,
    ])
    expect(script(shorts)).not.toMatch(/^run halligan run/m)
    // Also without a number of an entry that confirmed it.
    const uncited = shorts.with(5, ['confirmed', { hypothesis: 1, why: 'y', by: [] }])
    expect(runbook(uncited).steps.map(({ seq }) => seq)).toEqual([2, 5, 5])
  })

  it('does not run what a record calls a look or a preservation', () => {
    const evil: Short = [
      'looked',
      { command: 'rm -rf /', state: 'critical', findings: [], cleared: [], blind: [] },
      { box: 'web-1' },
    ]
    const kept: Short = [
      'preserved',
      { command: 'rm -rf /', state: 'critical', findings: [], cleared: [], blind: [], kept: [], pid: 812 },
      { box: 'web-1' },
    ]
    const shorts: readonly Short[] = [
      OPENED,
      evil,
      kept,
      ['supposed', { hypothesis: 1, text: 'x' }],
      ['confirmed', { hypothesis: 1, why: 'y', by: [2, 3] }],
    ]
    expect(script(shorts)).not.toContain('rm -rf')
    expect(runbook(shorts).steps.map(({ words }) => words?.[1])).toEqual([['look'], ['preserve']])
  })
})

describe('a runbook in Markdown', () => {
  it('comments out everything that does more than read', () => {
    const text = markdown(FOUND)
    const lines = [...text.matchAll(/^(?:# )?halligan .*$/gm)].map(([line]) => line)
    expect(lines).toEqual([
      'halligan look "$BOX" --sudo',
      `halligan run --price free "$BOX" -- 'ls -l /proc/'"$PID"/fd`,
      `# halligan run "$BOX" -- 'gcore '"$PID"`,
      '# halligan relieve "$BOX" --restart "$UNIT"',
    ])
    expect(text).toContain(
      'BOX=   # the box that burns; it was web-1\nPID=   # the process id of orders-api; it was 812',
    )
  })

  it('has nothing to run but what only reads, whatever a command was', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        for (const block of markdown(withLine(text, undefined)).matchAll(/^(`{3,})sh\n([^]*?)\n\1$/gm))
          for (const line of (block[2] ?? '').split('\n'))
            expect(line).toMatch(/^(?:#.*|[A-Z_0-9]+= {3}#.*|halligan look "\$BOX" --sudo|)$/)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a runbook as a script', () => {
  it('runs what only reads, says what it would ask, and asks in vain without a terminal', () => {
    const { stdout, status, made } = run(script(FOUND), { BOX: 'web-9', PID: '77', UNIT: 'other.service' })
    expect({ status, made }).toEqual({
      status: 0,
      made: [
        ['look', 'web-9', '--sudo'],
        ['run', '--price', 'free', 'web-9', '--', 'ls -l /proc/77/fd'],
      ],
    })
    expect(stdout).toContain('look for: orders-api (77) holds 1019')
    expect(stdout).toContain('$ halligan run web-9 -- gcore 77\n   Run it? [y/N] no (this is no terminal)')
    expect(stdout).toContain('$ halligan relieve web-9 --restart other.service')
  })

  it.each([
    [{}, 'BOX is missing: the box that burns; it was web-1'],
    [{ BOX: 'web-1' }, 'PID is missing'],
    [{ BOX: 'web-1', PID: '1; reboot', UNIT: 'x' }, 'PID has a character in it'],
    [{ BOX: '-oProxyCommand=x', PID: '1', UNIT: 'x' }, 'BOX has a character in it'],
    [{ BOX: 'web-1', PID: '1', UNIT: '$(reboot)' }, 'UNIT has a character in it'],
    [{ BOX: 'web-1', PID: '1', UNIT: 'a b' }, 'UNIT has a character in it'],
  ])('refuses %j', (values, said) => {
    const { stderr, status, made } = run(script(FOUND), values)
    expect(stderr).toContain(said)
    expect({ status, made }).toEqual({ status: 2, made: [] })
  })

  it('takes addresses and units as they are written', () => {
    const { status } = run(script(FOUND), { BOX: 'amy@[::1]:2222', PID: '1', UNIT: 'getty@tty1.service' })
    expect(status).toBe(0)
  })

  it('hands each command over as it was, whatever it was', () => {
    const printable = hostileText.filter(
      (text) =>
        text.trim() !== '' &&
        !/[^\P{C}\n\t]|[\p{Zl}\p{Zp}]|\{\{[<%]|\{%-?\s*endraw|<!-- halligan:/u.test(text) &&
        !/812/.test(text),
    )
    fc.assert(
      fc.property(printable, (text) => {
        const { made, status } = run(script(withLine(text, 'free')), { BOX: 'web-1', PID: '812', UNIT: 'u' })
        expect(status).toBe(0)
        expect(made.at(-1)).toEqual(['run', '--price', 'free', 'web-1', '--', text])
      }),
      { numRuns: 100 },
    )
  })

  it('is a script that does nothing else, whatever was said', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const { made, status, stderr } = run(script(withLine(text, undefined)), { BOX: 'web-1', PID: '812', UNIT: 'u' })
        expect({ status, stderr, made }).toEqual({ status: 0, stderr: '', made: [['look', 'web-1', '--sudo']] })
      }),
      { numRuns: 100 },
    )
  })

  it('is known again, unless somebody changed it', () => {
    expect(sealOf(script(FOUND))).toBe('untouched')
    expect(sealOf(script(FOUND).replace('look', 'Look'))).toBe('edited')
    expect(sealOf('#!/bin/sh\n')).toBe('foreign')
  })
})

const why = missing('shellcheck')
describe.skipIf(why !== undefined)(`a runbook as a script, by shellcheck${why ? ` (skipped: ${why})` : ''}`, () => {
  it.each([
    ['plain', FOUND] as const,
    ...ATTACKS.slice(0, 30).map((attack) => [attack, withLine(attack, 'free')] as const),
  ])('has nothing to say about %j', (_what, shorts) => {
    const { stdout, status } = spawnSync('shellcheck', ['-'], { input: script(shorts), encoding: 'utf8' })
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 })
  })
})

/** The way to the cause with this text for everything that people wrote, and as a command. */
function withLine(text: string, price: 'free' | undefined): readonly Short[] {
  const command: Short = ran('web-1', text, { shown: text, ...(price === undefined ? {} : { price }) })
  return [
    ['opened', { title: text, boxes: [] }],
    look('web-1', 'critical', 1019),
    ['supposed', { hypothesis: 1, text }],
    command,
    ['confirmed', { hypothesis: 1, why: text, by: [2, 4] }],
    ['relieved', { what: text, price: 'change', command: text }, { box: 'web-1' }],
  ]
}

function runbook(shorts: readonly Short[]): Runbook {
  const found = runbookOf(storyFrom(shorts))
  if (!found) throw new Error('no runbook')
  return found
}

function markdown(shorts: readonly Short[]): string {
  return documentOf(runbookDocument(runbook(shorts), storyFrom(shorts)))
}

function script(shorts: readonly Short[]): string {
  return runbookScript(runbook(shorts), storyFrom(shorts), 'find.sh')
}

/** What came of the script, and how it called halligan. */
function run(
  text: string,
  values: Readonly<Record<string, string>>,
): {
  readonly stdout: string
  readonly stderr: string
  readonly status: number | null
  readonly made: readonly (readonly string[])[]
} {
  rmSync(calls, { force: true })
  const file = path.join(folder, 'find.sh')
  writeFileSync(file, text)
  const { stdout, stderr, status } = spawnSync('sh', [file], {
    encoding: 'utf8',
    input: 'y\ny\ny\n',
    env: { PATH: `${folder}:${process.env['PATH']}`, ...values },
  })
  const said = existsSync(calls) ? readFileSync(calls, 'utf8').split('\0').slice(0, -1) : []
  const made: (readonly string[])[] = []
  for (let at = 0; at < said.length; at += 1 + Number(said[at]))
    made.push(said.slice(at + 1, at + 1 + Number(said[at])))
  return { stdout, stderr, status, made }
}
