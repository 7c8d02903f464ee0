import { shellQuoted } from '../../base/shell-quoted.ts'
import { FILE_BYTES } from './bounds.ts'
import { isInside } from './search-answer.ts'

/**
 * POSIX sh that prints the beginnings of some files of a repository. A file that a symbolic link leads to is left out, for it may lie outside.
 *
 * @param boundary hex digits that no file can guess
 */
export function sourcesScript(repository: string, files: readonly string[], boundary: string): string {
  const shown = files.map((file, at) => (isInside(file) ? `show ${at} ${shellQuoted(file)}` : ':'))
  return `export LC_ALL=C; unset CDPATH
cd -P -- ${shellQuoted(repository)} || exit 1
show() {
  rest=$2 at=.
  while :; do
    at=$at/\${rest%%/*}
    [ ! -h "$at" ] || return
    case $rest in */*) rest=\${rest#*/};; *) break;; esac
  done
  [ -f "$at" ] || return
  printf '\\n%s %s\\n' ${boundary} "$1"
  head -c ${FILE_BYTES} "$at" 2>/dev/null
}
${shown.join('\n')}
printf '\\n%s end\\n' ${boundary}
`
}

/** The texts by file; what could not be read, what is no text and what was cut off by the end of the answer is missing. */
export function readSources(
  answer: Uint8Array,
  files: readonly string[],
  boundary: string,
): ReadonlyMap<string, string> {
  const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength)
  const mark = Buffer.from(`\n${boundary} `)
  const texts = new Map<string, string>()
  let start = bytes.indexOf(mark)
  while (start !== -1) {
    const next = bytes.indexOf(mark, start + mark.length)
    const newline = bytes.indexOf('\n', start + mark.length)
    if (next === -1 || newline === -1) break
    const file = files[Number(bytes.toString('latin1', start + mark.length, newline))]
    const text = bytes.subarray(newline + 1, Math.max(next, newline + 1))
    if (file !== undefined && !text.subarray(0, BINARY_WITHIN).includes(0)) texts.set(file, text.toString('utf8'))
    start = next
  }
  return texts
}

/** Git looks for a NUL in as many (xdiff-interface.c, FIRST_FEW_BYTES). Bytes. */
const BINARY_WITHIN = 8_000
