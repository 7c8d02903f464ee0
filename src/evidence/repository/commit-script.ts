import { shellQuoted } from '../../base/shell-quoted.ts'
import { GIT } from './git.ts'

/** One path of a new commit. */
export interface CommittedFile {
  /** Below the folder that was asked for, as text. */
  readonly path: string
  /** As git writes it: a file, one that may be run, a link; `gone`: the commit has it no more. */
  readonly mode: '100644' | '100755' | '120000' | 'gone'
  /** The file on this machine that has its content. */
  readonly content: string
}

export interface NewCommit {
  /** The folder of the repository below which the paths are. */
  readonly folder: string
  /** Commit that is deployed: the new one lies on top of it, or of a branch of that name that has it already. */
  readonly base: string
  readonly branch: string
  readonly files: readonly CommittedFile[]
  /** File on this machine with the message. */
  readonly message: string
  /** Undefined: as git is configured. */
  readonly author: { readonly name: string; readonly email: string } | undefined
  /** Folder on this machine for an index of its own. */
  readonly scratch: string
}

/**
 * POSIX sh that makes a commit by plumbing, in an index of its own: neither the working tree nor the index of the clone is touched, no hook and no filter runs.
 * The branch is moved last, and only if nobody moved it meanwhile. What would have to go for a file, beside the one it replaces, git refuses: no --replace.
 *
 * Prints `ok COMMIT PARENT`, or `refused` and one of the words of `REFUSALS`, or `failed` with what git said.
 */
export function commitScript(asked: NewCommit): string {
  const { folder, base, branch, files, message, author, scratch } = asked
  const ref = shellQuoted(`refs/heads/${branch}`)
  const each = files.map(({ path, mode, content }) =>
    mode === 'gone'
      ? `no_submodule "$prefix"${shellQuoted(path)}; g update-index --force-remove -- "$prefix"${shellQuoted(path)} || failed`
      : `no_submodule "$prefix"${shellQuoted(path)}; blob=$(g hash-object -w --no-filters -- ${shellQuoted(content)}) && g update-index --add --cacheinfo ${mode} "$blob" "$prefix"${shellQuoted(path)} || failed`,
  )
  const who = author
    ? `export GIT_AUTHOR_NAME=${shellQuoted(author.name)} GIT_AUTHOR_EMAIL=${shellQuoted(author.email)}
export GIT_COMMITTER_NAME=${shellQuoted(author.name)} GIT_COMMITTER_EMAIL=${shellQuoted(author.email)}`
    : `unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL`
  return `${GIT}
unset GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_NAMESPACE GIT_COMMON_DIR GIT_AUTHOR_DATE GIT_COMMITTER_DATE
unset GIT_OPTIONAL_LOCKS
export GIT_LITERAL_PATHSPECS=1
refused() { printf 'refused %s' "$1"; exit 0; }
failed() { printf 'failed'; exit 0; }
no_submodule() {
  kind=$(g ls-files -s -- "$1") || failed
  case $kind in 160000*) refused submodule;; esac
}
exec 2>&1
cd -P -- ${shellQuoted(folder)} || failed
prefix=$(g rev-parse --show-prefix) || failed
top=$(g rev-parse --show-toplevel) || failed
cd -P -- "$top" || failed
g check-ref-format ${ref} || refused bad-branch
${who}
g var GIT_COMMITTER_IDENT >/dev/null 2>&1 || refused no-author
! g symbolic-ref -q ${ref} >/dev/null || refused symbolic
worktrees=$(g worktree list --porcelain) || failed
! printf '%s\\n' "$worktrees" | grep -qxF "branch "${ref} || refused checked-out
parent=${shellQuoted(base)} old=
if tip=$(g rev-parse -q --verify ${ref}); then
  g merge-base --is-ancestor ${shellQuoted(base)} "$tip" || refused diverged
  parent=$tip old=$tip
fi
export GIT_INDEX_FILE=${shellQuoted(`${scratch}/index`)}
g read-tree "$parent" || failed
${each.join('\n')}
tree=$(g write-tree) || failed
[ "$tree" != "$(g rev-parse "$parent^{tree}")" ] || refused same
commit=$(g commit-tree "$tree" -p "$parent" -F ${shellQuoted(message)}) || failed
g update-ref --no-deref -m 'halligan hotfix adopt' ${ref} "$commit" "$old" || failed
printf '\\nok %s %s' "$commit" "$parent"
`
}

export type CommitOutcome =
  | { readonly how: 'made'; readonly commit: string; readonly parent: string }
  | { readonly how: 'refused'; readonly why: (typeof REFUSALS)[number] }
  /** What git said. */
  | { readonly how: 'failed'; readonly said: string }

/** Reads what `commitScript` printed. Total. */
export function readCommit(answer: Uint8Array): CommitOutcome {
  const text = Buffer.from(answer).toString('utf8')
  const [, commit, parent] = /(?:^|\n)ok ([0-9a-f]{40,64}) ([0-9a-f]{40,64})$/.exec(text) ?? []
  if (commit !== undefined && parent !== undefined) return { how: 'made', commit, parent }
  const word = /(?:^|\n)refused ([a-z-]+)$/.exec(text)?.[1]
  const why = REFUSALS.find((each) => each === word)
  return why ? { how: 'refused', why } : { how: 'failed', said: text.replace(/failed$/, '').trim() }
}

const REFUSALS = ['checked-out', 'diverged', 'same', 'no-author', 'bad-branch', 'symbolic', 'submodule'] as const
