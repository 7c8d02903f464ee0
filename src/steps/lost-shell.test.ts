import { describe, expect, it } from 'vitest'
import { castHeader, castLines } from '../incidents/cast.ts'
import { noRecorder } from '../incidents/recorder.ts'
import type { LostShell } from '../incidents/shell-spool.ts'
import type { Store } from '../incidents/store.ts'
import { recordLostShell } from './shell.ts'

describe('a shell whose console was killed', () => {
  it('is not taken in, and said so, where it cannot be looked through for secrets', async () => {
    const outcome = await recordLostShell(store, noRecorder, lost(), () => Promise.reject(new Error('no such module')))
    expect(outcome).toMatchObject({ how: 'failed', problem: { message: expect.stringContaining('no such module') } })
  })

  it('is handed to the recorder where it can', async () => {
    expect(await recordLostShell(store, noRecorder, lost(), () => Promise.resolve([]))).toEqual({ how: 'no-incident' })
  })
})

const store = { place: '/record', read: () => Promise.resolve([]) } as unknown as Store

function lost(): LostShell {
  const header = castHeader({ columns: 80, rows: 24, term: undefined, startedAtMs: 0, title: 'web-1' })
  const line = castLines()({ atMs: 1, code: 'o', data: 'a line that is long enough to be looked at\r\n' })
  return {
    incident: 'i',
    box: 'web-1',
    identity: { hostname: 'web-1' },
    seq: 1,
    columns: 80,
    rows: 24,
    startedAtMs: 0,
    tookMs: 1,
    commands: [],
    cast: Buffer.from(header + line),
    remove: () => {},
  }
}
