import { count } from '../base/format.ts'
import { marksIn } from '../incidents/redaction/index.ts'

/** Says on standard error that what was written down is not what was typed: `(1 secret taken out)`. */
export function sayTakenOut(typed: string, written: string | undefined): void {
  const taken = marksIn(written ?? typed) - marksIn(typed)
  if (taken > 0) process.stderr.write(`halligan: (${count(taken, 'secret')} taken out)\n`)
}
