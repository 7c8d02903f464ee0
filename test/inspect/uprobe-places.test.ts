import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { UPROBE_PLACES } from '../../src/evidence/inspectors/native/uprobe-places.ts'
import { missing } from '../boxes/fleet.ts'
import { compileGo, compileSick } from '../sick/compile.ts'

// Where values lie, by gdb on a binary alone: nothing runs.

const why = missing('gdb', 'gcc')
const GO = compileGo('orders-places')
const skipped = (reason: string | undefined): string => (reason ? ` (skipped: ${reason})` : '')

interface Asked {
  readonly wanted?: readonly string[]
  readonly asked?: readonly string[]
  readonly condition?: string
}

/** The lines of the answer, without `@@ `. */
function placesAt(
  binary: string,
  location: string,
  line: number,
  { wanted = [], asked = [], condition = '' }: Asked = {},
): readonly string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-places-'))
  const file = path.join(folder, 'places.py')
  const given = { location, line, binary, wanted, asked, condition, MOST: 24 }
  writeFileSync(
    file,
    [...Object.entries(given).map(([name, value]) => `${name} = ${JSON.stringify(value)}`), UPROBE_PLACES].join('\n'),
  )
  const { stdout } = spawnSync('gdb', ['-q', '-batch', '-nx', '-x', file, binary], { encoding: 'utf8' })
  rmSync(folder, { recursive: true })
  return stdout.split('\n').flatMap((each) => (each.startsWith('@@ ') ? [each.slice(3)] : []))
}

