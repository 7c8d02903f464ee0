import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readExpression, readExpressions } from '../../inspect/expression.ts'
import { gdbExpression } from '../../gdb/gdb-expression.ts'
import { gdbSnapshotOf } from './gdb-snapshot-answer.ts'
import { gdbSnapshotScript } from './gdb-snapshot-script.ts'
import type { Target } from '../../inspect/inspector.ts'
import type { SnapshotRequest } from '../../inspect/snapshot.ts'

const target = {
  process: { pid: 812, startTicks: 99, threads: [{ tid: 813, name: 'worker' }] },
} as unknown as Target
const asked: SnapshotRequest = { file: 'cart.c', line: 15, print: [], hits: 2, forMs: 3_000 }

/** As gdb 13 printed it, of a program in which the discount grows. */
const ANSWER = String.raw`@@ python
Line 15 of "cart.c" starts at address 0x1180 <price_order+7> and ends at 0x1187 <price_order+14>.
Breakpoint 1 at 0x1180: file cart.c, line 15.
^done,BreakpointTable={nr_rows="1",body=[bkpt={number="1",addr="0x0000561a347a7180",func="price_order"}]}
@@ at 1000
@@ ran 1
@@ hit 1
@@ at 1005
[Current thread is 3 (Thread 0x7effc21046c0 (LWP 813))]
^done,stack=[frame={level="0",addr="0x1",func="price_order",file="cart.c",line="15"},frame={level="1",addr="0x2",func="??",from="/lib/libc.so.6"}]
^done,variables=[{name="order",arg="1",value="0x7ffd"},{name="order@entry",arg="1",value="0x7ffd"},{name="api_token",value="0x55 \"abc\""},{name="total",value="-8"}]
@@ behind order
^done,value="{id = 3, password = 0x5 \"hunter2\", quantity = -1}"
@@ end
@@ ran 7
@@ hit 1
@@ at 1032
[Current thread is 1 (LWP 812)]
^done,stack=[frame={level="0",addr="0x1",func="price_order",file="cart.c",line="15"}]
^done,variables=[{name="total",value="<optimized out>"}]
@@ end
[Inferior 1 (process 812) detached]
@@ over
@@ at 1040
@@ done
`

const read = (text: string, at = asked): ReturnType<typeof gdbSnapshotOf> =>
  gdbSnapshotOf(Buffer.from(text), target, at)
const when = (typed: string): SnapshotRequest => {
  const answer = readExpression(typed)
  if (!answer.ok) throw new Error(answer.why)
  return { ...asked, when: answer.expression }
}

