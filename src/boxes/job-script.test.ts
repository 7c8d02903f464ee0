import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SHELLS } from '../../test/live/shells.ts'
import { countOf, keepBothEnds } from './job-script.ts'

/** Of the beginning and of the end. Bytes. */
const END_BYTES = 8_192
/** As the collected script prints it where nobody knows. */
const NOT_COUNTED = '-'

/** Lines of 99 bytes, each written by itself, as most programs write to what is no terminal only when they flush; from `seq` they come in large pieces. */
const SMALL_WRITES = (lines: number): string =>
  `x=${'x'.repeat(88)}; n=1000000000; while [ $n -lt $((1000000000 + ${lines})) ]; do n=$((n + 1)); echo $n$x; done`

const TOOLS = ['coreutils', 'busybox'] as const
const hasBusybox = spawnSync('sh', ['-c', 'command -v busybox']).status === 0

describe('both ends of what a detached command prints', () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'halligan-job-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  /** With the tools of coreutils those of this machine, else with what busybox has of them. */
  function pathWith(tools: (typeof TOOLS)[number]): string {
    if (tools === 'coreutils') return process.env['PATH'] ?? ''
    const bin = path.join(folder, 'bin')
    mkdirSync(bin)
    const busybox = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim()
    for (const tool of ['dd', 'mkfifo', 'printf', 'rm', 'seq', 'tail', 'tee', 'wc'])
      symlinkSync(busybox, path.join(bin, tool))
    return bin
  }

  /** What it kept of what `command` printed, and how many bytes it counted behind the beginning. */
  function kept(argv: readonly string[], PATH: string, command: string, before = '') {
    const [file = '', ...args] = argv
    const program = execFileSync('sh', ['-c', `command -v ${file}`], { encoding: 'utf8' }).trim()
    const script = `${before}\n${keepBothEnds(END_BYTES)}\n( ${command} ) | keep out\n${countOf('out')}`
    const { stdout, stderr } = spawnSync(program, [...args, '-c', script], {
      env: { PATH, S: folder },
      encoding: 'utf8',
      // A bash whose input is a socket reads .bashrc.
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return {
      beginning: readFileSync(path.join(folder, 'out')).toString(),
      end: readFileSync(path.join(folder, 'out-end')).toString(),
      counted: stdout.trim(),
      stderr,
    }
  }

  const printed = (command: string): string =>
    execFileSync('sh', ['-c', command], { encoding: 'utf8', maxBuffer: 32 * 1024 * 1024 })

  for (const tools of TOOLS)
    describe.skipIf(tools === 'busybox' && !hasBusybox)(tools, () => {
      describe.each(SHELLS)('$name', ({ argv, missing }) => {
        it.skipIf(missing !== undefined).each([
          ['nothing', ':'],
          ['one byte', 'printf x'],
          ['less than the beginning', SMALL_WRITES(50)],
          [
            'as much as the beginning, to the byte',
            `seq 1 100000 2>/dev/null | dd bs=1 count=${END_BYTES} 2>/dev/null`,
          ],
          ['one byte more', `seq 1 100000 2>/dev/null | dd bs=1 count=${END_BYTES + 1} 2>/dev/null`],
          ['less than both ends', SMALL_WRITES(120)],
          [
            'as much as both ends, to the byte',
            `seq 1 100000 2>/dev/null | dd bs=1 count=${2 * END_BYTES} 2>/dev/null`,
          ],
          ['more, in small pieces', SMALL_WRITES(900)],
          ['much more, in large pieces', 'seq 1 200000'],
        ])('every byte of %s', (_what, command) => {
          const all = printed(command)
          expect(kept(argv, pathWith(tools), command)).toEqual({
            beginning: all.slice(0, END_BYTES),
            end: all.slice(END_BYTES).slice(-END_BYTES),
            counted: String(Math.max(0, all.length - END_BYTES)),
            stderr: '',
          })
        })
      })
    })

  it('needs no dd that waits for whole blocks', () => {
    const all = printed(SMALL_WRITES(400))
    const plain = 'dd() { case "$*" in *fullblock*) return 1;; esac; command dd "$@"; }'
    expect(kept(['dash'], process.env['PATH'] ?? '', SMALL_WRITES(400), plain)).toMatchObject({
      beginning: all.slice(0, END_BYTES),
      end: all.slice(-END_BYTES),
      counted: String(all.length - END_BYTES),
    })
  })

  it('says that nobody counted where nobody could', () => {
    const without = 'mkfifo() { return 1; }'
    expect(kept(['dash'], process.env['PATH'] ?? '', 'seq 1 20000', without).counted).toBe(NOT_COUNTED)
  })

  it('says that something was lost where there was no room for the beginning', () => {
    // A file of the beginning that takes nothing: /dev/full (full(4)).
    symlinkSync('/dev/full', path.join(folder, 'out'))
    const script = `${keepBothEnds(END_BYTES)}\nseq 1 20000 | keep out\n${countOf('out')}`
    const { stdout } = spawnSync('sh', ['-c', script], { env: { ...process.env, S: folder }, encoding: 'utf8' })
    expect(stdout.trim()).toBe('lost')
  })
})
