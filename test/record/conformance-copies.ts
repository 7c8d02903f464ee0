import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { evidenceId } from '../../src/incidents/entry.ts'
import { StoreProblem, type AnyEntry, type CopyItem, type Store } from '../../src/incidents/store.ts'
import type { Place } from './conformance.ts'
import { all, note, opened, someIncident, WEB_1, WHY } from './drafts.ts'
import { asCopy, FORGED_INCIDENT, forgedEntries, forgedEvidence, noted as forgedNote, OPENED } from './forge.ts'
import { hostileCopies } from './hostile-copies.ts'

/** How every `Store` carries incidents to others. */
export function describeCopies(makePlace: () => Promise<Place>): void {
  describe('copy and adopt', () => {
    let place: Place
    let store: Store
    let other: Store
    let away: Place
    let elsewhere: Store
    let incident: string
    beforeEach(async () => {
      place = await makePlace()
      store = await place.open()
      other = await place.open()
      away = await makePlace()
      elsewhere = await away.open()
      incident = someIncident()
    })
    afterEach(() => Promise.all([place.remove(), away.remove()]))

    const open = (id = incident): Promise<AnyEntry> => store.append(id, opened('checkout returns 500s'))
    const numbers = async (id = incident): Promise<readonly number[]> => (await store.read(id)).map(({ seq }) => seq)

    const whole = async (from: Store, id = incident): Promise<readonly CopyItem[]> => all(from.copy(id))
    const fill = async (): Promise<void> => {
      await open()
      const bytes = Buffer.from('raw answer')
      await store.append(
        incident,
        { ...note('x', evidenceId(bytes)), box: 'web-1', identity: WEB_1 },
        { evidence: [bytes] },
      )
      await store.append(incident, note('again', evidenceId(bytes)))
    }

    const nothingCame = async (...evidence: readonly Uint8Array[]): Promise<void> => {
      expect(await store.list()).toEqual([])
      for (const bytes of evidence) expect(await store.getEvidence(evidenceId(bytes))).toBeUndefined()
      expect(await other.examine()).toEqual([])
    }

    it('carry an incident to another record as it was', async () => {
      await fill()
      const copy = await whole(store)
      const head = (await store.list())[0]?.head
      expect(await elsewhere.adopt(asCopy(copy))).toEqual({ incident, entries: 3, added: 3, evidence: 1, head })
      expect(await whole(elsewhere)).toEqual(copy)
      expect(await elsewhere.read(incident)).toEqual(await store.read(incident))
      expect(await elsewhere.audit(incident)).toBeUndefined()
      expect(await elsewhere.examine()).toEqual([])
      expect((await elsewhere.search('again', 5)).map(({ seq }) => seq)).toEqual([3])
      expect(await elsewhere.adopt(asCopy(copy))).toMatchObject({ added: 0, entries: 3 })
    })

    it('add what the copy has beyond, whichever side went on', async () => {
      await fill()
      await elsewhere.adopt(asCopy(await whole(store)))
      const bytes = Buffer.from('more')
      await elsewhere.append(incident, note('there', evidenceId(bytes)), { evidence: [bytes] })
      expect(await store.adopt(asCopy(await whole(elsewhere)))).toMatchObject({ added: 1, entries: 4 })
      expect(await store.read(incident)).toEqual(await elsewhere.read(incident))
      await store.append(incident, note('here'))
      expect(await store.adopt(asCopy(await whole(elsewhere)))).toMatchObject({ added: 0, entries: 4 })
      expect(await numbers()).toEqual([1, 2, 3, 4, 5])
      expect(await store.audit(incident)).toBeUndefined()
    })

    it('refuse two that went different ways', async () => {
      await fill()
      await elsewhere.adopt(asCopy(await whole(store)))
      await store.append(incident, note('here'))
      await elsewhere.append(incident, note('there'))
      const before = await whole(store)
      await expect(store.adopt(asCopy(await whole(elsewhere)))).rejects.toMatchObject({
        kind: 'already-there',
        message: expect.stringMatching(/from entry 4 on/),
      })
      expect(await whole(store)).toEqual(before)
    })

    it('carry a purge: what was purged there goes here', async () => {
      await fill()
      await elsewhere.adopt(asCopy(await whole(store)))
      await elsewhere.purge(incident, 3, WHY)
      await elsewhere.purge(incident, 2, WHY)
      await store.adopt(asCopy(await whole(elsewhere)))
      expect(await store.read(incident)).toEqual(await elsewhere.read(incident))
      expect(await store.getEvidence(evidenceId(Buffer.from('raw answer')))).toBeUndefined()
      expect(await store.audit(incident)).toBeUndefined()
      expect(await store.examine()).toEqual([])
    })

    it.each(hostileCopies())('refuse %s, and change nothing', async (_, items, why) => {
      await fill()
      const before = await whole(store)
      await expect(store.adopt(asCopy(items))).rejects.toMatchObject({
        kind: 'not-intact',
        message: expect.stringMatching(why),
      })
      expect(await whole(store)).toEqual(before)
      expect(await store.list()).toHaveLength(1)
      for (const item of items) if ('bytes' in item) expect(await store.getEvidence(item.evidence)).toBeUndefined()
      expect(await store.examine()).toEqual([])
    })

    it.each([2, 3])('refuse a copy that has changed when it is read the %ith time', async (changedAt) => {
      const bytes = Buffer.from('raw answer')
      const [one, two] = ['one', 'two'].map((text) => forgedEntries([OPENED, forgedNote(text, [evidenceId(bytes)])]))
      let reading = 0
      const changing = async function* (): AsyncIterable<CopyItem> {
        reading += 1
        for (const entry of (reading < changedAt ? one : two) ?? []) yield { entry }
        yield forgedEvidence(bytes)
      }
      await expect(store.adopt(changing)).rejects.toMatchObject({ kind: 'not-intact' })
      expect(reading).toBe(changedAt)
      await nothingCame(bytes)
    })

    it('refuse evidence that has changed when it is read again', async () => {
      const bytes = Buffer.from('raw answer')
      const entries = forgedEntries([OPENED, forgedNote('one', [evidenceId(bytes)])])
      let reading = 0
      const changing = async function* (): AsyncIterable<CopyItem> {
        reading += 1
        for (const entry of entries) yield { entry }
        yield reading === 1
          ? forgedEvidence(bytes)
          : { evidence: evidenceId(bytes), bytes: Buffer.from('another answer') }
      }
      await expect(store.adopt(changing)).rejects.toMatchObject({ kind: 'not-intact' })
      await nothingCame(bytes, Buffer.from('another answer'))
    })

    it('let others write between any two pieces of evidence, and before the first', async () => {
      await open()
      const pieces = ['one', 'two', 'three'].map((text) => Buffer.from(text.repeat(1000)))
      const entries = forgedEntries([OPENED, ...pieces.map((bytes) => forgedNote('x', [evidenceId(bytes)]))])
      let written = 0
      const copy = async function* (): AsyncIterable<CopyItem> {
        for (const entry of entries) yield { entry }
        for (const bytes of pieces) {
          for (const each of [store, other]) await each.append(incident, note(`meanwhile ${(written += 1)}`))
          yield forgedEvidence(bytes)
        }
      }
      expect(await store.adopt(copy)).toMatchObject({ added: 4, evidence: 3 })
      expect(await numbers()).toHaveLength(1 + written)
      expect(written).toBeGreaterThanOrEqual(6)
      expect(await other.audit(FORGED_INCIDENT)).toBeUndefined()
      expect(await other.examine()).toEqual([])
    })

    it('let others write between any two entries, of which none is seen before all are there', async () => {
      await open()
      const entries = forgedEntries([OPENED, forgedNote('x'), forgedNote('y')])
      let written = 0
      const copy = async function* (): AsyncIterable<CopyItem> {
        for (const entry of entries) {
          yield { entry }
          await other.append(incident, note(`meanwhile ${(written += 1)}`))
          expect((await other.list()).map(({ id }) => id)).toEqual([incident])
        }
      }
      expect(await store.adopt(copy)).toMatchObject({ added: 3 })
      // In each of the readings, whatever their number is.
      expect(written).toBeGreaterThanOrEqual(3)
      expect(await numbers()).toHaveLength(1 + written)
      for (const id of [incident, FORGED_INCIDENT]) expect(await store.audit(id)).toBeUndefined()
      expect(await store.examine()).toEqual([])
    })

    it('leave nothing when the copy breaks off between two pieces of evidence', async () => {
      // Large enough to be written one by one.
      const pieces = Array.from({ length: 3 }, () => randomBytes(5 * 1024 * 1024))
      const entries = forgedEntries([OPENED, ...pieces.map((bytes) => forgedNote('x', [evidenceId(bytes)]))])
      let reading = 0
      const copy = async function* (): AsyncIterable<CopyItem> {
        reading += 1
        for (const entry of entries) yield { entry }
        for (const [at, bytes] of pieces.entries()) {
          if (reading === 2 && at === 2) throw new StoreProblem('file', 'it is gone', '')
          yield forgedEvidence(bytes)
        }
      }
      await expect(store.adopt(copy)).rejects.toMatchObject({ kind: 'file' })
      await nothingCame(...pieces)
    })

    it('leave alone what an entry has come to rest on meanwhile', async () => {
      await open()
      const bytes = randomBytes(5 * 1024 * 1024)
      const entries = forgedEntries([OPENED, forgedNote('x', [evidenceId(bytes), evidenceId(Buffer.from('more'))])])
      let reading = 0
      const copy = async function* (): AsyncIterable<CopyItem> {
        reading += 1
        for (const entry of entries) yield { entry }
        yield forgedEvidence(bytes)
        if (reading === 2) {
          await other.append(incident, note('it too', evidenceId(bytes)), { evidence: [bytes] })
          throw new StoreProblem('file', 'it is gone', '')
        }
        yield forgedEvidence(Buffer.from('more'))
      }
      await expect(store.adopt(copy)).rejects.toMatchObject({ kind: 'file' })
      expect(await other.audit(incident)).toBeUndefined()
      expect(await other.examine()).toEqual([])
    })

    it('come one after the other into a record', async () => {
      const bytes = Buffer.from('raw answer')
      const copy = asCopy([
        ...forgedEntries([OPENED, forgedNote('x', [evidenceId(bytes)])]).map((entry) => ({ entry })),
        forgedEvidence(bytes),
      ])
      const adopted = await Promise.all([store.adopt(copy), other.adopt(copy), store.adopt(copy)])
      expect(adopted.map(({ added }) => added).toSorted((one, two) => one - two)).toEqual([0, 0, 2])
      expect(await store.examine()).toEqual([])
    })

    it('do not mix with what the same console writes meanwhile', async () => {
      await open()
      const entries = forgedEntries([OPENED, forgedNote('x'), forgedNote('y')])
      let reading = 0
      let meanwhile: Promise<AnyEntry> | undefined
      const copy = async function* (): AsyncIterable<CopyItem> {
        reading += 1
        for (const entry of entries) {
          // The last reading, that of the entries, fails with part of it written.
          if (reading === 3 && meanwhile) throw new StoreProblem('file', 'it is gone', '')
          yield { entry }
          if (reading === 3) meanwhile = store.append(incident, note('meanwhile'))
        }
      }
      await expect(store.adopt(copy)).rejects.toMatchObject({ kind: 'file' })
      expect(await meanwhile).toMatchObject({ seq: 2 })
      expect(await numbers()).toEqual([1, 2])
      expect((await store.list()).map(({ id }) => id)).toEqual([incident])
    })

    it('give an incident as it was at one moment', async () => {
      await fill()
      const items: CopyItem[] = []
      for await (const item of store.copy(incident)) {
        items.push(item)
        if (items.length === 1) {
          await other.append(incident, note('meanwhile'))
          await other.purge(incident, 2, WHY)
        }
      }
      expect(items.filter((item) => 'entry' in item)).toHaveLength(3)
      expect(items.filter((item) => 'bytes' in item)).toHaveLength(1)
      expect(await elsewhere.adopt(asCopy(items))).toMatchObject({ entries: 3 })
    })
  })
}
