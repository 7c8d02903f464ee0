import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { spawnSync } from 'node:child_process'
import { beforeEach, describe, expect, it } from 'vitest'
import { readRecording } from '../../src/boxes/recorded.ts'
import { environment, halligan, MAIN, type Outcome } from './command.ts'
import { homes } from './homes.ts'

// What was recorded can be read again, as a person types it.

const home = homes()
let place = ''

beforeEach(() => {
  place = home()
  ran(['open', 'checkout returns 500s', '--box', 'web-1'])
})

function ran(args: readonly string[]): Outcome {
  const outcome = halligan(place, args)
  expect(outcome, args.join(' ')).toMatchObject({ code: 0 })
  return outcome
}

function rawBytes(args: readonly string[]): Buffer {
  return spawnSync(process.execPath, [MAIN, ...args], {
    cwd: path.dirname(place),
    env: environment(place),
    maxBuffer: 64 * 1024 * 1024,
  }).stdout
}

describe('halligan show', () => {
  it('has the screen of a look as look --details had it, from the answer that was kept', () => {
    const { stdout: live } = ran(['look', 'local', '--window', '0.2', '--details'])
    const { stdout: shown } = ran(['show', '2'])
    expect(shown).toMatch(/^#2 looked {2}local .*\n {2}\S+ .*amy@web-1\n {2}typed: halligan look local/)
    expect(shown).toContain(`\n\n${live}`)
    expect(shown).toMatch(/\n {2}evidence\n {2}1 {2}answer {2}[\d.]+ KiB, text, \d+ lines\n/)
    const file = path.join(path.dirname(place), 'again.look')
    writeFileSync(file, rawBytes(['show', '2', '--raw']))
    expect(readRecording(file)).toMatchObject({ header: { box: 'local' } })
    expect(ran(['look', `recorded:${file}`, '--details']).stdout).toContain('ruled out')
  })

  it('has what a command printed, byte for byte, also by the number of its beginning', () => {
    ran(['run', 'local', '--price', 'free', '--', String.raw`printf 'out\001\377\n'; seq 90 >&2`])
    const { stdout } = ran(['show', '3'])
    expect(stdout).toContain('exit 0')
    expect(stdout).toMatch(/1 {2}stdout {2}6 B, binary\n {2}2 {2}stderr {2}261 B, text, 90 lines\n/)
    expect(stdout).toContain('... 50 more lines: halligan show 3 --raw stderr')
    expect(ran(['show', '2']).stdout).toContain('halligan show 3')
    expect(rawBytes(['show', '3', '--raw', 'stdout'])).toEqual(Buffer.from([0x6f, 0x75, 0x74, 1, 0xff, 10]))
    expect(rawBytes(['show', '--raw', '2', '1'])).toEqual(Buffer.from([0x6f, 0x75, 0x74, 1, 0xff, 10]))
    const which = halligan(place, ['show', '3', '--raw'])
    expect(which).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('1 stdout, 2 stderr') })
    expect(halligan(place, ['show', '3', '--raw', 'coffee'])).toMatchObject({ code: 2, stdout: '' })
  })

  it('says how much of a long output was kept, as run and the timeline do', () => {
    const { stderr } = spawnSync(
      process.execPath,
      [MAIN, 'run', 'local', '--price', 'free', '--', 'yes|head -c9000000'],
      { cwd: path.dirname(place), env: environment(place), encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const words = 'kept the first and last 2.0 MiB of 8.6 MiB'
    expect(stderr).toContain(`halligan: of what local printed the record ${words}.\n`)
    expect(ran(['show', '3']).stdout.replaceAll(/\n +/g, ' ')).toContain(words)
    expect(ran(['timeline']).stdout).toMatch(/#3 .*\(exit 0, \d s, kept the /)
    expect(rawBytes(['show', '3', '--raw']).length).toBeGreaterThan(4_000_000)
  })

  it('has the things that were preserved, each under its name, as many as the screen, the timeline and the write-up say', () => {
    const { stdout: screen } = ran(['preserve', 'local', String(process.pid)])
    const { stdout } = ran(['show', '2'])
    const told = /kept a look and (\d+) things/.exec(screen)?.[1] ?? 'no count'
    expect(ran(['timeline']).stdout).toContain(` preserved ${told} things: `)
    expect(ran(['write-up']).stdout).toContain(`(${told} things)`)
    const empty = /seen, and nothing was in it\n((?: {4}.*\n)*)/.exec(stdout)?.[1]?.trimEnd().split('\n').length ?? 0
    const pieces = [...stdout.matchAll(/^ +\d+ {2}\S.* {2}[\d.]+ \w+, (?:text|binary)/gm)].length
    expect(pieces - 1 + empty).toBe(Number(told))
    expect(stdout).toMatch(/\d+ {2}limits of \d+ +[\d.]+ \w+, text, \d+ lines\n/)
    expect(rawBytes(['show', '2', '--raw', 'limits', 'of']).toString()).toMatch(/Max open files/)
  })

  it('gives the entry as the record has it, whose payload verifies', () => {
    ran(['note', 'two\nlines'])
    const { payload, payloadHash, salt, did } = JSON.parse(ran(['show', '#2', '--json']).stdout)
    expect({ did, text: payload.text }).toEqual({ did: 'noted', text: 'two\nlines' })
    const body = JSON.stringify(payload)
    const hash = createHash('sha256').update(`halligan.payload/1\n${salt}\n${body}`).digest('hex')
    expect(hash).toBe(payloadHash)
    expect(ran(['show', '2']).stdout).toContain('\n\n  two\n  lines\n')
  })

  it('says of a purged entry who purged it, and names what belongs together', () => {
    ran(['note', 'oops'])
    ran(['purge', '2', '--why', 'wrong window', '--yes'])
    expect(ran(['show', '2']).stdout).toContain('What it said was purged by amy@web-1, see #3.')
    expect(ran(['show', '2']).stdout).toContain('later #3 amy@web-1  purged #2: wrong window')
    expect(ran(['show', '3']).stdout).toMatch(/seq +#2\n +why +wrong window\n/)
    expect(halligan(place, ['show', '2', '--raw'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('was purged: nothing of it is kept'),
    })
  })

  it('says what is wrong with a number, and works on another incident', () => {
    expect(halligan(place, ['show', '77'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has no entry #77; the last one is #1.'),
    })
    for (const wrong of [
      ['show'],
      ['show', 'x'],
      ['show', '0'],
      ['show', '--raw', 'x'],
      ['show', '1', '--json', '--raw'],
    ])
      expect(halligan(place, wrong), wrong.join(' ')).toMatchObject({ code: 2, stdout: '' })
    expect(halligan(place, ['show', '1', '--raw'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('rests on no evidence'),
    })
    const first = JSON.parse(ran(['show', '1', '--json']).stdout).incident
    ran(['open', 'another one'])
    expect(ran(['show', '1', '--incident', first]).stdout).toMatch(/title +checkout returns 500s\n +boxes +web-1\n/)
  })
})
