import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { FAULTS, GONE_LIMIT_MS, runCases } from './guard-cases.ts'

const reason = missing('root', 'fleet')
/** A case is mostly waiting: for the fault, for the 10 s after which a session that hears nothing ends itself, for quiet. */
const BOXES = Array.from({ length: 16 }, (_, at) => `box-${at + 1}`)
const CASES = 200

describe.skipIf(reason)('whatever happens at whatever moment', () => {
  let fleet: Fleet
  beforeAll(async () => {
    fleet = await startFleet({ boxes: BOXES })
  })
  afterAll(() => fleet.down())

  it('what ran under a guard is gone within 20 s, and nothing is left', { timeout: 600_000 }, async () => {
    const seed = Number(process.env['HALLIGAN_SEED'] ?? Date.now() % 1_000_000)
    const outcomes = await runCases(fleet, BOXES, CASES, seed)
    const failed = outcomes.filter(({ goneAfterMs }) => goneAfterMs === undefined || goneAfterMs > GONE_LIMIT_MS)
    const bound = ((3 / outcomes.length) * 100).toFixed(1)
    process.stdout.write(
      `guard faults: seed ${seed}, ${failed.length} of ${outcomes.length} left something; 0 means less than ${bound} % at 95 % (rule of three)\n`,
    )
    expect(new Set(outcomes.map(({ fault }) => fault))).toEqual(new Set(FAULTS))
    expect(outcomes.length).toBeGreaterThanOrEqual(200)
    expect(failed).toEqual([])
  })
})
