import { spawnSync } from 'node:child_process'
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { environment, halligan, MAIN, type Outcome } from '../record/command.ts'

// What a log may be beside a log, each with the program as a person starts it.

const folder = mkdtempSync(path.join(tmpdir(), 'halligan-odd-'))
const home = path.join(folder, 'home')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** With what a shell does before it: `zcat FILE | "$NODE" "$MAIN" logs -`. */
function shell(command: string): Outcome {
  const env = { ...environment(home), NODE: process.execPath, MAIN }
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
    cwd: folder,
    encoding: 'utf8',
    env,
    maxBuffer: 2 ** 26,
  })
  return { code: status, stdout, stderr }
}

function file(name: string, content: string | Uint8Array): string {
  const at = path.join(folder, name)
  writeFileSync(at, content)
  return at
}

const LINE = '2026-11-26T08:00:00Z INFO the same line again and again\n'

describe('limits', { timeout: 120_000 }, () => {
  const packed = file('bomb.log.gz', gzipSync(LINE.repeat(60_000)))

  it('hold for standard input as for files, end at a whole line, and are said', () => {
    const ways: readonly (readonly [string, string])[] = [
      [packed, `"$NODE" "$MAIN" logs local ${packed}`],
      ['-', `zcat ${packed} | "$NODE" "$MAIN" logs -`],
    ]
    for (const [id, command] of ways) {
      const { code, stdout } = shell(`${command} --json --max-bytes 1M`)
      expect(code).toBe(0)
      const { sources, patterns, notices } = JSON.parse(stdout)
      expect(sources).toMatchObject([{ records: Math.floor(2 ** 20 / LINE.length) }])
      expect(patterns).toHaveLength(1)
      expect(notices).toEqual([
        `local: ${id} was cut off at the limit of bytes (--max-bytes): what came later was not read`,
      ])
      const lines = shell(`${command} --lines --max-bytes 1M`)
      expect(lines.code).toBe(0)
      expect(lines.stdout.split('\n')).toHaveLength(Math.floor(2 ** 20 / LINE.length) + 1)
      expect(lines.stderr).toContain(`${id} was cut off at the limit of bytes (--max-bytes)`)
    }
  })

  it('of time: a writer that stands still is not waited for', () => {
    const { stdout, code } = shell(
      `mkfifo fifo; (printf '${LINE.trim()}\\n'; sleep 30) >fifo & "$NODE" "$MAIN" logs - --timeout 1 <fifo; kill $!`,
    )
    expect(stdout).toContain('1 record of 1 log')
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('local: - was cut off at the limit of time (--timeout)')
    expect(code).toBe(0)
  })
})

describe('a line of 100 MB', { timeout: 120_000 }, () => {
  const long = file(
    'long.log',
    Buffer.concat([
      Buffer.from(`${LINE}2026-11-26T08:00:01Z INFO `),
      Buffer.alloc(100_000_000, 'x'),
      Buffer.from(`\n2026-11-26T08:00:02Z INFO the last line\n`),
    ]),
  )
  const watch = file(
    'watch.cjs',
    "process.on('exit', () => require('node:fs').appendFileSync(process.env.PEAKS, process.resourceUsage().maxRSS + '\\n'))",
  )

  /** Of which a short log takes 80, and any of this size 165; what kept the line would take 100 more at the least. MB. */
  const MOST_MB = 230

  /** What it says, and the most memory that the console had. MB. */
  const watched = (command: string): Outcome & { readonly peak: number } => {
    const peaks = file('peaks', '')
    const outcome = shell(`export NODE_OPTIONS='--require ${watch}' PEAKS=${peaks}; ${command}`)
    const peak = Math.max(...readFileSync(peaks, 'utf8').trim().split('\n').map(Number))
    return { ...outcome, peak: (peak * 1024) / 1e6 }
  }

  it.each([
    ['a file', (log: string) => `"$NODE" "$MAIN" logs local ${log}`],
    ['standard input', (log: string) => `cat ${log} | "$NODE" "$MAIN" logs -`],
  ])('of %s is cut off, which is said, and is not kept', (_what, command) => {
    for (const flags of ['--json', "--lines --grep 'INFO|x'"]) {
      const { code, stdout, stderr, peak } = watched(`${command(long)} ${flags}`)
      expect(code, stderr).toBe(0)
      expect(stdout + stderr).toMatch(/999\d{5} bytes of lines that are longer than 64 KiB were left out/)
      expect(stdout).toContain('the last line')
      expect(peak, flags).toBeLessThan(MOST_MB)
      if (flags === '--json') expect(JSON.parse(stdout).sources).toMatchObject([{ records: 3, lines: 3 }])
    }
  })

  it('of a file is filtered on the box, and is left out there', () => {
    const { code, stdout, peak } = watched(`"$NODE" "$MAIN" logs local ${long} --lines --grep last`)
    expect([code, stdout]).toEqual([0, '2026-11-26T08:00:02Z INFO the last line\n'])
    expect(peak).toBeLessThan(MOST_MB)
  })
})

