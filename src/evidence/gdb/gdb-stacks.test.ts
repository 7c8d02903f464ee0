import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gdbSample } from './gdb-stacks.ts'
import { machineRecord } from './machine-interface.ts'
import { isSecretName, withoutSecrets } from '../inspect/secret-names.ts'

// As gdb 13.1 prints it, with names that want to be something else.
const SAMPLE = `[New LWP 8004]
Thread 2 (Thread 0x7f40ad61d6c0 (LWP 8003) "ev"il"):
^done,stack=[frame={level="0",addr="0x00007f40ad6ed545",func="clock_nanosleep",from="/lib/x86_64-linux-gnu/libc.so.6",arch="i386:x86-64"},frame={level="1",addr="0x1",func="shop::total\\n^done,stack=[]",file="evil.cc",fullname="/home/dev/evil.cc",line="5"},frame={level="2",addr="0x2",func="??"}]
Thread 1 (LWP 8000):
^error,msg="Cannot access memory at address 0x7f"
@@ locals
Thread 2 (Thread 0x7f40ad61d6c0 (LWP 8003) "ev"il"):
^done,variables=[]
^done,variables=[{name="order",arg="1",value="{id = 3, password = 0x55d0 \\"hunt,er2\\", note = \\"\\\\303\\\\244\\"}"},{name="api_key",value="\\"abc\\""}]
`

describe('stacks by gdb', () => {
  it('have functions, lines, modules and local variables, secrets masked', () => {
    expect(gdbSample(SAMPLE, 0, 2)).toEqual({
      atMs: 0,
      threads: [
        {
          tid: 8003,
          name: 'ev"il',
          cut: 'more frames were not shown',
          frames: [
            { function: 'clock_nanosleep', module: '/lib/x86_64-linux-gnu/libc.so.6', own: false },
            {
              function: 'shop::total\n^done,stack=[]',
              file: 'evil.cc',
              line: 5,
              own: true,
              locals: [
                { name: 'order', value: String.raw`{id = 3, password = <masked>, note = "\303\244"}` },
                { name: 'api_key', value: '<masked>', masked: true },
              ],
            },
          ],
        },
        { tid: 8000, frames: [], cut: 'gdb could not follow the stack: Cannot access memory at address 0x7f' },
      ],
    })
  })

  it('are read of any text without an error: cut and changed', () => {
    fc.assert(
      fc.property(fc.nat(SAMPLE.length), fc.string(), fc.nat(SAMPLE.length), (at, put, cut) => {
        const sample = gdbSample(`${SAMPLE.slice(0, at)}${put}${SAMPLE.slice(at)}`.slice(0, cut), 0, 8)
        expect(sample.threads.length).toBeLessThanOrEqual(4)
      }),
      { numRuns: 200 },
    )
  })

  it('show no part of a secret wherever they are cut off', () => {
    for (let cut = 0; cut <= SAMPLE.length; cut += 1)
      expect(JSON.stringify(gdbSample(SAMPLE.slice(0, cut), 0, 8))).not.toMatch(/hunt|abc/)
  })
})

describe('the machine interface of gdb', () => {
  it('gives texts byte for byte, whatever is in them', () => {
    const escaped = (text: string): string =>
      [...Buffer.from(text)]
        .map((byte) =>
          byte === 34 || byte === 92
            ? `\\${String.fromCharCode(byte)}`
            : byte > 31 && byte < 127
              ? String.fromCharCode(byte)
              : `\\${byte.toString(8).padStart(3, '0')}`,
        )
        .join('')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, two) => {
        expect(machineRecord(`^done,a="${escaped(one)}",b=[{c="${escaped(two)}"}]`)).toEqual({
          a: one,
          b: [{ c: two }],
        })
      }),
      { numRuns: 200 },
    )
  })

  it('does not go deeper than gdb would', () => {
    expect(JSON.stringify(machineRecord(`^done,a=${'{a='.repeat(50_000)}`)).length).toBeLessThan(500)
  })
})

describe('names of secrets', () => {
  it('are known by what they end with or hold', () => {
    const secret = [
      'password',
      'dbPassword',
      'db_pass',
      'api_key',
      'apiKey',
      'session_token',
      'auth',
      'AUTHORIZATION',
      'pin',
    ]
    const harmless = ['passenger', 'author', 'spin', 'bypass', 'keyboard', 'pinned', 'compass', 'n']
    expect(secret.filter((name) => !isSecretName(name))).toEqual([])
    expect(harmless.filter((name) => isSecretName(name))).toEqual([])
  })

  it('take their values out of a structure and leave the rest', () => {
    expect(
      withoutSecrets(
        String.raw`{a = 1, token = {_M_p = 0x5 "x, y"}, b = {secret = "q\"}", '\000' <repeats 8 times>, c = 2}}`,
      ),
    ).toBe('{a = 1, token = <masked>, b = {secret = <masked>, c = 2}}')
  })
})
