import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Target } from '../../inspect/inspector.ts'
import { MASKED } from '../../inspect/secret-names.ts'
import { nodeSnapshot } from './node-snapshot.ts'

const PROCESS = { pid: 812, startTicks: 4711, namespacePids: [812], argv: ['node', 'cart.js'] }
const TARGET = { process: PROCESS, runtime: { kind: 'node', details: [] }, box: {} } as unknown as Target
const parsed = (text: string) => nodeSnapshot.parse(Buffer.from(text), TARGET)

const PLACE =
  '{"at":{"path":"/srv/shop/cart.js","line":18,"column":6,"mapped":false},"perSecond":193.1,"passUs":61.5}\n{"armed":1}\n'
/** As the client prints it, shortened. */
const ANSWER = `{"inspector":{"port":9229,"opened":true}}
${PLACE}{"hit":{"isolate":"","atMs":42.3,"values":[{"name":"sum","value":"-3","type":"number"},{"name":"password","value":"${MASKED}","type":"string"}],"frames":[["total","/srv/shop/cart.js",18],["","file:///srv/shop/main.mjs",4],["listOnTimeout","node:internal/timers",685]]}}
{"hit":{"isolate":"worker 2 /srv/shop/work.js","atMs":44,"values":[{"name":"x","value":"(a getter, not run)","type":""}],"frames":[],"condition":"it is undefined"}}
{"end":{"ended":"hits","tookMs":50,"reached":24,"failed":0,"why":"","hitUs":604.4,"removed":true}}
{"closed":true}
`

describe('values at a statement of Node', () => {
  it('are read from what the client prints', () => {
    expect(parsed(ANSWER)).toEqual({
      kind: 'seen',
      value: {
        place: { file: '/srv/shop/cart.js', line: 18, function: 'total' },
        hits: [
          {
            atMs: 42.3,
            tid: 812,
            threadName: 'JavaScript',
            values: [
              { name: 'sum', value: '-3', type: 'number' },
              { name: 'password', value: MASKED, type: 'string', masked: true },
            ],
            frames: [
              { function: 'total', file: '/srv/shop/cart.js', line: 18, own: true },
              { function: '(anonymous)', file: '/srv/shop/main.mjs', line: 4, own: true },
              { function: 'listOnTimeout', file: 'node:internal/timers', line: 685, own: false },
            ],
          },
          {
            atMs: 44,
            tid: -2,
            threadName: 'worker 2 /srv/shop/work.js',
            values: [{ name: 'x', value: '(a getter, not run)' }],
            frames: [],
            condition: 'whether the condition is true could not be told: it is undefined',
          },
        ],
        reached: 24,
        ended: 'hits',
        tookMs: 50,
        isSampled: false,
        perHitUs: 61.5,
        notes: [],
      },
    })
  })

  it('are those that came before its client was ended', () => {
    const [before = ''] = ANSWER.split('{"end"')
    expect(parsed(before)).toMatchObject({
      kind: 'seen',
      value: { ended: 'stopped', hits: [{}, {}], notes: ['its inspector may still be open on 127.0.0.1:9229'] },
    })
  })

  it.each([
    [
      '{"refused":"no-line","script":"/srv/a.js","lines":[3,4,6,90],"last":91,"asked":5}',
      'line 5 of /srv/a.js',
      'the nearest: line 3, 4, 6',
    ],
    [
      '{"refused":"no-line","script":"/srv/a.js","lines":[88,90],"last":91,"asked":500}',
      '(it has 91 lines)',
      'line 88, 90',
    ],
    ['{"refused":"no-script","offered":["/srv/cart.js"]}', 'no script of that name', 'there are: /srv/cart.js'],
    [
      '{"refused":"several-scripts","offered":["/a/cart.js","/b/cart.js"]}',
      'several scripts',
      '/a/cart.js, /b/cart.js',
    ],
    ['{"refused":"no-function","offered":["total"]}', 'no function of that name', 'there are: total;'],
    ['{"refused":"several-functions","offered":["/a/cart.js:3"]}', 'several functions', 'name a line: /a/cart.js:3'],
  ])('are not to be had where %s', (line, why, hint) => {
    expect(parsed(`{"noPlace":${line}}\n{"closed":true}\n`)).toMatchObject({
      kind: 'blind',
      why: expect.stringContaining(why),
      hint: expect.stringContaining(hint),
    })
  })

  it('are refused with the measured price where the line is hot and there is a condition', () => {
    const hot = PLACE.replace('{"armed":1}\n', '').replace('193.1', '3000000')
    expect(parsed(`${hot}{"end":{"ended":"hot","reached":0,"tookMs":0}}\n`)).toMatchObject({
      kind: 'blind',
      why: expect.stringMatching(/called 3,000,000 times a second or more.*62 µs here: 18,450 % of a CPU/),
      hint: expect.stringContaining('without --when'),
    })
  })

  it('are asked for by code, never by the text that was typed', () => {
    const at = {
      file: 'cart.js',
      line: 18,
      when: {
        kind: 'compare',
        operator: '<',
        left: { kind: 'name', name: 'total' },
        right: { kind: 'number', text: '0' },
      },
      print: [{ kind: 'member', of: { kind: 'name', name: 'user' }, name: "it's" }],
      hits: 2,
      forMs: 1_000,
    } as const
    const options = { timeoutMs: 1, samples: 1, betweenMs: 0, maxThreads: 5, maxFrames: 5, at }
    const script = nodeSnapshot.script(TARGET, options)
    expect(script).toContain('"when":"halligan$recorder.less(total, (0))"')
    expect(script).toContain(String.raw`halligan$recorder.get(user, \"it'\''s\")`)
  })

  it('survive any bytes', () => {
    const line = fc.constantFrom(...ANSWER.split('\n'), '{"hit":{}}', '{"noPlace":{"refused":"?"}}', '{"armed":null}')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.array(line, { maxLength: 8 }).map((lines) => Buffer.from(lines.join('\n'))),
        ),
        (bytes) => {
          expect(['seen', 'blind', 'garbled']).toContain(nodeSnapshot.parse(bytes, TARGET).kind)
        },
      ),
      { numRuns: 200 },
    )
  })
})
