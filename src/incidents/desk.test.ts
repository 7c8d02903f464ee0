import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readDesk, writeDesk } from './desk.ts'
import { fileModeIn, homeFolder, makeHome } from './home.ts'

let folder: string
let home: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'desk-'))
  home = path.join(folder, 'home')
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('the desk of a person', () => {
  it("is empty until something was put on it, and is each one's own", () => {
    expect(readDesk(home, 'amy')).toEqual({ current: undefined, seen: {} })
    writeDesk(home, 'amy', { current: '20260102-bcdf', seen: { '20260102-bcdf': 3 } })
    expect(readDesk(home, 'amy')).toEqual({ current: '20260102-bcdf', seen: { '20260102-bcdf': 3 } })
    expect(readDesk(home, 'ann').current).toBeUndefined()
    expect(readdirSync(home)).toEqual(['desk-amy.json'])
    expect(statSync(path.join(home, 'desk-amy.json')).mode & 0o777).toBe(0o600)
  })

  it('is of its owner alone in a home that a group shares', () => {
    mkdirSync(home)
    chmodSync(home, 0o770)
    writeDesk(home, 'amy', { current: 'x', seen: {} })
    expect(statSync(path.join(home, 'desk-amy.json')).mode & 0o777).toBe(0o600)
  })

  it.each(['{"current":', '[]', '{"current":1}', '{"seen":{"x":"y"}}', '', 'null'])(
    'is empty when the file has %j',
    (text) => {
      mkdirSync(home)
      writeFileSync(path.join(home, 'desk-amy.json'), text)
      expect(readDesk(home, 'amy')).toEqual({ current: undefined, seen: {} })
    },
  )

  it('is no way out of the folder, whatever the name is', () => {
    writeDesk(home, '../../etc/passwd', { current: 'x', seen: {} })
    expect(readdirSync(home)).toHaveLength(1)
    expect(readDesk(home, '../../etc/passwd').current).toBe('x')
  })

  it('that cannot be written is a problem in words', () => {
    writeFileSync(home, '')
    expect(() => writeDesk(home, 'amy', { current: 'x', seen: {} })).toThrow(/cannot be opened or written/)
  })
})

describe('the home', () => {
  it('is where the environment says', () => {
    expect(homeFolder({ HALLIGAN_HOME: '/srv/x', HOME: '/home/amy' })).toBe('/srv/x')
    expect(homeFolder({ XDG_DATA_HOME: '/srv/data', HOME: '/home/amy' })).toBe('/srv/data/halligan')
    expect(homeFolder({ XDG_DATA_HOME: 'relative', HOME: '/home/amy' })).toBe('/home/amy/.local/share/halligan')
    expect(homeFolder({ HALLIGAN_HOME: '', HOME: '/home/amy' })).toBe('/home/amy/.local/share/halligan')
  })

  it('is made for its owner alone, and left as it is where it is there', () => {
    const deep = path.join(home, 'a', 'b')
    makeHome(deep)
    expect(statSync(deep).mode & 0o777).toBe(0o700)
    expect(fileModeIn(deep)).toBe(0o600)
    chmodSync(deep, 0o2770)
    makeHome(deep)
    expect(statSync(deep).mode & 0o7777).toBe(0o2770)
    expect(fileModeIn(deep)).toBe(0o660)
  })
})
