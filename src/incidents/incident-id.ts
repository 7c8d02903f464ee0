import type { IncidentSummary } from './store.ts'

/** Crockford's base 32 without vowels: nothing that is misread over the phone, no words. */
const LETTERS = '0123456789bcdfghjkmnpqrstvwxyz'
/** 30^4 are 810,000 for one day. */
const LETTERS_IN_ID = 4

/** `20261125-k7qm`: the day (UTC) that it was opened, and letters that make it unique across consoles. */
export function newIncidentId(atMs: number, random: Uint8Array): string {
  const day = new Date(atMs).toISOString().slice(0, 10).replaceAll('-', '')
  const letters = Array.from({ length: LETTERS_IN_ID }, (_, at) => LETTERS[(random[at] ?? 0) % LETTERS.length])
  return `${day}-${letters.join('')}`
}

/** The incident that a person means by its id, the letters at its end, or the beginning of either; several when it is not clear. */
export function incidentsNamed(text: string, incidents: readonly IncidentSummary[]): readonly IncidentSummary[] {
  const exact = incidents.filter(({ id }) => id === text)
  if (exact.length > 0 || text === '') return exact
  return incidents.filter(({ id }) => id.startsWith(text) || id.slice(id.lastIndexOf('-') + 1).startsWith(text))
}
