import { describe, expect, it } from 'vitest'
import { askedTimes } from './log-window.ts'

const now = Date.UTC(2026, 10, 26, 12, 0, 0)
const minutes = (count: number) => count * 60_000

describe('which times were asked for', () => {
  it('takes since and until', () => {
    expect(askedTimes({ since: '-30m' }, now)).toEqual({ fromMs: now - minutes(30) })
    expect(askedTimes({ since: '-30m', until: '-10m' }, now)).toEqual({
      fromMs: now - minutes(30),
      toMs: now - minutes(10),
    })
  })
  it('takes two times with two dots between them', () => {
    expect(askedTimes({ between: '11:05..11:20' }, now)).toEqual({ fromMs: now - minutes(55), toMs: now - minutes(40) })
  })
  it('takes half a minute around a time, or as long as it is told', () => {
    expect(askedTimes({ around: '11:00' }, now)).toEqual({ fromMs: now - minutes(60.5), toMs: now - minutes(59.5) })
    expect(askedTimes({ around: '11:00', span: '5m' }, now)).toEqual({
      fromMs: now - minutes(65),
      toMs: now - minutes(55),
    })
  })
  it('takes an onset', () => {
    expect(askedTimes({ compare: '11:30' }, now)).toEqual({ onsetMs: now - minutes(30) })
    expect(askedTimes({ compare: true }, now)).toEqual({})
  })
  it.each([
    [{ since: 'soon' }, '--since takes a time'],
    [{ since: '-10m', until: '-20m' }, 'ends before it begins'],
    [{ between: '11:05' }, '--between takes two times'],
    [{ around: '11:00', since: '-1h' }, 'exclude each other'],
    [{ span: '5m' }, '--span belongs to --around'],
    [{ around: '11:00', span: 'long' }, '--span takes a length of time'],
    [{ compare: 'lunch' }, '--compare takes a time'],
  ])('%j is a mistake that is named', (flags, words) => {
    expect(() => askedTimes(flags, now)).toThrow(words)
  })
})
