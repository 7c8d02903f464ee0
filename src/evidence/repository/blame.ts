import { shellQuoted } from '../../base/shell-quoted.ts'
import { GIT, GIT_OR_WHY } from './git.ts'
import { isInside } from './search-answer.ts'

/** Lines whose age is asked. */
export interface Asked {
  readonly file: string
  /** Numbers, from 1. */
  readonly lines: readonly number[]
}

/** The last change of a line. */
export interface LineChange {
  readonly commit: string
  readonly by: string
  readonly atMs: number
  readonly summary: string
}

/** What `git blame` says of lines that are changed and not committed: a commit of nothing but zeros. */
export const NOT_COMMITTED = 'not committed'

/**
 * POSIX sh that asks git who changed some lines last. What `.gitattributes` and the configuration of the repository name as filters would run on its files:
 * they are switched off, and where that fails nothing is asked.
 *
 * @param boundary hex digits that no commit message can guess
 */
export function blameScript(repository: string, asked: readonly Asked[], boundary: string): string {
  const each = asked.map(({ file, lines }, at) =>
    isInside(file) ? `blame ${at} ${shellQuoted(file)} ${lines.map((line) => `-L ${line},${line}`).join(' ')}` : ':',
  )
  return `${GIT}
cd -P -- ${shellQuoted(repository)} || exit 1
${GIT_OR_WHY}
[ $git = yes ] || exit 0
newline='
'
filters() { g config --name-only --get-regexp '^filter[.].*[.](clean|smudge|process|required)$'; }
count=0 IFS=$newline; set -f
for key in $(filters); do
  export "GIT_CONFIG_KEY_$count=$key" "GIT_CONFIG_VALUE_$count="
  count=$((count + 1))
done
export GIT_CONFIG_COUNT=$count
for key in $(filters); do [ -z "$(g config --get "$key")" ] || exit 0; done
unset IFS; set +f
blame() {
  printf '\\n%s %s\\n' ${boundary} "$1"
  name=./$2; shift 2
  g blame --porcelain --no-textconv "$@" -- "$name" 2>/dev/null
}
${each.join('\n')}
printf '\\n%s end\\n' ${boundary}
`
}

/** The changes by `file:line`; of an answer that was cut off, those that came. A line that is not committed has `NOT_COMMITTED`. */
export function readBlame(
  answer: string,
  asked: readonly Asked[],
  boundary: string,
): ReadonlyMap<string, LineChange | typeof NOT_COMMITTED> {
  const changes = new Map<string, LineChange | typeof NOT_COMMITTED>()
  for (const part of answer.split(`\n${boundary} `).slice(1)) {
    const file = asked[Number(part.slice(0, part.indexOf('\n')))]?.file
    if (file !== undefined) readPorcelain(part, (line, change) => changes.set(`${file}:${line}`, change))
  }
  return changes
}

/** git-blame(1), The Porcelain Format: a header for each line, the details of a commit with the first one of it, the line after a tab. */
function readPorcelain(text: string, give: (line: number, change: LineChange | typeof NOT_COMMITTED) => void): void {
  const commits = new Map<string, LineChange>()
  let line = 0
  let commit = ''
  for (const row of text.split('\n')) {
    const header = /^([0-9a-f]{40,64}) \d+ (\d{1,9})(?: \d+)?$/.exec(row)
    const known = commits.get(commit)
    if (header) {
      commit = header[1] ?? ''
      line = Number(header[2])
      if (!commits.has(commit)) commits.set(commit, { commit, by: '', atMs: Number.NaN, summary: '' })
    } else if (row.startsWith('\t')) {
      if (/^0+$/.test(commit)) give(line, NOT_COMMITTED)
      else if (known && Number.isFinite(known.atMs)) give(line, known)
    } else if (known) {
      const value = row.slice(row.indexOf(' ') + 1)
      if (row.startsWith('author ')) commits.set(commit, { ...known, by: value })
      else if (row.startsWith('author-time ')) commits.set(commit, { ...known, atMs: Number(value) * 1000 })
      else if (row.startsWith('summary ')) commits.set(commit, { ...known, summary: value })
    }
  }
}
