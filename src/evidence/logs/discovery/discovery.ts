import { readFrames } from '../../answer.ts'
import { readingIn } from '../../evidence.ts'
import { probe, type Probe } from '../../probe.ts'
import { identity, type Identity } from '../../probes/identity.ts'
import type { Reading } from '../../reading.ts'
import type { BoxTime } from '../time/box-time.ts'
import { TRUST } from '../box-tools.ts'
import { COMMON, CONTAINERS, NO_CONTAINERS } from './containers.ts'
import { filesScript, namesOnlyPaths } from './files.ts'
import { journalProbe, type FoundJournal } from './journal.ts'
import { kernelProbe } from './kernel.ts'
import { means, type KnownProcesses } from './match.ts'
import { byInterest } from './order.ts'
import { readFoundFiles, type FoundFiles } from './rows.ts'
import { containerCandidates, fileCandidates, journalCandidates, kernelCandidate, type Candidate } from './sources.ts'
import { filesBlind, journalBlind, kernelBlind, nothingNamed, type BlindLog } from './blind.ts'
import { zoneOf, zoneProbe, type BoxZone } from './zone.ts'
import type { LogSource } from '../source.ts'
import type { LogSubject } from './subject.ts'

/** What a box was asked about its logs, and how its answer is read. */
export interface Discovery {
  /** For the collector, in this order. */
  readonly probes: readonly Probe<unknown>[]
  /**
   * Total: any bytes give an answer, in which what was not seen is blind.
   *
   * @param beganAtMs console's clock when the box said that it began
   */
  readonly read: (answer: Uint8Array, boundary: string, beganAtMs: number) => DiscoveredLogs
}

export interface DiscoveredLogs {
  /** What the subjects mean, or all where there is none; most likely of interest first. */
  readonly sources: readonly LogSource[]
  /** What else there is. */
  readonly others: readonly LogSource[]
  readonly time: BoxTime
  /** When the box was booted, by its own clock, within a second. Milliseconds; missing where it does not say so. */
  readonly bootedAtMs?: number
  /** Box clock minus console clock when the box began; the way there is in it. Milliseconds. */
  readonly skewMs: number
  /** How exactly the box tells its clock; the delay of the line is not in it. Milliseconds; Infinity: it did not tell it. */
  readonly precisionMs: number
  readonly identity: Identity | undefined
  /** What could not be looked at, and subjects that mean nothing here. */
  readonly blind: readonly BlindLog[]
}

/** Asks for the logs that the subjects mean; for all when there is none. The price is free: it reads. */
export function discovery(box: string, subjects: readonly LogSubject[]): Discovery {
  const files = filesProbe(subjects)
  const journal = journalProbe(subjects)
  const read: Discovery['read'] = (answer, boundary, beganAtMs) => {
    const frames = readFrames(answer, boundary)
    const readingOf = <T>(one: Probe<T>): Reading<T> => readingIn(frames, one, { beganAtMs })
    const answers = { files: readingOf(files), journal: readingOf(journal), kernel: readingOf(kernelProbe) }
    const clock = clockOf(readingOf(zoneProbe), beganAtMs)
    return { ...found(box, subjects, answers, clock.time.nowMs), ...clock, identity: valueOf(readingOf(identity)) }
  }
  // What is named by its path alone needs nothing else; what was not asked is then neither seen nor missed.
  const others = namesOnlyPaths(subjects) ? [] : [kernelProbe, journal]
  return { probes: [zoneProbe, identity, files, ...others], read }
}

function filesProbe(subjects: readonly LogSubject[]): Probe<FoundFiles> {
  return probe({
    id: 'logs-files',
    title: 'Log files',
    set: 'deep',
    moments: ['during'],
    limitSeconds: FILES_SECONDS,
    prepare: `${COMMON}
${TRUST}
${namesOnlyPaths(subjects) ? NO_CONTAINERS : CONTAINERS}`,
    // Not while it prepares, where all that takes three seconds is ended, the trial of a tool that hangs with it.
    script: `trust ${TOOLS}\n${filesScript(subjects)}`,
    hint: 'name the file or folder that is wanted: what hangs is then not asked',
    parse: ({ during }) => readFoundFiles(during?.text ?? ''),
  })
}

