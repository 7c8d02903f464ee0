import { isRecording } from '../../incidents/incident-boxes.ts'
import { keptThings } from '../../incidents/kept-things.ts'
import type { PayloadOf } from '../../incidents/payloads.ts'
import type { AnyEntry } from '../../incidents/store.ts'
import { obstaclesWithRoles } from '../../incidents/story/people.ts'
import type { Story } from '../../incidents/story/story.ts'
import { count, duration } from '../../base/format.ts'
import { truncate } from '../../base/safe-text.ts'
import { code, prose } from './blog-markdown.ts'
import { ref, sentence, start, told } from './words.ts'

/** Longest command within a sentence. Columns. */
const COMMAND = 160

/** What an entry says, as a sentence of the write-up: nobody is named, what people and boxes said stays theirs. */
export function entrySentence(entry: AnyEntry, { roles, entries }: Story): string {
  const where = entry.box === undefined ? '' : ` on ${prose(entry.box)}`
  if (entry.did === 'other')
    return `An entry of a kind that this version does not know (${code(entry.saysDid)})${where}.`
  if (entry.payload === undefined) return 'What stood here was purged.'
  switch (entry.did) {
    case 'opened':
      return entry.seq === 1
        ? `The incident was opened: ${sentence(entry.payload.title)}`
        : 'The incident was opened again.'
    case 'noted':
      return start(sentence(entry.payload.text))
    case 'looked':
      return lookSentence(boxWords(entry), entry.payload)
    case 'preserved':
      return `What ${prose(entry.box ?? 'the box')} could tell without being touched was kept (${count(keptThings(entry.payload.kept).length, 'thing')}).`
    case 'logs-read':
      return logsSentence(entry.payload)
    case 'inspected':
      return inspectedSentence(entry.payload, where)
    case 'examined':
      return entry.payload.failure
        ? `What ${prose(entry.box ?? 'the box')} lets us do was not learned: ${sentence(entry.payload.failure.message)}`
        : `It was examined what ${prose(entry.box ?? 'the box')} lets us do.`
    case 'drift-seen':
      return driftSentence(entry.payload, where)
    case 'stopped':
      return stoppedSentence(entry.payload, where)
    case 'ran':
      return `${entry.payload.offTheRecord ? 'A command off the record' : command(entry.payload.line)} ran${where}${runEnd(entry.payload)}.`
    case 'debugged':
      return debuggedSentence(entry.payload, where)
    case 'shelled':
      if (entry.payload.state === 'running') return `A shell${where} was opened.`
      return entry.payload.offTheRecord
        ? `A shell${where}, off the record.`
        : `A shell${where}, with ${entry.payload.commands.length} commands.`
    case 'supposed':
      return `Supposed: ${sentence(entry.payload.text)}`
    case 'ruled-out':
      return `Hypothesis ${entry.payload.hypothesis} was **ruled out**: ${sentence(entry.payload.why)}`
    case 'confirmed':
      return `**The cause was found.** Hypothesis ${entry.payload.hypothesis} was confirmed: ${sentence(entry.payload.why)}`
    case 'relieved':
      return relievedSentence(entry.payload, where)
    case 'changed':
      return `**Change**${where}: ${sentence(entry.payload.what)}`
    case 'undone':
      return `${overWords(entries.get(entry.payload.of), entry.payload.of)}${entry.payload.why ? `: ${sentence(entry.payload.why)}` : '.'}`
    case 'linked':
      return linkedWords(entries.get(entry.payload.of), entry.payload)
    case 'verified':
      return `${entry.payload.good ? '**Verified**' : '**Not good yet**'}: ${sentence(entry.payload.text)}`
    case 'handed-over':
      return `The incident was handed over${entry.payload.text ? `: ${sentence(entry.payload.text)}` : '.'}`
    case 'took-over':
      return `${capital(roles.get(entry.by) ?? 'the next responder')} ${entry.payload.from === entry.by ? 'took back what was handed over' : 'took over'}.`
    case 'overrode':
      return `A safeguard was overridden (${told(obstaclesWithRoles(entry.payload.what, roles))}): ${sentence(entry.payload.reason)}`
    case 'closed':
      return `The incident was closed${entry.payload.cause ? `. Cause: ${sentence(entry.payload.cause)}` : '.'}`
    case 'purged':
      return `Entry ${entry.payload.seq} was purged: ${sentence(entry.payload.why)}`
    case 'wrote-up':
      return `A write-up was written, ${code(entry.payload.file)}.`
    case 'exported':
      return `The record was exported${entry.payload.clean ? ', cleaned,' : ''} as ${code(entry.payload.file)}.`
    case 'notified':
      return entry.payload.ok ? 'The team was told.' : 'The team could not be told.'
  }
}

function relievedSentence({ what, state, worked, says, why }: PayloadOf<'relieved'>, where: string): string {
  if (state === 'not-started') return `A relief${where} was not done, ${sentence(`${what}: ${why ?? ''}`)}`
  if (state === 'lost') return `**Relief**${where}, whose end was not seen: ${sentence(what)}`
  if (state === 'running') return `**Relief**${where} begun: ${sentence(what)}`
  const shows = says?.[0] === undefined ? '' : ` ${start(sentence(says[0]))}`
  return `**Relief**${where}${worked === false ? ', which did not work' : ''}: ${sentence(what)}${shows}`
}

