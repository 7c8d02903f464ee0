import { quoted } from '../findings/next.ts'
import type { RedactThoroughly } from './redaction/index.ts'

/**
 * A command as it can be typed again, from its words, without secrets. Each word is looked through before it is quoted, since the quotes of a shell hide
 * those within (`IDENTIFIED BY '\''…'\''`), and all of it behind that, since an option and its value are two words.
 */
export async function typedCommand(words: readonly string[], redact: RedactThoroughly): Promise<string> {
  const redacted: string[] = []
  for (const word of words) redacted.push(await redact(word))
  return redact(redacted.map(quoted).join(' '))
}
