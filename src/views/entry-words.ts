import { bytes, count, duration } from '../base/format.ts'
import { keptThings } from '../incidents/kept-things.ts'
import type { PayloadOf } from '../incidents/payloads.ts'
import type { AnyEntry } from '../incidents/store.ts'

/** What an entry says in one line, without who and when; text from boxes and people as it is, to be made harmless by who shows it. */
export function entryWords(entry: AnyEntry): string {
  if (entry.did === 'other') return `${entry.saysDid} (this version does not know such entries)`
  if (entry.payload === undefined) return `${entry.did} (purged)`
  return entryText(entry)
}

function entryText(entry: Exclude<AnyEntry, { readonly did: 'other' }>): string {
  switch (entry.did) {
    case 'opened':
      return `${entry.seq === 1 ? 'opened' : 'opened again'}: ${entry.payload?.title}`
    case 'noted':
      return firstLine(entry.payload?.text)
    case 'looked':
      return `looked: ${lookWords(entry.payload)}`
    case 'preserved':
      return `preserved ${count(keptThings(entry.payload?.kept ?? []).length, 'thing')}: ${lookWords(entry.payload)}`
    case 'logs-read':
      return `read logs: ${logsWords(entry.payload)}`
    case 'inspected':
      return `inspected ${inspectedWords(entry.payload)}`
    case 'examined':
      return `examined: ${examinedWords(entry.payload)}`
    case 'drift-seen':
      return `drift: ${driftSeenWords(entry.payload)}`
    case 'ran':
      return ranWords(entry.payload)
    case 'shelled':
      return shelledWords(entry.payload, entry.by)
    case 'debugged':
      return debuggedWords(entry.payload, entry.by)
    case 'stopped':
      return stoppedWords(entry.payload)
    case 'supposed':
      return `hypothesis ${entry.payload?.hypothesis}: ${entry.payload?.text}`
    case 'ruled-out':
      return `hypothesis ${entry.payload?.hypothesis} ruled out: ${entry.payload?.why}`
    case 'confirmed':
      return `hypothesis ${entry.payload?.hypothesis} CONFIRMED: ${entry.payload?.why}`
    case 'relieved':
      return relievedWords(entry.payload)
    case 'changed':
      return `CHANGED: ${entry.payload?.what}`
    case 'undone':
      return `undone: #${entry.payload?.of}${entry.payload?.why === undefined ? '' : `, ${firstLine(entry.payload.why)}`}`
    case 'linked':
      return `linked #${entry.payload?.of} to ${entry.payload?.commit ?? entry.payload?.url ?? ''}`
    case 'verified':
      return `verified, ${entry.payload?.good ? 'good' : 'BAD'}: ${entry.payload?.text}`
    case 'handed-over':
      return handedOverWords(entry.payload)
    case 'took-over':
      return entry.payload?.from === entry.by
        ? 'took back what was handed over'
        : `took over from ${entry.payload?.from}`
    case 'overrode':
      return `overrode (${entry.payload?.what}): ${entry.payload?.reason}`
    case 'closed':
      return `closed: ${entry.payload?.cause ?? ''}`
    case 'wrote-up':
      return `wrote up: ${entry.payload?.file}`
    case 'exported':
      return `exported${entry.payload?.clean ? ' clean' : ''} to ${entry.payload?.file}`
    case 'purged':
      return `purged #${entry.payload?.seq}: ${entry.payload?.why}`
    case 'notified':
      return `told ${entry.payload?.where}${entry.payload?.ok ? '' : `: FAILED, ${entry.payload?.why}`}`
  }
}

function relievedWords(payload: PayloadOf<'relieved'> | undefined): string {
  const { what = '', state, worked, says = [], why = '' } = payload ?? {}
  if (state === undefined) return `relieved: ${what}`
  if (state === 'running') return `relieves: ${what}`
  if (state === 'not-started') return `NOT relieved: ${what}: ${firstLine(why)}`
  if (state === 'lost') return `relieved, how it ended was NOT SEEN: ${what}`
  const shows = firstLine(says[0] ?? '')
  return `relieved, ${worked ? 'it worked' : 'it DID NOT WORK'}: ${what}${shows === '' ? '' : ` (${shows})`}`
}

function lookWords(
  payload:
    | {
        readonly state: string
        readonly findings: readonly { readonly title: string }[]
        readonly failure?: { readonly message: string } | undefined
      }
    | undefined,
): string {
  if (payload?.failure) return `${payload.state}, ${payload.failure.message}`
  const [first] = payload?.findings ?? []
  return `${payload?.state}${first ? `, ${first.title}` : ''}`
}

function logsWords(payload: Extract<AnyEntry, { readonly did: 'logs-read' }>['payload']): string {
  const { logs = [], findings = [], sought = [] } = payload ?? {}
  const records = logs.reduce((sum, each) => sum + each.records, 0)
  const what = sought.length > 0 ? ` with ${sought.join(' ')}` : ''
  const [first] = findings
  return `${count(records, 'record')} of ${count(logs.length, 'log')}${what}${first ? `, ${first.title}` : ''}`
}

function inspectedWords(payload: Extract<AnyEntry, { readonly did: 'inspected' }>['payload']): string {
  if (!payload) return ''
  const { asked, pid, name, doing, failure, paid } = payload
  if (pid === undefined) return `${asked}: ${firstLine(failure?.message)}`
  const priced = paid.filter(({ price }) => price !== 'free').map(({ price }) => price)
  const left = paid.some(({ isClean }) => isClean === false) ? ', NOT as it was before' : ''
  const cost = priced.length === 0 ? '' : ` (${priced.join(', ')}${left})`
  return `${name ?? asked} (${pid})${cost}: ${firstLine(doing[0]?.says)}`
}

