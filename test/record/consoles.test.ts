import { chmodSync, chownSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { killSometime, seeded, startWriter, type Console } from './consoles.ts'
import { noOtherAccount } from '../accounts.ts'
import { homes } from './homes.ts'
import { faultsOf, withStore } from './records.ts'

// Several consoles at once, and such as are killed.

const INCIDENT = '20260102-bcdf'
const home = homes()

describe('20 consoles that write into one incident, in a home that is not there yet', () => {
  it('lose nothing: 500 of 500, and the chain verifies', async () => {
    const place = home()
    const consoles = Array.from({ length: 20 }, () => startWriter(place, INCIDENT, 25))
    const ends = await Promise.all(consoles.map(({ ended }) => ended))
    expect(ends.filter(({ code }) => code !== 0)).toEqual([])
    const acknowledged = consoles.flatMap((each) => each.acknowledged())
    // Of each 25 notes three are purged, which is an entry of its own; one of the consoles opened it.
    expect(acknowledged).toHaveLength(20 * (25 + 3) + 1)
    expect(new Set(acknowledged.map(({ seq }) => seq)).size).toBe(acknowledged.length)
    expect(await faultsOf(place, INCIDENT, acknowledged)).toEqual([])
    expect(await withStore(place, (store) => store.read(INCIDENT))).toHaveLength(acknowledged.length)
    expect(readdirSync(place)).toEqual(['record.db'])
  }, 120_000)
})

describe('a console that is killed at any moment', () => {
  it('has lost nothing that it acknowledged, and leaves a record that is intact', async () => {
    const place = home()
    const random = seeded(20260102)
    let kept = 0
    for (let round = 0; round < 40; round++) {
      const writer = startWriter(place, INCIDENT, 10_000)
      await killSometime(writer, random)
      expect(await writer.ended).toMatchObject({ signal: 'SIGKILL', stderr: '' })
      kept += writer.acknowledged().length
      expect(await faultsOf(place, INCIDENT, writer.acknowledged())).toEqual([])
    }
    expect(kept).toBeGreaterThan(30)
  }, 240_000)

  it('while others write does not disturb them', async () => {
    const place = home()
    const random = seeded(7)
    const others = [startWriter(place, INCIDENT, 60), startWriter(place, INCIDENT, 60)]
    const killed = []
    for (let round = 0; round < 8; round++) {
      const writer = startWriter(place, INCIDENT, 10_000)
      await killSometime(writer, random)
      killed.push(writer)
    }
    const ends = await Promise.all(others.map(({ ended }) => ended))
    expect(ends).toMatchObject([{ code: 0 }, { code: 0 }])
    expect(
      await faultsOf(
        place,
        INCIDENT,
        [...others, ...killed].flatMap((each) => each.acknowledged()),
      ),
    ).toEqual([])
  }, 240_000)
})

const noAccount = noOtherAccount()

describe.skipIf(noAccount)(`two accounts that share a home${noAccount ? ` (skipped: ${noAccount})` : ''}`, () => {
  const AMY = { uid: 54_001, gid: 54_001 }
  const BEN = { uid: 54_002, gid: 54_002 }
  const TEAM = 54_100

  /** With the group of the team, and a umask that would keep others out. */
  function start({ uid, gid }: { readonly uid: number; readonly gid: number }, place: string, count: number): Console {
    const ids = [`--reuid=${uid}`, `--regid=${gid}`, `--groups=${TEAM}`]
    return startWriter(place, INCIDENT, count, {
      before: ['setpriv', ...ids, 'sh', '-c', 'umask 077; exec "$@"', 'sh'],
    })
  }

  it('write into one record, whoever made it', async () => {
    const place = home()
    mkdirSync(place)
    chmodSync(path.dirname(place), 0o755)
    chownSync(place, AMY.uid, TEAM)
    chmodSync(place, 0o2770)
    await expectWritten(start(AMY, place, 3), 4)
    expect(statSync(path.join(place, 'record.db'))).toMatchObject({ uid: AMY.uid, gid: TEAM })
    expect(modeOf(place, 'record.db')).toBe(0o660)
    await expectWritten(start(BEN, place, 3), 3)
    // One that is killed leaves its log to the other.
    const amy = start(AMY, place, 100_000)
    await until(() => amy.acknowledged().length > 5)
    amy.child.kill('SIGKILL')
    await amy.ended
    expect(modeOf(place, 'record.db-wal')).toBe(0o660)
    await expectWritten(start(BEN, place, 3), 3)
    expect(await faultsOf(place, INCIDENT, amy.acknowledged())).toEqual([])
  }, 60_000)

  it('keep each other out where the folder is of one alone', async () => {
    const place = home()
    mkdirSync(place)
    chownSync(place, AMY.uid, AMY.gid)
    chmodSync(place, 0o700)
    await expectWritten(start(AMY, place, 1), 2)
    expect(modeOf(place, 'record.db')).toBe(0o600)
    expect(await start(BEN, place, 1).ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/cannot be opened or written/),
    })
  })
})

async function expectWritten(writer: Console, entries: number): Promise<void> {
  expect(await writer.ended).toEqual({ code: 0, signal: null, stderr: '' })
  expect(writer.acknowledged()).toHaveLength(entries)
}

function modeOf(place: string, file: string): number {
  return statSync(path.join(place, file)).mode & 0o777
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1000 && !isSo(); tries++) await pause(10)
  expect(isSo()).toBe(true)
}
