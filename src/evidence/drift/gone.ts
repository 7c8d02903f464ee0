import { shellQuoted } from '../../base/shell-quoted.ts'

/** What a box says of a path that its list does not have. `gone`: the folder in which it should lie was looked into, and it is not there. */
export type Absence = 'gone' | 'there' | 'link' | 'no-folder' | 'shut' | 'elsewhere' | 'unsure'

/**
 * POSIX sh that asks for each of some paths of a deployed folder whether it is gone: a list without it may have been one that could not look there. A word each,
 * `PLACE WORD`, a line each; `shut`: a folder on the way may not be read or entered; `elsewhere`: another file system lies there.
 *
 * @param paths below the folder, as text
 */
export function goneScript(root: string, paths: readonly string[]): string {
  return `export LC_ALL=C; unset CDPATH
cd -P -- ${shellQuoted(root)} || exit 1
device=$(stat -c %d .) || exit 1
ask() {
  rest=$1 at=.
  while :; do
    [ ! -h "$at" ] || { echo link; return; }
    [ -d "$at" ] || { echo no-folder; return; }
    { [ -r "$at" ] && [ -x "$at" ]; } || { echo shut; return; }
    [ "$(stat -c %d "$at")" = "$device" ] || { echo elsewhere; return; }
    at=$at/\${rest%%/*}
    if said=$(stat -c %i "$at" 2>&1); then
      case $rest in */*) rest=\${rest#*/}; continue;; esac
      echo there; return
    fi
    # stat(1) fails for many reasons; this one alone says that nothing is there.
    case $said in *': No such file or directory') echo gone;; *) echo unsure;; esac
    return
  done
}
${paths.map((each, at) => `printf '%s ' ${at}; ask ${shellQuoted(each)}`).join('\n')}
`
}

/** Reads what `goneScript` printed; what did not come is `unsure`. Total. */
export function readGone(answer: Uint8Array, count: number): readonly Absence[] {
  const words = new Map(
    Buffer.from(answer)
      .toString('latin1')
      .split('\n')
      .slice(0, -1)
      .map((row) => [row.slice(0, row.indexOf(' ')), row.slice(row.indexOf(' ') + 1)] as const),
  )
  return Array.from({ length: count }, (_, at) => ABSENCES.find((each) => each === words.get(`${at}`)) ?? 'unsure')
}

const ABSENCES: readonly Absence[] = ['gone', 'there', 'link', 'no-folder', 'shut', 'elsewhere', 'unsure']
