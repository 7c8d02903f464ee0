import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { width } from '../base/safe-text.ts'
import type { Finding } from '../findings/finding.ts'
import type { BoxLook } from '../steps/look.ts'
import { probesOf, readEvidence } from '../evidence/evidence.ts'
import { lookJson } from './look-json.ts'
import { lookMarkdown } from './look-markdown.ts'
import { lookScreen, type Extent } from './look-terminal.ts'
import { styleOf } from './style.ts'
import { RESULT } from '../../test/views/looks.ts'

const evidence = readEvidence(new Uint8Array(), 'aa', probesOf('fast'), { beganAtMs: 0 })
const result = { ...RESULT, startedAtMs: 0, beganAtMs: 0, durationMs: 1 }

function lookOf(text: string): BoxLook {
  const finding: Finding = {
    check: 'disk-full',
    state: 'critical',
    resource: 'filesystem',
    score: 90,
    title: `title ${text}`,
    why: `why ${text}`,
    subject: { kind: 'process', name: text, commandLine: text },
    measured: [{ what: text, value: 1, unit: '%', source: text }],
    next: [{ command: `ls ${text}`, why: text, price: 'free' }],
  }
  return {
    box: text,
    state: 'critical',
    startedAtMs: 0,
    tookMs: 1_000,
    windowMs: 1_000,
    bytesReceived: 1,
    boxCpuMs: 1,
    clockSkewMs: 0,
    identity: {
      hostname: text,
      machineId: '',
      bootId: 'b',
      os: text,
      kernel: text,
      arch: 'x',
      cpus: 2,
      memoryBytes: 1,
      user: text,
      uid: 0,
    },
    conclusion: {
      state: 'critical',
      findings: [finding, { ...finding, check: 'iowait', symptomOf: 'disk-full', score: 80 }],
      cleared: [{ check: 'iowait', resource: 'disk', why: text }],
      unknown: [{ check: 'cpu-steal', resource: 'cpu', why: text, hint: text }],
    },
    blind: [{ probe: 'kernel-log', why: text, hint: text }],
    failure: { kind: 'cut-off', message: text, tryNext: text },
    outside: [{ what: text, said: text }],
    warnings: [text],
    evidence,
    recorded: { how: 'no-incident' },
    answer: { boundary: 'aa', asked: [], result, told: new Uint8Array() },
  }
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '\u001b]0;evil\u0007',
    '\u001b[2J\u001b[31m',
    '<script>alert(1)</script>',
    '$(reboot)`reboot`',
    '\u202egpj.exe',
    '[link](javascript:alert(1))',
    '\r\n# heading',
    '漢字'.repeat(30),
  ),
)
const extents = fc.constantFrom<Extent>('brief', 'usual', 'details')
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const HARMFUL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/

describe('what a person sees of hostile text', () => {
  const plain = styleOf({ isTTY: false, columns: undefined, environment: { COLUMNS: '80' }, color: false })

  it('has no control character in the screen but the end of lines, and our own colours', () => {
    const coloured = styleOf({
      isTTY: true,
      columns: 80,
      environment: { LANG: 'C.UTF-8', TERM: 'xterm' },
      color: undefined,
    })
    fc.assert(
      fc.property(hostile, extents, (text, extent) => {
        expect(lookScreen(lookOf(text), plain, extent)).not.toMatch(HARMFUL)
        expect(stripVTControlCharacters(lookScreen(lookOf(text), coloured, extent))).not.toMatch(HARMFUL)
      }),
    )
  })

  it('has none in JSON, which still means the same', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const json = lookJson([lookOf(text)], 0, 1)
        expect(json).not.toMatch(HARMFUL)
        expect(JSON.parse(json)).toMatchObject({
          schema: 'halligan.look/1',
          boxes: [{ findings: [{ why: `why ${text}` }, {}] }],
        })
      }),
    )
  })

  it('says in Markdown what a person should know though it worked', () => {
    expect(lookMarkdown(lookOf('its host key was new'), false)).toMatch(/^Note: its host key was new$/m)
  })

  it('makes no markup, link or heading of its own in Markdown', () => {
    const markdown = lookMarkdown(lookOf('[link](javascript:alert(1)) <script> # x'), true)
    const outsideCode = markdown.replaceAll(/(`+).*?\1/g, '')
    expect(outsideCode).not.toMatch(/(?<!\\)<script|(?<!\\)\[link\]/)
    expect(markdown).not.toMatch(HARMFUL)
    expect(
      lookMarkdown(lookOf('see https://evil.example or www.evil.example'), true).replaceAll(/(`+).*?\1/g, ''),
    ).not.toMatch(/(?:https:\/\/|www\.)evil/)
  })
})

