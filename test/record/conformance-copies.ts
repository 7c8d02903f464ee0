import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { evidenceId } from '../../src/incidents/entry.ts'
import { StoreProblem, type AnyEntry, type CopyItem, type Store } from '../../src/incidents/store.ts'
import type { Place } from './conformance.ts'
import { all, note, opened, someIncident, WEB_1, WHY } from './drafts.ts'
import { asCopy, forgedEntries, noted as forgedNote, OPENED } from './forge.ts'
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

    it('refuse a copy that changes between its two readings', async () => {
      const copies = [forgedEntries([OPENED, forgedNote('one')]), forgedEntries([OPENED, forgedNote('two')])]
      const turns = copies.values()
      const changing = (): AsyncIterable<CopyItem> => asCopy((turns.next().value ?? []).map((entry) => ({ entry })))()
      await expect(store.adopt(changing)).rejects.toMatchObject({ kind: 'not-intact' })
      expect(await store.list()).toEqual([])
    })

    it('do not mix with what the same console writes meanwhile', async () => {
      await open()
      const entries = forgedEntries([OPENED, forgedNote('x')])
      let reading = 0
      let meanwhile: Promise<AnyEntry> | undefined
      const copy = async function* (): AsyncIterable<CopyItem> {
        reading += 1
        for (const entry of entries) {
          yield { entry }
          if (reading === 2) meanwhile ??= store.append(incident, note('meanwhile'))
        }
        // The second reading fails with part of it written.
        if (reading === 2) throw new StoreProblem('file', 'it is gone', '')
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