describe.skipIf(why)(`places of values in C${skipped(why)}`, { timeout: 60_000 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-places-c-'))
  const binary = path.join(folder, 'late')
  beforeAll(() => {
    const source = path.join(folder, 'late.c')
    writeFileSync(
      source,
      `struct string { const char *str; int len; };
volatile long sink;
__attribute__((noinline)) void late(const char *name, struct string *text, int many) {
  int early = many + 1;
  sink += early; /* 5 */
  const char *label = name + sink;
  { const char *name = label + 1; sink += *name; }
  sink += *label + text->len;
}
int main(int count, char **all) { struct string text = {all[0], count}; late(all[0], &text, count); return 0; }
`,
    )
    execFileSync('gcc', ['-O0', '-g', '-o', binary, source])
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('are not those of what is declared only further down, asked for or not', () => {
    const at5 = placesAt(binary, '-source "late.c" -line 5', 5)
    expect(at5).toContainEqual(expect.stringMatching(/^value v\d early s32 /))
    expect(at5).toContainEqual(
      'not label declared on this line or further down, or nobody knows where: what is there may not be its value yet',
    )
    expect(at5.filter((each) => /^value v\d label /.test(each))).toEqual([])
    const asked = placesAt(binary, '-source "late.c" -line 5', 5, { wanted: ['label', 'early'] })
    expect(asked).toContainEqual('not label it is declared only at line 6: what is there is not its value yet')
    expect(asked.filter((each) => /^value v\d label /.test(each))).toEqual([])
    expect(
      placesAt(binary, '-source "late.c" -line 5', 5, { asked: ['label'], condition: String.raw`\0+(w0 != 0)\ ` }),
    ).toContainEqual(
      'nowhere label in the condition: it is declared only at line 6: what is there is not its value yet',
    )
    // Inside, the name is that of the inner variable, which is not declared yet: the outer one is not told in its stead.
    expect(placesAt(binary, '-source "late.c" -line 7', 7)).toContainEqual(
      expect.stringMatching(/^not name declared on this line or further down/),
    )
  })

  it('are of a structure of C that looks like a text of Go its members, as wide as they are', () => {
    const told = placesAt(binary, '-source "late.c" -line 5', 5)
    expect(told).toContainEqual(expect.stringMatching(/^value v\d text\.len s32 \+8\(.*\):s32$/))
    expect(told).toContainEqual(expect.stringMatching(/^value v\d text\.str string \+0\(\+0\(.*\)\):string$/))
    expect(told.filter((each) => / (?:length|text) [+%]/.test(each))).toEqual([])
  })

  it('come with the pointers that they are read behind, which the filter asks for too', () => {
    const told = placesAt(compileSick('negative-total'), '-source "negative-total.c" -line 19', 19, {
      wanted: ['order.item.price', 'order.item.sku', 'total'],
      asked: ['total', 'order.id', 'order.item.sku'],
      condition: String.raw`(\0+(w0 < 0)\ && (\1+(w1 > 3)\ || !\2-(w2 == "a")\))`,
    })
    expect(told).toContainEqual('value v0 order.item.price s32 +32(%di):s32')
    expect(told).toContainEqual('behind v0 b0')
    expect(told).toContainEqual('behind v1 b0,b1')
    expect(told).toContainEqual('base b0 %di:x64')
    expect(told).toContainEqual('base b1 +24(%di):x64')
    expect(told.filter((each) => each.startsWith('behind v2'))).toEqual([])
    expect(told).toContainEqual(
      'filter ((w0 < 0) && (((b0 >= 65536) && (w1 > 3)) || !((b0 < 65536) || (b1 < 65536) || (w2 == "a"))))',
    )
  })
})

describe.skipIf(missing('gdb'))('what gdb says of a scope', () => {
  /** What a function of the script gives, where gdb says this. */
  const given = (call: string, said: string): string => {
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-places-'))
    const file = path.join(folder, 'scope.py')
    const functions = UPROBE_PLACES.slice(0, UPROBE_PLACES.indexOf('try: main()'))
    const setting = `gdb.execute = lambda *all, **named: ${JSON.stringify(said)}\npc = 0x15`
    writeFileSync(file, `${functions}\n${setting}\nprint(" ".join(${call}))\n`)
    const { stdout } = spawnSync('gdb', ['-q', '-batch', '-nx', '-x', file], { encoding: 'utf8' })
    rmSync(folder, { recursive: true })
    return stdout
  }
  const of = (symbol: string, from: string, ...registers: readonly string[]): string =>
    `Symbol ${symbol} is multi-location:\n  Range ${from}-0x20: a complex DWARF expression: ${registers.map((name) => `a variable in $${name} [8-byte piece]`).join(', and ')}\n`

  it('has registers by the names that the kernel has for them', () => {
    expect(given('pieces("text")', of('text', '0x10', 'rdi', 'r8', 'r11', 'rbp'))).toBe('di r8 r11 bp\n')
  })

  it('is that of the innermost variable of a name, also where that has no place here', () => {
    expect(given('pieces("text")', of('text', '0x18', 'rax', 'rbx') + of('text', '0x10', 'rcx', 'rdi'))).toBe('\n')
  })
})

const noGo = GO === undefined ? 'no go' : missing('gdb')

describe.skipIf(noGo)(`places of values in Go${skipped(noGo)}`, { timeout: 60_000 }, () => {
  it('are of each kind of text a pointer and a length, and never what ends with a zero', () => {
    const told = placesAt(GO ?? '', '-function "main.check"', 0)
    for (const name of ['password', 'secret', 'session.Raw', 'session.Kind'])
      expect(told.filter((each) => each.startsWith('value') && each.includes(` ${name} `))).toEqual([
        expect.stringMatching(new RegExp(String.raw`^value v\d+ ${name} length \S*%\w+\)?:s64$`)),
        expect.stringMatching(new RegExp(String.raw`^value v\d+ ${name} text \S*%\w+\)+:x8\[64\]$`)),
      ])
    expect(told.filter((each) => / string |:string/.test(each))).toEqual([])
    const members = placesAt(GO ?? '', '-function "main.check"', 0, {
      wanted: ['session.Raw.array', 'session.Kind.str'],
    })
    expect(members.filter((each) => each.startsWith('value')).map((each) => each.split(' ')[3])).toEqual([
      'pointer',
      'pointer',
    ])
  })

  it('are told of what was declared before the line', () => {
    const told = placesAt(GO ?? '', '-source "orders-places.go" -line 29', 29)
    expect(told).toContainEqual(expect.stringMatching(/^value v\d+ total s64 %\w+:s64$/))
  })

  it('are told of texts in the registers r8 to r11 too', () => {
    const told = placesAt(GO ?? '', '-function "main.many"', 0)
    expect(told.filter((each) => each.startsWith('not'))).toEqual([
      'not total declared on this line or further down, or nobody knows where: what is there may not be its value yet',
    ])
    expect(told).toContainEqual(expect.stringMatching(/^value v\d+ third length %r8:s64$/))
    expect(told).toContainEqual(expect.stringMatching(/^value v\d+ fourth text \+0\(%r9\):x8\[64\]$/))
  })
})