describe('the screen', () => {
  it.each([40, 60, 80, 120])('keeps within %d columns, but for the commands that are there to be copied', (columns) => {
    const style = styleOf({ isTTY: true, columns, environment: { LANG: 'C.UTF-8', NO_COLOR: '1' }, color: undefined })
    const lines = lookScreen(lookOf('a long name of a process '.repeat(6)), style, 'details').split('\n')
    const tooWide = lines.filter((line) => width(line) > columns && !line.includes('→'))
    expect(tooWide).toEqual([])
  })

  it('is of ASCII where the locale has no more', () => {
    const style = styleOf({ isTTY: true, columns: 50, environment: { LANG: 'C' }, color: undefined })
    // eslint-disable-next-line no-control-regex -- all of ASCII
    expect(lookScreen(lookOf('a long name of a process '.repeat(9)), style, 'details')).not.toMatch(/[^\u0000-\u007f]/)
  })

  it('says the state in words, and first what burns most with its next step', () => {
    const style = styleOf({ isTTY: false, columns: undefined, environment: {}, color: false })
    const lines = lookScreen(lookOf('x'), style, 'usual').split('\n')
    expect(lines[0]).toBe('!! CRITICAL  x  2 findings')
    expect(lines.findIndex((line) => line.includes('title x'))).toBeLessThan(
      lines.findIndex((line) => line.includes('-> ls x')),
    )
    expect(lines.join('\n')).toContain('follows from the first finding')
    expect(lines.join('\n')).toContain('could not see kernel-log: x (x)')
  })
})

describe('Markdown', () => {
  it('names what was not seen and what has no answer for another reason: a ticket must not look quieter than the screen', () => {
    const markdown = lookMarkdown(lookOf('x'), false)
    expect(markdown).toContain('Could not see:\n\n- kernel-log: x (x)\n')
    expect(markdown).toContain('No answer for:\n\n- cpu-steal: x (x)\n')
  })
})

describe('styleOf', () => {
  it.each([
    [
      'a terminal',
      { isTTY: true, columns: 100, environment: { TERM: 'xterm', LANG: 'en_US.UTF-8' }, color: undefined },
      { columns: 100, color: true, unicode: true },
    ],
    [
      'NO_COLOR',
      { isTTY: true, columns: 100, environment: { NO_COLOR: '1', LANG: 'C.UTF-8' }, color: undefined },
      { columns: 100, color: false, unicode: true },
    ],
    [
      '--no-color, which is the same',
      { isTTY: true, columns: 100, environment: { LANG: 'C.UTF-8' }, color: false as const },
      { columns: 100, color: false, unicode: true },
    ],
    [
      'TERM=dumb',
      { isTTY: true, columns: 30, environment: { TERM: 'dumb', LANG: 'C.UTF-8' }, color: undefined },
      { columns: 40, color: false, unicode: false },
    ],
    [
      'a pipe',
      { isTTY: false, columns: undefined, environment: {}, color: undefined },
      { columns: 100, color: false, unicode: false },
    ],
    [
      'FORCE_COLOR',
      { isTTY: false, columns: undefined, environment: { FORCE_COLOR: '1' }, color: undefined },
      { columns: 100, color: true, unicode: false },
    ],
    [
      '--color always, for a pager',
      { isTTY: false, columns: 80, environment: { NO_COLOR: '1', COLUMNS: '120' }, color: 'always' as const },
      { columns: 80, color: true, unicode: false },
    ],
    [
      '--color never',
      { isTTY: true, columns: 80, environment: { FORCE_COLOR: '1' }, color: 'never' as const },
      { columns: 80, color: false, unicode: false },
    ],
    [
      '--color auto, which is how it is without',
      { isTTY: true, columns: 80, environment: { LANG: 'C.UTF-8' }, color: 'auto' as const },
      { columns: 80, color: true, unicode: true },
    ],
  ])('%s', (_what, terminal, expected) => {
    expect(styleOf(terminal)).toEqual(expected)
  })
})
