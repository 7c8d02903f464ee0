import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readExpression } from '../../inspect/expression.ts'
import type { Target } from '../../inspect/inspector.ts'
import type { SnapshotRequest } from '../../inspect/snapshot.ts'
import { kernelFilter } from './uprobe-definition.ts'
import { uprobeSnapshotOf } from './uprobe-snapshot-answer.ts'
import { uprobeSnapshotScript } from './uprobe-snapshot-script.ts'

const target = {
  process: { pid: 812, startTicks: 99, threads: [{ tid: 813, name: 'worker' }] },
  runtime: { kind: 'native', details: [] },
} as unknown as Target
const asked: SnapshotRequest = { file: 'cart.c', line: 16, print: [], hits: 2, forMs: 3_000 }
const read = (text: string): ReturnType<typeof uprobeSnapshotOf> => uprobeSnapshotOf(Buffer.from(text), target, asked)

const EVENT = 'h0123456789abcdef0123456789abcdef'
const ANSWER = `@@ statement 16 price_order cart.c
@@ offset 0x1199
@@ value v0 order pointer %di:x64
@@ value v1 order.sku string +0(+24(%di)):string
@@ value v2 order.password string +0(+16(%di)):string
@@ value v3 total s32 %ax:s32
@@ value w0 total s32 %ax:s32
@@ not unused the kernel cannot compute it
@@ placed
@@ began 100.5
@@ hit            a b-1-813     [001] .....   100.531234: ${EVENT}: (0x55d0c7a5e199) v0=0x7ffd v1="AXE\nv3=9" v2="hunter2" v3=-8 w0=-8
@@ hit           cart-814     (    814) [000] d..1.   100.600001: ${EVENT}: (0x55d0c7a5e199) v0=0x7ffd v1=(fault) v2="hunter2" v3=-1 w0=-1
@@ ran 840
@@ over 101.5
@@ ended hits
`

// Of a service in Go (test/sick/orders.go): the length of a text, and the bytes from its beginning on.
const OF_GO = `@@ statement 27 main.price /srv/orders.go
@@ value v0 order.Quantity s32 +8(%ax):s32
@@ value v1 customer length %di:s64
@@ value v2 customer text +0(%cx):x8[8]
@@ value v3 order.password length +40(%ax):s64
@@ value v4 order.password text +0(+32(%ax)):x8[8]
@@ value v5 note length %si:s64
@@ value v6 note text +0(%r8):x8[8]
@@ placed
@@ began 100.5
@@ hit         orders-813     [001] .....   100.6: ${EVENT}: (0x670a19) v0=-1 v1=3 v2={0x61,0x6e,0x6e,0x62,0x65,0x72,0x74,0x61} v3=7 v4={0x68,0x75,0x6e,0x74,0x65,0x72,0x32,0x0} v5=12 v6={0x20,0x76,0x31,0x3d,0x39,0xa,0xff,0x22}
@@ hit         orders-813     [001] .....   100.7: ${EVENT}: (0x670a19) v0=2 v1=0 v2=(fault) v3=7 v4=(fault) v5=-4 v6={0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0}
@@ ran 2
@@ over 101.5
@@ ended hits
`

const go: Target = { ...target, runtime: { kind: 'go', details: [] } }

