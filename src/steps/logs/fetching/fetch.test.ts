import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Box } from '../../../boxes/box.ts'
import { layoutOf } from '../../../evidence/logs/layout/layout.ts'
import { SHELLS } from '../../../../test/live/shells.ts'
import {
  ALL,
  fetched,
  gone,
  HONEST_AT_FIRST,
  misled,
  placeFor,
  SMALL,
  sourceOf,
  T0,
} from '../../../../test/logs/fetched.ts'
import { isoLayout, linesOf, stamped } from '../../../../test/logs/lines.ts'
import { fetchLog } from './fetch.ts'

describe.each(SHELLS)('a log fetched through $name', { timeout: 10_000 }, (shell) => {
  const { box, folder, file } = placeFor(shell)

  it('finds a minute by a few reads, to the line', async () => {
    const text = stamped(T0, 40_000, 250)
    const { got, report } = await fetched(box(), sourceOf([file(text)]), {
      fromMs: T0 + 3_600_000,
      toMs: T0 + 3_660_000,
    })
    expect(got).toBe(linesOf(text, T0 + 3_600_000, T0 + 3_660_000))
    expect(report.skipped).toEqual([])
    expect(report.readBytes - report.windowBytes).toBeLessThan(1_000_000)
    expect(report.probes).toBeLessThan(100)
    expect(report.windowBytes).toBe(got.length)
  })

  it('filters on the box, several conditions, with quotes in them', async () => {
    const text = stamped(T0, 5_000, 100, (at) => `it's ${at % 7} status=${at % 3 ? 200 : 500}`)
    const filter = { ...ALL, grep: ["it's [0-5]"], not: ["'s 3"], fields: [{ name: 'status', value: '500' }] }
    const { got } = await fetched(box(), sourceOf([file(text)]), {}, filter)
    const wanted = text
      .split('\n')
      .filter((line) => /it's [0-5]/.test(line) && !line.includes("'s 3") && line.includes('500'))
    expect(got).toBe(`${wanted.join('\n')}\n`)
  })

  it('keeps the lines of a record together under a filter', async () => {
    const text = stamped(T0, 3_000, 100, (at) =>
      at % 100 === 5 ? `ERROR no ${at}\nTraceback:\n  File "a.py"\nValueError: odd ${at}` : `fine ${at}`,
    )
    const { got, report } = await fetched(
      box(),
      sourceOf([file(text)]),
      { fromMs: T0 + 60_000, toMs: T0 + 120_000 },
      { ...ALL, grep: ['ValueError'], not: ['1105'] },
    )
    const at = [605, 705, 805, 905, 1005, 1105].filter((n) => n >= 600 && n < 1200 && n !== 1105)
    expect(
      got
        .split('\n')
        .filter((line) => line.includes('ERROR'))
        .map((line) => Number(line.split(' ').at(-1))),
    ).toEqual(at)
    expect(got.split('\n').filter((line) => line.startsWith('ValueError'))).toHaveLength(at.length)
    expect(report.skipped).toEqual([])
  })

  it('takes rotated and packed files in order, and no others', async () => {
    const parts = [0, 1, 2, 3, 4].map((at) => stamped(T0 + at * 600_000, 3_000, 200))
    const names = parts.map((text, at) => file(text, `app.log.${4 - at}`))
    renameSync(names[4] ?? '', path.join(folder(), 'app.log'))
    const packers = ['gzip', 'xz', 'bzip2'] as const
    for (const [at, packer] of packers.entries()) {
      const plain = names[at] ?? ''
      execFileSync(packer, [plain])
    }
    const ends = { gzip: '.gz', xz: '.xz', bzip2: '.bz2' }
    const files = [
      path.join(folder(), 'app.log'),
      names[3] ?? '',
      ...[2, 1, 0].map((at) => `${names[at]}${ends[packers[at] ?? 'gzip']}`),
    ]
    files.forEach((each, at) => {
      const ended = new Date(T0 + (5 - at) * 600_000)
      utimesSync(each, ended, ended)
    })
    const packed = [undefined, undefined, 'bzip2', 'xz', 'gzip'] as const
    const source = sourceOf(files, packed)
    const window = { fromMs: T0 + 900_000, toMs: T0 + 2_500_000 }
    const { got, report } = await fetched(box(), source, window)
    expect(got).toBe(linesOf(parts.join(''), window.fromMs, window.toMs))
    expect(report.skipped).toEqual([])
  })
})

describe.each(SMALL)('what is odd about a log, through $name', { timeout: 10_000 }, (shell) => {
  const { box, folder, file } = placeFor(shell)

  it('says one sentence for a folder, a vanished file, no file, an empty one, a pipe', async () => {
    mkdirSync(path.join(folder(), 'dir'))
    execFileSync('mkfifo', [path.join(folder(), 'pipe')])
    symlinkSync(path.join(folder(), 'gone'), path.join(folder(), 'link'))
    const cases: readonly (readonly [string, string[]])[] = [
      ['dir', ['it is a folder']],
      ['gone', ['it is not there (any more)']],
      ['link', ['it is a link to what is not there (any more)']],
      ['pipe', ['it is a pipe, a socket or a device, which are not opened']],
      ['empty', ['it is empty']],
    ]
    file('', 'empty')
    for (const [base, says] of cases) {
      const { got, report, failure } = await fetched(box(), sourceOf([path.join(folder(), base)]), { fromMs: T0 })
      expect({ got, failure, skipped: report.skipped }).toEqual({
        got: '',
        failure: undefined,
        skipped: says.map((sentence) => `${path.join(folder(), base)}: ${sentence}`),
      })
    }
  })

  it('reports the limit of bytes, and gives what was written last', async () => {
    const text = stamped(T0, 20_000, 200)
    const window = { fromMs: T0 + 60_000, toMs: T0 + 3_600_000 }
    const { got, report } = await fetched(box(), sourceOf([file(text)]), window, ALL, { bytes: 500_000 })
    expect(report.capped).toBe('bytes')
    expect(got.length).toBeLessThanOrEqual(500_000)
    expect(got.length).toBeGreaterThan(200_000)
    expect(linesOf(text, window.fromMs, window.toMs).endsWith(got)).toBe(true)
  })

  it('reports the limit of bytes under a filter', async () => {
    const text = stamped(T0, 20_000, 200)
    const { got, report } = await fetched(
      box(),
      sourceOf([file(text)]),
      {},
      { ...ALL, grep: ['[0-9]'] },
      { bytes: 100_000 },
    )
    expect(report.capped).toBe('bytes')
    expect(text.startsWith(got)).toBe(true)
    expect(got.length).toBeGreaterThan(90_000)
  })

  it('gives the end of a log without times, and says so', async () => {
    const text = 'no time here\n'.repeat(200_000)
    const where = file(text)
    const { got, report } = await fetched(box(), sourceOf([where]), { fromMs: T0 })
    expect(text.endsWith(got)).toBe(true)
    expect(got.length).toBe(1024 * 1024)
    expect(report.skipped).toEqual([
      `${where}: none of the lines that were looked at bears a time, so the window could not be found; its last MiB is shown`,
    ])
  })

  it('finds the file under its next name when it was rotated since it was listed', async () => {
    const text = stamped(T0, 10_000, 100)
    const where = file(text, 'app.log')
    const older = file(stamped(T0 - 1_000_000, 100, 100), 'app.log.1')
    utimesSync(older, new Date(T0 - 900_000), new Date(T0 - 900_000))
    const source = sourceOf([where, older])
    renameSync(where, older)
    writeFileSync(where, stamped(T0 + 1_000_000, 100, 100))
    const window = { fromMs: T0 + 500_000, toMs: T0 + 1_005_000 }
    const { got } = await fetched(box(), source, window)
    expect(got).toBe(linesOf(text + stamped(T0 + 1_000_000, 100, 100), window.fromMs, window.toMs))
  })

  it('reads a line of 4 MB without keeping it, and bytes that are no text', { timeout: 30_000 }, async () => {
    const odd = Buffer.concat([
      Buffer.from(stamped(T0, 2_000, 100)),
      Buffer.from(`${new Date(T0 + 200_000).toISOString()} `),
      Buffer.alloc(4_000_000, 0xff),
      Buffer.from('\n'),
      Buffer.from(stamped(T0 + 300_000, 2_000, 100, () => '\0\x1b[31m\xff')),
    ])
    const where = path.join(folder(), 'odd.log')
    writeFileSync(where, odd)
    const { bytes } = await fetched(box(), sourceOf([where]), { fromMs: T0 + 100_000, toMs: T0 + 310_000 })
    const from = odd.indexOf(new Date(T0 + 100_000).toISOString())
    const to = odd.indexOf(new Date(T0 + 310_000).toISOString())
    expect(bytes.equals(odd.subarray(from, to))).toBe(true)
  })

  it.each(['local', 'ssh'] as const)(
    'hands a line of 100 MB on in small pieces, packed for the way or not (%s)',
    { timeout: 60_000 },
    async (kind) => {
      const where = path.join(folder(), 'long.log')
      const before = stamped(T0, 100, 100)
      const after = stamped(T0 + 20_000, 100, 100)
      const begins = `${new Date(T0 + 10_000).toISOString()} `
      writeFileSync(where, `${before}${begins}`)
      appendFileSync(where, Buffer.alloc(100_000_000, 'x'))
      appendFileSync(where, `\n${after}`)
      const sizes: number[] = []
      const { report } = await fetchLog({ ...box(), kind }, sourceOf([where]), {
        window: { fromMs: T0 + 5_000, toMs: T0 + 25_000 },
        filter: ALL,
        caps: { bytes: 1e9, seconds: 60 },
        time: { nowMs: T0, zone: 'UTC' },
        layoutOf: () => isoLayout,
        onBytes: (chunk) => void sizes.push(chunk.length),
        signal: new AbortController().signal,
      })
      const wanted = before.length / 2 + begins.length + 100_000_001 + after.length / 2
      expect(report.skipped).toEqual([])
      expect(Math.abs(sizes.reduce((sum, size) => sum + size, 0) - wanted)).toBeLessThan(100)
      expect(Math.max(...sizes)).toBeLessThan(1024 * 1024)
    },
  )

  it('goes on with the other files where a disk stalls, and leaves nothing', { timeout: 20_000 }, async () => {
    const [newest, older] = [
      file(stamped(T0 + 1_000_000, 10_000, 100), 'app.log'),
      file(stamped(T0, 10_000, 100), 'app.log.1'),
    ]
    utimesSync(older, new Date(T0 + 1_000_000), new Date(T0 + 1_000_000))
    const oldest = file(stamped(T0 - 1_000_000, 10_000, 100), 'app.log.2')
    utimesSync(oldest, new Date(T0), new Date(T0))
    // What reads hangs after some blocks of one file, as on a disk that does not answer any more.
    const stalled = misled(box(), folder(), {
      dd: `case $* in *skip=[1-9]*) [ "$(readlink -f "$(echo "$*" | sed 's/.*if=\\([^ ]*\\).*/\\1/')")" != ${older} ] || exec sleep 7199;; esac; exec /usr/bin/dd "$@"`,
    })
    const window = { fromMs: T0 - 500_000 }
    const { got, report, failure } = await fetched(stalled, sourceOf([newest, older, oldest]), window, ALL, {
      seconds: 8,
    })
    expect({ failure, skipped: report.skipped, capped: report.capped, isPartial: report.isPartial }).toEqual({
      failure: undefined,
      skipped: [`${older}: nothing came of it for 2 s: its disk may hang, or what reads it; the rest of it is missing`],
      capped: undefined,
      isPartial: true,
    })
    expect(got).toBe(
      stamped(
        T0 - 500_000,
        5_000,
        100,
        (at) => `request ${at + 5000} of customer ${((at + 5000) * 7919) % 1000} took ${((at + 5000) * 31) % 97} ms`,
      ) + stamped(T0 + 1_000_000, 10_000, 100),
    )
    await gone('sleep 7199')
  })

  it('ends at the limit of seconds when a filter hangs, and leaves nothing', { timeout: 20_000 }, async () => {
    const where = file(stamped(T0, 10_000, 100))
    const hanging = misled(box(), folder(), {
      grep: HONEST_AT_FIRST('grep', 'exec sleep 7198'),
      rg: HONEST_AT_FIRST('rg', 'exec sleep 7198'),
    })
    const { report, failure } = await fetched(
      hanging,
      sourceOf([where]),
      { fromMs: T0 },
      { ...ALL, grep: ['x'] },
      { seconds: 1 },
    )
    expect(failure).toBeUndefined()
    expect(report.capped).toBe('seconds')
    await gone('sleep 7198')
  })

  it.each([
    ['prints nothing', 'exit 0', 'dd'],
    ['cuts off', 'exec /usr/bin/head -c 100000', 'cat'],
    ['prints nothing', 'exit 0', 'gzip'],
  ])('says where a tool %s (%s: %s)', async (_, body, tool) => {
    const text = stamped(T0, 10_000, 100)
    const plain = file(text, 'old.log')
    execFileSync('gzip', ['-kf', plain])
    const lying = misled(box(), folder(), { [tool]: HONEST_AT_FIRST(tool, body) })
    const source = tool === 'gzip' ? sourceOf([`${plain}.gz`], ['gzip']) : sourceOf([plain])
    const { got, report } = await fetched(lying, source, {})
    expect(text.startsWith(got)).toBe(true)
    expect(got.length).toBeLessThan(text.length)
    expect(report.isPartial).toBe(true)
    expect(report.skipped.join()).toMatch(/^\S+old\.log(\.gz)?: \d+ bytes of it came.* does not work$/)
  })

  it('uses another tool where one does not work', async () => {
    const text = stamped(T0, 5_000, 100, (at) => (at % 2 ? 'odd' : 'even\n  goes on'))
    const broken = 'echo nonsense; exit 1'
    const lying = misled(box(), folder(), { grep: broken, rg: broken, awk: broken, head: 'exit 0', dd: broken })
    const { got, report } = await fetched(lying, sourceOf([file(text)]), {}, { ...ALL, grep: ['goes'] })
    expect(got).toBe(
      linesOf(text, T0, T0 + 1e9)
        .split(/(?<=\n)(?=2)/)
        .filter((record) => record.includes('goes'))
        .join(''),
    )
    expect(report.skipped).toEqual([])
  })

  it('filters by records here where the box cannot tell where they begin', async () => {
    const text = Array.from({ length: 500 }, (_, at) =>
      at % 50 === 7
        ? `ERROR ${new Date(T0 + at * 1000).toISOString()} it broke\nTraceback (most recent call last):\n  File "a.py", line 3, in f\nValueError: odd ${at}\n`
        : `${at % 3 ? 'INFO' : 'DEBUG'} ${new Date(T0 + at * 1000).toISOString()} fine ${at}\n`,
    ).join('')
    const filter = { ...ALL, grep: ['ValueError: odd [0-9]+'], not: ['odd 107$'] }
    const { got, report } = await fetched(
      box(),
      sourceOf([file(text)]),
      { fromMs: T0 + 50_000 },
      filter,
      {},
      undefined,
      layoutOf,
    )
    expect(report.skipped).toEqual([])
    expect(got).toBe(
      [57, 157, 207, 257, 307, 357, 407, 457].map((at) => text.split(/^(?=ERROR|INFO|DEBUG)/m)[at]).join(''),
    )
  })

  it('holds back half a line of a log that is written to, and says so', async () => {
    const text = stamped(T0, 2_000, 100)
    const where = file(`${text}10.0.0.1 - - [02/Ja`)
    const source = { ...sourceOf([where]), writers: [{ pid: 1, name: 'nginx' }] }
    const skipped = [
      `${where}: its last line has no end yet, so it was left out (19 bytes); ask again, or follow it with -f`,
    ]
    for (const window of [{}, { fromMs: T0 }]) {
      const { got, report } = await fetched(box(), source, window)
      expect({ got, skipped: report.skipped }).toEqual({ got: text, skipped })
    }
    const filtered = await fetched(box(), source, {}, { ...ALL, not: ['nothing'] })
    expect(filtered.got).toBe(text)
    expect(filtered.report.skipped.join()).toMatch(/its last line has no end yet/)
    // Nobody writes to it: that is how it ends.
    utimesSync(where, new Date(T0 - 60_000), new Date(T0 - 60_000))
    expect((await fetched(box(), sourceOf([where]), {})).got).toBe(`${text}10.0.0.1 - - [02/Ja`)
  })

  it('says where what is packed is cut off or damaged, and gives what came before', async () => {
    const plain = file(stamped(T0, 5_000, 100), 'old.log')
    for (const [packer, ending] of [
      ['gzip', 'gz'],
      ['xz', 'xz'],
      ['bzip2', 'bz2'],
    ] as const) {
      execFileSync(packer, ['-kf', plain])
      const where = `${plain}.${ending}`
      truncateSync(where, Math.floor(statSync(where).size * 0.7))
      const { got, report, failure } = await fetched(box(), sourceOf([where], [packer]), {})
      expect(failure).toBeUndefined()
      expect(readFileSync(plain, 'latin1').startsWith(got)).toBe(true)
      expect(report.skipped).toEqual([
        `${where}: it is damaged or was cut off: what could be unpacked before that is shown`,
      ])
    }
  })

  it('says where a filter was killed', async () => {
    const where = file(stamped(T0, 10, 100))
    // As the kernel does where memory is out: not a word is said.
    const killing = misled(box(), folder(), {
      grep: HONEST_AT_FIRST('grep', 'kill -9 $$'),
      rg: HONEST_AT_FIRST('rg', 'kill -9 $$'),
    })
    const { got, report } = await fetched(killing, sourceOf([where]), {}, { ...ALL, grep: ['request'] })
    expect(got).toBe('')
    expect(report.skipped.join()).toMatch(
      /^\S+ log\.log: a filter of the box was ended or failed( \(Killed\))?: what matches may be missing$/,
    )
    expect(report.isPartial).toBe(true)
  })

  it('goes on to the next file at once where one cannot be opened', async () => {
    const where = file(stamped(T0, 10, 100), 'app.log')
    const packed = file('', 'app.log.1.gz')
    // Removed in the moment before it is opened; on a network file system that does not trust root it is the same to the shell.
    const racing = {
      ...box(),
      start: (script: string, options: Parameters<Box['start']>[1]) =>
        box().start(script.replaceAll('have $pack', 'rm "$f"'), options),
    }
    const source = sourceOf([where, packed], [undefined, 'gzip'])
    const { got, report, failure } = await fetched(racing, source, {}, ALL, { seconds: 5 })
    expect({ got, failure, skipped: report.skipped, capped: report.capped }).toEqual({
      got: stamped(T0, 10, 100),
      failure: undefined,
      skipped: [`${packed}: it could not be opened`],
      capped: undefined,
    })
  })

  it('is ended by its caller', async () => {
    const stop = new AbortController()
    stop.abort()
    const { failure } = await fetched(box(), sourceOf([file(stamped(T0, 10, 100))]), {}, ALL, {}, stop.signal)
    expect(failure?.kind).toBe('cancelled')
  })
})
