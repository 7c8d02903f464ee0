import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { recordedBox } from '../../src/boxes/recorded.ts'
import { recorderOf, type Recorder } from '../../src/incidents/recorder.ts'
import { redactor, thoroughRedactor } from '../../src/incidents/redaction/index.ts'
import { patternRule } from '../../src/incidents/redaction/patterns.ts'
import { lookAt } from '../../src/steps/look.ts'
import { homes } from '../record/homes.ts'
import { auditedRecord, withStore } from '../record/records.ts'

// Whatever a pattern of halligan.yaml fits, the record itself goes on: what it takes is taken out of what people and boxes say, and out of nothing that the
// record goes by.

const KEY = Buffer.alloc(32, 7)
const INCIDENT = '20260102-bcdf'
const RECORDING = path.join(import.meta.dirname, '../fixtures/looks/web-1-burning.look.zst')

describe.each([
  String.raw`\d{4}-\d{2}-\d{2}`,
  '[0-9a-f]{32}',
  '[0-9a-f]{64}',
  'stdout|ended|free',
  '[0-9a-f]{8}-[0-9a-f-]{27}',
])('with a pattern %s of halligan.yaml', (pattern) => {
  const home = homes()
  const made = patternRule('own', pattern)
  if (!made.ok) throw new Error(made.why)
  const redact = redactor({ key: KEY, patterns: [made.rule] })

  it('entries are recorded, with when, what kind, which machine and which evidence', async () => {
    const folder = home()
    mkdirSync(folder)
    await withStore(folder, async (store) => {
      const recorder = recorderOf({
        incident: INCIDENT,
        store: () => store,
        by: 'amy@laptop',
        typed: ['halligan', 'run', 'web-1'],
        redact: thoroughRedactor(KEY, redact),
        now: () => Date.parse('2026-01-02T03:04:05.678Z'),
      })
      const identity = {
        hostname: 'web-1',
        machineId: '0'.repeat(31) + 'a',
        bootId: 'a0b1c2d3-0000-4000-8000-000000000001',
      }
      const all = [
        await recorder.record(() => ({
          did: 'opened',
          payload: { title: 'it burns', boxes: ['web-1'], since: '2026-01-02T03:00:00.000Z' },
        })),
        await recorder.record(
          ([evidence = '']) => ({
            did: 'ran',
            box: 'web-1',
            identity,
            payload: {
              line: 'date',
              price: 'free',
              state: 'ended',
              exit: 0,
              job: 'abcdef0123456789',
              printedBytes: 9,
              keptBytes: 9,
              evidence: [evidence],
              outputs: [{ from: 'stdout', evidence, printedBytes: 9, keptBytes: 9 }],
              shown: `2026-01-02 ${'0a'.repeat(16)}`,
            },
          }),
          [Buffer.from('2026-01-02\n')],
        ),
      ]
      expect(all).toEqual([expect.objectContaining({ how: 'recorded' }), expect.objectContaining({ how: 'recorded' })])
      const [, ran] = await store.read(INCIDENT)
      expect(ran).toMatchObject({
        at: '2026-01-02T03:04:05.678Z',
        did: 'ran',
        identity: { machineId: identity.machineId, bootId: identity.bootId },
      })
      expect(ran?.payload).toMatchObject({
        state: 'ended',
        price: 'free',
        job: 'abcdef0123456789',
        outputs: [{ from: 'stdout' }],
      })
      expect(await auditedRecord(store)).toMatchObject({ record: [] })
    })
  })

  it('a look is concluded from, recorded, and can be read again', async () => {
    const folder = home()
    mkdirSync(folder)
    await withStore(folder, async (store) => {
      const recorder: Recorder = recorderOf({
        incident: INCIDENT,
        store: () => store,
        by: 'amy@laptop',
        typed: ['halligan', 'look'],
        redact: thoroughRedactor(KEY, redact),
        now: () => Date.parse('2026-01-02T03:04:05.678Z'),
      })
      await recorder.record(() => ({ did: 'opened', payload: { title: 'x', boxes: [] } }))
      const look = await lookAt(recordedBox(RECORDING), {
        deep: false,
        windowSeconds: 1,
        compression: 'auto',
        redact,
        recorder,
      })
      expect(look.recorded).toMatchObject({ how: 'recorded' })
      const [, looked] = await store.read(INCIDENT)
      expect(looked?.identity?.machineId).toMatch(/^[0-9a-f]{32}$/)
      expect(looked?.identity?.bootId).toMatch(/^[0-9a-f-]{36}$/)
      expect(looked?.payload).toMatchObject({ state: look.conclusion.state })
    })
  })
})
