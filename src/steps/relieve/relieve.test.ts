import { describe, expect, it } from 'vitest'
import type { Failure } from '../../boxes/box.ts'
import { isKept } from './relieve.ts'

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
