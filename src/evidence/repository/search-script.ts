import { shellQuoted } from '../../base/shell-quoted.ts'
import { FILE_BYTES, HIT_BYTES, LINES_OF_FILE, NAME_BYTES, NOT_SEARCHED } from './bounds.ts'
import { GIT, GIT_OR_WHY } from './git.ts'

export interface Search {
  /** The folder, as the user named it. */
  readonly repository: string
  /** Text that lines must contain: any of them. */
  readonly needles: readonly string[]
  /** Names of files (without folder) that are asked for, wherever they lie. */
  readonly names: readonly string[]
}

/**
 * POSIX sh that looks through a repository for lines with any of some texts: by ripgrep, else git grep, else find and grep. Follows no symbolic link.
 *
 * Prints `key value` lines (`tool`, `git`, `commit`, or `missing` alone) and an empty one; then the names that were asked for, each ended by NUL, and one more
 * NUL; then a line for each hit: `name NUL line:text`, or with the tool `plain` `name:line:text`. Its end is `\n` and `end` and a NUL.
 */
export function searchScript({ repository, needles, names }: Search): string {
  const expression = shellQuoted(needles.map(extendedExpression).join('|'))
  return `${GIT}
cd -P -- ${shellQuoted(repository)} 2>/dev/null || { printf 'missing folder\\n\\n'; exit 0; }
${GIT_OR_WHY}
printf 'git %s\\n' "$git"
[ $git != yes ] || printf 'commit %s\\n' "$(g rev-parse -q --verify HEAD 2>/dev/null)"
if have rg; then tool=rg
elif [ $git = yes ]; then tool=git
elif grep --null x /dev/null 2>/dev/null; [ $? = 1 ]; then tool='grep'
else tool=plain; fi
printf 'tool %s\\n\\n' $tool
names() {
  ${names.length === 0 ? ':' : `if [ $git = yes ]; then\n    ${namesByGit(names)}\n  else\n    ${namesByFind(names)}\n  fi`}
}
names 2>/dev/null | head -c ${NAME_BYTES}
printf '\\0'
lines() {
  case $tool in
    rg) ${byRipgrep(expression)};;
    git) ${byGit(expression)};;
    grep) ${byFind(`-exec grep -nIHE --null -m ${LINES_OF_FILE} -e ${expression} {} +`)};;
    plain) ${byFind(`-exec grep -nHE -m ${LINES_OF_FILE} -e ${expression} {} +`)};;
  esac
}
${needles.length === 0 ? ':' : `lines 2>/dev/null | head -c ${HIT_BYTES}`}
printf '\\nend\\0'
`
}

/** POSIX extended regular expression (POSIX 9.4) that means this text; `^` and `\` have no place in a bracket alone. */
function extendedExpression(text: string): string {
  return text.replaceAll(/[.[\]{}()*+?$|]/g, (each) => `[${each}]`).replaceAll(/[\\^]/g, (each) => `\\${each}`)
}

function byRipgrep(expression: string): string {
  const without = [...NOT_SEARCHED.folders, ...NOT_SEARCHED.files].map((name) => `-g ${shellQuoted(`!${name}`)}`)
  return `ignore=; [ $git = yes ] || ignore=--no-ignore
      rg --no-config --no-messages --color never --no-heading --with-filename --line-number --null --no-follow $ignore \\
        --max-filesize ${FILE_BYTES} --max-count ${LINES_OF_FILE} ${without.join(' ')} -e ${expression} -- .`
}

function byGit(expression: string): string {
  const without = [
    ...NOT_SEARCHED.folders.map((name) => `:(exclude,glob)**/${name}/**`),
    ...NOT_SEARCHED.files.map((name) => `:(exclude,glob)**/${name}`),
  ]
  return `g grep --no-textconv --no-color --untracked -nIzE -e ${expression} -- . ${without.map(shellQuoted).join(' ')}`
}

/** -xdev: a folder that another file system is mounted on may hang. */
function byFind(then: string): string {
  const folders = NOT_SEARCHED.folders.map((name) => `-name ${shellQuoted(name)}`).join(' -o ')
  const files = NOT_SEARCHED.files.map((name) => `! -name ${shellQuoted(name)}`).join(' ')
  return `find . -xdev -type d \\( -name '.?*' -o ${folders} \\) -prune -o -type f -size -${FILE_BYTES / 512} ${files} ${then}`
}

function namesByGit(names: readonly string[]): string {
  const asked = names.map((name) => shellQuoted(`:(glob)**/${literalGlob(name)}`))
  return `g ls-files -z --cached --others --exclude-standard -- ${asked.join(' ')}`
}

function namesByFind(names: readonly string[]): string {
  const asked = names.map((name) => `-name ${shellQuoted(literalGlob(name))}`).join(' -o ')
  return byFind(`\\( ${asked} \\) -exec printf '%s\\0' {} +`)
}

function literalGlob(name: string): string {
  return name.replaceAll(/[\\*?[\]]/g, String.raw`\$&`)
}
