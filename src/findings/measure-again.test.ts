import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readRecording } from '../boxes/recorded.ts'
import { probesOf, readEvidence, type Evidence } from '../evidence/evidence.ts'
import * as checks from './checks/index.ts'
import { measureAgain } from './measure-again.ts'

const all = Object.values(checks)

describe('what a check measures where it finds nothing worth saying', () => {
  it('is its figure of the same subject', () => {
    const [measured] = measuredOf(checks.fdExhaustion, 'web-1-fixed')
    expect(measured).toMatchObject({ what: 'open file descriptors', limit: 1024, unit: 'count' })
    // 27 connections, a listener, the standard streams.
    expect(measured?.value).toBeGreaterThan(27)
    expect(measured?.value).toBeLessThan(40)
    expect(measuredOf(checks.closeWaitLeak, 'web-1-fixed')).toMatchObject([
      { what: 'sockets in CLOSE_WAIT', value: 27 },
    ])
  })

  it('is there below a line that warns from above as well', () => {
    const [available] = measureAgain(checks.memoryNearlyGone, evidenceOf('web-1-fixed')).flatMap(
      ({ measured }) => measured,
    )
    expect(available?.what).toBe('memory available')
    expect(available?.value).toBeGreaterThan(1024 ** 3)
  })

  it('is what it says itself where it burns', () => {
    expect(measuredOf(checks.closeWaitLeak, 'web-1-burning')).toMatchObject([{ value: 1010 }])
  })

  it.each(all.map((each) => [each.id, each] as const))('of %s has only figures', (_id, check) => {
    for (const name of ['web-1-burning', 'web-1-fixed', 'db-1'])
      for (const { measured } of measureAgain(check, evidenceOf(name)))
        expect(measured.filter(({ value }) => !Number.isFinite(value))).toEqual([])
  })

  it('is nothing where nothing was seen', () => {
    const blind = readEvidence(new Uint8Array(), 'aa', probesOf('fast'), { beganAtMs: 0 })
    expect(all.flatMap((check) => measureAgain(check, blind))).toEqual([])
  })
})

function measuredOf(
  check: (typeof all)[number],
  look: string,
): readonly { readonly what: string; readonly value: number }[] {
  return measureAgain(check, evidenceOf(look))
    .filter(({ subject }) => subject.name === 'orders-api')
    .flatMap(({ measured }) => measured)
}

function evidenceOf(look: string): Evidence {
  const recording = readRecording(path.join(import.meta.dirname, `../../test/fixtures/looks/${look}.look.zst`))
  if ('kind' in recording) throw new Error(recording.message)
  const { boundary, beganAtMs } = recording.header
  return readEvidence(recording.answer, boundary, probesOf('fast'), { beganAtMs })
}
