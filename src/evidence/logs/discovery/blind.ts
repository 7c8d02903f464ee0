import { closest } from '../../../base/closest.ts'
import type { Reading } from '../../reading.ts'
import type { FoundJournal } from './journal.ts'
import type { FoundFiles } from './rows.ts'
import type { Candidate } from './sources.ts'
import type { LogSubject } from './subject.ts'

/** What could not be looked at. A log that is there and may not be read is a source of its own that says so. */
export interface BlindLog {
  /** `/var/log/private`, `the journal`, `docker`. */
  readonly what: string
  readonly why: string
  /** Empty: nothing is known to help. */
  readonly hint: string
  /** A person named it, and it means nothing on this box. */
  readonly isUnmet?: true
}

const WITH_SUDO = 'run with --sudo'

/** What of files and containers was not seen. */
export function filesBlind(
  files: Reading<FoundFiles>,
  subjects: readonly LogSubject[],
  candidates: readonly Candidate[],
): readonly BlindLog[] {
  if (files.kind !== 'seen') return notSeen('files and containers', files)
  const { denied, away, special, hung, hidden, unsampled, engines, missing, empty, broken } = files.value
  const namesAll = subjects.length === 0
  return [
    ...denied.map(({ path, why }) => ({
      what: path,
      why: `find: ${why}`,
      hint: why === 'Permission denied' ? WITH_SUDO : '',
    })),
    ...missing.map((what) => ({
      what,
      why: 'there is no such file or folder',
      hint: 'without a name all logs that there are, are listed',
    })),
    ...empty.map((what) => ({ what, why: 'there is no log in it', hint: '' })),
    ...special.map(({ path, kind }) => ({ what: path, ...(SPECIAL[kind] ?? NO_FILE) })),
    ...hung.map((what) => ({
      what: HUNG[what] ?? what,
      why: 'the box did not answer in time: a file system may hang',
      hint: 'halligan look shows what hangs',
    })),
    ...(namesAll ? away : []).map((what) => ({
      what,
      why: 'it lies on a file system that may hang (network, FUSE), and is not asked by itself',
      hint: 'name it',
    })),
    ...(hidden && (namesAll || subjects.some(namesProcess)) ? [HIDDEN] : []),
    ...(unsampled ? [UNSAMPLED] : []),
    ...broken.map((tool) => ({
      what: `what ${tool} would tell of logs`,
      why: `${tool} hangs or gives wrong answers on this box, and there is no other one`,
      hint: `repair ${tool}, or install busybox`,
    })),
    ...engines.map(({ engine, why }) => ({ what: `containers of ${engine}`, why, hint: WITH_SUDO })),
    ...haproxyBlind(files.value, subjects, candidates),
  ]
}

const NO_FILE = { why: 'it is neither a file nor a folder, and is not opened', hint: '' }
/** Of what a person named, why it is not opened. */
const SPECIAL: Readonly<Record<string, typeof NO_FILE>> = {
  pipe: {
    why: 'it is a named pipe: what is read from it is gone for the program that it is meant for, so it is not opened',
    hint: 'name the log of that program',
  },
  socket: { why: 'it is a socket, which cannot be read as a file', hint: 'name the log of the program that listens' },
  device: { why: 'it is a device, and is not opened', hint: '' },
  kernel: {
    why: 'it is no log but a view that the kernel makes when it is read, and is not opened',
    hint: 'the log of the kernel is named `kernel`; halligan look reads the rest',
  },
}

const HUNG: Readonly<Record<string, string>> = {
  open: 'files that are held open',
  configured: 'configured log files',
  containers: 'containers',
  beside: 'rotated files beside these',
  oldest: 'since when there are rotated logs',
  sample: 'first and last lines of some files',
  sizes: 'how fast files grow',
}
const HIDDEN: BlindLog = {
  what: 'files that processes of other users hold open',
  why: 'only these users and root may list them',
  hint: WITH_SUDO,
}
const UNSAMPLED: BlindLog = {
  what: 'first and last lines of some files',
  why: 'reading them took too long',
  hint: 'name the files that are wanted',
}

function namesProcess({ kind }: LogSubject): boolean {
  return kind === 'pid' || kind === 'process' || kind === 'word'
}

/** HAProxy opens no files: where it sends its lines to is said, unless a file of its name was found. */
function haproxyBlind(
  { configured }: FoundFiles,
  subjects: readonly LogSubject[],
  candidates: readonly Candidate[],
): readonly BlindLog[] {
  const target = configured.find(({ of, statement }) => of === 'haproxy' && /^log (?!global)/.test(statement))
  const isMeant =
    subjects.length === 0 ||
    subjects.some((subject) => subject.kind === 'word' && subject.word.toLowerCase() === 'haproxy')
  if (!target || !isMeant || candidates.some(({ paths }) => paths.some((path) => path.includes('haproxy')))) return []
  return [
    {
      what: 'log of HAProxy',
      why: `it is sent to syslog (\`${target.statement}\` in ${target.file}), not into a file of its own`,
      hint: 'it stands in /var/log/syslog, /var/log/messages or the journal (unit:haproxy.service)',
    },
  ]
}

