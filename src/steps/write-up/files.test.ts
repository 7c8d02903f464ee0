import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FileProblem, replaceFile, targetOf } from './files.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'halligan-files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const at = (name: string): string => path.join(folder, name)

describe('a file that is written as a whole', () => {
  it('is there with its text, and nothing beside it', () => {
    replaceFile(targetOf(at('new.md')), 'text\n')
    expect(readFileSync(at('new.md'), 'utf8')).toBe('text\n')
    expect(readdirSync(folder)).toEqual(['new.md'])
  })

  it('keeps its mode, and the link that leads to it', () => {
    writeFileSync(at('real.md'), 'old')
    chmodSync(at('real.md'), 0o640)
    symlinkSync('real.md', at('link.md'))
    const target = targetOf(at('link.md'))
    expect(target).toMatchObject({ text: 'old', mode: 0o640 })
    replaceFile(target, 'new')
    expect(readFileSync(at('real.md'), 'utf8')).toBe('new')
    expect(statSync(at('real.md')).mode & 0o777).toBe(0o640)
    expect(readdirSync(folder).toSorted()).toEqual(['link.md', 'real.md'])
  })

  it('leaves a copy of the old one where that was asked for', () => {
    writeFileSync(at('a.md'), 'old')
    replaceFile(targetOf(at('a.md')), 'new', true)
    expect(readFileSync(at('a.md~'), 'utf8')).toBe('old')
  })

  it('is not written over what somebody saved meanwhile', () => {
    writeFileSync(at('a.md'), 'old')
    const target = targetOf(at('a.md'))
    writeFileSync(at('a.md'), 'saved in an editor')
    expect(() => replaceFile(target, 'new')).toThrow('was changed by somebody else just now')
    const fresh = targetOf(at('b.md'))
    writeFileSync(at('b.md'), 'made meanwhile')
    expect(() => replaceFile(fresh, 'new')).toThrow(FileProblem)
    expect(readFileSync(at('a.md'), 'utf8')).toBe('saved in an editor')
    expect(readFileSync(at('b.md'), 'utf8')).toBe('made meanwhile')
    expect(readdirSync(folder).toSorted()).toEqual(['a.md', 'b.md'])
  })

  it('may have been made and left empty by somebody', () => {
    writeFileSync(at('a.md'), '\n')
    const target = targetOf(at('a.md'))
    expect(target.text).toBeUndefined()
    replaceFile(target, 'new')
    expect(readFileSync(at('a.md'), 'utf8')).toBe('new')
  })
})

describe('what is no file of text', () => {
  it.each([
    ['a folder', () => mkdirSync(at('x')), 'is not a regular file'],
    ['bytes of another encoding', () => writeFileSync(at('x'), Buffer.from([0x66, 0xfc, 0x72])), 'is not UTF-8 text'],
  ])('is refused: %s', (_what, make, said) => {
    make()
    expect(() => targetOf(at('x'))).toThrow(said)
  })

  it('is refused: a device', () => {
    expect(() => targetOf('/dev/null')).toThrow('is not a regular file')
  })

  it('is said with the file and what to try', () => {
    const target = targetOf(at('no/such/folder.md'))
    expect(() => replaceFile(target, 'x')).toThrow(/no\/such\/folder\.md could not be written \(ENOENT/)
  })
})
