import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { emptyMap, withNames } from './clean-map.ts'
import { readMap, writeMap } from './map-file.ts'

let home = ''
beforeEach(() => {
  home = path.join(mkdtempSync(path.join(tmpdir(), 'halligan-map-')), 'home')
})
afterEach(() => rmSync(path.dirname(home), { recursive: true, force: true }))

const named = (host: string) => withNames(emptyMap, { hosts: [host], domains: [], users: [] })

describe('the map of a home', () => {
  it('is empty where there is none, and then as it was written, for its owner alone', () => {
    const read = readMap(home)
    expect(read).toMatchObject({ map: emptyMap, text: undefined })
    expect(writeMap(home, read, named('web-1'))).toBe(true)
    expect(readMap(home).map).toEqual(named('web-1'))
    expect(statSync(read.file).mode & 0o777).toBe(0o600)
    expect(readdirSync(home)).toEqual(['clean-map.json'])
  })

  it('is not written over what another has written meanwhile', () => {
    const [one, other] = [readMap(home), readMap(home)]
    expect(writeMap(home, one, named('web-1'))).toBe(true)
    expect(writeMap(home, other, named('db-1'))).toBe(false)
    expect(readMap(home).map).toEqual(named('web-1'))
    expect(readdirSync(home)).toEqual(['clean-map.json'])
  })

  it('is not written anew where nothing is new', () => {
    expect(writeMap(home, readMap(home), named('web-1'))).toBe(true)
    const { mtimeNs } = statSync(readMap(home).file, { bigint: true })
    expect(writeMap(home, readMap(home), named('web-1'))).toBe(true)
    expect(statSync(readMap(home).file, { bigint: true }).mtimeNs).toBe(mtimeNs)
    expect(readFileSync(readMap(home).file, 'utf8')).toMatch(/"web-1": "host-1"/)
  })
})