describe('standard input', () => {
  it('that is a directory is refused, and an empty one is empty', () => {
    const fd = openSync(folder, 'r')
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'logs', '-'], {
      stdio: [fd, 'pipe', 'pipe'],
      encoding: 'utf8',
      env: environment(home),
    })
    closeSync(fd)
    expect(status).toBe(1)
    expect(stderr).toContain('Standard input is a directory.')
    expect(halligan(home, ['logs', '-'], '').stdout).toContain('It is empty.')
  })
})

describe('a log that is no text', { timeout: 120_000 }, () => {
  /** Each way of showing ends well, and says what it says in both of a file and of standard input. */
  const told = (name: string, content: string | Uint8Array): readonly string[] => {
    const at = file(name, content)
    const outputs: string[] = []
    for (const command of [`"$NODE" "$MAIN" logs local ${at}`, `cat ${at} | "$NODE" "$MAIN" logs -`])
      for (const flags of ['--json', '--lines']) {
        const { code, stdout, stderr } = shell(`${command} ${flags}`)
        expect(code, `${command} ${flags}: ${stderr}`).toBe(0)
        expect(stderr).not.toContain('bug in Halligan')
        outputs.push(stdout + stderr)
      }
    return outputs
  }

  it('has NUL bytes, no UTF-8 and escapes of a terminal: they are shown, harmless', () => {
    const odd = Buffer.concat([
      Buffer.from([0, 0, 0]),
      Buffer.from(LINE),
      Buffer.from('2026-11-26T08:00:02Z ERROR \u001b[31mred \u001b]0;title\u0007 '),
      Buffer.from([0xff, 0xfe, 0xc3]),
      Buffer.from(' end\n'),
    ])
    for (const output of told('odd.log', odd)) {
      // oxlint-disable-next-line no-control-regex -- that is what must not be there
      expect(output).not.toMatch(/[\u0000\u001b\u0007]/)
      expect(output).toContain('red')
      expect(output).toContain('end')
    }
  })

  it('has no times: that is said; is empty: so is that', () => {
    const [json] = told('timeless.log', 'one thing\nanother thing\n'.repeat(20))
    expect(json).toContain('its records name no time, so it is before or after nothing')
    expect(halligan(home, ['logs', 'local', file('empty.log', '')]).stdout).toContain('It is empty.')
  })

  it('is out of order: each record is counted where its time is', () => {
    const lines = Array.from(
      { length: 60 },
      (_, nth) => `2026-11-26T08:${String((nth * 7) % 60).padStart(2, '0')}:00Z INFO step ${nth}\n`,
    )
    const at = file('mixed.log', lines.join(''))
    const { stdout } = halligan(home, ['logs', 'local', at, '--json', '--compare', '2026-11-26T08:30:00Z'])
    expect(JSON.parse(stdout).patterns).toMatchObject([{ before: { count: 30 }, after: { count: 30 } }])
  })
})
