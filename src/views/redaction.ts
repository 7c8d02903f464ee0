import { safeText } from '../base/safe-text.ts'
import type { Recording } from '../boxes/recorded.ts'
import { applied, type FindSecrets } from '../incidents/change.ts'
import { homeFolder } from '../incidents/home.ts'
import {
  keepingIds,
  redactedBytes,
  redactionKey,
  secondFinder,
  secretsFinder,
  thoroughRedactor,
  type FindMore,
  type Redact,
  type RedactThoroughly,
} from '../incidents/redaction/index.ts'
import { configuration } from './console.ts'
import { patternsOf } from './patterns.ts'

/** How this console redacts: with the key of its home and the patterns of its halligan.yaml. */
export interface Redaction {
  /** For the screen. */
  readonly redact: Redact
  /** For a terminal session, which is redacted as it comes. */
  readonly findSecrets: FindSecrets
  /** The same once it is over. */
  readonly findMore: FindMore
  /** For what is written. */
  readonly redactThoroughly: RedactThoroughly
  /** Marks are not what they should be, and what to do. */
  readonly trouble: string | undefined
}

let made: Promise<Redaction> | undefined

/** Made once a command, which so has one key where it cannot be kept; a mistake in halligan.yaml is a problem. */
export function theRedaction(): Promise<Redaction> {
  return (made ??= madeRedaction())
}

let isSaid = false

/** For whoever has written something: says once, on standard error, what is the matter with the marks in it. */
export function sayTrouble({ trouble }: Redaction): void {
  if (trouble !== undefined && !isSaid) process.stderr.write(`halligan: ${safeText(trouble)}\n`)
  isSaid = true
}

/** Writes a recording, looked through once more. Throws when the file cannot be written. */
export async function saveRecording(file: string, { header, answer }: Recording): Promise<void> {
  const redaction = await theRedaction()
  const { writeRecording } = await import('../boxes/recorded.ts')
  const ids = [header.boundary, header.identity?.machineId, header.identity?.bootId]
  writeRecording(file, { header, answer: await redactedBytes(answer, keepingIds(ids, redaction.redactThoroughly)) })
  sayTrouble(redaction)
}

async function madeRedaction(): Promise<Redaction> {
  const patterns = await patternsOf(await configuration())
  const { key, trouble } = redactionKey(homeFolder(process.env))
  const findSecrets = secretsFinder({ key, patterns })
  const redact = (text: string): string => applied(text, findSecrets(text))
  return { redact, findSecrets, findMore: secondFinder(key), redactThoroughly: thoroughRedactor(key, redact), trouble }
}
