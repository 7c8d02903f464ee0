import { describe, expect, it } from 'vitest'
import { chained, look, opened } from '../../../test/incidents/entries.ts'
import { redact } from '../../../test/redact.ts'
import { boxThatSays, keepingRecorder, type Said } from '../../../test/relieve/box-that-says.ts'
import type { Failure } from '../../boxes/box.ts'
import { MOVED } from '../../evidence/reliefs/relief.ts'
import { reliefNamed } from '../../evidence/reliefs/index.ts'
import type { RecordDraft } from '../../incidents/recorder.ts'
import type { AnyEntry } from '../../incidents/store.ts'
import { isKept, relieve, type Possible, type RelieveOptions } from './relieve.ts'

const thing = { what: 'its memory map', text: '7f00-7f01 r-xp', blind: undefined }
const blind = { what: 'its stacks', text: undefined, blind: 'the time was up' }
const recorded = { how: 'no-incident' } as const
const failed = {
  how: 'failed',
  problem: { kind: 'unusable', message: 'the disk is full', tryNext: 'free it' },
} as unknown as Parameters<typeof isKept>[0]['recorded']
const cutOff: Failure = { kind: 'cut-off', message: 'web-1 was cut off.', tryNext: 'again' }

describe('what would be gone', () => {
  it.each([
    ['some of it came', { recorded, look: { failure: undefined }, kept: [thing, blind] }, true],
    ['nothing came', { recorded, look: { failure: undefined }, kept: [blind] }, false],
    ['all is empty', { recorded, look: { failure: undefined }, kept: [{ ...thing, text: '' }] }, false],
    ['nothing was asked for', { recorded, look: { failure: undefined }, kept: [] }, false],
    ['the answer was cut off', { recorded, look: { failure: cutOff }, kept: [thing] }, false],
    ['it was not recorded', { recorded: failed, look: { failure: undefined }, kept: [thing] }, false],
  ])('is kept or not when %s', (_when, preserved, expected) => {
    expect(isKept(preserved)).toBe(expected)
  })
})

