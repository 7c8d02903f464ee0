import { execFileSync, spawnSync } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { leftBreakpoints } from '../../src/evidence/gdb/left-breakpoints.ts'
import { missing } from '../boxes/fleet.ts'
import { compileSick } from '../sick/compile.ts'
import { hold, type Held } from './targets.ts'

// A child that becomes another program between two steps of the mend: no byte of the other program may be written.

const why = missing('root', 'gcc')
const INT3 = 0xcc
/** Those of boxes that are here. */
const SHELLS = ['dash', 'bash', 'mksh', 'ksh93', 'busybox sh'].filter(
  (shell) => spawnSync(shell.split(' ')[0] ?? '', ['-c', ':']).error === undefined,
)

describe.skipIf(why)(`a breakpoint that gdb left in a child${why ? ` (skipped: ${why})` : ''}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-left-'))
  const other = path.join(folder, 'other')
  const anywhere = path.join(folder, 'anywhere')
  let program = ''
  let parent: Held
  beforeAll(() => {
    program = compileSick('becomes-another')
    // The same source, so that there is code at the same addresses, of other instructions.
    const source = path.join(import.meta.dirname, '../sick/becomes-another.c')
    execFileSync('gcc', ['-O0', '-static', '-o', other, source])
    // As distributions build theirs: loaded above what 32 bits can count.
    execFileSync('gcc', ['-O1', '-pie', '-fPIE', '-o', anywhere, source])
  }, 60_000)
  afterEach(() => parent.end())
  afterAll(() => rmSync(folder, { recursive: true }))

  /** A child with a breakpoint where both programs have code, with different bytes. */
  const withBreakpoint = async (): Promise<{ child: number; place: number; right: number; others: number }> => {
    parent = await hold(program, [other])
    const child = Number(parent.said)
    const another = await hold(other, [other])
    const [here, there] = [codeOf(child), codeOf(another.pid)]
    await another.end()
    const at = here.bytes.findIndex((byte, index) => differ(byte, there.bytes[index + here.start - there.start]))
    const place = here.start + at
    const [right, others] = [here.bytes[at] ?? 0, there.bytes[place - there.start] ?? 0]
    breakAt(child, place)
    return { child, place, right, others }
  }
  /** A child whose code is above 4 GiB, with a breakpoint. */
  const withBreakpointAbove = async (): Promise<{ child: number; place: number; right: number }> => {
    parent = await hold(anywhere, [other])
    const child = Number(parent.said)
    const { start, bytes } = codeOf(child)
    const at = bytes.findIndex((byte) => byte !== INT3)
    expect(start).toBeGreaterThan(2 ** 32)
    breakAt(child, start + at)
    return { child, place: start + at, right: bytes[at] ?? 0 }
  }
  const breakAt = (child: number, place: number): void => {
    poke(child, place, INT3)
    writeFileSync(path.join(folder, 'out'), `^done,BreakpointTable={body=[bkpt={addr="${asGdb(place)}"}]}\n`)
  }
  /** What the proof says is there still. */
  const residue = (shell: string, environment = process.env): string => {
    const script = path.join(folder, 'residue')
    writeFileSync(script, leftBreakpoints({ pid: parent.pid, startTicks: startOf(parent.pid) }).residue)
    const [program = '', ...words] = shell.split(' ')
    return spawnSync(`/bin/${program}`, [...words, script], { encoding: 'utf8', env: environment }).stdout
  }
  /** The clean-up, with a `dd` that has the child become the other program before it does what the numbered call asks of it. Gives how often `dd` was called. */
  const cleanUp = (child: number, before = 0, shell = 'sh'): number => {
    const real = execFileSync('sh', ['-c', 'command -v dd'], { encoding: 'utf8' }).trim()
    const counted = path.join(folder, 'calls')
    writeFileSync(counted, '')
    writeFileSync(
      path.join(folder, 'dd'),
      `#!/bin/sh
echo >>${counted}
if [ $(wc -l <${counted}) -eq ${before} ]; then
  kill -USR2 ${child}
  until [ "$(readlink /proc/${child}/exe)" = ${other} ]; do sleep 0.01; done
fi
exec ${real} "$@"
`,
      { mode: 0o755 },
    )
    const script = path.join(folder, 'clean')
    writeFileSync(script, leftBreakpoints({ pid: parent.pid, startTicks: startOf(parent.pid) }).cleanUp)
    const [program = '', ...words] = shell.split(' ')
    const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` }
    const { signal } = spawnSync(program, [...words, script], { env })
    expect(signal).toBeNull()
    return readFileSync(counted, 'utf8').length
  }

  it.each(SHELLS)('is taken out by %s', async (shell) => {
    const { child, place, right } = await withBreakpoint()
    cleanUp(child, 0, shell)
    expect(peek(child, place)).toBe(right)
  })

  it.each(SHELLS)(
    'is taken out of a program that is loaded anywhere (PIE) by %s, and told as long as it is in',
    async (shell) => {
      const { child, place, right } = await withBreakpointAbove()
      const words = `a breakpoint in process ${child} at ${asGdb(place)}: it ends when it comes there\n`
      expect(residue(shell)).toBe(words)
      cleanUp(child, 0, shell)
      expect([peek(child, place), residue(shell)]).toEqual([right, ''])
    },
  )

  it.each(['awk', 'od'])('is not told as gone where it cannot be looked for, without %s', async (tool) => {
    await withBreakpointAbove()
    const few = path.join(folder, `without-${tool}`)
    mkdirSync(few)
    for (const name of ['awk', 'cat', 'cut', 'dd', 'grep', 'head', 'od', 'sort', 'tr'].filter((each) => each !== tool))
      symlinkSync(`/usr/bin/${name}`, path.join(few, name))
    expect(residue('sh', { PATH: few })).toMatch(/^breakpoints of gdb cannot be looked for here .*: one may be left\n$/)
  })

  it('is left alone where the process is not the one that was watched', async () => {
    const { child, place } = await withBreakpoint()
    writeFileSync(path.join(folder, 'clean'), leftBreakpoints({ pid: parent.pid, startTicks: 1 }).cleanUp)
    spawnSync('sh', [path.join(folder, 'clean')])
    expect(peek(child, place)).toBe(INT3)
  })

  it('costs no byte of the program that the child becomes, at whichever step of the mend', async () => {
    const { child } = await withBreakpoint()
    const steps = cleanUp(child)
    await parent.end()
    expect(steps).toBeGreaterThanOrEqual(4)
    for (let step = 1; step <= steps; step += 1) {
      const { child: next, place, others } = await withBreakpoint()
      cleanUp(next, step)
      expect([step, readlinkSync(`/proc/${next}/exe`), peek(next, place)]).toEqual([step, other, others])
      await parent.end()
    }
  })
})

