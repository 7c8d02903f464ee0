import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { acknowledgedIn, seeded, startWriter } from './consoles.ts'
import { callsIn, emptyDisk, TRACED, type Call } from './disk.ts'
import { homes } from './homes.ts'
import { faultsOf } from './records.ts'

// What is acknowledged is on the disk before it is acknowledged: shown on the system calls of a console that writes, traced by strace, and by opening
// what a disk would hold had the power gone at any of these calls.

const why = traceFails()
const INCIDENT = '20260102-bcdf'
const home = homes()
const SOURCE = path.resolve(import.meta.dirname, '../../src')

/** Not everywhere may one trace, though one is root. */
function traceFails(): string | undefined {
  const { error, status } = spawnSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' })
  if (error) return 'needs strace'
  return status === 0 ? undefined : 'needs leave to trace processes'
}

describe.skipIf(why !== undefined)(`a console whose power goes${why ? ` (skipped: ${why})` : ''}`, () => {
  let place: string
  let calls: readonly Call[]

  beforeAll(async () => {
    place = path.join(home(), 'deep', 'home')
    const trace = `${home()}.trace`
    const strace = ['strace', '-y', '-xx', '-s', '1000000', '-e', `trace=${TRACED}`, '-o', trace]
    // The first makes the record; the second finds it closed.
    const all: Call[] = []
    for (const count of [9, 9]) {
      const writer = startWriter(place, INCIDENT, count, { before: strace })
      expect(await writer.ended).toMatchObject({ code: 0, stderr: '' })
      all.push(...callsIn(trace, path.dirname(place)))
    }
    calls = all
  }, 60_000)

  const said = (upTo: number): string =>
    calls.slice(0, upTo).reduce((text, call) => (call.did === 'say' ? text + call.text : text), '')

  it('has synced the log after the last write to it, before it acknowledges', () => {
    const acknowledgements = calls.flatMap((call, at) => (call.did === 'say' ? [at] : []))
    expect(acknowledgements).toHaveLength(1 + 9 + 1 + 9 + 1)
    for (const at of acknowledgements) {
      const before = calls.slice(0, at).filter(({ did }) => did === 'write' || did.startsWith('sync'))
      expect(before.at(-1)?.did, `acknowledgement at call ${at}`).toBe('sync-file')
    }
  })

  it('has synced the folder of each new file, and the one above a new folder, before it acknowledges', () => {
    const first = calls.findIndex(({ did }) => did === 'say')
    const synced = calls.slice(0, first).flatMap((call) => (call.did === 'sync-folder' ? [call.name] : []))
    expect(synced).toEqual(expect.arrayContaining([path.dirname(path.dirname(place)), path.dirname(place), place]))
    const log = calls.findIndex((call) => call.did === 'create' && call.name === `${place}/record.db-wal`)
    const after = calls.slice(log, first)
    expect(after.some((call) => call.did === 'sync-folder' && call.name === place)).toBe(true)
  })

  /** Opens what the disk holds after a loss of power before the call of that number. */
  async function expectKeptAt(at: number, luck: () => number): Promise<void> {
    const disk = emptyDisk(path.dirname(place))
    for (const call of calls.slice(0, at)) disk.act(call)
    const into = home()
    disk.lose(into, luck)
    const after = path.join(into, path.basename(place))
    const acknowledged = acknowledgedIn(said(at))
    if (existsSync(after)) expect(await faultsOf(after, INCIDENT, acknowledged), `before call ${at}`).toEqual([])
    else expect(acknowledged).toEqual([])
  }

  it('has all that it acknowledged where nothing is on disk but what was synced, whenever that is', async () => {
    for (let at = 0; at <= calls.length; at++) await expectKeptAt(at, () => 1)
  }, 120_000)

  it('has it where some of the rest is on disk too, in any order and torn', async () => {
    const luck = seeded(20261125)
    for (let round = 0; round < 300; round++) await expectKeptAt(Math.floor(luck() * (calls.length + 1)), luck)
  }, 120_000)

  it('would have lost some had it not synced: the model can tell', async () => {
    const forgetful = calls.filter(({ did }) => did !== 'sync-file')
    const disk = emptyDisk(path.dirname(place))
    for (const call of forgetful) disk.act(call)
    const into = home()
    disk.lose(into, () => 1)
    const after = path.join(into, path.basename(place))
    await expect(faultsOf(after, INCIDENT, acknowledgedIn(said(calls.length)))).rejects.toThrow(
      /there is no incident|was cut to/,
    )
  })
})

describe.skipIf(why !== undefined)(`a new file beside the record${why ? ` (skipped: ${why})` : ''}`, () => {
  /** Folders below that one that a script synced, in order. */
  function foldersSynced(folder: string, script: string): readonly string[] {
    const trace = `${folder}.trace`
    const strace = ['-f', '-y', '-e', 'trace=fsync', '-o', trace, process.execPath, '--input-type=module', '-e', script]
    const { status, stderr } = spawnSync('strace', strace, { encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    const synced = [...readFileSync(trace, 'utf8').matchAll(/fsync\(\d+<([^>]*)>\)\s+= 0/g)].map(
      ([, name = '']) => name,
    )
    return synced.filter((name) => name.startsWith(folder) && statSync(name, { throwIfNoEntry: false })?.isDirectory())
  }

  it('of a shell that goes on is found after a loss of power: its name is on disk before anything is written to it', () => {
    const folder = home()
    const script = `import { openSpool } from ${JSON.stringify(path.join(SOURCE, 'incidents/shell-spool.ts'))}
      openSpool(${JSON.stringify(folder)}, { host: 'laptop', pid: 1 }, 'abc')`
    expect(foldersSynced(folder, script)).toEqual([folder, path.join(folder, 'shells')])
  })

  it('that takes the place of another one does so on disk too: a recording that was saved', () => {
    const folder = home()
    mkdirSync(folder)
    const script = `import { writeRecording } from ${JSON.stringify(path.join(SOURCE, 'boxes/recorded.ts'))}
      const header = { schema: 'halligan.recording/1', box: 'web-1', boundary: 'a'.repeat(32), startedAtMs: 0, beganAtMs: 0, durationMs: 0,
        deep: false, windowSeconds: 1, asked: [], version: '0' }
      writeRecording(${JSON.stringify(path.join(folder, 'x.zst'))}, { header, answer: Buffer.from('x') })`
    expect(foldersSynced(folder, script)).toEqual([folder])
  })
})
