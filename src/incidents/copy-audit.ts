import { chainAudit } from './chain.ts'
import { BEFORE_THE_FIRST, EVIDENCE_LIMIT, evidenceId } from './entry.ts'
import { asStoredEntry } from './entry-form.ts'
import { evidenceOf } from './payloads.ts'
import { StoreProblem, type CopyItem } from './store.ts'

/** No incident has as many; more would fill the memory of this console. */
const ENTRIES_LIMIT = 1_000_000
const EVIDENCE_COUNT_LIMIT = 1_000_000

/** Verifies a copy of an incident while its items go by. Both throw a `StoreProblem` of the kind `not-intact`. */
export interface CopyAudit {
  next(item: CopyItem): void
  /** After the last one. */
  end(): CopySummary
}

export interface CopySummary {
  readonly incident: string
  readonly entries: number
  readonly evidence: number
  readonly head: string
}

export function copyAudit(): CopyAudit {
  const chain = chainAudit()
  const named = new Set<string>()
  const seen = new Set<string>()
  let incident = ''
  let entries = 0
  let head = BEFORE_THE_FIRST
  const takeEntry = (value: unknown): void => {
    const entry = asStoredEntry(value)
    if (typeof entry === 'string') throw notIntact(`entry ${entries + 1} has not the form of one: ${entry}`)
    if (seen.size > 0) throw notIntact(`entry ${entry.seq} stands behind the evidence`)
    if (entries === 0 && entry.did !== 'opened') throw notIntact('the first entry does not open an incident')
    if (entries > 0 && entry.incident !== incident)
      throw notIntact(`entry ${entry.seq} is of another incident, ${entry.incident}`)
    entries += 1
    incident = entry.incident
    head = entry.hash
    chain.next(entry, () => undefined)
    const broken = chain.broken()
    if (broken) throw notIntact(`entry ${broken.seq}: ${broken.why}`)
    for (const id of entry.body === undefined ? [] : evidenceOf(JSON.parse(entry.body))) named.add(id)
    if (entries > ENTRIES_LIMIT || named.size > EVIDENCE_COUNT_LIMIT)
      throw notIntact(`it has more than ${ENTRIES_LIMIT} entries or pieces of evidence`)
  }
  const takeEvidence = (id: string, bytes: Uint8Array): void => {
    const short = id.slice(0, 12)
    if (!named.has(id)) throw notIntact(`no entry names the evidence ${short}`)
    if (seen.has(id)) throw notIntact(`the evidence ${short} is there twice`)
    if (bytes.length > EVIDENCE_LIMIT) throw notIntact(`the evidence ${short} is larger than ${EVIDENCE_LIMIT} bytes`)
    if (evidenceId(bytes) !== id) throw notIntact(`the evidence ${short} was changed`)
    seen.add(id)
  }
  return {
    next: (item) => ('entry' in item ? takeEntry(item.entry) : takeEvidence(item.evidence, item.bytes)),
    end: () => {
      const broken = chain.result()
      if (broken) throw notIntact(`entry ${broken.seq}: ${broken.why}`)
      if (entries === 0) throw notIntact('it has no entries')
      const missing = [...named].find((id) => !seen.has(id))
      if (missing !== undefined) throw notIntact(`the evidence ${missing.slice(0, 12)} is missing`)
      return { incident, entries, evidence: seen.size, head }
    },
  }
}

export function notIntact(why: string): StoreProblem {
  return new StoreProblem(
    'not-intact',
    `the copy of the incident is not as it was written: ${why}.`,
    'Nothing was imported. Ask for it again; sha256sum on both sides shows whether it was damaged on the way.',
  )
}

/** For what was never one: asking for it again helps nobody. */
export function noExport(file: string, why?: string): StoreProblem {
  const because = why === undefined ? '' : `: ${why}`
  return new StoreProblem(
    'not-intact',
    `${file} is no Halligan export${because}.`,
    'Nothing was imported. `halligan export` writes one: ID.jsonl.zst.',
  )
}
