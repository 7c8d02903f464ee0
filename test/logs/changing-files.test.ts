import { execFileSync } from 'node:child_process'
import { renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Box } from '../../src/boxes/box.ts'
import { ALL, fetched, placeFor, SMALL, sourceOf, T0 } from './fetched.ts'
import { linesOf, stamped } from './lines.ts'

// Files that change in the worst moment: the window was found, and the box is told to send it.

const HOUR_MS = 3_600_000
const TEXT = stamped(T0, 40_000, 250)
const WINDOW = { fromMs: T0 + HOUR_MS }
const WANTED = linesOf(TEXT, WINDOW.fromMs, Number.POSITIVE_INFINITY)

describe.each(SMALL)('a log that changes while it is read, through $name', { timeout: 20_000 }, (shell) => {
  const { box, folder, file } = placeFor(shell)

  it('shrinks: what is left of the window comes, and how much was cut off is said', async () => {
    const where = file(TEXT)
    const kept = Math.floor(TEXT.length * 0.8)
    const { got, report, failure } = await fetched(
      whenSending(box(), () => truncateSync(where, kept)),
      sourceOf([where]),
      WINDOW,
    )
    expect(failure).toBeUndefined()
    expect(report.skipped).toEqual([
      `${where}: it shrank from ${TEXT.length} to ${kept} bytes while it was read; what was cut off is missing`,
    ])
    expect(report.isPartial).toBe(true)
    expect(got.length).toBeGreaterThan(100_000)
    expect(WANTED.startsWith(got) && got.endsWith('\n')).toBe(true)
  })

  it('shrinks under a filter: the same', async () => {
    const where = file(TEXT)
    const kept = Math.floor(TEXT.length * 0.8)
    const { got, report } = await fetched(
      whenSending(box(), () => truncateSync(where, kept)),
      sourceOf([where]),
      WINDOW,
      { ...ALL, grep: ['customer 1[0-9]* '] },
    )
    expect(report).toMatchObject({ isPartial: true })
    expect(report.skipped.join()).toMatch(/it shrank from \d+ to \d+ bytes while it was read/)
    const lines = WANTED.match(/^.* customer 1\d* .*\n/gm) ?? []
    expect(lines.slice(0, 500).join('')).toBe(
      got
        .split(/(?<=\n)/)
        .slice(0, 500)
        .join(''),
    )
  })

  it('is emptied and written anew (copytruncate): nothing new is taken for something old', async () => {
    const where = file(TEXT)
    const anew = stamped(T0 + 20 * HOUR_MS, 50, 250)
    const { got, report } = await fetched(
      whenSending(box(), () => writeFileSync(where, anew)),
      sourceOf([where]),
      { ...WINDOW, toMs: T0 + 2 * HOUR_MS },
    )
    expect(got).toBe('')
    expect(report.skipped).toEqual([
      `${where}: it shrank from ${TEXT.length} to ${anew.length} bytes while it was read; what was cut off is missing`,
    ])
    expect(report.isPartial).toBe(true)
  })

  it('is rotated: the file that was looked at is read to its end, and that is said', async () => {
    const where = file(TEXT)
    const { got, report } = await fetched(
      whenSending(box(), () => {
        renameSync(where, `${where}.1`)
        writeFileSync(where, stamped(T0 + 20 * HOUR_MS, 50, 250))
      }),
      sourceOf([where]),
      WINDOW,
    )
    expect(got).toBe(WANTED)
    expect(report.isPartial).toBeUndefined()
    expect(report.skipped).toEqual([
      `${where}: it was rotated while it was read; it was read to its end, and what came after is in the new file`,
    ])
  })

  it('is deleted: the same', async () => {
    const where = file(TEXT)
    const { got, report } = await fetched(
      whenSending(box(), () => rmSync(where)),
      sourceOf([where]),
      WINDOW,
    )
    expect(got).toBe(WANTED)
    expect(report.skipped).toEqual([`${where}: it was deleted while it was read; it was read to its end`])
  })

  it('is rotated with the files before it: each is read once, under its next name', async () => {
    const { newest, older, source } = twoFiles()
    const { got, report } = await fetched(
      whenSending(box(), () => {
        renameSync(older, path.join(folder(), 'app.log.2'))
        renameSync(newest, older)
        writeFileSync(newest, stamped(T0 + 20 * HOUR_MS, 50, 250))
      }),
      source,
      WINDOW,
    )
    expect(got).toBe(WANTED)
    expect(report.isPartial).toBeUndefined()
    expect(report.skipped).toEqual([
      `${older}: it was rotated while it was read; it was read to its end, and what came after is in the new file`,
    ])
  })

  it('is rotated and packed away: what is missing is said', async () => {
    const { newest, source } = twoFiles()
    const { got, report } = await fetched(
      whenSending(box(), () => {
        renameSync(newest, path.join(folder(), 'app.log.0'))
        execFileSync('gzip', [path.join(folder(), 'app.log.0')])
      }),
      source,
      WINDOW,
    )
    expect(got.length).toBeGreaterThan(100_000)
    expect(WANTED.startsWith(got)).toBe(true)
    expect(report.isPartial).toBe(true)
    expect(report.skipped).toEqual([`${newest}: it was rotated away while it was read; read it again`])
  })

  /** Its older half is in a file of its own. */
  function twoFiles() {
    const half = TEXT.indexOf('\n', TEXT.length / 2) + 1
    const [newest, older] = [file(TEXT.slice(half), 'app.log'), file(TEXT.slice(0, half), 'app.log.1')]
    const ended = new Date(T0 + 2 * HOUR_MS)
    utimesSync(older, ended, ended)
    return { newest, older, source: sourceOf([newest, older]) }
  }
})

/** The same box; something happens in the moment before it is told to send a piece for the first time. */
function whenSending(box: Box, happens: () => void): Box {
  let happened = false
  return {
    ...box,
    start: (script, options) => {
      const started = box.start(script, options)
      return {
        ...started,
        input: (text) => {
          if (!happened && /^send /m.test(text)) {
            happened = true
            happens()
          }
          started.input(text)
        },
      }
    },
  }
}
