import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readRecording, recordingBytes } from '../boxes/recorded.ts'
import type { Told } from '../incidents/told.ts'
import { lookOfRecording, lookPayload } from './look.ts'
import { storedLook } from './stored-look.ts'

const file = path.join(import.meta.dirname, '../../test/fixtures/looks/web-1-burning.look.zst')
const recording = readRecording(file)
if ('kind' in recording) throw new Error(recording.message)
const bytes = recordingBytes(recording)
const live = lookOfRecording(recording, (text) => text)

function entryOf(payload: Told<'looked'>['payload']): Told<'looked'> {
  const header = { v: 1, incident: 'x', seq: 3, by: '', payloadHash: '', prev: '', hash: '', salt: '' }
  return { ...header, at: '2026-11-25T14:05:00.000Z', did: 'looked', box: 'web-1', payload }
}

const payload = lookPayload(live, ['a'.repeat(64)])
const [burning] = payload.findings
if (!burning) throw new Error('the recorded box burns')

describe('a look that is in the record', () => {
  it('is concluded again from its answer as it was', () => {
    const look = storedLook(entryOf(payload), bytes, (text) => text)
    expect(look.conclusion).toEqual(live.conclusion)
    expect(look.identity).toEqual(live.identity)
    expect(look.warnings).toEqual(recording.header.warnings ?? [])
    expect(look.tookMs).toBe(live.tookMs)
  })

  it('marks what the policy did not allow then', () => {
    const findings = payload.findings.map((finding) => ({
      ...finding,
      next: finding.next.map((step) => ({ ...step, beyondPolicy: true as const })),
    }))
    const look = storedLook(entryOf({ ...payload, findings }), bytes, (text) => text)
    expect(look.conclusion.findings.flatMap(({ next }) => next.map(({ beyondPolicy }) => beyondPolicy))).not.toContain(
      undefined,
    )
  })

  it('says so where it is concluded otherwise now', () => {
    const findings = [{ ...burning, title: 'the moon is full' }]
    const look = storedLook(entryOf({ ...payload, findings }), bytes, (text) => text)
    expect(look.conclusion).toEqual(live.conclusion)
    expect(look.warnings.join()).toContain('concludes otherwise than was recorded then: the moon is full')
  })

  it.each([
    ['there is no answer of it', undefined, 'is not in the record'],
    ['its answer cannot be read', Buffer.from('{"schema":"halligan.recording/9"}\n'), 'cannot read the answer'],
    ['its answer is none', Buffer.from([0, 255, 10, 13]), 'cannot read the answer'],
  ])('is what its entry says where %s', (_why, answer, warning) => {
    const look = storedLook(entryOf(payload), answer, (text) => text)
    expect(look.conclusion.findings).toEqual(payload.findings)
    expect(look.conclusion.cleared).toEqual(live.conclusion.cleared)
    expect(look.state).toBe(live.state)
    expect(look.warnings.join()).toContain(warning)
  })

  it('of a box that was not entered has the failure', () => {
    const failure = { kind: 'timeout', message: 'web-1 did not answer.', tryNext: 'ping it' }
    const nothing = { state: 'unknown', findings: [], cleared: [], blind: [], failure } as const
    const look = storedLook(entryOf(nothing), undefined, (text) => text)
    expect(look).toMatchObject({ state: 'unknown', failure, warnings: [], identity: undefined })
  })
})
