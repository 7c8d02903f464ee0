import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GDB_COMMAND } from '../../src/evidence/gdb/gdb.ts'
import { GDB_LIMIT, gdbAlone } from '../../src/evidence/gdb/gdb-alone.ts'
import { gdbCrash } from '../../src/evidence/inspectors/native/gdb-crash.ts'
import { gdbSnapshot } from '../../src/evidence/inspectors/native/gdb-snapshot.ts'
import { uprobeSnapshot } from '../../src/evidence/inspectors/native/uprobe-snapshot.ts'
import type { InspectOptions, Inspector, Target } from '../../src/evidence/inspect/inspector.ts'
import { missing } from '../boxes/fleet.ts'

// Who may run a program on a box makes its binary, and gdb reads it, as root with --sudo: what that may take is bounded wherever gdb looks at the file alone. At a process it
// has no limit: the kernel would end it with a breakpoint in.

const why = missing('root', 'gcc', 'gdb')

const SOURCE = `#include <unistd.h>
struct order { int id; int quantity; };
__attribute__((noinline)) int price(struct order *order) {
  int total = order->quantity * order->id;
  return total + 1;
}
int main(void) {
  struct order order = {1, 2};
  for (int each = 0; each < 600; each++) { order.id += price(&order) & 1; usleep(50000); }
  return 0;
}
`

describe.skipIf(why)(`gdb at a file alone${why ? ` (skipped: ${why})` : ''}`, { timeout: 60_000 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-gdb-limits-'))
  const asked = path.join(folder, 'asked')
  let child: ChildProcess
  let target: Target

  beforeAll(() => {
    writeFileSync(path.join(folder, 'cart.c'), SOURCE)
    execFileSync('gcc', ['-g', '-O1', '-o', 'cart', 'cart.c'], { cwd: folder })
    // The real gdb, after it was noted with which limits and for what it was asked.
    const gdb = execFileSync('sh', ['-c', 'command -v gdb'], { encoding: 'utf8' }).trim()
    const noted = `#!/bin/sh\nprintf '%s %s %s\\n' "$(ulimit -v)" "$(ulimit -t)" "$*" >>${asked}\nexec ${gdb} "$@"\n`
    writeFileSync(path.join(folder, 'gdb'), noted, { mode: 0o755 })
    child = spawn(path.join(folder, 'cart'), { stdio: 'ignore' })
    target = targetOf(child.pid ?? 0)
  })
  afterAll(() => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true })
  })

  function targetOf(pid: number): Target {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const startTicks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
    const signals = { caught: 0n, blocked: 0n, ignored: 0n }
    const known = { pid, startTicks, name: 'cart', argv: ['cart'], state: 'S', signals, threads: [], threadCount: 1 }
    const box = { uid: 0, architecture: 'x86_64', tools: new Set(['gdb']) }
    return { process: known, runtime: { kind: 'native', details: [] }, box } as unknown as Target
  }

  const OPTIONS: InspectOptions = {
    timeoutMs: 30_000,
    samples: 1,
    betweenMs: 0,
    forMs: 1_000,
    maxThreads: 50,
    maxFrames: 20,
    at: { file: 'cart.c', line: 5, print: [], hits: 1, forMs: 1_000 },
  }

  /** Limits and what it was at, of each gdb that the script starts. */
  function limitsOf(inspector: Inspector<unknown>): readonly { limits: string; isAlone: boolean }[] {
    rmSync(asked, { force: true })
    const spool = mkdtempSync(path.join(folder, 'halligan-spool.'))
    writeFileSync(path.join(spool, 'command'), inspector.script(target, OPTIONS))
    const environment = { ...process.env, PATH: `${folder}:${process.env['PATH']}` }
    // Nobody may have mounted tracefs on this machine; in a mount namespace of its own nothing of it stays.
    const mounted = 'mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null; exec sh "$0"'
    const argv = ['-m', 'sh', '-c', mounted, path.join(spool, 'command')]
    const { stdout } = spawnSync('unshare', argv, { env: environment, encoding: 'utf8' })
    expect(stdout).not.toBe('')
    return readFileSync(asked, 'utf8')
      .trim()
      .split('\n')
      .map((line) => ({
        limits: line.split(' ').slice(0, 2).join(' '),
        isAlone: !/(?:snapshot|watch)\.gdb/.test(line),
      }))
  }

  const ALONE = { limits: `${8 * 1024 * 1024} 60`, isAlone: true }
  const AT_IT = { limits: 'unlimited unlimited', isAlone: false }

  it.each([
    ['gdb-snapshot', gdbSnapshot, [ALONE, AT_IT]],
    ['gdb-crash', gdbCrash, [ALONE, AT_IT]],
    ['uprobe-snapshot', uprobeSnapshot, [ALONE]],
  ] as const)('has limits in %s, and none where it is at the process', (_id, inspector, expected) => {
    expect(limitsOf(inspector)).toEqual(expected)
  })

  it('says at its end that it was ended, as the kernel does it at a limit', () => {
    const ended = `${GDB_COMMAND} -ex 'python import os, signal; os.kill(os.getpid(), signal.SIGXCPU)'`
    const said = (command: string): string => execFileSync('sh', ['-c', gdbAlone(command)], { encoding: 'utf8' })
    expect(said(ended)).toContain(`\n${GDB_LIMIT}\n`)
    expect(said(`${GDB_COMMAND} -ex 'print 6 * 7'`)).toBe('$1 = 42\n')
    expect(said(`${GDB_COMMAND} -ex 'print nowhere'`)).not.toContain(GDB_LIMIT)
  })

  it('prints no more than can be read', () => {
    const much = `${GDB_COMMAND} -ex 'python print("a" * 1000000)' -ex 'python print("b" * 100)'`
    const [long, short] = execFileSync('sh', ['-c', gdbAlone(much)], { encoding: 'utf8' }).split('\n')
    expect([long?.length, short]).toEqual([400_000, 'b'.repeat(100)])
  })
})
