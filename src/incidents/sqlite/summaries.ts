import { fitting } from '../../base/shape.ts'
import { parsedBody } from '../chain.ts'
import { payloads } from '../payloads.ts'
import type { Row, Statements } from './statements.ts'
import type { IncidentSummary } from '../store.ts'

/** One for each incident, the one that was written to last first: by row and not by clock, which may have been turned back. */
export function summaries(sql: Statements): readonly IncidentSummary[] {
  return sql.rows(LIST).map(summaryOf)
}

/**
 * One row an incident: its first entry, its last, who has it, whether it is closed. From name to name by the index, and not over all entries
 * (sqlite.org/lang_with.html has no word for it; elsewhere it is called a loose index scan).
 */
const LIST = `
WITH RECURSIVE ids (incident) AS (
  SELECT min(incident) FROM entries
  UNION ALL
  SELECT (SELECT min(incident) FROM entries WHERE incident > ids.incident) FROM ids WHERE ids.incident IS NOT NULL
)
SELECT ids.incident, first.did, first.at AS opened_at, first.by AS opened_by, payloads.body, last.seq AS entries, last.at AS last_at, last.hash AS head,
  coalesce((SELECT by FROM entries WHERE incident = ids.incident AND did IN ('took-over', 'opened') ORDER BY seq DESC LIMIT 1), first.by) AS holder,
  (SELECT at FROM entries WHERE incident = ids.incident AND did = 'closed'
    AND seq > (SELECT max(seq) FROM entries WHERE incident = ids.incident AND did = 'opened') ORDER BY seq DESC LIMIT 1) AS closed_at
FROM ids
JOIN entries AS first ON first.incident = ids.incident AND first.seq = (SELECT min(seq) FROM entries WHERE incident = ids.incident)
JOIN entries AS last ON last.incident = ids.incident AND last.seq = (SELECT max(seq) FROM entries WHERE incident = ids.incident)
LEFT JOIN payloads ON payloads.entry = first.id
ORDER BY last.id DESC`

function summaryOf(row: Row): IncidentSummary {
  const body = row['body']
  const opening = fitting(payloads.opened, typeof body === 'string' ? parsedBody(body) : undefined)
  // It is listed all the same: audit says what is wrong with it.
  const untitled = row['did'] === 'opened' && body === null ? '(purged)' : '(no title that can be read)'
  return {
    id: String(row['incident']),
    title: opening?.title ?? untitled,
    openedAt: String(row['opened_at']),
    openedBy: String(row['opened_by']),
    holder: String(row['holder']),
    closedAt: typeof row['closed_at'] === 'string' ? row['closed_at'] : undefined,
    entries: Number(row['entries']),
    lastAt: String(row['last_at']),
    head: String(row['head']),
  }
}
