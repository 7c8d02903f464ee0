import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EVIDENCE_LIMIT, evidenceId, type Draft } from '../../src/incidents/entry.ts'
import { StoreProblem, type AnyEntry, type Store } from '../../src/incidents/store.ts'
import { describeCopies } from './conformance-copies.ts'
import { all, AMY, anyText, AT, BEN, note, opened, someIncident, WEB_1, WHY } from './drafts.ts'
import { asCopy, FORGED_INCIDENT, forgedEntries, OPENED } from './forge.ts'

/** An empty record, and connections to it as several consoles have them. */
export interface Place {
  open(): Promise<Store>
  /** Takes it away with all connections. */
  remove(): Promise<void>
}

/** Each costs some writes to the disk. */
const RUNS = 40

/** What every `Store` keeps to, whatever is below it. */
export function describeStore(name: string, makePlace: () => Promise<Place>): void {
  describe(name, () => {
    let place: Place
    let store: Store
    let other: Store
    let incident: string
    beforeEach(async () => {
      place = await makePlace()
      store = await place.open()
      other = await place.open()
      incident = someIncident()
    })
    afterEach(() => place.remove())

    const open = (id = incident): Promise<AnyEntry> => store.append(id, opened('checkout returns 500s'))
    const numbers = async (id = incident): Promise<readonly number[]> => (await store.read(id)).map(({ seq }) => seq)

    describe('append', () => {
      it('gives the entry as it will be read, in its place of the chain', async () => {
        const first = await open()
        const second = await store.append(incident, { ...note('restarted'), box: 'web-1', identity: WEB_1 })
        expect(first).toMatchObject({ v: 1, incident, seq: 1, at: AT, by: AMY, did: 'opened', prev: '0'.repeat(64) })
        expect(second).toMatchObject({ seq: 2, prev: first.hash, box: 'web-1', identity: WEB_1 })
        expect(second.payload).toEqual({ text: 'restarted' })
        expect(await store.read(incident)).toEqual([first, second])
        expect(await other.read(incident)).toEqual([first, second])
        expect(first.hash).toMatch(/^[0-9a-f]{64}$/)
        expect(new Set([first.salt, second.salt]).size).toBe(2)
      })

      it('begins an incident with `opened` only', async () => {
        await expect(store.append(incident, note('x'))).rejects.toMatchObject({ kind: 'no-such-incident' })
        expect(await store.list()).toEqual([])
      })

      it('refuses what has not the form of an entry, and writes nothing of it', async () => {
        await open()
        const wrong: readonly Draft[] = [
          { ...note('x'), at: 'yesterday' },
          { ...note('x'), payload: { text: 1 } } as unknown as Draft,
          { at: AT, by: AMY, did: 'verified', payload: { good: true, text: 'x', tookMs: NaN } },
          note('x'.repeat(5 * 1024 * 1024)),
          { at: AT, by: AMY, did: 'noted', payload: { text: 'x', evidence: ['a'.repeat(64)] } },
        ]
        for (const draft of wrong) await expect(store.append(incident, draft)).rejects.toBeInstanceOf(StoreProblem)
        await expect(store.append('../../etc', opened('x'))).rejects.toBeInstanceOf(StoreProblem)
        expect(await numbers()).toEqual([1])
        expect(await store.examine()).toEqual([])
      })

      it('keeps any text of a payload as it is, and makes that of a header harmless', async () => {
        await open()
        await fc.assert(
          fc.asyncProperty(anyText(), anyText(), async (text, box) => {
            const entry = await store.append(incident, { ...note(text), by: box, box, identity: { hostname: box } })
            const [read] = await other.read(incident, { last: true, limit: 1 })
            expect(read).toEqual(entry)
            expect(read?.payload).toEqual({ text })
            expect(read?.by).toBe(read?.box)
            expect(read?.by.isWellFormed()).toBe(true)
            // oxlint-disable-next-line no-control-regex -- these must not be there
            expect(read?.by).not.toMatch(/[\u0000-\u001f\u007f]/)
          }),
          { numRuns: RUNS },
        )
        expect(await store.audit(incident)).toBeUndefined()
      })

      it('with `after` happens only if nothing was written since', async () => {
        await expect(store.append(incident, opened('x'), { after: 1 })).rejects.toMatchObject({ kind: 'moved-on' })
        await store.append(incident, opened('x'), { after: 0 })
        await expect(store.append(incident, opened('x'), { after: 0 })).rejects.toMatchObject({ kind: 'moved-on' })
        await store.append(incident, note('x'), { after: 1 })
        expect(await numbers()).toEqual([1, 2])
      })

      it('lets one of two people close', async () => {
        await open()
        const close = (who: Store, by: string): Promise<unknown> =>
          who.append(incident, { at: AT, by, did: 'closed', payload: { cause: by } }, { after: 1 })
        const results = await Promise.allSettled([close(store, AMY), close(other, BEN)])
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
        const [refused] = results.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []))
        expect(refused).toMatchObject({ kind: 'moved-on', message: expect.stringContaining(incident) })
        expect(await numbers()).toEqual([1, 2])
      })

      it('takes turns with others', async () => {
        await open()
        const stores = [store, other, await place.open(), await place.open()]
        await Promise.all(
          stores.flatMap((each, who) =>
            Array.from({ length: 10 }, (_, at) => each.append(incident, note(`${who} ${at}`))),
          ),
        )
        expect(await numbers()).toEqual(Array.from({ length: 41 }, (_, at) => at + 1))
        expect(await store.audit(incident)).toBeUndefined()
      })

      it('goes by its own order and not by the clock', async () => {
        await open()
        await store.append(incident, { ...note('later'), at: '2026-01-02T05:00:00.000Z' })
        const back = await store.append(incident, { ...note('the clock was set back'), at: '2026-01-01T00:00:00.000Z' })
        await store.append('20260102-tttt', { ...opened('another, long ago'), at: '2020-01-01T00:00:00.000Z' })
        expect((await store.read(incident)).at(-1)).toEqual(back)
        expect((await store.list()).map(({ id }) => id)).toEqual(['20260102-tttt', incident])
        expect(await store.audit(incident)).toBeUndefined()
      })
    })

    describe('read', () => {
      it('gives a part of it, in order', async () => {
        await open()
        for (let at = 2; at <= 9; at++) await store.append(incident, note(`${at}`))
        const seqs = async (range: Parameters<Store['read']>[1]): Promise<readonly number[]> =>
          (await store.read(incident, range)).map(({ seq }) => seq)
        expect(await seqs({ after: 7 })).toEqual([8, 9])
        expect(await seqs({ after: 2, limit: 2 })).toEqual([3, 4])
        expect(await seqs({ last: true, limit: 3 })).toEqual([7, 8, 9])
        expect(await seqs({ after: 7, last: true, limit: 5 })).toEqual([8, 9])
        expect(await seqs({ after: 9 })).toEqual([])
        expect(await seqs({ limit: 0 })).toEqual([])
      })

      it('gives what this version does not know as `other`', async () => {
        const entries = forgedEntries([
          OPENED,
          { did: 'drilled', payload: { drill: 'disk-full' } },
          { did: 'noted', payload: { text: { later: 'form' } } },
          { did: 'noted', payload: { text: 'x', key: 'of a later version' } },
        ])
        await store.adopt(asCopy(entries.map((entry) => ({ entry }))))
        expect(await store.read(FORGED_INCIDENT)).toMatchObject([
          { did: 'opened' },
          { did: 'other', saysDid: 'drilled', payload: { drill: 'disk-full' } },
          { did: 'other', saysDid: 'noted', payload: { text: { later: 'form' } } },
          { did: 'noted', payload: { text: 'x' } },
        ])
        expect(await store.audit(FORGED_INCIDENT)).toBeUndefined()
      })
    })

    it('says of an incident that does not exist that there is none', async () => {
      const none = { kind: 'no-such-incident', message: expect.stringContaining('20260102-none') }
      const signal = AbortSignal.timeout(20_000)
      await expect(store.read('20260102-none')).rejects.toMatchObject(none)
      await expect(store.audit('20260102-none')).rejects.toMatchObject(none)
      await expect(all(store.copy('20260102-none'))).rejects.toMatchObject(none)
      await expect(all(store.subscribe('20260102-none', 0, signal))).rejects.toMatchObject(none)
      await expect(store.purge('20260102-none', 1, WHY)).rejects.toMatchObject(none)
      expect(await store.list()).toEqual([])
    })

    describe('list', () => {
      it('says of each incident what it is, who has it and how far it is', async () => {
        await open()
        await store.append(incident, {
          at: '2026-01-02T04:00:00.000Z',
          by: BEN,
          did: 'took-over',
          payload: { from: AMY },
        })
        const [one] = await store.list()
        expect(one).toEqual({
          id: incident,
          title: 'checkout returns 500s',
          openedAt: AT,
          openedBy: AMY,
          holder: BEN,
          closedAt: undefined,
          entries: 2,
          lastAt: '2026-01-02T04:00:00.000Z',
          head: (await store.read(incident)).at(-1)?.hash,
        })
      })

      it('knows what is closed, what was opened again, and what was written into after that', async () => {
        await open()
        await store.append(incident, { at: AT, by: AMY, did: 'closed', payload: {} })
        await store.append(incident, note('after it'))
        expect(await store.list()).toMatchObject([{ closedAt: AT, entries: 3 }])
        await store.append(incident, opened('again'))
        expect(await store.list()).toMatchObject([{ closedAt: undefined, title: 'checkout returns 500s' }])
      })

      it('knows who has it after it was taken over, and after somebody opened it again', async () => {
        await open()
        await store.append(incident, { at: AT, by: BEN, did: 'took-over', payload: { from: AMY } })
        await store.append(incident, { at: AT, by: BEN, did: 'closed', payload: {} })
        await store.append(incident, opened('again'))
        expect(await store.list()).toMatchObject([{ holder: AMY }])
      })

      it('has the one that was written to last first', async () => {
        await open()
        await open('20260102-cccc')
        await store.append(incident, note('x'))
        expect((await store.list()).map(({ id }) => id)).toEqual([incident, '20260102-cccc'])
      })
    })

    describe('subscribe', () => {
      it('gives what others write, in order, and ends when it is told to', async () => {
        await open()
        const stop = new AbortController()
        const seen: number[] = []
        const following = (async () => {
          for await (const { seq } of store.subscribe(incident, 0, stop.signal)) {
            seen.push(seq)
            if (seq === 5) stop.abort()
          }
        })()
        for (let at = 2; at <= 5; at++) await other.append(incident, note(`${at}`))
        await following
        expect(seen).toEqual([1, 2, 3, 4, 5])
      })
    })

    describe('evidence', () => {
      it('is kept as it was, once, whatever its bytes are', async () => {
        await open()
        await fc.assert(
          fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
            const id = evidenceId(bytes)
            await store.append(incident, note('x', id), { evidence: [bytes] })
            await other.append(incident, note('the same', id), { evidence: [bytes] })
            expect(Buffer.from((await other.getEvidence(id)) ?? [])).toEqual(Buffer.from(bytes))
          }),
          { numRuns: RUNS, examples: [[new Uint8Array(0)]] },
        )
        expect(await store.audit(incident)).toBeUndefined()
        expect(await store.examine()).toEqual([])
      })

      it('is not kept without its entry', async () => {
        await open()
        const bytes = Buffer.from('raw')
        const failing = store.append(incident, note('x', evidenceId(bytes)), { evidence: [bytes], after: 7 })
        await expect(failing).rejects.toMatchObject({ kind: 'moved-on' })
        expect(await store.getEvidence(evidenceId(bytes))).toBeUndefined()
      })

      it('must be named by the entry that it comes with', async () => {
        await open()
        const bytes = Buffer.from('raw')
        await expect(store.append(incident, note('x'), { evidence: [bytes] })).rejects.toThrow(/does not name/)
        expect(await store.getEvidence(evidenceId(bytes))).toBeUndefined()
      })

      it('has a limit', async () => {
        await open()
        const bytes = Buffer.alloc(EVIDENCE_LIMIT + 1)
        const failing = store.append(incident, note('x'), { evidence: [bytes] })
        await expect(failing).rejects.toMatchObject({
          kind: 'too-large',
          message: expect.stringContaining('268435457'),
        })
        expect(await numbers()).toEqual([1])
      })
    })

    describe('search', () => {
      const found = async (words: string, limit = 10): Promise<readonly number[]> =>
        (await other.search(words, limit)).map(({ seq }) => seq).toSorted((one, two) => one - two)

      it('finds entries that have all the words, the last as a beginning', async () => {
        await open()
        await store.append(incident, note('connection refused by orders-api on 10.0.0.7:5432'))
        await store.append(incident, note('Größe of the café is refused'))
        expect(await found('refused')).toEqual([2, 3])
        expect(await found('refused connection')).toEqual([2])
        expect(await found('orders-api')).toEqual([2])
        expect(await found('10.0.0.7')).toEqual([2])
        expect(await found('conn')).toEqual([2])
        expect(await found('conn refused')).toEqual([])
        expect(await found('cafe')).toEqual([3])
        expect(await found('grösse')).toEqual([])
        expect(await found('GRÖSSE')).toEqual([])
        expect(await found('größe')).toEqual([3])
        expect(await found('refused', 1)).toHaveLength(1)
      })

      it('takes nothing that is typed for more than words', async () => {
        await open()
        for (const words of [
          '"',
          'NOT',
          'a OR b',
          '*',
          '(',
          'words:x',
          '-',
          '^',
          '',
          ' ',
          '\0',
          'a"b',
          '{x}',
          'NEAR(a b)',
        ])
          expect(await store.search(words, 5), words).toEqual([])
        await fc.assert(
          fc.asyncProperty(anyText(), async (words) => {
            expect(Array.isArray(await store.search(words, 5))).toBe(true)
          }),
          { numRuns: RUNS },
        )
      })

      it('does not find evidence by its hash, nor what was purged', async () => {
        await open()
        const bytes = Buffer.from('raw')
        await store.append(incident, note('zanzibar', evidenceId(bytes)), { evidence: [bytes] })
        expect(await found(evidenceId(bytes))).toEqual([])
        expect(await found('zanzibar')).toEqual([2])
        await store.purge(incident, 2, WHY)
        expect(await found('zanzibar')).toEqual([])
      })
    })

    describe('purge', () => {
      it('takes out what an entry says, and the chain still verifies', async () => {
        await open()
        const before = await store.append(incident, note('hunter2'))
        const { tombstone, removed, shared, overwritten } = await store.purge(incident, 2, {
          ...WHY,
          command: 'halligan purge 2',
        })
        expect({ removed, shared, overwritten }).toEqual({ removed: [], shared: [], overwritten: true })
        expect(tombstone).toMatchObject({
          seq: 3,
          did: 'purged',
          payload: { seq: 2, why: WHY.why, command: 'halligan purge 2' },
        })
        const [, purged] = await other.read(incident)
        expect(purged).toEqual({ ...before, payload: undefined, salt: undefined })
        expect(await store.audit(incident)).toBeUndefined()
        expect(await store.examine()).toEqual([])
      })

      it('takes evidence along that nothing else rests on, and says what stays', async () => {
        await open()
        await open('20260102-dddd')
        const [own, both] = [Buffer.from('own'), Buffer.from('of both')]
        const ids = [evidenceId(own), evidenceId(both)]
        await store.append(incident, note('x', ...ids), { evidence: [own, both] })
        await store.append('20260102-dddd', note('y', evidenceId(both)), { evidence: [both] })
        const { removed, shared } = await store.purge(incident, 2, WHY)
        expect(removed).toEqual([evidenceId(own)])
        expect(shared).toEqual([{ evidence: evidenceId(both), by: [{ incident: '20260102-dddd', seq: 2 }] }])
        expect(await store.getEvidence(evidenceId(own))).toBeUndefined()
        expect(Buffer.from((await store.getEvidence(evidenceId(both))) ?? [])).toEqual(both)
        expect(await store.audit('20260102-dddd')).toBeUndefined()
        expect((await store.purge('20260102-dddd', 2, WHY)).removed).toEqual([evidenceId(both)])
        expect(await store.examine()).toEqual([])
      })

      it('is refused for what is not there, what is purged already, and what says what was purged', async () => {
        await open()
        await store.append(incident, note('x'))
        await store.purge(incident, 2, WHY)
        for (const seq of [2, 3, 4, 0, -1])
          await expect(store.purge(incident, seq, WHY), `${seq}`).rejects.toMatchObject({ kind: 'no-such-entry' })
        expect(await numbers()).toEqual([1, 2, 3])
      })

      it('leaves an incident whose title was purged in the list', async () => {
        await open()
        await store.purge(incident, 1, WHY)
        expect(await store.list()).toMatchObject([{ id: incident, title: '(purged)', openedBy: AMY, entries: 2 }])
        expect(await store.audit(incident)).toBeUndefined()
      })
    })

    describeCopies(makePlace)

    it('verifies after any interleaving of writers and purges, and can be carried elsewhere', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep(), { maxLength: 25 }), async (steps) => {
          const id = someIncident()
          await store.append(id, opened('x'))
          const says: (string | undefined)[] = ['x']
          for (const { who, what, text, target } of steps) {
            const writer = who ? store : other
            const seq = (target % says.length) + 1
            if (what === 'note') {
              await writer.append(id, note(text))
              says.push(text)
            } else if (what === 'evidence') {
              const bytes = Buffer.from(text, 'utf16le')
              await writer.append(id, note(text, evidenceId(bytes)), { evidence: [bytes] })
              says.push(text)
            } else if (says[seq - 1] !== undefined && says[seq - 1] !== WHY.why) {
              await writer.purge(id, seq, WHY)
              says[seq - 1] = undefined
              says.push(WHY.why)
            }
          }
          const entries = await other.read(id)
          expect(entries.map(saidBy)).toEqual(says)
          expect(await store.audit(id)).toBeUndefined()
          const away = await makePlace()
          const elsewhere = await away.open()
          await elsewhere.adopt(() => store.copy(id))
          expect(await elsewhere.read(id)).toEqual(entries)
          expect(await elsewhere.audit(id)).toBeUndefined()
          await away.remove()
        }),
        { numRuns: 15 },
      )
      expect(await store.examine()).toEqual([])
    })
  })
}

interface Step {
  readonly who: boolean
  readonly what: 'note' | 'evidence' | 'purge'
  readonly text: string
  readonly target: number
}

function anyStep(): fc.Arbitrary<Step> {
  return fc.record({
    who: fc.boolean(),
    what: fc.constantFrom('note', 'evidence', 'purge'),
    text: anyText(),
    target: fc.nat(100),
  })
}

function saidBy(entry: AnyEntry): string | undefined {
  if (entry.did === 'opened') return entry.payload?.title
  if (entry.did === 'noted') return entry.payload?.text
  return entry.did === 'purged' ? entry.payload?.why : 'an entry of another kind'
}
