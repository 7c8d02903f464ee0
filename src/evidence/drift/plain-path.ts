/**
 * Shell text: `plain PATH` walks below the working folder, sets `at` to it, and fails where it, or a folder on the way to it, is a symbolic link: what a list had as a file may
 * have become one meanwhile. PATH is below the folder.
 */
export const PLAIN_PATH = `
plain() {
  rest=$1 at=.
  while :; do
    at=$at/\${rest%%/*}
    [ ! -h "$at" ] || return 1
    case $rest in */*) rest=\${rest#*/};; *) return 0;; esac
  done
}`
