import { zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { boxCpuMs, readFrames } from '../../src/evidence/answer.ts'
import { probesOf, readEvidence, type Evidence } from '../../src/evidence/evidence.ts'
import * as checks from '../../src/findings/checks/index.ts'
import { conclude, type Conclusion } from '../../src/findings/conclude.ts'

// A box that means harm knows the boundary, and may answer anything up to the limit of bytes: the console's time and memory stay bounded.

const BOUNDARY = 'bad0bad0bad0bad0'
/** A safety limit, not a measurement: what is quadratic takes minutes with these sizes. Milliseconds. */
const SAFE_MS = 20_000

describe('an answer that means harm', () => {
  it('cannot expand without bound, in one block or in many', () => {
    const bomb = zstdCompressSync(Buffer.alloc(60 * 1024 * 1024))
    const block = Buffer.concat([Buffer.from(`\n${BOUNDARY} [ zstd\n`), bomb, Buffer.from(`\n${BOUNDARY} ]\n`)])
    within(() => readFrames(Buffer.concat(Array.from({ length: 500 }, () => block)), BOUNDARY))
    const good = `\n${BOUNDARY} [ cat\n\n${BOUNDARY} + load during 1.00\nx\n${BOUNDARY} - 0\n\n${BOUNDARY} ]\n`
    expect(readFrames(Buffer.concat([Buffer.from(good), block, block]), BOUNDARY).map(({ probe }) => probe)).toEqual([
      'load',
    ])
  })

  it.each([
    ['a million marks of ended probes', Array.from({ length: 300_000 }, (_, at) => `\n${BOUNDARY} ! p${at} first 3\n`)],
    ['marks without any frame', Array.from({ length: 300_000 }, () => `\n${BOUNDARY} + x`)],
  ])('is read in linear time: %s', (_what, marks) => {
    within(() => readFrames(Buffer.from(`\n${BOUNDARY} [ cat\n${marks.join('')}`), BOUNDARY))
  })

  it('says its CPU time with any number of digits', () => {
    const digits = '1'.repeat(2_000_000)
    within(() => boxCpuMs(Buffer.from(`\n${BOUNDARY} times ${digits}`), BOUNDARY))
  })

  it.each<[string, (at: number) => string, (text: string) => string]>([
    ['each process the child of the one before', (at) => stat(at, at - 1, 'x', 'S'), processes],
    ['processes in D', (at) => stat(at, 0, 'x', 'D'), processes],
    ['stopped processes', (at) => stat(at, 0, 'x', 'T'), processes],
    ['zombies of zombies', (at) => stat(at, at >> 1, 'z', 'Z'), processes],
    [
      'full disks',
      (at) => `mount /dev/d${at} /m${at} ext4 rw\nsize 100 0 0 4096 100 0 /m${at}`,
      (text) => frame('filesystems', 'during', text),
    ],
    [
      'deleted files on full disks',
      (at) =>
        `F ${at} 1000 10 1024\nD ${at} 3 /m${at}/x\nB 1 99999999999 fe0 ${at} ${at}/fd/3\nS 1000 ${at} 08 1F90 0100007F`,
      (text) =>
        frame('open-files', 'during', `${text}\nU 0`) +
        frame('filesystems', 'during', 'mount /dev/d / ext4 rw\nsize 100 0 0 4096 100 0 /'),
    ],
    [
      'trouble in the kernel log',
      (at) => `[${at}.000000] p${at}[${at}]: segfault at 0, I/O error, dev sd${at}, ${'a'.repeat(500)}`,
      (text) => frame('clock', 'first', '1800000000.000000000') + frame('kernel-log', 'during', `now unknown\n${text}`),
    ],
    [
      'interfaces that lose packets',
      (at) => `e${at}: 0 0 ${at} 0 0 0 0 0 0 0 0 0 0 0 0 0`,
      (text) =>
        frame(
          'files',
          'first',
          `==> net/dev <==\n|\n${text.replaceAll(/ \d+ 0 0 0/g, ' 0 0 0 0')}\n\n==> /dev/null <==`,
        ) + frame('files', 'last', `==> net/dev <==\n|\n${text}\n\n==> /dev/null <==`),
    ],
  ])('is concluded from in linear time, with a bounded number of findings: %s', (_what, row, frames) => {
    const text = Array.from({ length: 20_000 }, (_, at) => row(at + 2)).join('\n')
    const found = within(() => concluded(frames(text)))
    // It was read: not all is unknown.
    expect(found.findings.length + found.cleared.length).toBeGreaterThan(0)
    expect(
      Math.max(
        0,
        ...Object.values(Object.groupBy(found.findings, ({ check }) => check)).map((all) => all?.length ?? 0),
      ),
    ).toBeLessThanOrEqual(50)
  })

  it('cannot date a finding to a moment that is none', () => {
    const log = `[-1${'9'.repeat(400)}.000000] I/O error, dev sda\n[${'9'.repeat(30)}.000000] p[7]: segfault at 0\n[1.000000] I/O error, dev sdb`
    const found = concluded(
      frame('clock', 'first', '1800000000.000000000') + frame('kernel-log', 'during', `now unknown\n${log}`),
    )
    expect(found.findings.length).toBeGreaterThan(1)
    for (const { sinceMs } of found.findings)
      if (sinceMs !== undefined) expect(() => new Date(sinceMs).toISOString()).not.toThrow()
  })

  it.each(['\r', '\u2028', '\u2029', '\u0085', '\v'])('cannot pose as another process behind %j', (end) => {
    const evidence = read(
      frame('process-command', 'during', `812/cmdline:x${end}1/cmdline:evil`) +
        frame('open-files', 'during', `812/exe -> /x${end}1/exe -> /evil (deleted)`) +
        frame('lines', 'first', `812/cgroup:0::/x${end}1/cgroup:0::/evil.service\nthere self/cgroup\nend`) +
        frame(
          'kernel-log',
          'during',
          `now unknown\n[99.500000] Out of memory: Killed process 7 (a${end}b) total-vm:1kB`,
        ) +
        frame(
          'hot-threads',
          'middle',
          ['1.0', '1.5']
            .map(
              (at, ticks) => `at ${at}\nP 7\n8 (a${end}b) R 1 1 1 0 -1 0 0 0 0 0 ${ticks * 50} 0 0${' 0'.repeat(36)}`,
            )
            .join('\n'),
        ),
    )
    expect(evidence['process-command']).toMatchObject({ value: new Map([[812, `x${end}1/cmdline:evil`]]) })
    expect(evidence['process-executable'].kind === 'seen' && [...evidence['process-executable'].value.keys()]).toEqual([
      812,
    ])
    expect(evidence['process-cgroup'].kind === 'seen' && [...evidence['process-cgroup'].value.keys()]).toEqual([812])
    // Nor hide from what is looked for.
    expect(evidence['kernel-log']).toMatchObject({ value: { lines: [{ atSeconds: 99.5 }] } })
    expect(evidence['hot-threads']).toMatchObject({ value: [{ tid: 8, cpuPercent: 100 }] })
    const log = `now unknown\n[99.500000] Out of memory: Killed process 7 (a${end}b) total-vm:1kB, anon-rss:1kB\n[99.600000] a${end}b[7]: segfault at 0`
    const counters = frame('files', 'last', '==> vmstat <==\npgmajfault 0\noom_kill 1\n\n==> /dev/null <==')
    const found = concluded(
      counters + frame('clock', 'first', '1800000000.000000000') + frame('kernel-log', 'during', log),
    )
    expect(found.findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['oom-kills', 'segmentation-faults']),
    )
  })

  it('cannot fill the screen with one name', () => {
    const long = 'n'.repeat(1_000_000)
    const found = concluded(
      processes(stat(812, 1, long, 'T')) +
        frame('filesystems', 'during', `mount /dev/d /${long} ext4 rw\nsize 100 0 0 4096 100 0 /${long}`) +
        frame(
          'units',
          'during',
          `systemd\n${long}.service loaded failed failed ${long}\norders.service loaded failed failed ${long}`,
        ) +
        frame('clock', 'first', '1800000000.000000000') +
        frame('kernel-log', 'during', `now unknown\n[1.000000] I/O error, dev sda ${long}`),
    )
    expect(found.findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['stopped-process', 'failed-units', 'io-errors']),
    )
    for (const finding of found.findings) expect(JSON.stringify(finding).length).toBeLessThan(20_000)
  })
})