describe('what a probe of the kernel tells', () => {
  it('of Go is texts as long as they are, and no more of what lies behind them', () => {
    const reading = uprobeSnapshotOf(Buffer.from(OF_GO), go, asked)
    if (reading.kind !== 'seen') throw new Error(reading.why)
    expect(reading.value.hits.map(({ values }) => values)).toEqual([
      [
        { name: 'order.Quantity', value: '-1' },
        { name: 'customer', value: '"ann"' },
        { name: 'order.password', value: '<masked>', masked: true },
        { name: 'note', value: '" v1=9\\n\ufffd\\"" … 4 more bytes' },
      ],
      [
        { name: 'order.Quantity', value: '2' },
        { name: 'customer', value: '""' },
        { name: 'order.password', value: '<masked>', masked: true },
        { name: 'note', value: '<not in memory>' },
      ],
    ])
    expect(reading.value.notes).toEqual(['callers are not told by this way'])
  })

  it('hides a value by each part of its name', () => {
    const text = ANSWER.replace('v2 order.password string', 'v2 password.array string')
    const reading = read(text)
    expect(reading.kind === 'seen' && reading.value.hits.map(({ values }) => values[2])).toEqual([
      { name: 'password.array', value: '<masked>', masked: true },
      { name: 'password.array', value: '<masked>', masked: true },
    ])
  })

  it('hides what a text that was cut has behind the user of an address, where its @ is lost', () => {
    const cut = (text: string, length: number): string => {
      const bytes = [...Buffer.from(text)].map((byte) => `0x${byte.toString(16)}`).join(',')
      const reading = uprobeSnapshotOf(
        Buffer.from(OF_GO.replace('v5=12', `v5=${length}`).replace(/v6=\{0x20[^}]*\}/, `v6={${bytes}}`)),
        go,
        asked,
      )
      return (reading.kind === 'seen' && reading.value.hits[0]?.values.at(-1)?.value) || ''
    }
    expect(cut('postgres://shop:longpa', 80)).toBe('"postgres://shop:<masked>" … 58 more bytes')
    expect(cut('https://ghp_16C7e42F', 80)).toBe('"https://<masked>" … 60 more bytes')
    expect(cut('http://db:80/orders', 80)).toBe('"http://db:80/orders" … 61 more bytes')
    expect(cut('postgres://shop:pw@db', 21)).toBe('"postgres://shop:pw@db"')
    const long = `${'x'.repeat(270)} postgres://shop:longpassword`.padEnd(400, 'd')
    const reading = read(ANSWER.replace('v1="AXE\nv3=9"', `v1="${long}@db"`))
    expect(reading.kind === 'seen' && reading.value.hits[0]?.values[1]?.value).toMatch(/ postgres:\/\/shop:<masked>$/)
  })

  it('is of Go without the way by gdb, which is not let at it; the rest of the hint stays', () => {
    const of = (text: string): unknown => uprobeSnapshotOf(Buffer.from(text), go, asked)
    expect(of('@@ no-uprobes\n')).toMatchObject({ hint: 'as root: mount -t tracefs tracefs /sys/kernel/tracing' })
    const when = readExpression('a < b')
    const filter = when.ok ? kernelFilter(when.expression) : undefined
    const refused = filter?.ok === false ? `@@ refused ${filter.why} (${filter.hint})\n` : ''
    expect(read(refused)).toMatchObject({ why: expect.stringContaining('--by gdb-snapshot') })
    expect(of(refused)).toMatchObject({ kind: 'blind', why: filter?.ok === false ? filter.why : '' })
    expect(of('@@ namespace\n')).toMatchObject({ hint: '' })
    expect(JSON.stringify(of('@@ other-file\n'))).not.toContain('gdb')
  })

  it('is hits with values by their places; a text may have anything, a secret is masked', () => {
    expect(read(ANSWER)).toEqual({
      kind: 'seen',
      value: {
        place: { file: 'cart.c', line: 16, function: 'price_order' },
        hits: [
          {
            atMs: 31,
            tid: 813,
            threadName: 'worker',
            values: [
              { name: 'order', value: '0x7ffd' },
              { name: 'order.sku', value: '"AXE\nv3=9"' },
              { name: 'order.password', value: '<masked>', masked: true },
              { name: 'total', value: '-8' },
            ],
            frames: [{ function: 'price_order', file: 'cart.c', line: 16, own: true }],
          },
          {
            atMs: 100,
            tid: 814,
            threadName: 'cart',
            values: [
              { name: 'order', value: '0x7ffd' },
              { name: 'order.sku', value: '<not in memory>' },
              { name: 'order.password', value: '<masked>', masked: true },
              { name: 'total', value: '-1' },
            ],
            frames: [{ function: 'price_order', file: 'cart.c', line: 16, own: true }],
          },
        ],
        reached: 840,
        ended: 'hits',
        tookMs: 1_000,
        isSampled: false,
        notes: [
          'not told: unused: the kernel cannot compute it',
          'callers are not told by this way; a breakpoint of gdb tells them (--by gdb-snapshot)',
        ],
      },
    })
  })

  it.each([
    ['@@ no-uprobes\n', 'the kernel lets no probe be set (no uprobe_events in tracefs)'],
    [
      '@@ nowhere No symbol table is loaded.  Use the "file" command.\n',
      'its binary has no debug information (it is stripped, or was built without -g)',
    ],
    [
      '@@ nowhere there is no code at line 14; the nearest lines with code: 13, 15\n',
      'there is no code at line 14; the nearest lines with code: 13, 15',
    ],
    [
      '@@ said echo: write error: Invalid argument\n@@ not-set\n',
      'the kernel refused the probe: echo: write error: Invalid argument',
    ],
    ['@@ other-file\n', 'its binary is not the one at its path any more, or lies in a container'],
    ['@@ namespace\n', 'the box is a container with process numbers of its own, by which the kernel sets no probe'],
    ['halligan-target reused\n', 'its PID belongs to another process now'],
  ])('%j is blind', (text, why) => {
    expect(read(text)).toMatchObject({ kind: 'blind', why })
  })

  it('is read as far as it goes wherever it was cut, and whatever it is', () => {
    for (let end = 0; end < ANSWER.length; end += 7) {
      const reading = read(ANSWER.slice(0, end))
      expect(JSON.stringify(reading.kind === 'seen' ? reading.value : '')).not.toContain('hunter2')
    }
    const bit = fc.constantFrom(
      '@@ hit ',
      'x-5 [0] . 1.5: h1: (0x1)',
      ' v0=',
      '"',
      '\n',
      '@@ began 1\n',
      '@@ value v0 a s32 %ax\n',
      '@@ ended time\n',
    )
    fc.assert(
      fc.property(fc.array(bit, { maxLength: 20 }), (bits) => {
        expect(['seen', 'blind', 'garbled']).toContain(read(bits.join('')).kind)
      }),
      { numRuns: 200 },
    )
  })
})

