import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { halligan, type Outcome } from '../record/command.ts'

// Times that a log has without their zone or year, where the clock on the wall jumps; with the program as a person starts it.

const folder = mkdtempSync(path.join(tmpdir(), 'halligan-odd-times-'))
const home = path.join(folder, 'home')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const MINUTE = 60_000
const VIENNA = { TZ: 'Europe/Vienna' }

/** A line a minute, as a program in Vienna writes them: `2026-10-25 02:00:00 INFO step 60`. */
function minutesInVienna(name: string, from: string, many: number, zone = ''): string {
  const wall = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Vienna', dateStyle: 'short', timeStyle: 'medium' })
  const at = Date.parse(from)
  const lines = Array.from({ length: many }, (_, nth) => `${wall.format(at + nth * MINUTE)}${zone} INFO step ${nth}\n`)
  const file = path.join(folder, name)
  writeFileSync(file, lines.join(''))
  return file
}

/** A file, and the same as standard input. */
function bothWays(file: string, args: readonly string[]): readonly Outcome[] {
  return [
    halligan(home, ['logs', 'local', file, ...args], '', VIENNA),
    halligan(home, ['logs', '-', ...args], readFileSync(file, 'utf8'), VIENNA),
  ]
}

const steps = (text: string): readonly number[] => [...text.matchAll(/step (\d+)/g)].map(([, nth]) => Number(nth))
const TWICE =
  /the times from 02:00 to 03:00 on 2026-10-25 came twice \(the clocks of Europe\/Vienna were set back by 60 min\); where no zone is written, each is taken for the first: \S+/g

describe('a log without zones in a zone whose clocks change', { timeout: 120_000 }, () => {
  const autumn = minutesInVienna('autumn.log', '2026-10-24T23:00:00Z', 240)

  it('in autumn has an hour twice: all of it is shown in order, and that is said once', () => {
    for (const { code, stdout, stderr } of bothWays(autumn, ['--lines'])) {
      expect(code).toBe(0)
      expect(steps(stdout)).toEqual(Array.from({ length: 240 }, (_, nth) => nth))
      expect(stderr.match(TWICE)).toHaveLength(1)
    }
    // Each line counts once, wherever the onset is; those of both hours as of the first.
    const counts = { '00:30': [120, 120], '01:30': [180, 60] }
    for (const [onset, [before, after]] of Object.entries(counts))
      for (const { code, stdout } of bothWays(autumn, ['--json', '--compare', `2026-10-25T${onset}:00Z`])) {
        expect(code).toBe(0)
        const { notices, patterns } = JSON.parse(stdout)
        expect(notices.join('\n').match(TWICE)).toHaveLength(1)
        expect(patterns, onset).toMatchObject([{ before: { count: before }, after: { count: after } }])
      }
  })

  it('in autumn is not said to be ambiguous where it names its zone, has no such line, or is of another zone', () => {
    const zoned = minutesInVienna('zoned.log', '2026-10-25T00:30:00Z', 30, '+02:00')
    const late = minutesInVienna('late.log', '2026-10-25T02:00:00Z', 60)
    for (const file of [zoned, late])
      for (const { stdout, stderr } of bothWays(file, ['--json'])) expect(stdout + stderr).not.toMatch(/came twice/)
    const elsewhere = halligan(home, ['logs', 'local', autumn, '--lines'], '', { TZ: 'America/Bogota' })
    expect(elsewhere.stderr).not.toMatch(/came twice/)
  })

  it('in autumn has both hours where one of them is asked for, which is said once', () => {
    for (const { stdout, stderr } of bothWays(autumn, ['--lines', '--between', '2026-10-25 02:10..2026-10-25 02:20'])) {
      for (const nth of [70, 79, 130, 139]) expect(steps(stdout)).toContain(nth)
      expect(stderr.match(TWICE)).toHaveLength(1)
    }
  })

  it('in spring lacks an hour: no minute of it is missed, and nothing is said', () => {
    const spring = minutesInVienna('spring.log', '2026-03-28T23:00:00Z', 240)
    for (const { stdout, stderr } of bothWays(spring, ['--json', '--compare', '2026-03-29T01:00:00Z'])) {
      const { patterns, notices } = JSON.parse(stdout)
      expect(patterns).toMatchObject([{ before: { count: 120 }, after: { count: 120 } }])
      expect([...notices, stderr].join('\n')).not.toMatch(/came twice/)
    }
    for (const { stdout } of bothWays(spring, ['--lines', '--between', '2026-03-29 01:55..2026-03-29 03:05']))
      expect(steps(stdout)).toEqual(Array.from({ length: 10 }, (_, nth) => 115 + nth))
  })
})

describe('a syslog without years', { timeout: 60_000 }, () => {
  it('goes from December into January of the next year', () => {
    const year = new Date().getUTCFullYear()
    const from = Date.UTC(year, 0, 1) - 60 * MINUTE
    const lines = Array.from({ length: 120 }, (_, nth) => {
      const [month, day] = nth < 60 ? ['Dec', '31'] : ['Jan', ' 1']
      return `${month} ${day} ${new Date(from + nth * MINUTE).toISOString().slice(11, 19)} web-1 app[12]: step ${nth}\n`
    })
    const file = path.join(folder, 'syslog')
    writeFileSync(file, lines.join(''))
    const { stdout } = halligan(home, ['logs', 'local', file, '--json', '--compare', `${year}-01-01T00:00:00Z`])
    expect(JSON.parse(stdout).patterns).toMatchObject([
      {
        before: { count: 60 },
        after: { count: 60 },
        first: new Date(from).toISOString(),
        last: new Date(from + 119 * MINUTE).toISOString(),
      },
    ])
    const around = ['--lines', '--between', `${year - 1}-12-31T23:58:00Z..${year}-01-01T00:02:00Z`]
    expect(steps(halligan(home, ['logs', 'local', file, ...around]).stdout)).toEqual([58, 59, 60, 61])
  })
})
