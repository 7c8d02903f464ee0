import type { Redact } from '../../incidents/redaction/index.ts'
import type { BoxDrift } from './contract.ts'

/** Without secrets. Diffs had theirs taken out before they were made: in a diff half of one may be missing. */
export function redactedDrift(drift: BoxDrift, redact: Redact): BoxDrift {
  return {
    ...drift,
    files: drift.files.map((file) => ({
      ...file,
      path: redact(file.path),
      ...(file.noDiff !== undefined && { noDiff: redact(file.noDiff) }),
      who: file.who.map(redact),
    })),
    skipped: drift.skipped.map(redact),
    processes: drift.processes.map((each) => ({ ...each, commandLine: redact(each.commandLine) })),
    settings: drift.settings.map((each) => ({
      ...each,
      text: each.text === undefined ? undefined : redact(each.text),
    })),
    notices: drift.notices.map(redact),
  }
}
