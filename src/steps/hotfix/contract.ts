import type { Failure } from '../../boxes/box.ts'
import type { Identity } from '../../evidence/probes/identity.ts'
import type { Commit } from '../../evidence/repository/tree.ts'
import type { DriftedFile } from '../../findings/drift/compare.ts'
import type { FolderProcess } from '../../findings/drift/processes.ts'
import type { ChangedSetting } from '../../findings/drift/settings.ts'

/** The commit that should lie on a box, and why that one. */
export interface Expected {
  readonly commit: Commit
  /** `asked`: by the engineer; `told`: by what the deploy left there; `likely`: a version that a tag has too; `best-match`: no other fits better. */
  readonly how: 'asked' | 'told' | 'likely' | 'best-match'
  /** In words: `the file REVISION`, `--commit`, `the best match among 312 commits`. */
  readonly from: string
  /** Of a best match: other commits that fit as well. */
  readonly equal: number
}

/** A path at which box and commit differ, as it is shown: secrets are out. */
export interface ShownFile {
  readonly path: string
  readonly what: DriftedFile['what']
  /** Clock of the box, milliseconds since the epoch. */
  readonly modifiedAtMs?: number | undefined
  readonly owner?: string | undefined
  /** As git and as chmod write it: `100644`, `0755`. */
  readonly modes?: { readonly commit: string; readonly box: string } | undefined
  readonly sizeBytes?: number | undefined
  /** As diff -u writes it. */
  readonly diff?: string | undefined
  /** Why there is none. */
  readonly noDiff?: string | undefined
  readonly who: readonly string[]
}

/** What runs on one box against what the repository says. */
export interface BoxDrift {
  readonly box: string
  readonly identity: Identity | undefined
  /** It could not be told. */
  readonly failure: Failure | undefined
  /** The deployed folder, symbolic links resolved. */
  readonly folder: string
  readonly expected: Expected | undefined
  readonly files: readonly ShownFile[]
  /** Files that are byte for byte those of the commit; files of the commit. */
  readonly same: number
  readonly ofCommit: number
  /** Files that are in no commit and that `.gitignore` names. */
  readonly ignored: number
  /** Folders that were not looked into. */
  readonly skipped: readonly string[]
  readonly notCompared: number
  /** Clock of the box. */
  readonly deployedAtMs: number | undefined
  readonly processes: readonly FolderProcess[]
  readonly settings: readonly ChangedSetting[]
  readonly notices: readonly string[]
  readonly blind: readonly { readonly what: string; readonly why: string }[]
  readonly tookMs: number
}

/** Something there is not as the repository says: a file, what a process runs, or how it is run. */
export function hasDrift({ files, processes, settings }: Pick<BoxDrift, 'files' | 'processes' | 'settings'>): boolean {
  return files.length > 0 || settings.length > 0 || processes.some(isStale)
}

/** It may run something else than what lies there. */
export function isStale({ runsDeleted, older }: FolderProcess): boolean {
  return runsDeleted !== undefined || older.length > 0
}