/** Only what may have been changed can be in the repository; to anything else an address may belong. */
function linkedWords(entry: AnyEntry | undefined, { of, commit }: PayloadOf<'linked'>): string {
  const isChange = ['changed', 'relieved', 'ran', 'shelled'].some((did) => did === entry?.did)
  const as = commit === undefined ? '' : ` ${code(commit)}`
  if (!isChange) return `${commit === undefined ? 'An address' : `Commit${as}`} belongs to ${ref(of)}.`
  return `The change of ${ref(of)} is in the repository${commit === undefined ? '' : ` as${as}`}.`
}

/** `web-1`; a recording by the host that it is of. */
export function boxWords({ box = '', identity }: AnyEntry): string {
  return isRecording(box) && identity ? `${prose(identity.hostname)}, in a recording,` : prose(box)
}

function stoppedSentence({ of, job, state, why }: PayloadOf<'stopped'>, where: string): string {
  const what = `The detached command ${of === undefined ? code(job) : `of ${ref(of)}`}${where}`
  if (state === 'not-told') return `${what} was not told to end${why === undefined ? '.' : `: ${sentence(why)}`}`
  return state === 'told' ? `${what} was told to end.` : `${what} was to be told to end.`
}

/** What an `undone` entry says of the one that it ends. */
function overWords(entry: AnyEntry | undefined, of: number): string {
  if (entry?.did === 'exported') return `The export of ${ref(of)} failed`
  if (entry?.did === 'ran') return `The command of ${ref(of)} is over`
  return entry?.did === 'shelled' ? `The shell of ${ref(of)} is over` : `The change of ${ref(of)} was taken back`
}

/** A command of the record in a sentence: its first line, cut where it is very long. */
export function command(line: string): string {
  const [first = '', ...more] = line.trim().split('\n')
  return code(truncate(first, COMMAND)) + (more.length > 0 ? ' …' : '')
}

export function capital(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

interface Look {
  readonly state: string
  readonly findings: readonly { readonly title: string }[]
  readonly failure?: { readonly message: string } | undefined
}

function driftSentence({ commit, files, left = 0, failure }: PayloadOf<'drift-seen'>, where: string): string {
  if (failure)
    return `Whether the code${where} is that of the repository could not be told: ${sentence(failure.message)}`
  const number = files.length + left
  const against = `commit ${code((commit ?? '').slice(0, 10))}`
  return number === 0
    ? `The files${where} were those of ${against}.`
    : `Against ${against}, ${count(number, 'file')}${where} ${number === 1 ? 'was' : 'were'} changed, missing or in no commit.`
}

function lookSentence(box: string, { state, findings, failure }: Look): string {
  if (failure && findings.length === 0) return `${box} could not be looked at: ${sentence(failure.message)}`
  const [first, ...more] = findings
  if (!first) return `${box} was **${state}**${state === 'ok' ? ': nothing burned.' : '.'}`
  if (more.length === 0) return `${box} was **${state}**: ${sentence(first.title)}`
  return `${box} was **${state}**: ${told(first.title)}, and ${count(more.length, 'more finding')}.`
}

function logsSentence({ boxes, logs, onset, findings }: PayloadOf<'logs-read'>): string {
  const where = boxes.map((box) => prose(box)).join(', ')
  const how = onset === undefined ? '' : ', before against after the onset'
  const read = `The logs of ${where} were read (${count(logs.length, 'log')}${how})`
  const [first, ...more] = findings
  if (!first) return `${read}.`
  return `${read}: ${more.length === 0 ? sentence(first.title) : `${told(first.title)}, and ${count(more.length, 'more finding')}.`}`
}

function inspectedSentence({ asked, name, pid, doing, failure }: PayloadOf<'inspected'>, where: string): string {
  if (pid === undefined)
    return `No process was found${where} for ${code(asked)}${failure ? `: ${sentence(failure.message)}` : '.'}`
  const what = `${code(name ?? asked)} (${pid})${where} was looked into`
  const [first] = doing
  return first ? `${what}: ${sentence(first.says)}` : `${what}.`
}

function debuggedSentence(
  {
    state,
    asked,
    name,
    pid,
    debugger: tool = 'a debugger',
    stops,
    stoodStillMs,
    proof,
    isClean,
  }: PayloadOf<'debugged'>,
  where: string,
): string {
  const what = `${code(name ?? asked)}${pid === undefined ? '' : ` (${pid})`}${where}`
  if (state === 'running') return `${capital(tool)} was let at ${what}.`
  if (state === 'not-started') return `${capital(tool)} was not let at ${what}.`
  const stood = stops ? `; it stood still ${count(stops, 'time')}, ${duration((stoodStillMs ?? 0) / 1000)} in all` : ''
  const left = isClean === false ? ` It is **not as it was before**: ${told((proof ?? []).join(' '))}` : ''
  return `${capital(tool)} was let at ${what} by hand${stood}.${left}`
}

function runEnd({ state, exit, job }: PayloadOf<'ran'>): string {
  if (state === 'ended') return exit === 0 || exit === undefined ? '' : ` (exit ${exit})`
  if (state === 'running')
    return job === undefined ? ' (no end of it is recorded)' : ' (detached, no end of it is recorded)'
  if (state === 'not-started') return ' (it was not started)'
  if (state === 'lost') return ' (the line was lost while it ran)'
  return state === 'timed-out' ? ' (it did not end in time)' : ' (interrupted)'
}
