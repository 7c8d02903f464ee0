import { shellQuoted } from '../../base/shell-quoted.ts'
import { GIT, GIT_OR_WHY } from './git.ts'

/** A file that a commit has. Paths are bytes, one character each, below the folder that was asked for. */
export interface TreeFile {
  readonly path: string
  readonly kind: 'file' | 'link' | 'submodule'
  /** A person may run it. Git keeps no more of a mode. */
  readonly isExecutable: boolean
  /** Id of its content. */
  readonly blob: string
  /** Undefined: the clone does not have the content (a partial clone). */
  readonly sizeBytes: number | undefined
}

export interface Commit {
  readonly id: string
  readonly atMs: number
  readonly subject: string
}

export interface Tree {
  readonly git: 'yes' | 'missing' | 'none' | 'untrusted' | 'ignored' | 'outside' | 'no-folder'
  /** Which of the revisions that were asked for the repository has, the first one of these being read: by their place in the list. */
  readonly resolved: readonly { readonly at: number; readonly id: string }[]
  readonly commit: Commit | undefined
  readonly files: readonly TreeFile[]
  /** It came to its end, and every row could be read. */
  readonly whole: boolean
}

/**
 * POSIX sh that prints the first of some revisions that a repository has, and its files below a folder: a part of a repository is compared with a part.
 *
 * @param revisions as git takes them; some were read on a box
 * @param boundary hex digits that no name can guess
 */
export function treeScript(folder: string, revisions: readonly string[], boundary: string): string {
  const asked = revisions.map((each, at) => `try ${at} ${shellQuoted(`${each}^{commit}`)}`)
  return `${GIT}
section() { printf '\\n%s %s\\n' ${boundary} "$1"; }
cd -P -- ${shellQuoted(folder)} 2>/dev/null || { section git; printf no-folder; section end; exit 0; }
${GIT_OR_WHY}
section git; printf '%s' "$git"
[ "$git" = yes ] || { section end; exit 0; }
commit=
try() {
  id=$(g rev-parse -q --verify --end-of-options "$2" 2>/dev/null) || return
  section "resolved $1"; printf '%s' "$id"
  [ -n "$commit" ] || commit=$id
}
${asked.join('\n')}
[ -n "$commit" ] || { section end; exit 0; }
section commit; g log -1 --no-show-signature --format='%H %ct %s' "$commit" --
section tree; g ls-tree -r -z -l "$commit" && section end
`
}

/** Reads what `treeScript` printed. Total. */
export function readTree(answer: Uint8Array, boundary: string): Tree {
  const pieces = Buffer.from(answer).toString('latin1').split(`\n${boundary} `).slice(1)
  const sections = pieces.map((piece) => {
    const end = piece.indexOf('\n')
    return end === -1 ? ([piece, ''] as const) : ([piece.slice(0, end), piece.slice(end + 1)] as const)
  })
  const named = new Map(sections)
  const utf8 = Buffer.from(named.get('commit') ?? '', 'latin1').toString('utf8')
  const [, id, seconds, subject = ''] = /^([0-9a-f]{40,64}) (\d{1,12}) (.*)\n?$/.exec(utf8) ?? []
  const rows = (named.get('tree') ?? '').split('\0').filter((row) => row !== '')
  const files = rows.flatMap(treeFile)
  return {
    git: GITS.find((each) => each === named.get('git')) ?? 'none',
    resolved: sections.flatMap(([name, text]) => {
      const [, at] = /^resolved (\d{1,4})$/.exec(name) ?? []
      return at !== undefined && ID.test(text) ? [{ at: Number(at), id: text }] : []
    }),
    commit: id === undefined ? undefined : { id, atMs: Number(seconds) * 1000, subject },
    files,
    whole: named.has('end') && files.length === rows.length,
  }
}

const GITS: readonly Tree['git'][] = ['yes', 'missing', 'none', 'untrusted', 'ignored', 'outside', 'no-folder']
const ID = /^[0-9a-f]{40,64}$/

/** `100644 blob 3f2a…9c    1204<tab>lib/cart.js`; the size is `-` of a submodule, and `BAD` of content that git cannot get (builtin/ls-tree.c). */
function treeFile(row: string): readonly TreeFile[] {
  const [, mode = '', blob = '', size = '', path] =
    /^(\d{6}) \w+ ([0-9a-f]{40,64}) +(\d+|-|BAD)\t([^]+)$/.exec(row) ?? []
  if (path === undefined) return []
  const kind = mode === '120000' ? 'link' : mode === '160000' ? 'submodule' : 'file'
  const sizeBytes = size === 'BAD' ? undefined : size === '-' ? 0 : Number(size)
  return [{ path, kind, isExecutable: mode === '100755', blob, sizeBytes }]
}
