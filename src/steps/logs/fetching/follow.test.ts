import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it } from 'vitest'
import type { Box } from '../../../boxes/box.ts'
import type { LogSource } from '../../../evidence/logs/source.ts'
import type { LogFilter } from '../../../evidence/logs/window.ts'
import { SHELLS } from '../../../../test/live/shells.ts'
import { followLog } from './follow.ts'

const ALL: LogFilter = { grep: [], not: [], fields: [], ignoreCase: false }

describe.concurrent.each(SHELLS)('a log followed through $name', { timeout: 40_000 }, ({ missing, open }) => {
  it('loses and doubles nothing through bursts, rotation, truncation, removal and a line that is cut', async ({
    expect,
    skip,
  }) => {
    skip(missing !== undefined, missing)
    await inFolder(open, async (box, log) => {
      writeFileSync(log, 'one\ntwo\nthree\nfour')
      const following = follow(box, log, { lines: 2 })
      await following.until('four')
      appendFileSync(log, ' ends\n')
      const burst = Array.from({ length: 30_000 }, (_, at) => `burst ${at} ${'x'.repeat(40)}\n`).join('')
      appendFileSync(log, burst)
      await following.until('burst 29999')
      renameSync(log, `${log}.1`)
      appendFileSync(`${log}.1`, 'late in the old file\n')
      writeFileSync(log, 'first of the new\n')
      await following.until('first of the new\n')
      truncateSync(log)
      await following.noticed('was truncated')
      appendFileSync(log, 'truncated\n')
      await following.until('truncated\n')
      unlinkSync(log)
      await following.noticed('was removed')
      writeFileSync(log, 'again there\n')
      await following.until('again there\n')
      following.cut()
      await following.noticed('Trying to go on')
      appendFileSync(log, 'while it was cut\n')
      renameSync(log, `${log}.1`)
      writeFileSync(log, 'rotated while it was cut\n')
      await following.until('rotated while it was cut\n')
      appendFileSync(log, 'the last\n')
      await following.until('the last\n')
      expect(await following.stop()).toEqual({})
      expect(following.got()).toBe(
        `three\nfour ends\n${burst}late in the old file\nfirst of the new\ntruncated\nagain there\nwhile it was cut\nrotated while it was cut\nthe last\n`,
      )
      const told = following.notices.map((text) =>
        text
          .replaceAll(log, 'LOG')
          .replace(/after \d+ s/, 'after some s')
          .replace(/^.*(?= Trying to go on)/, 'cut:'),
      )
      expect(told).toEqual([
        'here: LOG was rotated; the old file was read to its end, the new one follows',
        'here: LOG was truncated: read from its beginning; what was written just before may be missing',
        'here: LOG was removed or renamed; its last lines still come, and a new file of that name is waited for',
        'here: LOG was rotated; the old file was read to its end, the new one follows',
        'cut: Trying to go on with LOG.',
        'here: LOG goes on after some s, at the byte where it was cut off',
        'here: LOG was rotated; the old file was read to its end, the new one follows',
      ])
      await eventually(
        () => holders(log).length === 0,
        () => `the log is still open: ${holders(log).join(' ')}`,
      )
    })
  })

  it('says that something may be missing when the file is gone after an interruption', async ({ expect, skip }) => {
    skip(missing !== undefined, missing)
    await inFolder(open, async (box, log) => {
      writeFileSync(log, 'one\n')
      const following = follow(box, log, { lines: 1 })
      await following.until('one\n')
      following.cut()
      await following.noticed('Trying to go on')
      writeFileSync(`${log}.tmp`, 'other\n')
      renameSync(`${log}.tmp`, log)
      await following.until('other\n')
      expect(following.notices.at(-1)).toMatch(
        /goes on after \d+ s; the file that was read is gone by now, so what was written meanwhile may be missing/,
      )
      expect(await following.stop()).toEqual({})
    })
  })
})

