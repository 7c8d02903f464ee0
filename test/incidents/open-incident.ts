import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { recorderOf, type RecordDraft, type Recorder } from '../../src/incidents/recorder.ts'
import { openSqliteStore } from '../../src/incidents/sqlite-store.ts'
import type { Store } from '../../src/incidents/store.ts'
import type { OpenIncident } from '../../src/steps/decide.ts'
import { INCIDENT, opened, STARTED_MS, type Short } from './entries.ts'

/** A record of its own in a folder of its own, with one incident that has these entries. */
export interface TestRecord {
  readonly store: Store
  /** The incident as one person writes into it. */
  readonly as: (by: string) => OpenIncident
  readonly write: (...shorts: readonly Short[]) => Promise<void>
  readonly end: () => Promise<void>
}

export async function testRecord(...shorts: readonly Short[]): Promise<TestRecord> {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-handover-'))
  const store = openSqliteStore(folder)
  let minute = 0
  const now = (): number => STARTED_MS + 60_000 * minute++
  const recorderAs = (by: string): Recorder =>
    recorderOf({
      incident: INCIDENT,
      store: () => store,
      by,
      typed: ['halligan', 'test'],
      redact: (text) => Promise.resolve(text),
      now,
    })
  const write = async (...more: readonly Short[]): Promise<void> => {
    for (const { by = 'alice@laptop', did, payload, box, identity } of more) {
      // The kind and the payload come from one short, which pairs them.
      const draft = { did, payload, box, identity } as RecordDraft
      const recorded = await recorderAs(by).record(() => draft)
      if (recorded.how === 'failed') throw recorded.problem
    }
  }
  await write(opened, ...shorts)
  return {
    store,
    as: (by) => ({ store, incident: INCIDENT, recorder: recorderAs(by) }),
    write,
    end: async () => {
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The same incident, in which somebody else is quicker: `act` happens once, between the reading and the writing. */
export function overtaken(open: OpenIncident, act: () => Promise<unknown>): OpenIncident {
  let before: Promise<unknown> | undefined
  return {
    ...open,
    recorder: {
      ...open.recorder,
      record: async (...parts) => {
        before ??= act()
        await before
        return open.recorder.record(...parts)
      },
    },
  }
}
