/**
 * Rows of /proc/PID/stat may be torn: a name (15 bytes of anything) is written as it is, newlines in it too, and any process may name itself
 * `x)\n1 (init`. A row is whole when it has its numbers, of which there are more than 40; a name has room for 8 words.
 */
export function wholeRows(lines: readonly string[]): readonly string[] {
  const whole: string[] = []
  let torn = ''
  for (const line of lines) {
    const row = torn === '' ? line : `${torn}\n${line}`
    const isTorn = /^\d+ \(/.test(row) && row.split(/[ \n]/, WORDS_OF_A_ROW).length < WORDS_OF_A_ROW
    torn = isTorn && row.length < LONGEST_TORN ? row : ''
    if (torn === '') whole.push(row)
  }
  return whole
}

const WORDS_OF_A_ROW = 20
/** A PID, a space, a parenthesis and a name, of a kernel thread at most. */
const LONGEST_TORN = 100

/** The same for awk, before its other rules: from there on `$0` is a whole row, or a line `=`. */
export const wholeRowsAwk = `
  torn != "" { $0 = torn "\\n" $0; torn = "" }
  $2 ~ /^\\(/ && NF < ${WORDS_OF_A_ROW} { torn = $0; next }`
