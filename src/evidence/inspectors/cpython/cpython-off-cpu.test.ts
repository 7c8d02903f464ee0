import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Target } from '../../inspect/inspector.ts'
import { cpythonOffCpu } from './cpython-off-cpu.ts'

const target = { process: { pid: 812, startTicks: 5 }, box: { architecture: 'x86_64' } } as Target
const WHOLE = [
  '{"python":"3.11.2","found":"dynamic symbols","version":"3.11"}',
  '{"at":0,"function":"fetch","file":"/srv/shop/stock.py","line":28}',
  '{"at":1,"function":"hot","file":"/srv/shop/stock.py","line":40}',
  '{"waits":0,"call":45,"args":["0x5","0x0"],"open":"socket:[48122]","gil":false,"state":"S"}',
  '{"waits":1,"call":202,"args":["0x0","0x189"],"gil":true,"state":"S"}',
  '{"socket":"tcp 48122 0200000A:A2F0 0700000A:1538 01 00000000:00000000"}',
  '{"count":100,"cpu":false,"wait":0,"thread":813,"name":"refresh","stack":[0]}',
  '{"count":30,"cpu":false,"wait":1,"thread":812,"name":"MainThread","stack":[1]}',
  '{"count":70,"cpu":true,"thread":812,"name":"MainThread","stack":[1]}',
  '{"count":2,"stack":[1]}',
  '{"profiled":1000,"samples":100,"torn":1,"leftOut":0}',
].join('\n')

describe('where a Python program waits', () => {
  it('is told with what it waits for, in milliseconds', () => {
    const fetch = { function: 'fetch', file: '/srv/shop/stock.py', line: 28, own: true }
    const hot = { function: 'hot', file: '/srv/shop/stock.py', line: 40, own: true }
    expect(cpythonOffCpu.parse(Buffer.from(WHOLE), target)).toEqual({
      kind: 'seen',
      value: {
        of: 'off-cpu',
        unit: 'milliseconds',
        tookMs: 1000,
        intervalUs: 10_000,
        stacks: [
          {
            thread: 'refresh (813)',
            frames: [{ function: 'reads TCP to 10.0.0.7:5432 (recvfrom)', module: 'kernel', own: false }, fetch],
            weight: 1000,
          },
          {
            thread: 'MainThread (812)',
            frames: [{ function: 'waits for the GIL', module: 'python', own: false }, hot],
            weight: 300,
          },
        ],
        idle: 0,
        notes: [
          'sampled: each look stands for 10 ms; on a CPU, or ready for one, for 700 ms of all threads',
          '2 looks at threads whose number for the system is not known are left out',
          '1 stacks changed while they were read, and are not counted',
        ],
      },
    })
  })

  it('is garbled where a stack names a wait that was not told, and wherever it is cut', () => {
    const without = WHOLE.replace(/^.*"waits":1.*\n/m, '')
    expect(cpythonOffCpu.parse(Buffer.from(without), target).kind).toBe('garbled')
    fc.assert(
      fc.property(fc.nat(WHOLE.length - 1), (at) => {
        expect(cpythonOffCpu.parse(Buffer.from(WHOLE.slice(0, at)), target).kind).toBe('garbled')
      }),
      { numRuns: 100 },
    )
  })

  it('asks the reader for what is waited for', () => {
    const options = { timeoutMs: 1, samples: 1, betweenMs: 0, forMs: 2_000, maxThreads: 50, maxFrames: 60 }
    expect(cpythonOffCpu.script(target, options)).toMatch(/ 812 waits=1 profile=2 every=11 threads=50 frames=60 /)
  })
})