function handedOverWords(payload: Extract<AnyEntry, { readonly did: 'handed-over' }>['payload']): string {
  const to = payload?.to === undefined ? '' : ` to ${payload.to}`
  return `handed over${to}${payload?.text === undefined ? '' : `: ${firstLine(payload.text)}`}`
}

function ranWords(payload: Extract<AnyEntry, { readonly did: 'ran' }>['payload']): string {
  if (!payload) return 'ran'
  const { line, state, exit, job, tookMs, of, why, offTheRecord } = payload
  const cut = keptWords(payload)
  const how = state === 'ended' ? `exit ${exit}` : job === undefined ? state : `${state} as ${job}`
  const took = tookMs === undefined ? '' : `, ${duration(tookMs / 1000)}`
  const began = of === undefined ? '' : `, began as #${of}`
  const what = offTheRecord ? 'a command off the record' : `$ ${firstLine(line)}`
  return `${what}  (${how}${took}${cut === undefined ? '' : `, ${cut}`}${began})${why === undefined ? '' : ` ${firstLine(why)}`}`
}

/** How much of what a command printed was kept. */
export interface KeptFigures {
  readonly printedBytes: number
  readonly keptBytes: number
  readonly printedAtLeast?: boolean | undefined
  readonly offTheRecord?: boolean | undefined
}

/**
 * `kept the first and last 2.0 MiB of 46.9 MiB`, `… of at least 4.0 MiB`: the output that was too long; undefined when all of it is in the record.
 */
export function keptWords(figures: KeptFigures): string | undefined {
  const { printedBytes, keptBytes, printedAtLeast, offTheRecord } = figures
  if ((keptBytes >= printedBytes && !printedAtLeast) || offTheRecord) return undefined
  return `kept the first and last ${bytes(Math.round(keptBytes / 2))} of ${printedWords(figures)}`
}

/** `46.9 MiB`, `at least 4.0 MiB`. */
export function printedWords({ printedBytes, printedAtLeast }: KeptFigures): string {
  return `${printedAtLeast ? 'at least ' : ''}${bytes(printedBytes)}`
}

function driftSeenWords(payload: Extract<AnyEntry, { readonly did: 'drift-seen' }>['payload']): string {
  if (!payload) return ''
  const { path, commit, files, left = 0, processes, settings, failure } = payload
  if (failure) return `${path}: ${firstLine(failure.message)}`
  const parts = [
    count(files.length + left, 'file'),
    ...(processes.length > 0 ? [count(processes.length, 'process', 'processes')] : []),
    ...(settings.length > 0 ? [count(settings.length, 'setting')] : []),
  ]
  const isNone = files.length + left + processes.length + settings.length === 0
  return `${path} ${isNone ? 'is as in' : `differs from`} ${commit?.slice(0, 10) ?? '?'}${isNone ? '' : ` in ${parts.join(', ')}`}`
}

function examinedWords(payload: Extract<AnyEntry, { readonly did: 'examined' }>['payload']): string {
  if (payload?.failure) return firstLine(payload.failure.message)
  const abilities = payload?.abilities ?? []
  return `${abilities.filter(({ able }) => able === 'yes').length} of ${abilities.length} abilities`
}

function stoppedWords(payload: Extract<AnyEntry, { readonly did: 'stopped' }>['payload']): string {
  if (!payload) return 'stopped'
  const { job, of, state, why } = payload
  const said = { wanted: 'is to be told to end', told: 'is told to end', 'not-told': 'was NOT told to end' } as const
  const which = of === undefined ? '' : `, began as #${of}`
  return `detached command ${said[state]}: ${job}${which}${why === undefined ? '' : ` (${firstLine(why)})`}`
}

function shelledWords(payload: Extract<AnyEntry, { readonly did: 'shelled' }>['payload'], by: string): string {
  if (!payload) return 'shell'
  const { state, commands, tookMs, of, why, takenIn } = payload
  if (state === 'running') return 'shell (open)'
  const said =
    state === 'not-started' ? '' : `, ${count(commands.length, 'command')}, ${duration((tookMs ?? 0) / 1000)}`
  const how = state === undefined || state === 'ended' ? '' : ` (${state})`
  const began = of === undefined ? '' : `, began as #${of}`
  const ended = why === undefined ? '' : `: ${firstLine(why)}`
  // The line begins with who wrote it, which is not whose shell it was; at its end that would be cut.
  return takenIn ? `shell (lost, closed by ${by})${said}${began}${ended}` : `shell${said}${how}${began}${ended}`
}

function debuggedWords(payload: Extract<AnyEntry, { readonly did: 'debugged' }>['payload'], by: string): string {
  if (!payload) return 'debugged'
  const { state, asked, pid, name, debugger: tool, stops, stoodStillMs, of, why, takenIn, isClean } = payload
  const what = `${tool ?? 'a debugger'} at ${name ?? asked}${pid === undefined ? '' : ` (${pid})`}`
  if (state === 'running') return `${what} (open)`
  const how = takenIn ? ` (lost, closed by ${by})` : state === 'ended' ? '' : ` (${state})`
  const stood =
    stops === undefined ? '' : `, stood still ${count(stops, 'time')}, ${duration((stoodStillMs ?? 0) / 1000)} in all`
  const left = isClean === false ? ', NOT as it was before' : ''
  const began = of === undefined ? '' : `, began as #${of}`
  return `${what}${how}${stood}${left}${began}${why === undefined ? '' : `: ${firstLine(why)}`}`
}

function firstLine(text: string | undefined): string {
  const [first = '', ...rest] = (text ?? '').split('\n')
  return rest.length > 0 ? `${first} […]` : first
}
