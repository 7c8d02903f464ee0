import { describe, expect, it } from 'vitest'
import { evidenceId, type Draft } from './entry.ts'
import { recorderOf, type Recorder } from './recorder.ts'
import { StoreProblem, type AppendOptions, type Store } from './store.ts'

interface Appended {
  readonly incident: string
  readonly draft: Draft
  readonly options: AppendOptions | undefined
}

/** A recorder and what it gives to its store. */
function recording(fails?: Error): { readonly recorder: Recorder; readonly appended: Appended[] } {
  const appended: Appended[] = []
  const store = {
    append: (incident: string, draft: Draft, options?: AppendOptions) => {
      appended.push({ incident, draft, options })
      return fails ? Promise.reject(fails) : Promise.resolve({ seq: appended.length })
    },
  } as unknown as Store
  const recorder = recorderOf({
    incident: '20260102-bcdf',
    store: () => store,
    by: 'amy@web-1',
    typed: ['halligan', 'note', '--password', 'hunter2'],
    redact: (text) => Promise.resolve(text.replaceAll('hunter2', '‹secret›')),
    now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  })
  return { recorder, appended }
}

describe('a recorder', () => {
  it('writes who, when and what was typed, with the evidence, and no secret in any of it', async () => {
    const { recorder, appended } = recording()
    const raw = Buffer.from('password is hunter2\n')
    const recorded = await recorder.record(
      (evidence) => ({ did: 'noted', box: 'hunter2', payload: { text: 'it is hunter2', evidence } }),
      [raw],
    )
    const kept = Buffer.from('password is ‹secret›\n')
    expect(recorded).toMatchObject({ how: 'recorded', entry: { seq: 1 } })
    expect(appended).toEqual([
      {
        incident: '20260102-bcdf',
        draft: {
          did: 'noted',
          box: '‹secret›',
          at: '2026-01-02T03:04:05.678Z',
          by: 'amy@web-1',
          payload: {
            command: "halligan note --password '‹secret›'",
            text: 'it is ‹secret›',
            evidence: [evidenceId(kept)],
          },
        },
        options: { evidence: [kept] },
      },
    ])
  })

  it('keeps bytes that are no text, but for the secret in them', async () => {
    const { recorder, appended } = recording()
    await recorder.record(() => ({ did: 'noted', payload: { text: 'x' } }), [Buffer.from([0xff, 0, 0x80, 10])])
    expect(appended[0]?.options?.evidence).toEqual([Buffer.from([0xff, 0, 0x80, 10])])
  })

  it('passes the condition on', async () => {
    const { recorder, appended } = recording()
    await recorder.record(() => ({ did: 'closed', payload: {} }), [], { after: 7 })
    expect(appended[0]?.options).toMatchObject({ after: 7 })
  })

  it('never rejects: what went wrong is given back', async () => {
    const full = new StoreProblem('disk-full', 'there is no room', 'Free some space.')
    expect(await recording(full).recorder.record(() => ({ did: 'closed', payload: {} }))).toEqual({
      how: 'failed',
      problem: full,
    })
    const bug = await recording(new TypeError('x is undefined')).recorder.record(() => ({ did: 'closed', payload: {} }))
    expect(bug).toMatchObject({
      how: 'failed',
      problem: { kind: 'unknown', message: expect.stringContaining('x is undefined') },
    })
    const inDraft = await recording().recorder.record(() => {
      throw new Error('no draft')
    })
    expect(inDraft).toMatchObject({ how: 'failed' })
  })
})
