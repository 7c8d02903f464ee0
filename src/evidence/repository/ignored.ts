import { shellQuoted } from '../../base/shell-quoted.ts'
import { GIT } from './git.ts'
import { isInside } from './search-answer.ts'

/** One `.gitignore` of the commit. */
export interface IgnoreFile {
  /** Below the folder that is compared. */
  readonly path: string
  readonly text: string
}

/**
 * POSIX sh that prints which of some names are ignored, each ended by NUL, as git itself decides it. The rules are those of the commit, in a folder of their own:
 * what is checked out may be another one. It is removed at the end, whatever happens.
 *
 * @param paths as text; names that are no UTF-8 do not come through
 */
export function ignoredScript(folder: string, rules: readonly IgnoreFile[], paths: readonly string[]): string {
  const written = rules
    .filter(({ path, text }) => isInside(path) && !text.includes('\0') && !/(?:^|\/)\.git(?:\/|$)/i.test(path))
    .map(({ path, text }) => {
      const below = path.slice(0, Math.max(0, path.lastIndexOf('/')))
      return `mkdir -p -- "$t"/${shellQuoted(below)} && printf '%s' ${shellQuoted(text)} >"$t"/${shellQuoted(path)}`
    })
  const asked = paths.filter((path) => isInside(path) && !path.includes('\0'))
  return `${GIT}
cd -P -- ${shellQuoted(folder)} || exit 1
git=$(g rev-parse --absolute-git-dir) || exit 1
t=$(mktemp -d "\${TMPDIR:-/tmp}/halligan-XXXXXXXX") || exit 1
trap 'rm -rf -- "$t"' EXIT
trap 'exit 1' HUP INT TERM
${written.join('\n')}
cd -P -- "$t" || exit 1
${asked.length === 0 ? ':' : `printf '%s\\0' ${asked.map(shellQuoted).join(' ')}`} |
  g_in --git-dir="$git" --work-tree="$t" -c core.excludesFile=/dev/null -c core.bare=false check-ignore --no-index -z --stdin
# 1: none of them is ignored. Anything else is a failure, and some names would pass for not ignored.
case $? in 0 | 1) printf '\\0end\\0';; esac
`
}

/** The names that are ignored; undefined when the answer did not come whole. */
export function readIgnored(answer: Uint8Array): ReadonlySet<string> | undefined {
  const names = Buffer.from(answer).toString('utf8').split('\0')
  return names.at(-2) === 'end' ? new Set(names.slice(0, -3)) : undefined
}
