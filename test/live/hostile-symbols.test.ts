import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { GDB_COMMAND } from '../../src/evidence/gdb/gdb.ts'
import type { Target } from '../../src/evidence/inspect/inspector.ts'
import { statementPlace } from '../../src/evidence/inspect/snapshot.ts'
import { uprobeSnapshotScript } from '../../src/evidence/inspectors/native/uprobe-snapshot-script.ts'
import { missing } from '../boxes/fleet.ts'

// Who may run a program on a box writes the names in it, and root looks at it: none of them is a command for gdb, which the places of a probe are asked of.

const why = missing('gcc', 'gdb')

describe.skipIf(why)(`names that a binary has for gdb${why ? ` (skipped: ${why})` : ''}`, { timeout: 60_000 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-symbols-'))
  const mark = path.join(folder, 'ran')
  afterAll(() => rmSync(folder, { recursive: true }))

  const SOURCE = `struct order { int id; int quantity; int other; };
struct order kept = {1, 2, 3};
__attribute__((noinline)) int price(struct order *order) {
  int total = order->quantity * order->id;
  return total + order->other;
}
int main(void) { return price(&kept); }
`
  /** What stands behind a line end is a command of gdb, where what stands before it is one that succeeds. */
  const COMMAND = String.raw`\nshell touch ${mark}\n`

  /** What the script of the box prints of a binary, line by line. */
  function placesOf(source: string, change: (assembly: string) => string = (text) => text): string {
    const [file, assembly, binary] = ['cart.c', 'cart.s', 'cart'].map((name) => path.join(folder, name)) as [
      string,
      string,
      string,
    ]
    writeFileSync(file, source)
    execFileSync('gcc', ['-g', '-O1', '-S', '-o', assembly, 'cart.c'], { cwd: folder })
    const before = readFileSync(assembly, 'utf8')
    writeFileSync(assembly, change(before))
    execFileSync('gcc', ['-o', binary, assembly], { cwd: folder })
    const target = { process: { pid: 812, startTicks: 9 } } as unknown as Target
    const place = statementPlace('cart.c:price') ?? {}
    const script = uprobeSnapshotScript(target, { ...place, print: [], hits: 1, forMs: 1_000 })
    const [, python = ''] = /<<'HALLIGAN_PLACES'[^\n]*\n([^]*?)\nHALLIGAN_PLACES\n/.exec(script) ?? []
    writeFileSync(path.join(folder, 'places.py'), python.replace('"/proc/812/exe"', JSON.stringify(binary)))
    const gdb = spawnSync('sh', ['-c', `${GDB_COMMAND} -x places.py cart 2>&1`], { cwd: folder, encoding: 'utf8' })
    return gdb.stdout
  }

  it('are places where they are names', () => {
    const said = placesOf(SOURCE)
    expect(said).toContain('@@ placed')
    expect(said).toMatch(/^@@ value v\d+ order\.id s32 /m)
    expect(said).toMatch(/^@@ value v\d+ order\.other s32 /m)
  })

  it('are left out where a member of a structure has a command for its name', () => {
    const said = placesOf(SOURCE, (assembly) => {
      const changed = assembly.replaceAll('"other"', `"id${COMMAND}"`)
      expect(changed).not.toBe(assembly)
      return changed
    })
    expect(existsSync(mark)).toBe(false)
    expect(said).toMatch(/^@@ value v\d+ order\.id s32 /m)
    expect(said).not.toContain('touch')
  })

  it('are refused where the file of the source has one', () => {
    const said = placesOf(String.raw`#line 1 "cart.c\":5, 1${COMMAND}/cart.c"` + `\n${SOURCE}`)
    expect(existsSync(mark)).toBe(false)
    expect(said).toMatch(/^@@ nowhere /m)
  })
})
