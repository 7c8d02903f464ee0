import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanCopy, learnFrom, type Hints } from '../../src/incidents/cleaning/index.ts'
import { emptyMap } from '../../src/incidents/cleaning/clean-map.ts'
import { copyAudit } from '../../src/incidents/copy-audit.ts'
import { evidenceId } from '../../src/incidents/entry.ts'
import type { CopyItem } from '../../src/incidents/store.ts'
import { all } from './drafts.ts'
import { asCopy, forgedEntries, forgedEvidence, noted, OPENED, type Forged } from './forge.ts'
import {
  addressText,
  allTextsOf,
  castOf,
  domainName,
  edgeText,
  foundIn,
  hostName,
  nameEdgeText,
  userName,
  type Planted,
} from './planted.ts'

const NO_HINTS: Hints = { hosts: [], hidden: [] }

/** The copy as it comes out of a clean export; it must verify. */
async function cleaned(items: readonly CopyItem[], hints = NO_HINTS): Promise<readonly CopyItem[]> {
  const learned = await learnFrom(asCopy(items)(), hints)
  const out = await all(cleanCopy(asCopy(items), learned, learned.addedTo(emptyMap)).items)
  const audit = copyAudit()
  for (const item of out) audit.next(item)
  audit.end()
  return out
}

interface Piece {
  readonly before: string
  readonly planted: Planted
  readonly behind: string
}

/** Names at random places between random edges, in a note, in text evidence, in bytes that are no UTF-8, and in a session. */
function incidentWith(pieces: readonly Piece[], { boxes, by, cuts, isColoured }: Scene): readonly CopyItem[] {
  const text = pieces.map(({ before, planted, behind }) => `words ${before}${planted.text}${behind} more`).join(' \n ')
  // In a terminal a zero is nothing, and colours are put in on top.
  // oxlint-disable-next-line no-control-regex -- the colours that are in it already
  const shown = text.replaceAll('\0', ' ').replaceAll(isColoured ? /\u001b\[\d+m/g : /(?!)/g, ' ')
  const evidence = [
    Buffer.from(text),
    Buffer.concat([Buffer.from([0xfc, 0x20]), Buffer.from(text.replaceAll(/[\0ä]/g, ' '))]),
    castOf(shown, cuts, isColoured),
  ]
  const [first = '', second = '', cast = ''] = evidence.map(evidenceId)
  const header = {
    by,
    box: boxes[0] ?? 'local',
    identity: { hostname: boxes[0] ?? '', machineId: MACHINE, bootId: 'b0b0b0b0-1111-4222-8333-444455556666' },
  }
  const entries: readonly Forged[] = [
    { did: 'opened', payload: { title: text, boxes }, header },
    { ...noted(text, [first, second]), header },
    {
      did: 'shelled',
      payload: { commands: [{ at: '2026-01-02T03:10:00.000Z', line: text }], columns: 80, rows: 24, cast },
      header,
    },
    { did: 'foretold', payload: { [boxes[0] ?? 'x']: { [text]: [text] } }, header },
  ]
  return [...forgedEntries(entries).map((entry) => ({ entry })), ...evidence.map(forgedEvidence)]
}

const MACHINE = 'abcdefabcdef0123456789abcdef0123'

interface Scene {
  readonly boxes: readonly string[]
  readonly by: string
  readonly cuts: readonly number[]
  readonly isColoured: boolean
}

describe('a clean copy', () => {
  it('has none of the planted names and addresses, wherever they stand, and verifies', async () => {
    const scene = fc.record({
      hosts: fc.uniqueArray(hostName, { minLength: 1, maxLength: 4, selector: (name) => name }),
      users: fc.uniqueArray(userName, { minLength: 1, maxLength: 3 }),
      domain: domainName,
      addresses: fc.array(fc.tuple(addressText, edgeText, edgeText), { maxLength: 6 }),
      edges: fc.array(fc.tuple(nameEdgeText, nameEdgeText), { minLength: 12, maxLength: 12 }),
      isUpper: fc.boolean(),
      cuts: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 60 }),
      isColoured: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(scene, async ({ hosts, users, domain, addresses, edges, isUpper, cuts, isColoured }) => {
        const boxes = [...hosts, `zq9a.${domain}`, `${users[0]}@zq9b.internal`]
        const names = [...hosts, ...users, domain, `zq9a.${domain}`, `zq9c.shop.${domain}`, 'zq9b']
        const pieces = [
          ...names.map((name, at) => ({
            before: edges[at]?.[0] ?? ' ',
            planted: planted(name, isUpper),
            behind: edges[at]?.[1] ?? ' ',
          })),
          ...addresses.map(([each, before, behind]) => ({ before, planted: each, behind })),
        ]
        const by = `${users.at(-1)}@${hosts.at(-1)}`
        const items = incidentWith([...pieces, ...users.map((user) => login(user, hosts[0] ?? ''))], {
          boxes,
          by,
          cuts,
          isColoured,
        })
        const secrets = [
          ...names,
          'zq9a',
          'zq9c',
          domain.split('.')[0] ?? '',
          MACHINE,
          ...addresses.flatMap(([{ secret }]) => secret),
        ]
        expect(foundIn(allTextsOf(items), [...hosts, ...users])).toEqual([...hosts, ...users])
        expect(foundIn(allTextsOf(await cleaned(items)), secrets)).toEqual([])
      }),
      { numRuns: 200 },
    )
  }, 60_000)
})