/** Whose silence would look like a box without logs. What unpacks the oldest lines of a log is not missed so much. */
const TOOLS = 'stat find ls awk sed grep sort head tail od'
/** Far above what a box takes that nothing hangs on (under a second). Seconds. */
const FILES_SECONDS = 14
/** The whole, with the journal and the kernel. Seconds. */
export const DISCOVERY_LIMIT_SECONDS = 22

interface Answers {
  readonly files: Reading<FoundFiles>
  readonly journal: Reading<FoundJournal>
  readonly kernel: Reading<Parameters<typeof kernelCandidate>[1]>
}

function found(
  box: string,
  subjects: readonly LogSubject[],
  { files, journal, kernel }: Answers,
  nowMs: number,
): Pick<DiscoveredLogs, 'sources' | 'others' | 'blind'> {
  const foundFiles = valueOf(files)
  const candidates = byInterest(
    [
      ...(foundFiles ? [...fileCandidates(box, foundFiles), ...containerCandidates(box, foundFiles)] : []),
      ...(journal.kind === 'seen' ? journalCandidates(box, journal.value) : []),
      ...(kernel.kind === 'seen' ? [kernelCandidate(box, kernel.value)] : []),
    ],
    nowMs,
  )
  const processes = { names: foundFiles?.processNames ?? new Map(), units: foundFiles?.processUnits ?? new Map() }
  const { meant, rest, unmet } = sorted(candidates, subjects, processes)
  const blind = [
    ...filesBlind(files, subjects, candidates),
    ...(subjects.length === 0 || subjects.some(wantsJournal) ? journalBlind(journal) : []),
    ...(subjects.length === 0 || subjects.some(({ kind }) => kind === 'kernel') ? kernelBlind(kernel) : []),
    ...nothingNamed(unmet, foundFiles, candidates),
  ]
  return { sources: uniquely(meant), others: uniquely(rest), blind }
}

function wantsJournal({ kind }: LogSubject): boolean {
  return kind === 'journal' || kind === 'unit' || kind === 'word' || kind === 'pid' || kind === 'process'
}

/** In the order of the subjects, each one's in the order of interest; a unit that has not written lately is of interest only where it is meant. */
function sorted(
  candidates: readonly Candidate[],
  subjects: readonly LogSubject[],
  processes: KnownProcesses,
): {
  readonly meant: readonly Candidate[]
  readonly rest: readonly Candidate[]
  readonly unmet: readonly LogSubject[]
} {
  const isQuiet = ({ source, lastAtMs }: Candidate): boolean => source.unit !== undefined && Number.isNaN(lastAtMs)
  if (subjects.length === 0) return { meant: candidates.filter((each) => !isQuiet(each)), rest: [], unmet: [] }
  const meant = new Set<Candidate>()
  const unmet = subjects.filter((subject) => {
    const own = candidates.filter((candidate) => means(subject, candidate, processes))
    for (const candidate of own) meant.add(candidate)
    return own.length === 0
  })
  return { meant: [...meant], rest: candidates.filter((each) => !meant.has(each) && !isQuiet(each)), unmet }
}

/** Two containers of two engines may have one name. */
function uniquely(candidates: readonly Candidate[]): readonly LogSource[] {
  const seen = new Set<string>()
  return candidates.flatMap(({ source }) => {
    if (seen.has(source.id)) return []
    seen.add(source.id)
    return [source]
  })
}

function clockOf(
  zone: Reading<BoxZone>,
  beganAtMs: number,
): Pick<DiscoveredLogs, 'time' | 'skewMs' | 'precisionMs' | 'bootedAtMs'> {
  if (zone.kind !== 'seen') return { time: { nowMs: beganAtMs, zone: 'UTC' }, skewMs: 0, precisionMs: Infinity }
  const { nowMs, precisionMs, upMs } = zone.value
  return {
    time: { nowMs, zone: zoneOf(zone.value, nowMs) },
    skewMs: Math.round(nowMs - beganAtMs),
    precisionMs,
    ...(upMs === undefined ? {} : { bootedAtMs: nowMs - upMs }),
  }
}

function valueOf<T>(reading: Reading<T>): T | undefined {
  return reading.kind === 'seen' ? reading.value : undefined
}
