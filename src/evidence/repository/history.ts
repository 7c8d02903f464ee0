import { shellQuoted } from '../../base/shell-quoted.ts'
import { GIT } from './git.ts'

/** One commit, with what it changed against its first parent. Paths are bytes, one character each, below the folder that was asked for. */
export interface PastCommit {
  readonly commit: string
  readonly parent: string | undefined
  readonly atMs: number
  readonly changes: readonly PastChange[]
}

export interface PastChange {
  readonly path: string
  /** Undefined: the file is not there on that side. */
  readonly before: string | undefined
  readonly after: string | undefined
}

/**
 * POSIX sh that prints the last commits of all branches and tags with the blobs that they changed below a folder (git-log(1), --raw). Branches `hotfix/…` are left
 * out: what was brought home from a box would fit that box best, and is no release yet.
 */
export function historyScript(folder: string, most: number): string {
  return `${GIT}
cd -P -- ${shellQuoted(folder)} || exit 1
g -c log.showRoot=true -c diff.ignoreSubmodules=none log --exclude='refs/heads/hotfix/*' --exclude='refs/remotes/*/hotfix/*' --all -n ${most} --topo-order --relative --no-show-signature --diff-merges=first-parent --raw -z --no-renames --no-abbrev --format='commit %H %ct %P' && printf '\\0end\\0'
`
}

/** Undefined when it did not come whole. */
export function readHistory(answer: Uint8Array): readonly PastCommit[] | undefined {
  const tokens = Buffer.from(answer).toString('latin1').split('\0')
  const commits: { readonly head: Omit<PastCommit, 'changes'>; readonly changes: PastChange[] }[] = []
  let ended = false
  for (let at = 0; at < tokens.length; at++) {
    const token = (tokens[at] ?? '').replace(/^\n/, '')
    const [, commit, seconds, parents = ''] = /^commit ([0-9a-f]{40,64}) (\d{1,12}) ?([0-9a-f ]*)$/.exec(token) ?? []
    const [, before, after] = /^:\d{6} \d{6} ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) [A-Z]\d*$/.exec(token) ?? []
    if (commit !== undefined) {
      const parent = parents.split(' ')[0]
      commits.push({
        head: { commit, parent: parent === '' ? undefined : parent, atMs: Number(seconds) * 1000 },
        changes: [],
      })
    } else if (before !== undefined && after !== undefined) {
      at += 1
      commits.at(-1)?.changes.push({ path: tokens[at] ?? '', before: presentBlob(before), after: presentBlob(after) })
    } else if (token === 'end') ended = true
  }
  return ended ? commits.map(({ head, changes }) => ({ ...head, changes })) : undefined
}

/** Nothing but zeros: no file on that side. */
function presentBlob(id: string): string | undefined {
  return /^0+$/.test(id) ? undefined : id
}

/** POSIX sh that prints the sizes of blobs: `ID SIZE`, a line each. */
export function sizesScript(folder: string, blobs: readonly string[]): string {
  return `${GIT}
cd -P -- ${shellQuoted(folder)} || exit 1
g_in cat-file --batch-check='%(objectname) %(objectsize)' --buffer <<'halligan'
${blobs.filter((blob) => /^[0-9a-f]{40,64}$/.test(blob)).join('\n')}
halligan
`
}

/** What the repository has not is missing. */
export function readSizes(answer: Uint8Array): ReadonlyMap<string, number> {
  const rows = Buffer.from(answer).toString('latin1').split('\n')
  return new Map(
    rows.flatMap((row): [string, number][] => {
      const [, blob, size] = /^([0-9a-f]{40,64}) (\d{1,15})$/.exec(row) ?? []
      return blob === undefined ? [] : [[blob, Number(size)]]
    }),
  )
}
