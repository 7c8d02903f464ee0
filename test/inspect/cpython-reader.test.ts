import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { layoutOf } from '../../scripts/cpython-layouts.ts'
import { READER_FILE, readerModule } from '../../scripts/cpython-reader.ts'
import { missing } from '../boxes/fleet.ts'
import { pythonsHere } from './pythons.ts'

const folder = path.dirname(READER_FILE)
const here = pythonsHere()
const noCompiler = missing('gcc')

describe('the reader of Python', () => {
  it('is what its modules say (npm run cpython-reader writes it anew)', () => {
    expect(readFileSync(READER_FILE, 'utf8')).toBe(readerModule())
  })

  it('is short enough for one string of an environment (MAX_ARG_STRLEN, 128 KiB)', () => {
    expect(readerModule().length).toBeLessThan(120_000)
  })

  it('is of ASCII alone, which every locale takes', () => {
    expect(readerModule()).toMatch(/^[\n\x20-\x7e]*$/)
  })
})

describe.each(here)('Python $release', (python) => {
  const layout = noCompiler === undefined ? layoutOf(python) : undefined
  const why = noCompiler ?? (layout === undefined ? `no headers in ${python.include}` : undefined)

  it.skipIf(why !== undefined)(`has its structures where the table says${why ? ` (skipped: ${why})` : ''}`, () => {
    expect(layout).toBe(layoutInTable(python.version))
  })

  it('tells the lines of its own library as we do', () => {
    const script = path.join(import.meta.dirname, 'python/lines_of_library.py')
    const [count = '', ...wrong] = execFileSync(python.path, ['-I', script, folder], { encoding: 'utf8' })
      .trim()
      .split('\n')
    expect(Number.parseInt(count, 10)).toBeGreaterThan(1_000)
    expect(wrong).toEqual([])
  })

  it('holds its bounds, and tells a process that is being taken down from another program', () => {
    const script = path.join(import.meta.dirname, 'python/bounds.py')
    const said = execFileSync(python.path, ['-I', script, folder], { encoding: 'utf8' })
    expect(said.trim().split('\n')).toEqual(['lines', 'frames', 'ends', 'gone', 'exceptions'])
  })

  it('believes nothing that 3.13 and later say of themselves without a look at it', () => {
    const script = path.join(import.meta.dirname, 'python/described.py')
    const said = execFileSync(python.path, ['-I', script, folder], { encoding: 'utf8' }).trim().split('\n')
    const [sizes, final] = ['structures of other sizes', 'before its release']
    // An image without an interpreter: what is told rightly of it fits nothing.
    const told = [/does not fit its memory/, /without a GIL/, final, /makes no sense/, /makes no sense/, sizes, sizes]
    const expected = [...told, ...told, /Python 3\.15 was never tried; those from 3\.8 to 3\.14 are/, sizes]
    expect(said).toEqual(
      expected.map((words) =>
        typeof words === 'string' ? expect.stringContaining(words) : expect.stringMatching(words),
      ),
    )
  })

  it('compiles the reader', () => {
    const text = /String\.raw`([\s\S]*)`/.exec(readFileSync(READER_FILE, 'utf8'))?.[1] ?? ''
    const compile =
      'import sys; s=sys.stdin.read(); compile(s, "reader", "exec"); [compile(t, "l", "exec") for t in s.split("\'\'\'")[1:10:2]]'
    expect(execFileSync(python.path, ['-I', '-S', '-c', compile], { input: text, encoding: 'utf8' })).toBe('')
  })
})

function layoutInTable(version: string): string {
  const text = readFileSync(path.join(folder, 'layouts.py'), 'utf8')
  const [, entry = ''] = new RegExp(`\\(3, ${version.split('.')[1]}\\): \\(([^)]*)\\)`).exec(text) ?? []
  return [...entry.matchAll(/'([^']*)'/g)].map((match) => match[1]).join('')
}
