import type { LogSource } from '../source.ts'
import type { LogFilter } from '../window.ts'

/** A condition of `--field` that the journal answers by its index, and those that are left. */
export interface JournalAsked {
  /** As journalctl takes them: `PRIORITY=3`. Of one field with two values either matches (journalctl(1)). */
  readonly matches: readonly string[]
  readonly filter: LogFilter
}

/** Names of fields of the journal (systemd.journal-fields(7)); what programs call their own fields has small letters. */
const FIELD = /^_{0,2}[A-Z][A-Z0-9_]{0,63}$/

/** All fields of an entry can be asked for, also those that its line does not show: `_SYSTEMD_UNIT`, `_UID`, `CODE_FILE`. */
export function journalAsked({ kind }: Pick<LogSource, 'kind'>, filter: LogFilter): JournalAsked {
  if (kind !== 'journal' && kind !== 'kernel') return { matches: [], filter }
  const asked = filter.fields.filter(({ name }) => FIELD.test(name))
  return {
    matches: asked.map(({ name, value }) => `${name}=${value}`),
    filter: { ...filter, fields: filter.fields.filter((field) => !asked.includes(field)) },
  }
}
