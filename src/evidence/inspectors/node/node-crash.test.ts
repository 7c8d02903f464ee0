import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Target } from '../../inspect/inspector.ts'
import { nodeCrash } from './node-crash.ts'

const TARGET = { process: { pid: 812 }, runtime: { kind: 'node', details: [] }, box: {} } as unknown as Target
const parsed = (text: string) => nodeCrash.parse(Buffer.from(text), TARGET)

const WATCHING = '{"inspector":{"port":9229,"opened":true}}\n{"watching":2}\n'
const EXCEPTION =
  '{"crash":{"name":"worker 3 /srv/w.js","kind":"exception","says":"RangeError: no such coupon","frames":[{"function":"checkout","url":"file:///srv/shop/cart.js","line":44,"locals":[{"name":"order","value":"{id: 3}","type":"object"}]}],"noValues":false,"stoppedMs":12.5}}\n'
const EXIT =
  '{"crash":{"name":"","kind":"exit","says":"","code":3,"frames":[{"function":"exit","url":"node:internal/process/per_thread","line":241},{"function":"act","url":"/srv/shop/cart.js","line":56}]}}\n'
const END = '{"watched":{"ms":5000,"stops":1,"lost":false}}\n{"closed":true}\n'

describe('a watch for the end of a Node program', () => {
  it('tells what nothing catches, and who calls process.exit', () => {
    expect(parsed(WATCHING + EXCEPTION + EXIT + END)).toEqual({
      kind: 'seen',
      value: {
        captures: [
          {
            why: { by: 'exception', says: 'RangeError: no such coupon' },
            tid: -3,
            stacks: {
              samples: [
                {
                  atMs: 0,
                  stoppedMs: 12.5,
                  threads: [
                    {
                      tid: -3,
                      name: 'worker 3 /srv/w.js',
                      frames: [
                        {
                          function: 'checkout',
                          file: '/srv/shop/cart.js',
                          line: 44,
                          own: true,
                          locals: [{ name: 'order', value: '{id: 3}', type: 'object' }],
                        },
                      ],
                    },
                  ],
                },
              ],
              notes: [],
            },
          },
          expect.objectContaining({ why: { by: 'exit', code: 3 }, tid: 812 }),
        ],
        end: { by: 'exit', code: 3 },
        notes: [],
      },
    })
  })

  it('has no stack of an exit that nobody of the program called', () => {
    const [, after = ''] = EXIT.split(',{"function":"act"')
    const bare = EXIT.replace(`,{"function":"act"${after.split(']')[0]}`, '')
    expect(parsed(WATCHING + EXCEPTION + bare + END)).toMatchObject({
      value: { captures: [{ why: { by: 'exception' } }], end: { by: 'exit', code: 3 } },
    })
  })

  it.each([
    [EXCEPTION + END, 'the program goes on after it'],
    [END.replace('false', 'true'), 'ended without a word'],
    [EXCEPTION + END.replace('"stops":1', '"stops":5'), 'not stopped for more exceptions'],
  ])('says what %# means', (told, note) => {
    expect(parsed(WATCHING + told)).toMatchObject({
      value: { notes: expect.arrayContaining([expect.stringContaining(note)]) },
    })
  })

  it('is nothing where nothing happened, and blind where it did not begin', () => {
    expect(parsed(WATCHING + END)).toMatchObject({ kind: 'seen', value: { captures: [], notes: [] } })
    expect(parsed('{"refused":"no-handler"}\n')).toMatchObject({ kind: 'blind' })
  })

  it('survives any bytes', () => {
    const line = fc.constantFrom(...(WATCHING + EXCEPTION + EXIT + END).split('\n'), '{"crash":{}}', '{"watched":1}')
    const lines = fc.array(line, { maxLength: 8 }).map((all) => Buffer.from(all.join('\n')))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), lines), (bytes) => {
        expect(['seen', 'blind', 'garbled']).toContain(nodeCrash.parse(bytes, TARGET).kind)
      }),
      { numRuns: 200 },
    )
  })
})
