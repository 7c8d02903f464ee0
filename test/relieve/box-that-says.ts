import { execFileSync } from 'node:child_process'
import type { Box, Failure, RunOptions, RunResult } from '../../src/boxes/box.ts'
import type { Recorder, RecordDraft } from '../../src/incidents/recorder.ts'
import type { AnyEntry } from '../../src/incidents/store.ts'
import { IDENTITY_SCRIPT } from '../../src/steps/machine.ts'

/** What a box answers to one thing that it is asked. */
export interface Said {
  readonly text?: string
  /** Undefined with a failure: nobody knows. */
  readonly exitCode?: number
  readonly failure?: Failure
}

/** It is this machine, and gives these answers by what it is asked for (`RunOptions.what`), else the last one. */
export function boxThatSays(said: (what: string) => Said, more: Pick<Box, 'sudo'> = {}): Box {
  const run = async (script: string, { what }: RunOptions): Promise<RunResult> => {
    const isIdentity = script === IDENTITY_SCRIPT
    const { text = '', exitCode, failure } = isIdentity ? {} : said(what)
    return {
      box: 'web-1',
      what,
      ok: failure === undefined,
      stdout: isIdentity ? execFileSync('sh', ['-c', script]) : Buffer.from(text),
      stderr: '',
      exitCode: failure ? undefined : (exitCode ?? 0),
      timedOut: false,
      cancelled: false,
      overflowed: false,
      truncated: false,
      startedAtMs: Date.now(),
      beganAtMs: Date.now(),
      durationMs: 1,
      failure,
    }
  }
  const start = (): never => {
    throw new Error('nothing is started')
  }
  return { name: 'web-1', kind: 'ssh', ...more, run, start, close: async () => undefined }
}

/** Keeps what it is given, each as the next entry of an incident; without an incident it says so. */
export function keepingRecorder(drafts: RecordDraft[], incident: string | null = 'one'): Recorder {
  return {
    incident: incident ?? undefined,
    record: async (draft) => {
      if (incident === null) return { how: 'no-incident' }
      drafts.push(draft([]))
      return { how: 'recorded', entry: { seq: drafts.length + 1 } as AnyEntry }
    },
  }
}
