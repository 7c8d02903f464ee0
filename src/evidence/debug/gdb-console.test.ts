import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { Target } from '../inspect/inspector.ts'
import { gdbConsole } from './gdb-console.ts'

const target = (more: object = {}): Target =>
  ({
    process: { pid: 812, startTicks: 34, uid: 1000, state: 'S', argv: ['x'] },
    runtime: { kind: 'native', details: [] },
    box: { uid: 0, architecture: 'x86_64', tools: new Set(['gdb']) },
    ...more,
  }) as unknown as Target
const at = { terminalPid: 77, term: 'xterm', limitSeconds: 30 }

describe('gdb by hand', () => {
  it('is POSIX sh that proves its target before anything', () => {
    const script = gdbConsole.script(target(), at)
    expect(spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
    expect(script.indexOf('halligan_proved')).toBeLessThan(script.indexOf('gdb -q'))
  })

  it('runs no file of anybody, asks nobody for symbols, calls nothing, and is no child of the terminal', () => {
    const script = gdbConsole.script(target(), at)
    for (const setting of ['auto-load no', 'debuginfod enabled off', 'may-call-functions off', 'history save off'])
      expect(script).toContain(`set ${setting}`)
    expect(script).toMatch(/gdb -q -nx -nh .*<\$terminal >\$terminal 2>&1/)
    for (const command of ['kill', 'run', 'start', 'starti']) expect(script).toContain(`define ${command}\n`)
  })

  it('keeps what an older gdb does not know out of the file of settings, which ends there', () => {
    const script = gdbConsole.script(target(), at)
    const [, file = ''] = /printf '%s\\n' '([^']*)' >"\$S\/settings"/.exec(script) ?? []
    expect(file).toContain('handle SIGSTOP stop print nopass')
    expect(file.match(/^set .*$/gm)).toEqual(['set confirm off', 'set confirm on'])
    expect(script).toContain("-iex 'set auto-load no'")
  })

  it('stops the process by a signal that gdb keeps, and gets a SIGINT itself only while the process stands still', () => {
    const script = gdbConsole.script(target(), at)
    expect(script).toContain('handle SIGSTOP stop print nopass')
    expect(script.match(/kill -INT[^;]*/g)).toEqual(['kill -INT $me'])
    expect(script).toContain('if [ $now = still ]; then kill -INT $me;')
    expect(script).not.toMatch(/kill -INT 812/)
  })

  it('lets faults through that a runtime uses for itself', () => {
    const script = gdbConsole.script(target({ runtime: { kind: 'go', details: [] } }), at)
    expect(script).toContain('handle SIGURG nostop noprint pass')
  })

  it.each([
    [{ box: { uid: 1001, tools: new Set() } }, /belongs to user 1000/],
    [{ box: { uid: 1000, ptraceScope: 1, tools: new Set() } }, /ptrace_scope/],
    [{ process: { pid: 1, uid: 0, state: 'Z', argv: ['x'] } }, /zombie/],
    [
      { process: { pid: 1, uid: 0, state: 'S', argv: ['x'], tracer: { pid: 9, name: 'strace' } } },
      /traced already, by strace/,
    ],
    [{ runtime: { kind: 'kernel', details: [] } }, /cannot be let at it/],
  ])('is refused where it cannot be had', (more, why) => {
    expect(gdbConsole.able(target(more))).toMatchObject({ able: false, why: expect.stringMatching(why) })
  })

  it('says its price, with the limit', () => {
    expect(gdbConsole.price(target(), at)).toMatchObject({ price: 'pause', pauseMs: 30_000 })
  })
})