describe('what is learned from a copy', () => {
  const bytes = Buffer.from('raw answer of web-1\n')
  const items = (...entries: readonly Forged[]): readonly CopyItem[] => [
    ...forgedEntries([OPENED, ...entries]).map((entry) => ({ entry })),
    ...(entries.some(({ payload }) => JSON.stringify(payload).includes(evidenceId(bytes)))
      ? [forgedEvidence(bytes)]
      : []),
  ]
  const said = async (copy: readonly CopyItem[], hints = NO_HINTS): Promise<string> =>
    allTextsOf(await cleaned(copy, hints))

  it('are the names that people go by', async () => {
    const header = { by: 'Rosa Mayer' }
    const text = await said(items({ ...noted('Rosa did it, not ROSA MAYER, may it help'), header }))
    expect(text).toMatch(/user-\d did it, not user-\d, may it help/)
    expect(text).not.toMatch(/rosa|mayer/i)
  })

  it('are hosts of the configuration that are in it, by their short names too', async () => {
    const copy = items(noted('cache-3 and cache-4 are slow'))
    const learned = await learnFrom(asCopy(copy)(), { hosts: ['cache-3.shop.acme.com', 'db-9'], hidden: [] })
    expect(Object.keys(learned.addedTo(emptyMap).hosts)).toEqual(['web-1', 'cache-3'])
    expect(await said(copy, { hosts: ['cache-3.shop.acme.com', 'db-9'], hidden: ['cache-4'] })).toMatch(
      /host-2 and word-\d are slow/,
    )
  })

  it('are hosts in URLs of which nobody can tell whose they are', async () => {
    const copy = items(noted('https://api.example.net/x, http://web-1.shop.acme.com/, https://10.0.0.7/'))
    const learned = await learnFrom(asCopy(copy)(), { hosts: ['db.shop.acme.com'], hidden: ['acme.com'] })
    expect(learned.foreign(learned.addedTo(emptyMap))).toEqual(['api.example.net'])
  })

  it('holds for the copy as it was then: what comes later is not in it, and what was purged since is no longer whole', async () => {
    const copy = items(noted('web-1', [evidenceId(bytes)]))
    const more = [...items(noted('web-1', [evidenceId(bytes)]), noted('later, by web-1'))]
    const learned = await learnFrom(asCopy(copy)(), NO_HINTS)
    const map = learned.addedTo(emptyMap)
    const out = await all(cleanCopy(asCopy(more), learned, map).items)
    expect(out).toEqual(await all(cleanCopy(asCopy(copy), learned, map).items))
    const purged = copy.flatMap((item) =>
      'entry' in item && item.entry.seq === 2
        ? [{ entry: { ...item.entry, salt: undefined, body: undefined } }]
        : [item],
    )
    await expect(all(cleanCopy(asCopy(purged), learned, map).items)).rejects.toMatchObject({ kind: 'moved-on' })
    await expect(all(cleanCopy(asCopy(copy.slice(0, 2)), learned, map).items)).rejects.toMatchObject({
      kind: 'moved-on',
    })
  })

  it('is nothing where the copy is not as it was written', async () => {
    const copy = items(noted('web-1', [evidenceId(bytes)]))
    const changed = copy.map((item) => ('bytes' in item ? { ...item, bytes: Buffer.from('other') } : item))
    await expect(learnFrom(asCopy(changed)(), NO_HINTS)).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringMatching(/evidence \w+ was changed/),
    })
    await expect(learnFrom(asCopy(copy.slice(0, 2))(), NO_HINTS)).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringMatching(/is gone/),
    })
    const edited = copy.map((item) =>
      'entry' in item && item.entry.seq === 2 ? { entry: { ...item.entry, at: '2026-01-02T03:04:05.000Z' } } : item,
    )
    await expect(learnFrom(asCopy(edited)(), NO_HINTS)).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringMatching(/entry 2: its header was changed/),
    })
  })

  it('keeps the numbers of entries, the times, and names heads as they are in its own chain', async () => {
    const [opened] = forgedEntries([OPENED])
    const copy = items({ did: 'exported', payload: { file: '/home/rosa/web-1.zst', clean: false, head: opened?.hash } })
    const [first, second] = (await cleaned(copy)).flatMap((item) => ('entry' in item ? [item.entry] : []))
    expect(second).toMatchObject({ seq: 2, at: '2026-01-02T03:04:07.000Z', by: 'user-1@host-1', prev: first?.hash })
    expect(JSON.parse(second?.body ?? '')).toEqual({ file: '/home/user-2/host-1.zst', clean: false, head: first?.hash })
  })
})

function planted(name: string, isUpper: boolean): Planted {
  return { text: isUpper ? name.toUpperCase() : name, secret: [name] }
}

/** Who is not the author shows as somebody who logged in. */
function login(user: string, host: string): Piece {
  return { before: '', planted: { text: `${user}@${host}`, secret: [user] }, behind: '' }
}
