import { safeJson } from '../../base/safe-text.ts'
import { inspectionContract } from '../../steps/inspect/contract.ts'
import type { Inspection } from '../../steps/inspect/inspection.ts'

/** The contract `halligan.inspect/1` as text. */
export function inspectJson(inspection: Inspection): string {
  return `${safeJson(inspectionContract(inspection))}\n`
}
