import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { emptyMap, withNames, type CleanMap } from './clean-map.ts'
import { addToMap, readMap } from './map-file.ts'

let home = ''
beforeEach(() => {
  home = path.join(mkdtempSync(path.join(tmpdir(), 'halligan-map-')), 'home')
})
afterEach(() => rmSync(path.dirname(home), { recursive: true, force: true }))

const named = (host: string) => withNames(emptyMap, { hosts: [host], domains: [], users: [] })

const adding = (host: string) => (map: CleanMap) => withNames(map, { hosts: [host], domains: [], users: [] })

describe('the map of a home', () => {
  it('is empty where there is none, and then as it was added to, for its owner alone', async () => {
    expect(readMap(home)).toMatchObject({ map: emptyMap, text: undefined })
    const { file, map } = await addToMap(home, adding('web-1'))
    expect(map).toEqual(named('web-1'))
    expect(readMap(home).map).toEqual(named('web-1'))
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(home).toSorted()).toEqual(['clean-map.json', 'clean-map.lock'])
  })

  it('is not written anew where nothing is new, and then needs no lock', async () => {
    const { file } = await addToMap(home, adding('web-1'))
    const { mtimeNs } = statSync(file, { bigint: true })
    rmSync(path.join(home, 'clean-map.lock'))
    await addToMap(home, adding('web-1'))
    expect(statSync(file, { bigint: true }).mtimeNs).toBe(mtimeNs)
    expect(readFileSync(file, 'utf8')).toMatch(/"web-1": "host-1"/)
    expect(readdirSync(home)).toEqual(['clean-map.json'])
  })

  it('keeps all that several exports add at once, each under the name that it was given', async () => {
    const added = await Promise.all(Array.from({ length: 4 }, (_, who) => adder(home, who, 30)))
    const { map } = readMap(home)
    expect(Object.keys(map.hosts)).toHaveLength(120)
    for (const each of added) expect(map.hosts).toMatchObject(each)
  })

  it('is left alone where what adds to it fails, and can be added to afterwards', async () => {
    await addToMap(home, adding('web-1'))
    const failing = (): never => {
      throw new Error('no')
    }
    await expect(addToMap(home, failing)).rejects.toThrow(/no/)
    expect((await addToMap(home, adding('db-1'))).map.hosts).toEqual({ 'web-1': 'host-1', 'db-1': 'host-2' })
  })

  it('that is no file is damaged, and never an empty one', async () => {
    mkdirSync(home)
    execFileSync('mkfifo', [path.join(home, 'clean-map.json')])
    expect(() => readMap(home)).toThrow(/damaged/)
    await expect(addToMap(home, adding('web-1'))).rejects.toMatchObject({ kind: 'corrupt' })
  })
})

/** A process that adds so many hosts; gives what it was told stands for each. */
async function adder(folder: string, who: number, count: number): Promise<Record<string, string>> {
  const script = `
    import { withNames } from '${import.meta.dirname}/clean-map.ts'
    import { addToMap } from '${import.meta.dirname}/map-file.ts'
    const told = {}
    for (let at = 0; at < ${count}; at++) {
      const host = 'h${who}-' + at
      const { map } = await addToMap('${folder}', (known) => withNames(known, { hosts: [host], domains: [], users: [] }))
      told[host] = map.hosts[host]
    }
    process.stdout.write(JSON.stringify(told))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  return JSON.parse(stdout) as Record<string, string>
}
