import { toldOver } from './endings.ts'
import type { AnyEntry } from './store.ts'

/** A detached command whose end nobody has written down yet. */
export interface OpenJob {
  readonly seq: number
  readonly job: string
  readonly box: string
  readonly line: string
  readonly at: string
  readonly by: string
}

/**
 * Detached commands that may still run, or wait to be collected. A command that was not detached and has no end was seen by a console that was killed: it
 * ended with its line.
 */
export function openJobs(entries: readonly AnyEntry[]): readonly OpenJob[] {
  const told = toldOver(entries, 'ran')
  return entries.flatMap((entry) => {
    if (entry.did !== 'ran' || entry.box === undefined || told.has(entry.seq)) return []
    const { payload, seq, box, at, by } = entry
    if (payload?.state !== 'running' || payload.job === undefined) return []
    return [{ seq, job: payload.job, box, line: payload.line, at, by }]
  })
}