describe('a condition as a filter of the kernel', () => {
  it.each([
    ['total < 0 and order->name == "web"', ['total', 'order.name'], String.raw`(\0+(w0 < 0)\ && \1+(w1 == "web")\)`],
    ['0x10 <= total or not done', ['total', 'done'], String.raw`(\0+(w0 >= 0x10)\ || !\1-(w1 != 0)\)`],
    ['a == 1 && a != null', ['a'], String.raw`(\0+(w0 == 1)\ && \0+(w0 != 0)\)`],
    ["grade == 'A'", ['grade'], '\\0+(w0 == 65)\\'],
    ['not (a == 1 or not b)', ['a', 'b'], String.raw`!(\0-(w0 == 1)\ || !\1+(w1 != 0)\)`],
  ])('%s', (typed, variables, filter) => {
    const answer = readExpression(typed)
    expect(answer.ok && kernelFilter(answer.expression)).toEqual({ ok: true, variables, filter })
  })

  it.each(['a < b', 'a < 1.5', '1 == 2', 'true', 'a < "x"', 'a == "\\""', '(a == 1) == 1', '$x == 1'])(
    '%s is refused',
    (typed) => {
      const answer = readExpression(typed)
      expect(answer.ok && kernelFilter(answer.expression).ok).toBe(false)
    },
  )
})

it('a refused expression is told without a look at the box', () => {
  const when = readExpression('a < b')
  const script = uprobeSnapshotScript(target, { ...asked, ...(when.ok ? { when: when.expression } : {}) })
  expect(script).toMatch(/^printf '%s\\n' '@@ refused the kernel compares a variable with a number or a text/)
  expect(read('@@ refused the kernel compares less (try it)\n')).toMatchObject({ kind: 'blind' })
})