export function journalBlind(journal: Reading<FoundJournal>): readonly BlindLog[] {
  if (journal.kind !== 'seen') {
    // A box without systemd lacks nothing.
    if (journal.kind === 'blind' && /^there is no journalctl|keeps no journal/.test(journal.why)) return []
    return notSeen('the journal', journal, 'run with --sudo, or join the group systemd-journal')
  }
  const { partly } = journal.value
  return partly === undefined
    ? []
    : [{ what: 'the journal', why: partly, hint: 'run with --sudo, or join the group systemd-journal' }]
}

export function kernelBlind(kernel: Reading<unknown>): readonly BlindLog[] {
  return kernel.kind === 'seen' ? [] : notSeen('the log of the kernel', kernel)
}

function notSeen(
  what: string,
  reading: Exclude<Reading<unknown>, { kind: 'seen' }>,
  hint?: string,
): readonly BlindLog[] {
  const why = reading.kind === 'garbled' ? `the answer could not be read: ${reading.why}` : reading.why
  return [{ what, why, hint: hint ?? (reading.kind === 'blind' ? reading.hint : 'try again') }]
}

/** Of what a person named, what means nothing on this box. Where files and containers could not be asked that alone is known, and said (`filesBlind`). */
export function nothingNamed(
  unmet: readonly LogSubject[],
  files: FoundFiles | undefined,
  candidates: readonly Candidate[] = [],
): readonly BlindLog[] {
  if (!files) return []
  const { missing, special, empty, hung, denied } = files
  const said = new Set([
    ...missing,
    ...special.map(({ path }) => path),
    ...empty,
    ...hung,
    ...denied.map(({ path }) => path),
  ])
  return unmet.flatMap((subject) => {
    const [what, why] = words(subject)
    const isSaid =
      subject.kind === 'path' && [...said].some((path) => path.endsWith(subject.path.replace(/^[.~]\//, '')))
    const nearest = nearestNames(nameOf(subject), candidates)
    const hint =
      nearest.length > 0 ? `the nearest names are ${nearest.join(', ')}; --list shows all` : '--list shows all'
    return isSaid ? [] : [{ what, why, hint, isUnmet: true }]
  })
}

/** Names that a person may have meant. */
const NEAREST = 3

/** Names under which logs of this box may be asked for, those that are like it first: with a slip or two, or one within the other. */
function nearestNames(name: string, candidates: readonly Candidate[]): readonly string[] {
  const names = [...new Set(candidates.flatMap(namesOf))]
  const lower = name.toLowerCase()
  const alike = names.filter(
    (each) => lower.length >= 3 && each.length >= 3 && (each.includes(lower) || lower.includes(each)),
  )
  const slips = closest(lower, names)
  return [...new Set([...(slips === undefined ? [] : [slips]), ...alike])].slice(0, NEAREST)
}

function namesOf({ units, programs, containers, processNames, paths }: Candidate): readonly string[] {
  return [
    ...units.map((unit) => unit.replace(/(?:@.*)?\.[a-z]+$/, '')),
    ...programs,
    ...containers,
    ...processNames,
    ...paths.map((path) => path.slice(path.lastIndexOf('/') + 1).replace(/\..*$/, '')),
  ]
    .map((each) => each.toLowerCase())
    .filter((each) => each !== '')
}

function nameOf(subject: LogSubject): string {
  switch (subject.kind) {
    case 'word':
      return subject.word
    case 'unit':
      return subject.unit.replace(/\.[a-z]+$/, '')
    case 'process':
    case 'container':
      return subject.name
    case 'path':
      return subject.path.slice(subject.path.lastIndexOf('/') + 1).replace(/\..*$/, '')
    case 'pid':
    case 'journal':
    case 'kernel':
      return ''
  }
}

function words(subject: LogSubject): readonly [string, string] {
  switch (subject.kind) {
    case 'pid':
      return [`process ${subject.pid}`, 'it holds no log open, and no unit or container of it writes one']
    case 'path':
      return [subject.path, 'there is no log of that name']
    case 'unit':
      return [subject.unit, 'it has written nothing to the journal, and to no file that is known']
    case 'process':
      return [`process ${subject.name}`, 'no process of that name holds a log open, and no unit of one writes one']
    case 'container':
      return [`container ${subject.name}`, 'no container of that name runs here']
    case 'word':
      return [subject.word, 'no unit, process, container, configuration or file of that name has a log']
    case 'journal':
    case 'kernel':
      return [subject.kind, 'it could not be read']
  }
}
