import {
  lstatSync,
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
import { createWhole, replaceWhole } from './whole-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'whole-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('a file that is replaced', () => {
  it('has the new content and mode, and leaves nothing beside it', () => {
    const file = path.join(folder, 'file')
    replaceWhole(file, 'first', 0o600)
    replaceWhole(file, Buffer.from([0xff, 0x00]), 0o640)
    expect([...readFileSync(file)]).toEqual([0xff, 0x00])
    expect(statSync(file).mode & 0o777).toBe(0o640)
    expect(readdirSync(folder)).toEqual(['file'])
  })

  it('is not written through a link', () => {
    writeFileSync(path.join(folder, 'theirs'), 'theirs')
    symlinkSync('theirs', path.join(folder, 'link'))
    replaceWhole(path.join(folder, 'link'), 'ours', 0o600)
    expect(readFileSync(path.join(folder, 'theirs'), 'utf8')).toBe('theirs')
    expect(lstatSync(path.join(folder, 'link')).isFile()).toBe(true)
  })

  it('is left as it was when that fails', () => {
    const place = path.join(folder, 'place')
    expect(() => replaceWhole(path.join(place, 'x'), 'x', 0o600)).toThrow(/ENOENT/)
    expect(() => replaceWhole(folder, 'x', 0o600)).toThrow(/EISDIR|ENOTEMPTY|EEXIST/)
    expect(readdirSync(folder)).toEqual([])
    expect(readdirSync(path.dirname(folder)).filter((name) => name.startsWith(`${path.basename(folder)}.`))).toEqual([])
  })

  it('is left as it was when the last look throws, and nothing stays beside it', () => {
    const file = path.join(folder, 'file')
    writeFileSync(file, 'theirs')
    const lastLook = (): never => {
      expect(readdirSync(folder)).toHaveLength(2)
      throw new Error('somebody wrote')
    }
    expect(() => replaceWhole(file, 'ours', 0o600, { lastLook })).toThrow('somebody wrote')
    expect(readFileSync(file, 'utf8')).toBe('theirs')
    expect(readdirSync(folder)).toEqual(['file'])
  })

  it('has a mode from which the umask takes nothing, where that is wanted', () => {
    const file = path.join(folder, 'file')
    const before = process.umask(0o077)
    try {
      replaceWhole(file, 'x', 0o664)
      expect(statSync(file).mode & 0o777).toBe(0o600)
      replaceWhole(file, 'x', 0o664, { exactMode: true })
      expect(statSync(file).mode & 0o777).toBe(0o664)
    } finally {
      process.umask(before)
    }
  })
})

describe('a file that is made', () => {
  it('is there as a whole, and once', () => {
    const file = path.join(folder, 'file')
    expect(createWhole(file, 'first', 0o600)).toBe(true)
    expect(createWhole(file, 'second', 0o600)).toBe(false)
    expect(readFileSync(file, 'utf8')).toBe('first')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['file'])
  })

  it('takes the place of no link, not even of one that leads nowhere', () => {
    symlinkSync('nowhere', path.join(folder, 'link'))
    expect(createWhole(path.join(folder, 'link'), 'ours', 0o600)).toBe(false)
    expect(readdirSync(folder)).toEqual(['link'])
  })

  it('leaves nothing where it cannot be', () => {
    expect(() => createWhole(path.join(folder, 'no', 'file'), 'x', 0o600)).toThrow(/ENOENT/)
    expect(readdirSync(folder)).toEqual([])
  })
})
