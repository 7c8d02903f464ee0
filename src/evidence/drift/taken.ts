import { shellQuoted } from '../../base/shell-quoted.ts'

/**
 * POSIX sh that prints one file of a deployed folder byte for byte; nothing where it, or a folder on the way to it, has become a symbolic link, or it is no file.
 * That it is whole is seen by the hash that the box gave.
 */
export function takenScript(root: string, path: string): string {
  return `unset CDPATH
cd -P -- ${shellQuoted(root)} || exit 1
rest=${shellQuoted(path)} at=.
while :; do
  at=$at/\${rest%%/*}
  [ ! -h "$at" ] || exit 2
  case $rest in */*) rest=\${rest#*/};; *) break;; esac
done
[ -f "$at" ] || exit 2
cat "$at"
`
}
