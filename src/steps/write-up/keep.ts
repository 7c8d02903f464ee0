import path from 'node:path'
import type { Recorded, Recorder } from '../../incidents/recorder.ts'
import { replaceFile, type Target } from './files.ts'

export interface KeepParts {
  readonly target: Target
  readonly text: string
  /** A copy of what was there stays beside it, as `NAME~`. */
  readonly keepOld: boolean
  readonly recorder: Recorder
  /** Hash of the last entry that is told. */
  readonly head: string
}

/**
 * Writes a file that was made from the record, and records that. One that would stay as it is is left alone.
 *
 * @returns undefined when there was nothing new
 * @throws FileProblem
 */
export async function keepFile({ target, text, keepOld, recorder, head }: KeepParts): Promise<Recorded | undefined> {
  if (target.text === text) return undefined
  replaceFile(target, text, keepOld)
  // Where it lies on this machine is nobody's business who reads the record.
  const file = path.basename(target.file)
  return recorder.record(() => ({ did: 'wrote-up', payload: { file, head, command: 'halligan write-up' } }))
}
