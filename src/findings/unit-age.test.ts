import { expect, it } from 'vitest'
import { clockAt } from '../../test/checks/quiet-box.ts'
import { unitAge } from './unit-age.ts'

const HOUR = 3_600
const age = (sinceBoot: number, byClock: number | undefined): number =>
  unitAge(
    {
      atSeconds: clockAt.uptimeSeconds - sinceBoot,
      atMs: byClock === undefined ? undefined : clockAt.boxMs - byClock * 1000,
    },
    clockAt,
  )

it('is what the clock since boot says where both agree to the second', () => {
  expect(age(10.25, 10.9)).toBe(10.25)
})

it('leaves out the time in which the box was suspended', () => {
  expect(age(8 * HOUR + 1, 1)).toBe(1)
})

it('leaves out by how much the clock was set forward', () => {
  expect(age(10, 8 * HOUR)).toBe(10)
})

it('takes the clock since boot where the other was set back to before it happened, or is not known', () => {
  expect(age(10, -HOUR)).toBe(10)
  expect(age(10, -6)).toBe(10)
  expect(age(10, undefined)).toBe(10)
})

it('is nothing where it happened while the box was asked', () => {
  expect(age(0.5, -1)).toBe(0)
  expect(age(-0.5, undefined)).toBe(0)
})
