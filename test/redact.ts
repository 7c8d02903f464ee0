import { redactor, secretsFinder, thoroughRedactor } from '../src/incidents/redaction/index.ts'

/** A key of tests: marks are the same in every run. */
const KEY = Buffer.alloc(32, 7)

export const findSecrets = secretsFinder({ key: KEY })
export const redact = redactor({ key: KEY })
export const redactThoroughly = thoroughRedactor(KEY, redact)
