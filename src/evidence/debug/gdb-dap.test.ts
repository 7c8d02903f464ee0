import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { Target } from '../inspect/inspector.ts'
import { gdbDap } from './gdb-dap.ts'

const target = (state = 'S'): Target =>
  ({
    process: { pid: 812, startTicks: 34, uid: 1000, state, argv: ['x'] },
    runtime: { kind: 'native', details: [] },
    box: { uid: 0, architecture: 'x86_64', tools: new Set(['gdb']) },
  }) as unknown as Target
const at = { terminalPid: 77, term: 'xterm', limitSeconds: 30 }

describe('gdb for an editor', () => {
  const script = gdbDap.script(target(), at)

  it('is POSIX sh that proves its target, and says when the terminal changes nothing any more', () => {
    expect(spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
    const order = ['halligan_proved', 'stty raw -echo', 'ready for the protocol', 'exec gdb'].map((word) =>
      script.indexOf(word),
    )
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(order[0]).toBeGreaterThanOrEqual(0)
  })
  it('heeds its signal while its editor says nothing, and writes no file beside its own', () => {
    expect(script).toContain('gdb.events.gdb_exiting = ')
    expect(script).toContain('PYTHONDONTWRITEBYTECODE=1')
    expect(gdbDap.attaches(target(), at)).toEqual({ tool: 'debugger', freezeSeconds: 35 })
  })
  it('never interrupts the process by SIGINT, nor gdb', () => {
    expect(script).not.toMatch(/kill -INT/)
    expect(script).toContain('handle SIGSTOP stop print nopass')
    for (const setting of ['auto-load no', 'debuginfod enabled off', 'may-call-functions off'])
      expect(script).toContain(`set ${setting}`)
  })
  it('says in its price what a breakpoint costs that nobody sees hit, and whom it may kill', () => {
    const { why, pauseMs } = gdbDap.price(target(), at)
    expect(why).toMatch(/a condition, a number of hits or a message slows it/)
    expect(why).toMatch(/child that it forks/)
    expect(pauseMs).toBe(35_000)
  })
  it('is refused where somebody has stopped the process', () => {
    expect(gdbDap.able(target('T'))).toMatchObject({ able: false, why: expect.stringMatching(/stopped it/) })
    expect(gdbDap.able(target())).toEqual({ able: true })
  })
})
