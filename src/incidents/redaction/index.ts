export { redactionKey, type RedactionKey } from './key.ts'
export { redactor, type Redact, type RedactorOptions } from './redactor.ts'
export type { Rule } from './rule.ts'
export { thoroughRedactor, type RedactThoroughly } from './thorough.ts'
