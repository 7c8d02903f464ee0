import { safeJson, safeText } from '../../base/safe-text.ts'
import { incidentsNamed } from '../../incidents/incident-id.ts'
import type { IncidentSummary, Store } from '../../incidents/store.ts'
import { audit as auditStep, findHead, type AuditOutcome, type AuditedIncident } from '../../steps/audit.ts'
import { print } from '../console.ts'
import { Problem } from '../problem.ts'
import { theStore } from '../the-store.ts'

export interface AuditFlags {
  readonly head?: string
  readonly json?: boolean
}

/** Bad news, as with `look --fail-on`: it was looked at, and it is not as it was written. */
const BROKEN = 3
/** Less would fit by chance. Hex digits. */
const LEAST_HEAD = 8

/** Says of each incident, or of one, whether its chain is as it was written; the first broken entry is named. */
export async function audit(id: string | undefined, flags: AuditFlags): Promise<number> {
  const head = flags.head?.toLowerCase()
  if (head !== undefined && !(head.length >= LEAST_HEAD && /^[0-9a-f]{1,64}$/.test(head)))
    throw new Problem(
      `--head takes the hash of an entry, ${LEAST_HEAD} to 64 hex digits, not "${flags.head}".`,
      'A hand-over, a write-up, an export and `halligan audit` print it.',
      2,
    )
  const store = await theStore()
  const incidents = await incidentsMeant(store, id)
  const outcome = await auditStep(store, incidents)
  const found = head === undefined ? undefined : await findHead(store, incidents, head)
  const headLine = head === undefined ? [] : [headWords(head, found)]
  const bad = outcome.record.length > 0 || outcome.incidents.some(({ broken }) => broken) || (head && !found)
  if (flags.json)
    await print(
      `${safeJson({ schema: 'halligan.audit/1', intact: !bad, ...outcome, ...(head ? { head: found ?? null } : {}) })}\n`,
    )
  else await print([...lines(outcome), ...headLine].map((line) => `${line}\n`).join(''))
  return bad ? BROKEN : 0
}

async function incidentsMeant(store: Store, id: string | undefined): Promise<readonly IncidentSummary[]> {
  const all = await store.list()
  if (id === undefined) return all
  const named = incidentsNamed(id, all)
  if (named.length > 0) return named
  throw new Problem(`There is no incident "${id}".`, '`halligan list` shows those that there are.')
}

function lines({ incidents, record }: AuditOutcome): readonly string[] {
  const none = incidents.length === 0 ? ['There are no incidents yet.'] : []
  const notes = record.map((each) => `The record itself: ${safeText(each)}`)
  return [...none, ...incidents.map(incidentLine), ...notes]
}

function incidentLine({ id, entries, head, broken }: AuditedIncident): string {
  if (broken) return `${safeText(id)}  BROKEN at #${broken.seq}: ${safeText(broken.why)}`
  return `${safeText(id)}  intact, ${entries} ${entries === 1 ? 'entry' : 'entries'}, head ${safeText(head)}`
}

function headWords(head: string, found: { readonly id: string; readonly seq: number } | undefined): string {
  if (found) return `Head ${head} is entry #${found.seq} of ${safeText(found.id)}.`
  return `Head ${head} is GONE: no entry has that hash, so entries were changed or taken out since it was noted.`
}
