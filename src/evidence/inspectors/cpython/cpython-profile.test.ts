import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Target } from '../../inspect/inspector.ts'
import { cpythonProfile, cpythonProfileScript, parseCpythonProfile } from './cpython-profile.ts'

const WHOLE = [
  '{"python":"3.11.2","found":"dynamic symbols","version":"3.11"}',
  '{"at":0,"function":"hot","file":"/srv/shop/report.py","line":28}',
  '{"at":1,"function":"<module>","file":"/srv/shop/report.py","line":30}',
  '{"count":6,"cpu":true,"thread":812,"name":"MainThread","stack":[0,1]}',
  '{"count":1,"cpu":false,"stack":[1]}',
  '{"profiled":2318,"samples":7,"torn":1,"leftOut":0}',
].join('\n')

const parse = (value: string | Uint8Array) => parseCpythonProfile(Buffer.from(value))

describe('a profile of Python', () => {
  it('is read into stacks with their counts', () => {
    const outer = { function: '<module>', file: '/srv/shop/report.py', line: 30, own: true }
    expect(parse(WHOLE)).toEqual({
      kind: 'seen',
      value: {
        tookMs: 2318,
        samples: 7,
        torn: 1,
        leftOut: 0,
        sockets: new Map(),
        stacks: [
          {
            tid: 812,
            name: 'MainThread',
            onCpu: true,
            count: 6,
            frames: [{ function: 'hot', file: '/srv/shop/report.py', line: 28, own: true }, outer],
          },
          { onCpu: false, count: 1, frames: [outer] },
        ],
      },
    })
  })

  it('is a profile of what was on a CPU; what waited is idle', () => {
    const reading = cpythonProfile.parse(Buffer.from(WHOLE), {} as Target)
    expect(reading).toMatchObject({
      kind: 'seen',
      value: {
        of: 'cpu',
        tookMs: 2318,
        idle: 1,
        stacks: [{ thread: 'MainThread', weight: 6, frames: [{ function: 'hot' }, { function: '<module>' }] }],
        notes: ['1 stacks changed while they were read, and are not counted'],
      },
    })
  })

  it('is still told when the process has ended meanwhile', () => {
    expect(parse(`${WHOLE}\nhalligan-target gone\n`)).toMatchObject({ kind: 'seen' })
    expect(parse('halligan-target gone\n')).toMatchObject({ kind: 'blind', why: 'the process has ended' })
  })

  it('is blind with a word where the reader is', () => {
    expect(parse('{"blind":"not by this user","hint":"--sudo"}')).toEqual({
      kind: 'blind',
      why: 'not by this user',
      hint: 'run with --sudo',
    })
  })

  it('is never half told: wherever it is cut, it is garbled', () => {
    fc.assert(
      fc.property(fc.nat(WHOLE.length - 1), (at) => {
        expect(parse(WHOLE.slice(0, at)).kind).toBe('garbled')
      }),
      { numRuns: 100 },
    )
  })

  it('is read or refused, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(parse(bytes).kind).toBe('garbled')
      }),
      { numRuns: 200 },
    )
    expect(parse(WHOLE.replace('[0,1]', '[0,7]'))).toMatchObject({ kind: 'garbled' })
  })

  it('asks the reader for so many seconds', () => {
    const target = { process: { pid: 812, startTicks: 5 } } as Target
    const script = cpythonProfileScript(target, { seconds: 10, everyMs: 10, maxThreads: 50, maxFrames: 60 })
    expect(script).toMatch(/ 812 profile=10 every=10 threads=50 frames=60 /)
  })
})
