import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Target } from '../../inspect/inspector.ts'
import { nodeProfile } from './node-profile.ts'

const TARGET = { process: { pid: 812 }, runtime: { kind: 'node', details: [] }, box: {} } as unknown as Target
const parsed = (text: string) => nodeProfile.parse(Buffer.from(text), TARGET)

/** As the client prints it, shortened. */
const ANSWER = `{"inspector":{"port":9229,"opened":true}}
{"name":"","profile":{"ms":1001.5,"samples":99,"left":0}}
{"name":"","node":[-1,"(root)","",0,0]}
{"name":"","node":[0,"(idle)","",0,60]}
{"name":"","node":[0,"(garbage collector)","",0,2]}
{"name":"","node":[0,"","node:internal/timers",505,0]}
{"name":"","node":[3,"price","file:///srv/orders/cart.js",12,30]}
{"name":"worker 1 /srv/orders/work.js","profile":{"ms":1000,"samples":1,"left":7}}
{"name":"worker 1 /srv/orders/work.js","node":[-1,"(root)","",0,0]}
{"name":"worker 1 /srv/orders/work.js","node":[0,"job","file:///srv/orders/work.js",4,1]}
{"closed":true}
`

describe('a profile of Node', () => {
  it('is read from the tree of calls that the client prints', () => {
    const price = { function: 'price', file: '/srv/orders/cart.js', line: 12, own: true }
    expect(parsed(ANSWER)).toEqual({
      kind: 'seen',
      value: {
        of: 'cpu',
        unit: 'samples',
        tookMs: 1001.5,
        intervalUs: 10_101,
        idle: 60,
        notes: ['7 places of calls were left out'],
        stacks: [
          { weight: 2, frames: [{ function: '(garbage collector)', own: false }] },
          {
            weight: 30,
            frames: [price, { function: '(anonymous)', file: 'node:internal/timers', line: 505, own: false }],
          },
          {
            weight: 1,
            thread: 'worker 1 /srv/orders/work.js',
            frames: [{ function: 'job', file: '/srv/orders/work.js', line: 4, own: true }],
          },
        ],
      },
    })
  })

  it('is blind where the client was refused', () => {
    expect(parsed('{"refused":"no-handler"}\n')).toMatchObject({ kind: 'blind' })
  })

  it('survives any bytes, and any tree: also one whose nodes name each other', () => {
    const node = fc
      .tuple(fc.integer({ min: -2, max: 9 }), fc.string(), fc.string(), fc.nat(), fc.nat())
      .map((each) => JSON.stringify({ name: '', node: each }))
    const tree = fc.array(fc.oneof(node, fc.constantFrom(...ANSWER.split('\n'))), { maxLength: 12 })
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          tree.map((lines) => Buffer.from(lines.join('\n'))),
        ),
        (bytes) => {
          expect(['seen', 'blind', 'garbled']).toContain(nodeProfile.parse(bytes, TARGET).kind)
        },
      ),
      { numRuns: 200 },
    )
  })
})