describe('what gdb tells of a statement', () => {
  it('is hits with values, thread and stack; what a pointer points to stands with it, secrets are masked', () => {
    expect(read(ANSWER)).toMatchObject({
      kind: 'seen',
      value: {
        place: { file: 'cart.c', line: 15, function: 'price_order' },
        ended: 'hits',
        reached: 7,
        tookMs: 40,
        hits: [
          {
            atMs: 5,
            tid: 813,
            threadName: 'worker',
            values: [
              { name: 'order', value: '0x7ffd: {id = 3, password = <masked>, quantity = -1}' },
              { name: 'api_token', value: '<masked>', masked: true },
              { name: 'total', value: '-8' },
            ],
            frames: [{ function: 'price_order', file: 'cart.c', line: 15, own: true }, { own: false }],
          },
          { atMs: 32, tid: 812, values: [{ name: 'total', value: '<optimized out>' }] },
        ],
        notes: [
          '<optimized out>: the compiler keeps total nowhere at this statement; a line before or after it may have it',
        ],
      },
    })
  })

  it.each([
    [
      'time',
      '@@ at 1000\n@@ ran 100\n@@ time\n@@ done\n',
      { ended: 'time', hits: [], notes: ['it ran at least 100 times'] },
    ],
    ['time, without one run', '@@ at 1000\n@@ time\n@@ done\n', { ended: 'time', reached: 0, tookMs: 3_000 }],
    ['hot', '@@ at 1000\n@@ ran 2000\n@@ over\n@@ at 2000\n@@ done\n', { ended: 'hot', reached: 2_000, tookMs: 1_000 }],
    ['process', '@@ at 1000\n[Inferior 1 (process 812) exited normally]\n@@ done\n', { ended: 'process' }],
    ['stopped', '@@ at 1000\n', { ended: 'stopped' }],
    ['no Python', '@@ up 74656.38\n@@ ran 1\n@@ hit 1\n@@ up 74656.41\n@@ end\n', { hits: [{ atMs: 30 }] }],
    [
      'a condition that could not be told',
      '@@ at 1000\nError in testing breakpoint condition:\nCannot access memory at address 0x0\n@@ ran 1\n@@ hit 2\n@@ at 1001\n@@ end\n',
      { hits: [{ condition: 'whether the condition is true could not be told: Cannot access memory at address 0x0' }] },
    ],
  ])('%s', (_name, text, value) => {
    expect(read(text, when('total < 0'))).toMatchObject({ kind: 'seen', value })
  })

  it('of expressions are their values in their order, errors in the place of those that have none', () => {
    const printed = readExpressions('total,user.token,nosuch')
    const at = { ...asked, print: printed.ok ? printed.expressions : [] }
    const text = `@@ at 1000\n@@ ran 1\n@@ hit 1\n@@ at 1001\n^done,stack=[]\n^done,value="-8"\n^done,value="0x5 \\"abc\\""\n^error,msg="No symbol \\"nosuch\\" in current context."\n@@ end\n`
    expect(read(text, at)).toMatchObject({
      value: {
        hits: [
          {
            values: [
              { name: 'total', value: '-8' },
              { name: 'user.token', value: '<masked>', masked: true },
              { name: 'nosuch', value: '<No symbol "nosuch" in current context.>' },
            ],
          },
        ],
      },
    })
  })

  it.each([
    ['@@ nowhere\n', 'there is no code at cart.c:15', ''],
    [
      'Line 15 of "cart.c" is at address 0x1180 <f+7> but contains no code.\n@@ line 3\n@@ line 14\n@@ line 15\n@@ line 16\n@@ line 17\n@@ nowhere\n',
      'there is no code at cart.c:15',
      'the nearest lines with code: cart.c:14, cart.c:16, cart.c:17',
    ],
    [
      'No source file named cart.c.\n@@ nowhere\n',
      'its debug information knows no file cart.c',
      'name it as it was compiled: its last part is enough',
    ],
    [
      'No source file named cart.c.\nNo symbol table is loaded.  Use the "file" command.\n@@ nowhere\n',
      'its binary has no debug information (it is stripped, or was built without -g): where cart.c:15 is in its code is not known',
      'a build with debug information; stacks by --stacks need none',
    ],
    ['halligan-target gone\n', 'the process has ended', ''],
    [
      '@@ no-room\n',
      'there is no room on the box for the commands of gdb',
      'make room in /dev/shm, /run or /tmp of the box',
    ],
    [
      '/dev/shm/x/snapshot.gdb:29: Error in sourced command file:\nNo symbol "a" in current context.\n@@ done\n',
      'gdb: No symbol "a" in current context.',
      '',
    ],
    [
      'Undefined set command: "may-call-functions off".  Try "help set".\n',
      'this gdb cannot promise that it calls no function of the program (before version 9)',
      'a newer gdb',
    ],
    [
      '@@ gdb-limit /proc/812/exe\n@@ nowhere\n',
      'gdb was ended while it read the file: it takes more than 8 GiB of memory or 60 s of processor time (/proc/812/exe)',
      'stacks by eu-stack read less of it: --stacks --by eu-stack',
    ],
    [
      'ptrace: Operation not permitted.\n@@ done\n',
      'gdb: ptrace: Operation not permitted.',
      'inspect as the user of the process, or with --sudo',
    ],
  ])('%j is blind', (text, why, hint) => {
    expect(read(text)).toEqual({ kind: 'blind', why, hint })
  })

  it('is read as far as it goes wherever it was cut, and whatever it is', () => {
    for (let end = 0; end < ANSWER.length; end += 7) {
      const reading = read(ANSWER.slice(0, end))
      expect(JSON.stringify(reading.kind === 'seen' ? reading.value : '')).not.toMatch(/hunter2|abc/)
    }
    const bit = fc.constantFrom(
      '@@ hit 1\n',
      '@@ at 5\n',
      '@@ end\n',
      '^done,stack=[',
      '{',
      '"',
      '\n',
      '@@ ran 3\n',
      '@@ behind ',
      'x',
      '\u001b',
    )
    fc.assert(
      fc.property(fc.array(bit, { maxLength: 20 }), (bits) => {
        expect(['seen', 'blind', 'garbled']).toContain(read(bits.join('')).kind)
      }),
      { numRuns: 200 },
    )
  })
})

describe('an expression for gdb', () => {
  it.each([
    ['total < 0 and order->name == "web"', '((((total) < (0))) && ($_streq(order.name, "web")))'],
    ["grade == 'A' or not done", '((((grade) == (65))) || (!(done)))'],
    ['p[0].x != null', '((p[0].x) != (0))'],
    ['name != "a b"', '!$_streq(name, "a b")'],
  ])('%s', (typed, text) => {
    const answer = readExpression(typed)
    expect(answer.ok && gdbExpression(answer.expression)).toEqual({ ok: true, text })
  })

  it.each(['$rip == 0', 'a[“x”]', 'a["x"]', '"x"', 'a < "x"', 'a == "it\'s"', 'a.$b'])('%s is refused', (typed) => {
    const answer = readExpression(typed)
    expect(answer.ok ? gdbExpression(answer.expression).ok : false).toBe(false)
  })
})

it('the script of a hostile place or expression has nothing in it that a shell or gdb would take for a command', () => {
  const at = { ...asked, file: '$(id); x', function: undefined } as unknown as SnapshotRequest
  const script = gdbSnapshotScript(target, { maxFrames: 5 } as never, at)
  expect(script).toContain(`'info line -source "$(id); x" -line 15'`)
  expect(script).toContain(`<<'HALLIGAN_COMMANDS'`)
  // Nor are paths that the process maps patterns of files.
  expect(script).toMatch(/\nset -f\nfor module in [^]*\ndone\nset \+f\n/)
})