/** With the zeros before it. */
function asGdb(place: number): string {
  return `0x${place.toString(16).padStart(16, '0')}`
}

function differ(one: number, another = INT3): boolean {
  return one !== another && one !== INT3 && another !== INT3
}

/** What is mapped as code of its binary. */
function codeOf(pid: number): { readonly start: number; readonly bytes: Uint8Array } {
  const [, from = '', to = ''] =
    /^([0-9a-f]+)-([0-9a-f]+) r-xp \S+ \S+ [1-9]/m.exec(readFileSync(`/proc/${pid}/maps`, 'latin1')) ?? []
  const start = Number.parseInt(from, 16)
  const bytes = Buffer.alloc(Number.parseInt(to, 16) - start)
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  readSync(memory, bytes, 0, bytes.length, start)
  closeSync(memory)
  return { start, bytes }
}

function peek(pid: number, place: number): number {
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  const byte = Buffer.alloc(1)
  readSync(memory, byte, 0, 1, place)
  closeSync(memory)
  return byte[0] ?? 0
}

function poke(pid: number, place: number, byte: number): void {
  const memory = openSync(`/proc/${pid}/mem`, 'r+')
  writeSync(memory, Buffer.from([byte]), 0, 1, place)
  closeSync(memory)
}

function startOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[19])
}
