import { describe, expect, it } from 'vitest'
import type { Target } from '../../inspect/inspector.ts'
import type { SnapshotRequest } from '../../inspect/snapshot.ts'
import { uprobeSnapshotOf } from './uprobe-snapshot-answer.ts'

const target = {
  process: { pid: 812, startTicks: 99, threads: [] },
  runtime: { kind: 'native', details: [] },
} as unknown as Target
const go: Target = { ...target, runtime: { kind: 'go', details: [] } }
const asked: SnapshotRequest = { file: 'cart.c', line: 16, print: [], hits: 2, forMs: 3_000 }
const EVENT = 'h0123456789abcdef0123456789abcdef'

// Lines of Linux 6.18, of test/sick/bad-pointers.c: the second one's price is that of the first.
const POINTERS = `@@ statement 10 look bad-pointers.c
@@ value v0 order.quantity s32 +8(%di):s32
@@ behind v0 b0
@@ value v1 order.item.price s32 +8(+16(%di)):s32
@@ behind v1 b0,b1
@@ value v2 order.text string +0(+24(%di)):string
@@ behind v2 b0,b2
@@ base b0 %di:x64
@@ base b1 +16(%di):x64
@@ base b2 +24(%di):x64
@@ placed
@@ mapped 400000-4aa000 7ffc92bc4000-7ffc92be5000
@@ began 7405.7
@@ hit     bad-pointers-23410   [000] DBZff  7405.796831: ${EVENT}: (0x401615) b0=0x4a4100 b1=0x4a40d0 b2=0x479004 v0=5 v1=77 v2="AXE"
@@ hit     bad-pointers-23410   [000] DBZff  7405.816931: ${EVENT}: (0x401615) b0=0x0 b1=0x0 b2=0x0 v0=0 v1=77 v2=(fault)
@@ hit     bad-pointers-23410   [000] DBZff  7405.837028: ${EVENT}: (0x401615) b0=0x4a40e0 b1=0x0 b2=0x48e93d v0=0 v1=0 v2=""
@@ hit     bad-pointers-23410   [000] DBZff  7405.857137: ${EVENT}: (0x401615) b0=0x7f1b16e59000 b1=0x0 b2=0x0 v0=0 v1=0 v2=(fault)
@@ mapped 400000-4aa000
@@ ran 4
@@ over 7406.1
@@ ended time
`
const POINTERS_OF_GO = `@@ statement 6 main.f f.go
@@ value v0 order.Note length +24(%ax):s64
@@ behind v0 b0
@@ value v1 order.Note text +0(+16(%ax)):x8[4]
@@ behind v1 b0,b1
@@ mapped c000000000-c000400000
@@ began 6801.5
@@ hit  x-1 [001] ..... 6801.5: ${EVENT}: (0x401615) b0=0x0 b1=0x0 v0=0 v1={0x61,0x62,0x63,0x64}
@@ hit  x-1 [001] ..... 6801.5: ${EVENT}: (0x401615) b0=0xc000000000 b1=0x0 v0=2 v1={0x61,0x62,0x63,0x64}
@@ hit  x-1 [001] ..... 6801.5: ${EVENT}: (0x401615) b0=0xc000000000 b1=0xd000000000 v0=2 v1={0x0,0x0,0x0,0x0}
@@ hit  x-1 [001] ..... 6801.5: ${EVENT}: (0x401615) b0=0xc000000000 b1=0xd000000000 v0=2 v1={0x61,0x62,0x0,0x0}
@@ ran 4
@@ over 6802.5
@@ ended time
`

describe('what a probe of the kernel tells', () => {
  it('of a pointer that points nowhere is that, and not the zeros or the older event that the kernel has in its place', () => {
    const values = (text: string): readonly unknown[] => {
      const reading = uprobeSnapshotOf(Buffer.from(text), target, { ...asked, hits: 4 })
      if (reading.kind !== 'seen') throw new Error(reading.why)
      return reading.value.hits.map((hit) => hit.values.map(({ value }) => value))
    }
    expect(values(POINTERS)).toEqual([
      ['5', '77', '"AXE"'],
      ['<not in memory>', '<not in memory>', '<not in memory>'],
      ['0', '<not in memory>', '""'],
      [expect.stringMatching(/^<not told: /), '<not in memory>', '<not in memory>'],
    ])
    // What the process had at the beginning counts where it has ended; where nothing is known a zero is no value.
    expect(values(POINTERS.replace(/^@@ mapped.*\n(?=@@ ran)/m, '@@ mapped\n'))[2]).toEqual([
      '0',
      '<not in memory>',
      '""',
    ])
    expect(values(POINTERS.replaceAll(/^@@ mapped.*\n/gm, ''))[2]?.toString()).toMatch(/^<not told/)
  })

  it('of a text of Go behind a pointer that points nowhere is neither its length nor its bytes', () => {
    const reading = uprobeSnapshotOf(Buffer.from(POINTERS_OF_GO), go, { ...asked, hits: 4 })
    expect(reading.kind === 'seen' && reading.value.hits.map(({ values }) => values)).toEqual([
      [{ name: 'order.Note', value: '<not in memory>' }],
      [{ name: 'order.Note', value: '<not in memory>' }],
      [{ name: 'order.Note', value: expect.stringMatching(/^<not told/) }],
      [{ name: 'order.Note', value: '"ab"' }],
    ])
  })
})
