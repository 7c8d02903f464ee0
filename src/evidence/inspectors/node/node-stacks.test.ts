import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Target } from '../../inspect/inspector.ts'
import { nodeStacks } from './node-stacks.ts'

const TARGET = {
  process: {
    pid: 812,
    startTicks: 1,
    state: 'S',
    uid: 1000,
    namespacePids: [812, 7],
    argv: ['node', '--inspect-port=0.0.0.0:9330', 'app.js'],
    signals: { caught: 0x200n, blocked: 0n, ignored: 0n },
  },
  runtime: { kind: 'node', details: [] },
  box: { uid: 0, architecture: 'x86_64', tools: new Set() },
} as unknown as Target

/** Printed by Node 20.20.2 for a loop in a worker, shortened. */
const ANSWER = `{"inspector":{"port":9229,"opened":true}}
{"sample":0,"atMs":14,"name":"","frames":[],"waits":"events"}
{"sample":0,"atMs":14,"name":"worker 1 /srv/orders/work.js","frames":[{"function":"total","url":"file:///srv/orders/work.js","line":3,"locals":[{"name":"rate","scope":"local","type":"number","value":"3"}]},{"function":"","url":"file:///srv/orders/work.js","line":5},{"function":"emit","url":"node:events","line":524},{"function":"handle","url":"file:///srv/orders/node_modules/express/lib/router.js","line":9}],"noValues":false,"stoppedMs":3.5}
{"sample":1,"atMs":220,"name":"","frames":[],"waits":"outside"}
{"closed":true}
`
const parsed = (text: string) => nodeStacks.parse(Buffer.from(text), TARGET)

describe('stacks of Node', () => {
  it('are read from what the client prints', () => {
    expect(parsed(ANSWER)).toEqual({
      kind: 'seen',
      value: {
        notes: [],
        samples: [
          {
            atMs: 14,
            stoppedMs: 3.5,
            threads: [
              { tid: 812, name: 'JavaScript', frames: [{ function: '(waits for events)', own: false }] },
              {
                tid: -1,
                name: 'worker 1 /srv/orders/work.js',
                frames: [
                  {
                    function: 'total',
                    file: '/srv/orders/work.js',
                    line: 3,
                    own: true,
                    locals: [{ name: 'rate', value: '3', type: 'number' }],
                  },
                  { function: '(anonymous)', file: '/srv/orders/work.js', line: 5, own: true },
                  { function: 'emit', file: 'node:events', line: 524, own: false },
                  { function: 'handle', file: '/srv/orders/node_modules/express/lib/router.js', line: 9, own: false },
                ],
              },
            ],
          },
          {
            atMs: 220,
            stoppedMs: 0,
            threads: [
              {
                tid: 812,
                name: 'JavaScript',
                frames: [{ function: '(in native code; JavaScript does not answer)', own: false }],
              },
            ],
          },
        ],
      },
    })
  })

  it('say what stays when the end was not seen, and what was there before', () => {
    const cutOff = parsed(ANSWER.replace('{"closed":true}\n', ''))
    expect(cutOff).toMatchObject({ value: { notes: ['its inspector may still be open on 127.0.0.1:9229'] } })
    const openBefore = parsed(ANSWER.replace('"opened":true', '"opened":false'))
    expect(openBefore).toMatchObject({
      value: { notes: ['its inspector was open before, on port 9229, and is left so'] },
    })
  })

  it.each([
    ['halligan-target gone\n', 'the process has ended'],
    ['halligan-target reused\n', 'its PID belongs to another process now'],
    ['{"refused":"no-handler"}\n', 'it does not catch SIGUSR1, which would have killed it'],
    ['{"refused":"other-process","other":9}\n', 'what answered was process 9: another one has its port'],
    [
      '{"refused":"not-opened","state":"S","ranTicks":0}\n',
      'no inspector came within 5 s: its main thread waits in native code, or the program handles SIGUSR1 itself. The inspector may open later, when that thread returns',
    ],
  ])('are blind with the reason: %j', (text, why) => {
    expect(parsed(text)).toMatchObject({ kind: 'blind', why })
  })

  it('survive any bytes, and any line of the client with something else in it', () => {
    const lines = ANSWER.split('\n')
    const hostile = fc
      .array(fc.oneof(fc.string(), fc.json(), fc.constantFrom(...lines)), { maxLength: 8 })
      .map((parts) => Buffer.from(parts.join('\n')))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), hostile), (bytes) => {
        expect(['seen', 'blind', 'garbled']).toContain(nodeStacks.parse(bytes, TARGET).kind)
      }),
      { numRuns: 200 },
    )
  })

  it('are asked of the port that its arguments name, and of its number in its own namespace', () => {
    const script = nodeStacks.script(TARGET, { timeoutMs: 1, samples: 2, betweenMs: 200, maxThreads: 5, maxFrames: 5 })
    expect(script).toContain('"pid":812,"startTicks":1,"ownPid":7,"knownPort":9330')
  })

  it('are not read by a file that another user could have written: it would be run with our rights', () => {
    const script = nodeStacks.script(TARGET, { timeoutMs: 1, samples: 1, betweenMs: 0, maxThreads: 5, maxFrames: 5 })
    expect(script).toMatch(/\[ "\$\(id -u\)" = 1000 \] \|\| trusted \$each \|\| \{ why=not-run; continue; \}/)
    const [trusted = ''] = /^trusted\(\) \{[^]*?^\}$/m.exec(script) ?? []
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-trusted-'))
    const file = path.join(folder, 'node')
    const isTrusted = (more = ''): boolean =>
      spawnSync('sh', ['-c', `${trusted}\n${more}\ntrusted "$1"`, 'sh', file]).status === 0
    try {
      writeFileSync(file, '')
      const modes = [0o755, 0o555, 0o4755, 0o775, 0o757, 0o777]
      const told = modes.map((mode) => {
        chmodSync(file, mode)
        return isTrusted()
      })
      expect(told).toEqual([true, true, true, false, false, false])
      chmodSync(file, 0o755)
      if (process.getuid?.() === 0) chownSync(file, 12_345, 12_345)
      // Asked by somebody else than its owner.
      expect(isTrusted('id() { echo 54321; }')).toBe(false)
      rmSync(file)
      expect(isTrusted()).toBe(false)
    } finally {
      rmSync(folder, { recursive: true })
    }
    expect(parsed('{"refused":"not-run"}\n')).toMatchObject({ kind: 'blind', hint: expect.stringContaining('--sudo') })
  })

  it('are not able without rights, of what is stopped, and of what the signal would kill', () => {
    const able = (process: object, uid = 0) =>
      nodeStacks.able({ ...TARGET, process: { ...TARGET.process, ...process }, box: { ...TARGET.box, uid } })
    expect(able({})).toEqual({ able: true })
    expect(able({}, 1001)).toMatchObject({ able: false, hint: 'run with --sudo' })
    expect(able({ state: 'T' })).toMatchObject({ able: false, why: 'it is stopped, and would not answer' })
    expect(able({ signals: { caught: 0x100n } })).toMatchObject({
      able: false,
      why: 'it does not catch SIGUSR1, which would kill it',
    })
  })
})
