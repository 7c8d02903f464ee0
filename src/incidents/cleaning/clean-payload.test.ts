import { describe, expect, it } from 'vitest'
import { EXAMPLES } from '../../../test/record/kinds.ts'
import { evidenceOf, isDid, payloads } from '../payloads.ts'
import { cleanPayload } from './clean-payload.ts'

/** Every letter is another one. */
const everything = {
  changesIn: (text: string) => (text === '' ? [] : [{ start: 0, end: text.length, mark: '?' }]),
  renamed: () => undefined,
}

describe('a cleaned payload', () => {
  it.each(Object.entries(EXAMPLES))(
    'of the kind %s keeps its form when every text in it is another',
    (did, payload) => {
      const cleaned = cleanPayload(did, payload, everything)
      expect(isDid(did) && payloads[did].read(cleaned)).toMatchObject({ ok: true })
      expect(Object.keys(Object(cleaned))).toEqual(Object.keys(payload))
    },
  )

  it('keeps what the checks and units are called, and changes what is told of them', () => {
    const finding = {
      ...EXAMPLES.looked.findings[0],
      subject: { kind: 'process', name: 'orders', unit: 'orders.service' },
    }
    expect(cleanPayload('looked', { ...EXAMPLES.looked, findings: [finding] }, everything)).toMatchObject({
      state: 'critical',
      findings: [
        {
          check: 'disk-full',
          resource: 'disk',
          title: '?',
          why: '?',
          subject: { kind: 'process', name: '?', unit: '?' },
          measured: [{ what: '?', unit: '%', source: '?' }],
          next: [{ command: '?', price: 'free' }],
        },
      ],
    })
  })

  it('of a kind or with a key that is not known is changed down to its keys', () => {
    const changesIn = (text: string) => (text === 'web-1' ? [{ start: 0, end: 5, mark: 'host-1' }] : [])
    const changes = { changesIn, renamed: () => undefined }
    expect(cleanPayload('foretold', { 'web-1': [{ state: 'web-1' }] }, changes)).toEqual({
      'host-1': [{ state: 'host-1' }],
    })
    expect(cleanPayload('noted', { text: 'x', seen: { 'web-1': 3 } }, changes)).toEqual({
      text: 'x',
      seen: { 'host-1': 3 },
    })
  })

  it('names evidence and heads as they are called in its own export, within a text too', () => {
    const [before, after] = ['a'.repeat(64), 'b'.repeat(64)]
    const changes = { changesIn: () => [], renamed: (hash: string) => (hash === before ? after : undefined) }
    const cleaned = cleanPayload('noted', { text: `see ${before}`, evidence: [before], head: 'c'.repeat(64) }, changes)
    expect(cleaned).toEqual({ text: `see ${after}`, evidence: [after], head: 'c'.repeat(64) })
    expect(evidenceOf(cleaned)).toEqual([after])
  })
})
