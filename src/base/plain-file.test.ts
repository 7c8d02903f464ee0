import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlain, readPlain } from './plain-file.ts'

const MIB = 1024 * 1024
let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plain-'))
  writeFileSync(path.join(folder, 'file'), 'x')
  symlinkSync('file', path.join(folder, 'link'))
  execFileSync('mkfifo', [path.join(folder, 'fifo')])
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a file that somebody else may have put there', () => {
  it('is read as it is', () => {
    const file = path.join(folder, 'any')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
        writeFileSync(file, bytes)
        expect(readPlain(file, MIB).equals(bytes)).toBe(true)
      }),
      { numRuns: 50 },
    )
    expect(readPlain('/proc/self/stat', MIB).toString()).toContain(String(process.pid))
  })

  it.each(['fifo', '.', '/dev/zero'])('is not waited for, nor read, when it is none: %s', (name) => {
    expect(() => openPlain(path.resolve(folder, name))).toThrow('it is not a regular file')
    expect(() => readPlain(path.resolve(folder, name), MIB)).toThrow('it is not a regular file')
  })

  it('is not looked for behind a link where none is wanted', () => {
    const link = path.join(folder, 'link')
    closeSync(openPlain(link))
    expect(readPlain(link, MIB).toString()).toBe('x')
    expect(() => openPlain(link, 'refused')).toThrow(/ELOOP/)
    closeSync(openPlain(path.join(folder, 'file'), 'refused'))
  })

  it('is read up to its limit, and no further', () => {
    const file = path.join(folder, 'large')
    writeFileSync(file, Buffer.alloc(2 * MIB))
    expect(readPlain(file, 2 * MIB)).toHaveLength(2 * MIB)
    expect(() => readPlain(file, MIB)).toThrow('it is larger than 1 MiB')
    // It says that it has no bytes, and has more.
    expect(() => readPlain('/proc/kallsyms', MIB)).toThrow('it is larger than 1 MiB')
  })
})