function stat(pid: number, parent: number, name: string, state: string): string {
  return `${pid} (${name}) ${state} ${parent} 1 1 0 -1 4194304 10 0 0 0 0 0 0 0 20 0 1 0 ${pid} 1000 100 1844674 1 1${' 0'.repeat(25)}`
}

function processes(text: string): string {
  return (
    frame('process-stat', 'first', `self 1 100.00\n${text}\nend`) +
    frame('process-stat', 'last', `self 1 101.00\n${text}\nend`)
  )
}

function frame(probe: string, moment: string, text: string): string {
  return `\n${BOUNDARY} + ${probe} ${moment} ${moment === 'last' ? '101.00' : '100.00'}\n${text}\n${BOUNDARY} - 0\n`
}

function read(frames: string): Evidence {
  const answer = Buffer.from(`\n${BOUNDARY} [ cat\n${frames}\n${BOUNDARY} ]\n`)
  return readEvidence(answer, BOUNDARY, probesOf('fast'), { beganAtMs: 1_800_000_000_000 })
}

function concluded(frames: string): Conclusion {
  return conclude(Object.values(checks), read(frames), { box: 'web-1' })
}

function within<T>(act: () => T): T {
  const started = performance.now()
  const result = act()
  expect(performance.now() - started).toBeLessThan(SAFE_MS)
  return result
}
