import { redactedTexts, type Redact } from '../../incidents/redaction/index.ts'
import type { BoxDrift } from './contract.ts'

/** What is no text of a box or of a repository, by its key, as it may look: no secret has the form. */
const KEPT: Readonly<Record<string, RegExp>> = {
  id: /^[0-9a-f]{40,64}$/,
  how: /^[a-z-]{4,12}$/,
  what: /^(?:changed|mode|kind|untracked|missing|unread)$/,
  kind: /^[a-z][a-z-]{0,40}$/,
  machineId: /^[0-9a-f]{32}$/,
  bootId: /^[0-9a-f-]{36}$/,
}

/**
 * Without secrets, wherever one stands: each text is looked through, whatever it is. Only the name of the box stays as the engineer typed it. Diffs had theirs taken out before
 * they were made as well: in a diff half of one may be missing.
 */
export function redactedDrift(drift: BoxDrift, redact: Redact): BoxDrift {
  return { ...redactedTexts(drift, redact, isKept), box: drift.box }
}

function isKept(text: string, key: string): boolean {
  return Object.hasOwn(KEPT, key) && KEPT[key]?.test(text) === true
}
