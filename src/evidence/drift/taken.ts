import { shellQuoted } from '../../base/shell-quoted.ts'
import { PLAIN_PATH } from './plain-path.ts'

/**
 * POSIX sh that prints one file of a deployed folder byte for byte; nothing where it, or a folder on the way to it, has become a symbolic link, or it is no file.
 * That it is whole is seen by the hash that the box gave.
 */
export function takenScript(root: string, path: string): string {
  return `unset CDPATH${PLAIN_PATH}
cd -P -- ${shellQuoted(root)} || exit 1
plain ${shellQuoted(path)} && [ -f "$at" ] || exit 2
cat "$at"
`
}
