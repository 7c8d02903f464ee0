import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Target } from '../../inspect/inspector.ts'
import { cpythonStacks, readerScript } from './cpython-stacks.ts'

const GONE = 'halligan-target gone'
const REUSED = 'halligan-target reused'
const HEAD = '{"python":"3.11.2","found":"dynamic symbols","version":"3.11"}'
const THREAD =
  '{"thread":812,"sample":0,"ident":"0x7f51","interpreter":0,"name":"worker-1","cpu":3.5,"daemon":true,"gil":true,"torn":false,"frames":[' +
  '{"function":"Cart.price","file":"/srv/shop/cart.py","line":118,"locals":[{"name":"total","type":"int","value":"-3"},{"name":"token","value":"<masked>","masked":true}]},' +
  '{"function":"Thread.run","file":"/usr/lib/python3.11/threading.py"}]}'
const NAMELESS =
  '{"sample":0,"ident":"0x7f52","interpreter":0,"daemon":false,"gil":false,"torn":true,"cut":"why","frames":[]}'
const OTHER =
  '{"thread":812,"sample":0,"ident":"0x7f51","interpreter":1,"daemon":false,"gil":false,"torn":false,"frames":[]}'
const TASK = '{"task":"Task-7","sample":0,"awaits":"Future","frames":[{"function":"fetch","file":"a.py","line":3}]}'
const SAMPLE = '{"sample":0,"at":0}'
const END = '{"end":true,"ms":6.1,"reads":263}'
const WHOLE = [HEAD, THREAD, NAMELESS, OTHER, TASK, '{"note":"a note"}', SAMPLE, END]

const parse = (text: string) => cpythonStacks.parse(Buffer.from(text), target({}))

function target(changes: {
  uid?: number
  effectiveUid?: number
  asker?: number
  ptraceScope?: number
  state?: string
}): Target {
  const { uid = 1000, effectiveUid = uid, asker = 0, ptraceScope, state = 'S' } = changes
  return {
    process: { pid: 812, startTicks: 5, uid, effectiveUid, state },
    box: { uid: asker, ...(ptraceScope === undefined ? {} : { ptraceScope }) },
  } as Target
}