const TOKEN = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`
const PLAN = [
  'there yes',
  `points releases/20260103`,
  'owner 0:0',
  'may yes',
  'release 1 20260103',
  `release 1 20260102`,
  `release 1 ${TOKEN}`,
].join('\n')
const LOST: Failure = { kind: 'cut-off', message: 'The line to web-1 was cut off.', tryNext: 'halligan look web-1' }

/** Rolls a link back on a box that answers so to what acts and what checks. */
async function rolled(
  said: { readonly plan?: string; readonly act?: Said; readonly check?: Said },
  more: Partial<RelieveOptions> & { readonly incident?: string | null; readonly sudo?: boolean } = {},
) {
  const relief = reliefNamed('rollback')
  if (!relief) throw new Error('no rollback')
  const drafts: RecordDraft[] = []
  const plans: Possible[] = []
  const answers: Readonly<Record<string, Said>> = {
    'relieve it': said.act ?? {},
    'see whether it worked': said.check ?? { text: 'points releases/20260102' },
  }
  const { incident = 'one', sudo = false, ...options } = more
  const done = await relieve(
    boxThatSays((what) => answers[what] ?? { text: said.plan ?? PLAN }, { sudo }),
    {
      relief,
      target: ['/srv/shop/current', ''],
      onlyPlan: false,
      keepFirst: false,
      recorder: keepingRecorder(drafts, incident),
      entries: async () => [],
      redact,
      signal: new AbortController().signal,
      onStage: () => undefined,
      accepts: async (plan) => {
        plans.push(plan)
        return { accepted: true }
      },
      ...options,
    },
  )
  return { done, drafts, plans }
}

describe('what came of a relief', () => {
  it('has no secret of the box in it, and acts by what the box said', async () => {
    const plan = PLAN.replaceAll('20260103', TOKEN).replace('20260102', 'older')
    const target = ['/srv/shop/current', '', 'older']
    const { done, drafts, plans } = await rolled({ plan, check: { text: 'points releases/older' } }, { target })
    expect(done).toMatchObject({ state: 'ended', worked: true })
    for (const each of [done, plans]) expect(JSON.stringify(each)).not.toContain(TOKEN)
    expect(JSON.stringify(drafts[0]?.payload)).toContain(TOKEN)
    const { done: refused } = await rolled({ plan })
    expect(refused.failure?.message).toMatch(/is no number or time/)
    expect(JSON.stringify(refused)).not.toContain(TOKEN)
  })

  it('has no secret of a query in it that is cut where it is shown', async () => {
    const relief = reliefNamed('end-query')
    const query = `SELECT ${'x'.repeat(280)}, '${TOKEN}'`
    const backend = 'kind client backend\nstate active\nbackend 1764158400000000\nquery 1764158400000001\nfor 77'
    const plan = `start 900\nserver 99\nserverStart 4711\ndatabase yes\n${backend}\ntext ${query}\nasked yes`
    const { done } = await rolled({ plan }, { relief, target: ['812'], onlyPlan: true })
    const shown = done.plan?.possible ? done.plan.lines[1] : undefined
    expect(shown).toMatch(/^its query: SELECT x{280}, /)
    expect(shown).not.toContain(TOKEN.slice(0, 6))
    const open = await rolled(
      { plan: plan.replace(query, `ALTER ROLE shop PASSWORD 'a secret that is cut`) },
      { relief, target: ['812'], onlyPlan: true },
    )
    expect(open.done.plan).toMatchObject({
      lines: expect.arrayContaining([expect.stringMatching(/^its query: ALTER ROLE shop PASSWORD .{0,40}$/)]),
    })
    expect(JSON.stringify(open.done)).not.toContain('secret that')
  })

  it('whose end was not seen names the command that looks, with the number of its entry', async () => {
    const { done } = await rolled({ act: { failure: LOST } }, { sudo: true })
    expect(done).toMatchObject({ state: 'lost', seq: 2 })
    expect(done.failure?.tryNext).toBe('halligan relieve --sudo web-1 check 2 shows how it ended.')
    const { done: unshown } = await rolled({ check: { text: '' } })
    expect(unshown.failure?.tryNext).toBe('halligan relieve web-1 check 2 shows how it ended.')
  })

  it('whose end was not seen says without an incident that nothing knows of it', async () => {
    const { done } = await rolled({ act: { failure: LOST } }, { incident: null })
    expect(done).toMatchObject({ state: 'lost', seq: undefined })
    expect(done.failure?.message).toMatch(/nothing was written down: check and undo do not know of it/)
    expect(done.failure?.tryNext).toBe('halligan look web-1')
  })

  it('that found something else than the plan saw says that the same command plans anew', async () => {
    const { done } = await rolled({ act: { exitCode: MOVED, text: 'it points at releases/x now' } })
    expect(done.failure?.message).toBe(
      'web-1: it points at releases/x now. Nothing was done. The same command again makes a new plan.',
    )
  })

  it('that nobody accepted names the whole command that would do it', async () => {
    const accepts = async () => ({ accepted: false, why: 'nobody said yes', hint: '--accept change' }) as const
    const { done } = await rolled({}, { accepts, target: ['/srv/my shop/current', ''] })
    expect(done.failure?.tryNext).toBe(
      "halligan relieve web-1 rollback '/srv/my shop/current' --no-preserve --accept change",
    )
    const meant = await rolled({}, { accepts, keepFirst: true, anyway: 'it was rebuilt' })
    expect(meant.done.failure?.tryNext).toBe(
      "halligan relieve web-1 rollback /srv/shop/current --anyway 'it was rebuilt' --accept change",
    )
  })
})

describe('a plan for another machine than the incident means', () => {
  const entries = async (): Promise<readonly AnyEntry[]> =>
    chained([opened, look([], { identity: { hostname: 'web-1', machineId: 'f'.repeat(32), bootId: '' } })])

  it('is not made, unless it is meant all the same: then it says so before it is asked', async () => {
    const { done, plans } = await rolled({}, { entries })
    expect(done.failure).toMatchObject({ kind: 'wrong-box' })
    expect(plans).toEqual([])
    const meant = await rolled({}, { entries, anyway: 'it was rebuilt' })
    expect(meant.plans[0]?.lines[0]).toMatch(/^danger: web-1 .*by that name this incident knows the machine f{32}/)
  })
})
