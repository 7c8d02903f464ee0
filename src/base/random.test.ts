import { expect, test } from 'vitest'
import { randomBytes, randomHex } from './random.ts'

test.each([0, 1, 16, 4096])('%i bytes, other ones each time', (length) => {
  const [one, other] = [randomBytes(length), randomBytes(length)]
  expect(one).toHaveLength(length)
  if (length >= 16) expect(one.equals(other)).toBe(false)
})

test('every value of a byte comes up, each about as often', () => {
  const counts = new Map<number, number>()
  for (const byte of randomBytes(256 * 400)) counts.set(byte, (counts.get(byte) ?? 0) + 1)
  expect(counts.size).toBe(256)
  // 400 are expected with a deviation of 20: outside of ten deviations chance is no explanation.
  expect(Math.min(...counts.values())).toBeGreaterThan(200)
  expect(Math.max(...counts.values())).toBeLessThan(600)
})

test('hex digits', () => {
  expect(randomHex(6)).toMatch(/^[0-9a-f]{12}$/)
})
