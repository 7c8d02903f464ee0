import { execFileSync } from 'node:child_process'
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
import { currentIncident, moveSeen, readDesk, writeCurrent } from './desk.ts'
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
    writeCurrent(home, 'amy', '20260102-bcdf')
    moveSeen(home, 'amy', '20260102-bcdf', 3)
    expect(readDesk(home, 'amy')).toEqual({ current: '20260102-bcdf', seen: { '20260102-bcdf': 3 } })
    expect(readDesk(home, 'ann').current).toBeUndefined()
    expect(readdirSync(home)).toEqual(['desk-amy.json', 'seen-amy.json'])
    expect(statSync(path.join(home, 'desk-amy.json')).mode & 0o777).toBe(0o600)
  })

  it('is of its owner alone in a home that a group shares', () => {
    mkdirSync(home)
    chmodSync(home, 0o770)
    writeCurrent(home, 'amy', 'x')
    expect(statSync(path.join(home, 'desk-amy.json')).mode & 0o777).toBe(0o600)
  })

  it.each(['{"current":', '[]', '{"current":1}', '{"seen":{"x":"y"}}', '', 'null'])(
    'is empty when the file has %j',
    (text) => {
      mkdirSync(home)
      for (const name of ['desk-amy.json', 'seen-amy.json']) writeFileSync(path.join(home, name), text)
      expect(readDesk(home, 'amy')).toEqual({ current: undefined, seen: {} })
    },
  )

  it('is said to be damaged where somebody must not go on without it', () => {
    expect(currentIncident(home, 'amy')).toBeUndefined()
    writeCurrent(home, 'amy', 'x')
    expect(currentIncident(home, 'amy')).toBe('x')
    writeFileSync(path.join(home, 'desk-amy.json'), '{"curr')
    expect(() => currentIncident(home, 'amy')).toThrow(/which says what incident you are in, is damaged/)
  })

  it('keeps the current incident whatever was shown meanwhile', () => {
    writeCurrent(home, 'amy', 'x')
    const before = readDesk(home, 'amy')
    writeCurrent(home, 'amy', 'y')
    // As a command does that had read the desk before.
    moveSeen(home, 'amy', before.current ?? '', 7)
    expect(readDesk(home, 'amy')).toEqual({ current: 'y', seen: { x: 7 } })
  })

  it('is written through no link that somebody laid in a shared home, and leaves nothing behind', () => {
    const own = path.join(folder, 'own')
    writeFileSync(own, 'mine')
    mkdirSync(home)
    symlinkSync(own, path.join(home, 'desk-amy.json'))
    writeCurrent(home, 'amy', 'x')
    expect(readFileSync(own, 'utf8')).toBe('mine')
    expect(readdirSync(home)).toEqual(['desk-amy.json'])
    mkdirSync(path.join(home, 'desk-ben.json'))
    expect(() => writeCurrent(home, 'ben', 'x')).toThrow(/desk-ben/)
    expect(readdirSync(home).toSorted()).toEqual(['desk-amy.json', 'desk-ben.json'])
  })

  it('is not waited for when it is a fifo', () => {
    mkdirSync(home)
    execFileSync('mkfifo', [path.join(home, 'desk-amy.json')])
    expect(readDesk(home, 'amy')).toEqual({ current: undefined, seen: {} })
  })

  it('is no way out of the folder, whatever the name is', () => {
    writeCurrent(home, '../../etc/passwd', 'x')
    expect(readdirSync(home)).toHaveLength(1)
    expect(readDesk(home, '../../etc/passwd').current).toBe('x')
  })

  it('that cannot be written is a problem in words', () => {
    writeFileSync(home, '')
    expect(() => writeCurrent(home, 'amy', 'x')).toThrow(/cannot be opened or written/)
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
