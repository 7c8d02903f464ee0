import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { setBacksWithin } from './set-back.ts'
import { offsetsOf, zoneOf } from './zone.ts'

const at = (text: string): number => Date.parse(text)

describe('times that came twice', () => {
  it('are found where the clocks of the zone were set back', () => {
    const [one, ...others] = setBacksWithin('Europe/Vienna', at('2026-10-20T00:00:00Z'), at('2026-11-20T00:00:00Z'))
    expect(others).toEqual([])
    expect(one).toEqual({ atMs: at('2026-10-25T01:00:00Z'), byMs: 3_600_000, wallMs: at('2026-10-25T03:00:00Z') })
    const many = setBacksWithin('America/New_York', at('2020-01-01T00:00:00Z'), at('2024-12-31T00:00:00Z'))
    expect(many.map(({ atMs }) => new Date(atMs).toISOString().slice(0, 13))).toEqual(
      ['2020-11-01', '2021-11-07', '2022-11-06', '2023-11-05', '2024-11-03'].map((day) => `${day}T06`),
    )
    expect(setBacksWithin('Australia/Lord_Howe', at('2026-04-04T00:00:00Z'), at('2026-04-05T00:00:00Z'))).toMatchObject(
      [{ byMs: 1_800_000 }],
    )
  })

  it('are none in spring, without rules, without a zone and without a span', () => {
    const year = [at('2026-01-01T00:00:00Z'), at('2026-12-31T00:00:00Z')] as const
    expect(setBacksWithin('Europe/Vienna', at('2026-03-20T00:00:00Z'), at('2026-04-20T00:00:00Z'))).toEqual([])
    for (const zone of ['UTC', '+02:00', 'Asia/Kolkata', 'Mars/Olympus'])
      expect(setBacksWithin(zone, ...year)).toEqual([])
    expect(setBacksWithin('Europe/Vienna', NaN, NaN)).toEqual([])
    expect(setBacksWithin('Europe/Vienna', at('2026-10-25T01:00:00Z'), at('2026-10-26T00:00:00Z'))).toEqual([])
  })

  it('are those that are read as the first of the two, in whatever zone and year', () => {
    const zones = fc.constantFrom('Europe/Vienna', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca')
    fc.assert(
      fc.property(zones, fc.integer({ min: 1980, max: 2035 }), (zone, year) => {
        for (const { atMs, byMs, wallMs } of setBacksWithin(zone, Date.UTC(year, 0), Date.UTC(year, 11, 31))) {
          const offsetAt = offsetsOf(zone)
          expect(offsetAt?.(atMs - 1)).toBe((offsetAt?.(atMs) ?? 0) + byMs)
          expect(zoneOf(zone).utcOf(wallMs - byMs)).toBe(atMs - byMs)
        }
      }),
      { numRuns: 100 },
    )
  })
})