/** What hardly depends on the shell is tried on the smallest one. */
describe.concurrent.each(SHELLS.filter(({ name }) => name === 'busybox ash'))(
  'what is followed through $name',
  { timeout: 40_000 },
  ({ missing, open }) => {
    it('filters by records', async ({ expect, skip }) => {
      skip(missing !== undefined, missing)
      await inFolder(open, async (box, log) => {
        writeFileSync(log, '2026-03-01T10:00:00Z INFO a\n2026-03-01T10:00:01Z INFO b\n')
        const filter = { ...ALL, grep: ['ValueError'], not: ['[[:upper:]]DEBUG'] }
        const following = follow(box, log, { lines: 0, filter })
        await following.begun()
        const trace = 'Traceback (most recent call last):\n  File "x.py", line 1, in f\nValueError: e\n'
        appendFileSync(log, `2026-03-01T10:00:02Z INFO c\n2026-03-01T10:00:03Z ERROR d\n${trace}`)
        await following.until('ValueError: e\n')
        await following.stop()
        expect(following.got()).toBe(`2026-03-01T10:00:03Z ERROR d\n${trace}`)
      })
    })

    it('says where more came and went between two looks than could be read', { retry: 1 }, async ({ expect, skip }) => {
      skip(missing !== undefined, missing)
      await inFolder(open, async (box, log) => {
        writeFileSync(log, 'one\n')
        const following = follow(box, log, { lines: 1 })
        await following.until('one\n')
        // copytruncate: longer than before at once.
        writeFileSync(log, 'two, cut off and written to past the old end\n')
        await following.until('two, cut off')
        renameSync(log, `${log}.1`)
        writeFileSync(log, 'three, which nobody saw\n')
        renameSync(`${log}.1`, `${log}.2`)
        renameSync(log, `${log}.1`)
        writeFileSync(log, 'four\n')
        await following.until('four\n')
        following.cut()
        await following.noticed('Trying to go on')
        writeFileSync(log, 'four and a half, as long as that\n')
        await following.until('and a half')
        writeFileSync(`${log}.tmp`, 'five\n')
        renameSync(`${log}.tmp`, log)
        await following.until('five\n')
        expect(await following.stop()).toEqual({})
        expect(following.got()).toBe(
          'one\ntwo, cut off and written to past the old end\nfour\nfour and a half, as long as that\nfive\n',
        )
        expect(
          following.notices.map((text) => text.replaceAll(log, 'LOG').replace(/^.*(?= Trying to go on)/, 'cut:')),
        ).toEqual([
          'here: LOG was truncated and written to past the place where it was read: read from its beginning; what was written before that may be missing',
          'here: LOG was rotated; the old file was read to its end, the new one follows',
          'here: LOG was rotated more than once meanwhile: a whole file in between is missing here',
          'cut: Trying to go on with LOG.',
          'here: LOG was truncated and written to past the place where it was read: read from its beginning; what was written before that may be missing',
          'here: LOG was rotated; the old file was read to its end, the new one follows',
          'here: LOG was deleted, not renamed: a file of that name that came and went between two looks would be missing here',
        ])
      })
    })

    it('says why it cannot', async ({ expect, skip }) => {
      skip(missing !== undefined, missing)
      await inFolder(open, async (box, log) => {
        const none = await follow(box, `${log}.none`, { lines: 0 }).ended
        expect(none.failure?.message).toBe(`here: ${log}.none: it is not there (any more).`)
        execFileSync('mkfifo', [log])
        const pipe = await follow(box, log, { lines: 0 }).ended
        expect(pipe.failure?.message).toContain('a pipe, a socket or a device')
      })
    })
  },
)

async function inFolder(open: () => Box, act: (box: Box, log: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-follow-'))
  const box = open()
  try {
    await act(box, path.join(folder, "app's.log"))
  } finally {
    await box.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function follow(
  box: Box,
  log: string,
  { lines, filter = ALL }: { readonly lines: number; readonly filter?: LogFilter },
) {
  const stop = new AbortController()
  const notices: string[] = []
  let got = ''
  let heard = ''
  const watched: Box = {
    ...box,
    start: (script, options) =>
      box.start(script, {
        ...options,
        onOutput: (chunk) => {
          heard += Buffer.from(chunk).toString('latin1').slice(0, 1000)
          return options.onOutput?.(chunk)
        },
      }),
  }
  const source: LogSource = {
    box: 'here',
    id: log,
    kind: 'file',
    found: 'named',
    writers: [],
    files: [{ path: log, bytes: 0, modifiedAtMs: 0 }],
  }
  const ended = followLog(watched, source, {
    filter,
    time: { nowMs: Date.parse('2026-03-01T10:00:00Z'), zone: 'UTC' },
    lines,
    onBytes: (chunk) => {
      got += Buffer.from(chunk).toString('latin1')
    },
    onNotice: (text) => notices.push(text),
    signal: stop.signal,
  })
  return {
    notices,
    ended,
    got: () => got,
    until: (text: string) =>
      eventually(
        () => got.includes(text),
        () => `${text} did not come; ${notices.join(' | ')}; ${got.slice(-300)}`,
      ),
    noticed: (text: string) =>
      eventually(
        () => notices.some((each) => each.includes(text)),
        () => `no notice ${text}; ${notices.join(' | ')}`,
      ),
    begun: () =>
      eventually(
        () => heard.includes(' opened '),
        () => 'it did not begin',
      ),
    /** Ends the shell of the session, as a line that is cut does in the end. */
    cut: () => {
      for (const pid of holders(log)) {
        const shell = topOf(pid)
        if (shell !== undefined) process.kill(shell, 'SIGKILL')
      }
    },
    stop: () => {
      stop.abort()
      return ended
    },
  }
}

/** Processes that have the log open. */
function holders(log: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === log)
      } catch {
        return false
      }
    })
}

/** The process above it that this one started. */
function topOf(pid: number): number | undefined {
  try {
    const parent = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1])
    return parent === process.pid ? pid : parent > 1 ? topOf(parent) : undefined
  } catch {
    return undefined
  }
}

async function eventually(condition: () => boolean, problem: () => string): Promise<void> {
  const deadline = Date.now() + 15_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(problem())
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
  }
}