describe('what the reader of Python printed', () => {
  it('is read into threads, and what belongs to none', () => {
    expect(parse(WHOLE.join('\n'))).toEqual({
      kind: 'seen',
      value: {
        notes: ['a note'],
        samples: [
          {
            atMs: 0,
            threads: [
              {
                tid: 812,
                name: 'worker-1',
                cpuMs: 3.5,
                says: ['holds the GIL', 'daemon'],
                frames: [
                  {
                    function: 'Cart.price',
                    file: '/srv/shop/cart.py',
                    line: 118,
                    own: true,
                    locals: [
                      { name: 'total', type: 'int', value: '-3' },
                      { name: 'token', value: '<masked>', masked: true },
                    ],
                  },
                  { function: 'Thread.run', file: '/usr/lib/python3.11/threading.py', own: false },
                ],
              },
            ],
            apart: [
              {
                name: 'thread 0x7f52, its number for the system is not known',
                frames: [],
                cut: 'why',
                says: [
                  'its calls changed at each of three tries: frames and values may not belong together',
                  'runs no Python now',
                ],
              },
              { name: 'subinterpreter 1', frames: [], says: ['runs no Python now'] },
              {
                name: 'asyncio task Task-7',
                frames: [{ function: 'fetch', file: 'a.py', line: 3, own: true }],
                says: ['awaits a Future'],
              },
            ],
          },
        ],
      },
    })
  })

  it('says that it was cut off', () => {
    expect(parse(`${HEAD}\n${THREAD}\n`)).toMatchObject({
      kind: 'seen',
      value: { notes: ['the answer was cut off: threads may be missing'] },
    })
  })

  it('is blind with a word where the reader is, and where the process is not what it was', () => {
    expect(parse('{"blind":"Python 3.14 was never tried","hint":""}')).toEqual({
      kind: 'blind',
      why: 'Python 3.14 was never tried',
      hint: '',
    })
    expect(parse(`${HEAD}\n{"blind":"not by this user","hint":"--sudo"}`)).toMatchObject({ hint: 'run with --sudo' })
    expect(parse(`${GONE}\n`)).toMatchObject({ kind: 'blind', why: 'the process has ended' })
    expect(parse(`${HEAD}\n${END}\n${REUSED}\n`)).toMatchObject({ kind: 'blind' })
  })

  it.each(['', 'sh: python3: not found', '{"end":true}', `${HEAD}\n{"thread":1}`, `${HEAD}\nnull`])(
    'is garbled, and never guessed: %j',
    (text) => expect(parse(text)).toMatchObject({ kind: 'garbled' }),
  )

  it('is read or refused, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(['blind', 'garbled']).toContain(cpythonStacks.parse(bytes, target({})).kind)
      }),
      { numRuns: 200 },
    )
  })

  it('is read or refused, wherever it is cut and whatever bytes stand in it', () => {
    const whole = Buffer.from(WHOLE.join('\n'))
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.uint8Array({ maxLength: 8 }), fc.nat(whole.length), (at, bytes, end) => {
        const spoiled = Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(Math.max(at, end))])
        const reading = cpythonStacks.parse(spoiled, target({}))
        if (reading.kind !== 'seen') return
        for (const { threads } of reading.value.samples) {
          expect(threads.every(({ tid, frames }) => Number.isFinite(tid) && Array.isArray(frames))).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('tells own files from those of libraries', () => {
    const files = {
      '/srv/shop/cart.py': true,
      'cart.py': true,
      '<string>': true,
      '/srv/lib/shop.py': true,
      '/usr/lib/python3/dist-packages/yaml/__init__.py': false,
      '/srv/venv/lib/python3.11/site-packages/flask/app.py': false,
      '/usr/lib/python3.11/threading.py': false,
      '/usr/local/lib/python3.12/asyncio/tasks.py': false,
      '<frozen runpy>': false,
    }
    const frames = Object.keys(files).map((file) => `{"function":"f","file":${JSON.stringify(file)}}`)
    const thread = THREAD.replace(/"frames":.*/, `"frames":[${frames.join(',')}]}`)
    const reading = parse([HEAD, thread, SAMPLE, END].join('\n'))
    if (reading.kind !== 'seen') throw new Error(reading.why)
    const told = reading.value.samples[0]?.threads[0]?.frames.map(({ file, own }) => [file, own])
    expect(Object.fromEntries(told ?? [])).toEqual(files)
  })
})

describe('whether the memory may be read', () => {
  it.each([
    ['root reads all', { asker: 0, uid: 33 }, true],
    ['who runs it reads it', { asker: 33, uid: 33 }, true],
    ['not that of another user', { asker: 1000, uid: 33 }, false],
    ['not of a setuid program', { asker: 33, uid: 33, effectiveUid: 0 }, false],
    ['not where Yama leaves it to root', { asker: 33, uid: 33, ptraceScope: 1 }, false],
    ['not of a zombie', { asker: 0, state: 'Z' }, false],
  ])('%s', (_, changes, able) => {
    expect(cpythonStacks.able(target(changes)).able).toBe(able)
  })
})

describe('the script', () => {
  const script = cpythonStacks.script(target({}), {
    timeoutMs: 20_000,
    samples: 2,
    betweenMs: 200,
    maxThreads: 50,
    maxFrames: 60,
  })

  it('holds the reader to its bounds, which are wider where it goes on for long', () => {
    expect(script).toContain('( { ulimit -v 1048576; ulimit -t 30; } 2>/dev/null\n')
    expect(readerScript(target({}).process, [], { forMs: 600_000 })).toContain('ulimit -t 150;')
  })

  it('proves its target before and after, and names no secret in its arguments', () => {
    expect(script.match(/^halligan_proved$/gm)).toHaveLength(2)
    expect(script).toMatch(
      /python3 -I -S -B -c 'import posix\nexec\([^']*' 812 seconds=2 samples=2 between=200 threads=50 frames=60\n/,
    )
  })
})
