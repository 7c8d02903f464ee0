import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readExpression, readExpressions, type Expression } from '../../inspect/expression.ts'
import type { InspectOptions, Target } from '../../inspect/inspector.ts'
import type { SnapshotRequest } from '../../inspect/snapshot.ts'
import { cpythonSnapshot } from './cpython-snapshot.ts'

const target = { process: { pid: 812, startTicks: 5 } } as Target
const HEAD = '{"python":"3.11.2","found":"dynamic symbols","version":"3.11"}'
const HIT =
  '{"hit":412,"thread":813,"name":"worker-1","values":[{"name":"total","type":"int","value":"-3"}],"frames":[{"function":"Cart.price","file":"/srv/shop/cart.py","line":118}]}'
const END =
  '{"ended":"hits","line":118,"took":1408,"looks":100,"atIt":7,"false":2,"torn":1,"loose":1,"files":["/srv/shop/cart.py"]}'
const WHOLE = [HEAD, HIT, HIT.replace('"values"', '"condition":"total is not set here","values"'), END].join('\n')
const parse = (value: string | Uint8Array) => cpythonSnapshot.parse(Buffer.from(value), target)

describe('values at a statement of Python', () => {
  it('are told hit by hit, as sampled ones', () => {
    const hit = {
      atMs: 412,
      tid: 813,
      threadName: 'worker-1',
      values: [{ name: 'total', type: 'int', value: '-3' }],
      frames: [{ function: 'Cart.price', file: '/srv/shop/cart.py', line: 118, own: true }],
    }
    expect(parse(WHOLE)).toEqual({
      kind: 'seen',
      value: {
        place: { file: '/srv/shop/cart.py', line: 118, function: 'Cart.price' },
        hits: [hit, { ...hit, condition: 'whether the condition is true could not be told: total is not set here' }],
        ended: 'hits',
        tookMs: 1408,
        isSampled: true,
        notes: [
          'sampled: 100 looks, one each 14.1 ms; a thread was seen there in 7. How often it ran cannot be told.',
          'The condition was false in 2 of them.',
          '1 hits were read of a thread that ran on meanwhile: their values may be of two moments.',
          '1 times the program went on while it was read: those are not told.',
        ],
      },
    })
  })

  it('are refused at a line without a statement, with those near it', () => {
    expect(parse(`${HEAD}\n{"nowhere":119,"files":["/srv/cart.py"],"near":[100,117,118,121,140]}`)).toEqual({
      kind: 'blind',
      why: 'line 119 of /srv/cart.py has no statement',
      hint: 'lines near it that have one: 117, 118, 121',
    })
  })

  it('say where else to look when nothing was seen', () => {
    const end = { ended: 'time', took: 1000, looks: 10, atIt: 0, false: 0, torn: 0, loose: 0 }
    const said = (more: object): string => JSON.stringify(parse(`${HEAD}\n${JSON.stringify({ ...end, ...more })}`))
    expect(said({ line: 9, files: ['/srv/cart.py'], near: [2, 7, 8, 12, 30] })).toContain(
      'Lines near it that have a statement: 7, 8, 12.',
    )
    expect(said({ function: 'price', files: [] })).toContain('No function of it was found')
    expect(said({ function: 'price', files: [] })).toContain('How often it was called cannot be told')
  })

  it('are never half told, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.nat(WHOLE.length - 1), (at) => {
        expect(parse(WHOLE.slice(0, at)).kind).toBe('garbled')
      }),
      { numRuns: 100 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(parse(bytes).kind).toBe('garbled')
      }),
      { numRuns: 100 },
    )
    expect(parse('halligan-target gone\n')).toMatchObject({ kind: 'blind', why: 'the process has ended' })
    expect(parse('{"blind":"not by this user","hint":"--sudo"}')).toMatchObject({ hint: 'run with --sudo' })
  })

  it('are asked for in the environment, where nobody else sees it', () => {
    const at: SnapshotRequest = {
      file: "it's.py",
      line: 3,
      when: readOne('total < 0'),
      print: readMany('total,user["id"]'),
      hits: 2,
      forMs: 1500,
    }
    const options: InspectOptions = { timeoutMs: 1, samples: 1, betweenMs: 0, maxThreads: 50, maxFrames: 40, at }
    const script = cpythonSnapshot.script(target, options)
    const asked = /HALLIGAN_ASKED='(.*)' HALLIGAN_READER=/.exec(script)?.[1]?.replaceAll(`'\\''`, "'")
    expect(JSON.parse(asked ?? '')).toEqual({
      file: "it's.py",
      line: 3,
      when: at.when,
      print: [
        ['total', at.print[0]],
        ['user["id"]', at.print[1]],
      ],
      hits: 2,
      seconds: 1.5,
    })
    expect(script).toMatch(/ 812 snapshot=1 threads=50 frames=200 /)
  })
})

function readOne(text: string): Expression {
  const read = readExpression(text)
  if (!read.ok) throw new Error(read.why)
  return read.expression
}

function readMany(text: string): readonly Expression[] {
  const read = readExpressions(text)
  if (!read.ok) throw new Error(read.why)
  return read.expressions
}
