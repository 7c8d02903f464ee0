import { randomHex } from '../../base/random.ts'
import type { Box, RunResult } from '../../boxes/box.ts'
import { blameScript, NOT_COMMITTED, readBlame, type Asked } from '../../evidence/repository/blame.ts'
import { createSearchReader, type SearchHead } from '../../evidence/repository/search-answer.ts'
import { searchScript } from '../../evidence/repository/search-script.ts'
import { readSources, sourcesScript } from '../../evidence/repository/sources.ts'
import type { Pattern } from '../../findings/logs/pattern.ts'
import { thrownIn, type StackFrame } from '../../findings/logs/exceptions/stack-frames.ts'
import { frameFile, frameName } from '../../findings/logs/statement/frames.ts'
import { wholeTemplate, type Subject } from '../../findings/logs/statement/match.ts'
import { lineOf, rankStatements, type Clues, type RankedStatement } from '../../findings/logs/statement/rank.ts'
import { createPlaceFinder, needlesOf } from '../../findings/logs/statement/search.ts'
import type { TracedStatement } from '../../findings/logs/verdict.ts'

export interface TraceOptions {
  /** Patterns that are traced: the first so many. */
  readonly limit?: number
  readonly signal?: AbortSignal
  /** What a person should know of the search: that it was cut short, that ages could not be asked, which version is checked out. */
  readonly onNotice?: (text: string) => void
}

const PATTERNS = 25
/** ripgrep looks through a million lines in a second, grep in some; a repository on a slow disk may take longer. Milliseconds. */
const SEARCH_MS = 20_000
const READ_MS = 10_000
/** Blame of a line of a long history takes a second. Milliseconds. */
const BLAME_MS = 10_000
/** Files that are read whole, those of the first patterns first. */
const FILES = 200
const SOURCE_BYTES = 48 * 1024 * 1024
const BLAME_BYTES = 4 * 1024 * 1024
/** Samples of a pattern that are read for their stack traces, and frames that are kept of it. */
const SAMPLES = 8
const FRAMES = 8
/** A place that the record itself names is believed before a text of which less is sure. */
const DOUBTFUL = 0.5
/** The record names its place: by path, or by a name that is there once; and a name that several files have. */
const NAMED = { path: 0.85, only: 0.75, several: 0.4 }
/** The same of the frame in which its exception arose: the cause, not the statement that wrote the record. */
const FRAMED = { path: 0.7, only: 0.6, several: 0.3 }

/**
 * The statement in a repository that writes each pattern, in three round trips: one search for the words of all, the files that it found, and the ages of the
 * lines that were chosen. Patterns without one are not in the map.
 */
export async function traceStatements<P extends Pattern>(
  local: Box,
  repository: string,
  patterns: readonly P[],
  options: TraceOptions = {},
): Promise<ReadonlyMap<P, TracedStatement>> {
  const asked = patterns
    // What a web server says of a request is laid out by its configuration.
    .filter(({ samples }) => !samples.some(({ event }) => event.access))
    .slice(0, options.limit ?? PATTERNS)
    .map((pattern) => ({ pattern, named: namedPlaces(pattern) }))
  const templates = asked.map(({ pattern }) => wholeTemplate(subjectOf(pattern)))
  const finder = createPlaceFinder(templates)
  const head = await search(local, repository, finder.add, options, {
    needles: [...new Set(templates.flatMap(needlesOf))],
    names: [...new Set(asked.flatMap(({ named }) => named.flatMap(({ frame }) => frameName(frame) ?? [])))],
  })
  if (!head || head.missing) return new Map()
  const places = finder.finish()
  const known = asked.map((each) => ({
    ...each,
    found: each.named.flatMap((place) => inRepository(place, head.files)),
  }))
  const files = known.flatMap(({ found }, at) => [
    ...(places[at]?.places ?? []).map(({ file }) => file),
    ...found.map(({ file }) => file),
  ])
  const sources = await read(local, repository, [...new Set(files)].slice(0, FILES), options)
  const ranked = rankStatements(known.map(clues), places, sources, finder.weightOf)
  const chosen = known.flatMap(({ pattern, found }, at) => {
    const statement = choose(ranked[at] ?? [], found, sources)
    return statement ? [{ pattern, statement }] : []
  })
  const ages = await blame(
    local,
    repository,
    head,
    // Of a stack trace the innermost frame too: where it is written is seldom where it breaks.
    chosen.flatMap(({ statement }) => [statement, ...statement.frames.slice(0, 1)]),
    options,
  )
  return new Map(
    chosen.map(({ pattern, statement }) => [
      pattern,
      { ...traced(statement, ages), ...(head.commit && { checkedOut: head.commit }) },
    ]),
  )
}

/** A place that records name, and how. */
interface NamedPlace {
  readonly frame: Omit<StackFrame, 'own'>
  readonly by: 'named' | 'frame'
}

function namedPlaces({ samples }: Pattern): readonly NamedPlace[] {
  const places = samples.slice(0, SAMPLES).flatMap(({ event, text }): readonly NamedPlace[] => {
    const place = /^(.{1,500}?):(\d{1,8})(?::\d+)?$/.exec(event.statement ?? '')
    const own = thrownIn(event.trace === undefined ? text : `${event.message}\n${event.trace}`)
      // The root cause comes last, and is where to look first.
      .toReversed()
      .flatMap(({ frames }) => frames.filter(({ own }) => own))
    return [
      ...(place ? [{ by: 'named' as const, frame: { file: place[1] ?? '', line: Number(place[2]) } }] : []),
      ...own.map((frame) => ({ by: 'frame' as const, frame })),
    ]
  })
  const keyOf = ({ by, frame }: NamedPlace): string => JSON.stringify([by, frame.file, frame.line, frame.module])
  return [...new Map(places.map((place) => [keyOf(place), place])).values()].slice(0, FRAMES * 2)
}

interface FoundPlace {
  readonly by: 'named' | 'frame'
  readonly file: string
  readonly line: number | undefined
  readonly agree: keyof typeof NAMED
}

function inRepository({ frame, by }: NamedPlace, files: readonly string[]): readonly FoundPlace[] {
  const found = frameFile(frame, files)
  if (!found) return []
  return [
    { by, file: found.file, line: frame.line, agree: !found.only ? 'several' : found.agree > 1 ? 'path' : 'only' },
  ]
}

function clues({ pattern, found }: { readonly pattern: Pattern; readonly found: readonly FoundPlace[] }): Clues {
  const subject = subjectOf(pattern)
  return {
    ...subject,
    template: wholeTemplate(subject),
    severity: pattern.severity,
    loggers: [...new Set(pattern.samples.flatMap(({ event }) => event.logger ?? []))],
    named: found.map(({ file, line }) => ({ file, ...(line !== undefined && { line }) })),
  }
}

function subjectOf({ template, samples }: Pattern): Subject {
  return { template, messages: samples.map(({ event }) => event.message) }
}

interface Placed {
  readonly file: string
  readonly line: number
  readonly code: string
}

interface Chosen extends Placed {
  readonly confidence: number
  readonly by: 'text' | 'named' | 'frame'
  readonly others: readonly string[]
  readonly frames: readonly Placed[]
}

function choose(
  ranked: readonly RankedStatement[],
  found: readonly FoundPlace[],
  sources: ReadonlyMap<string, string>,
): Chosen | undefined {
  const codeAt = (file: string, line: number): string =>
    lineOf(sources.get(file) ?? '', line)
      .trim()
      .slice(0, CODE_LENGTH)
  const byPlace = (by: FoundPlace['by'], sure: typeof NAMED) =>
    found.flatMap(({ by: how, file, line, agree }) =>
      // Where the file has no such line, it is another version.
      how === by && line !== undefined && codeAt(file, line) !== ''
        ? [{ by, file, line, code: codeAt(file, line), confidence: sure[agree] }]
        : [],
    )
  const frames = byPlace('frame', FRAMED)
  const texts = ranked.map((each) => ({ ...each, by: 'text' as const }))
  const sure = texts.filter(({ confidence }) => confidence >= DOUBTFUL)
  const all = [...sure, ...byPlace('named', NAMED), ...texts, ...frames]
  const [first] = all
  if (!first) return undefined
  const place = (each: { readonly file: string; readonly line: number }): string => `${each.file}:${each.line}`
  const others = [...new Set(all.map(place))].filter((each) => each !== place(first))
  return {
    ...first,
    others: others.slice(0, OTHERS),
    frames: frames.slice(0, FRAMES),
  }
}

const CODE_LENGTH = 300
const OTHERS = 4

function traced(statement: Chosen, ages: AgeOf): TracedStatement {
  const { file, line, code, confidence, by, others } = statement
  const frames = statement.frames.map((frame, at) => ({
    place: `${frame.file}:${frame.line}`,
    code: frame.code,
    ...(at === 0 && ages(frame)),
  }))
  return {
    place: `${file}:${line}`,
    code,
    confidence,
    by,
    others,
    ...ages(statement),
    ...(frames.length > 0 && { frames }),
  }
}

async function search(
  local: Box,
  repository: string,
  onHit: (file: string, line: number, text: string) => void,
  { signal, onNotice }: TraceOptions,
  asked: { readonly needles: readonly string[]; readonly names: readonly string[] },
): Promise<SearchHead | undefined> {
  const reader = createSearchReader(onHit)
  const result = await local.start(searchScript({ repository, ...asked }), {
    what: `look for statements in ${repository}`,
    timeoutMs: SEARCH_MS,
    maxBytes: Number.MAX_SAFE_INTEGER,
    streamed: true,
    onOutput: reader.feed,
    ...(signal && { signal }),
  }).result
  const { head, whole } = reader.finish()
  const say = (text: string): void => onNotice?.(text)
  if (!head) say(`The repository ${repository} could not be searched. ${sentence(result)}`)
  else if (head.missing) say(`There is no folder ${repository}, or it may not be entered: no statement was looked for.`)
  else {
    if (!whole)
      say(
        `The search of ${repository} was ended after ${SEARCH_MS / 1000} s or at its limit of matching lines: there may be better candidates. Name a smaller folder with --repo.`,
      )
    if (head.git !== 'yes') say(WITHOUT_GIT[head.git](repository))
    else if (head.commit)
      say(`${repository} is at ${head.commit.slice(0, 10)}; the boxes may run another version, where lines have moved.`)
  }
  return head
}

const WITHOUT_GIT: Readonly<Record<Exclude<SearchHead['git'], 'yes'>, (repository: string) => string>> = {
  missing: (repository) => `There is no git on this machine: the ages of the lines in ${repository} are not known.`,
  none: (repository) =>
    `${repository} is not under git: the ages of its lines, and which version it is, are not known.`,
  untrusted: (repository) =>
    `git does not read ${repository}, since it belongs to another user, so the ages of its lines are not known. If you trust it: git config --global --add safe.directory ${repository}`,
  ignored: (repository) => `The git repository around ${repository} ignores it: the ages of its lines are not known.`,
  outside: (repository) =>
    `The git configuration of ${repository} says that its files lie elsewhere: git was not asked, and the ages of its lines are not known.`,
}

function sentence({ failure }: RunResult): string {
  return failure ? `${failure.message} ${failure.tryNext}` : ''
}

async function read(
  local: Box,
  repository: string,
  files: readonly string[],
  { signal, onNotice }: TraceOptions,
): Promise<ReadonlyMap<string, string>> {
  if (files.length === 0) return new Map()
  const boundary = randomHex(16)
  const result = await local.start(sourcesScript(repository, files, boundary), {
    what: `read statements in ${repository}`,
    timeoutMs: READ_MS,
    maxBytes: SOURCE_BYTES,
    ...(signal && { signal }),
  }).result
  if (!result.ok)
    onNotice?.(`Not all files of ${repository} that may have the statements could be read. ${sentence(result)}`)
  return readSources(result.stdout, files, boundary)
}

/** What is known of a line's age: a part of its statement. */
type AgeOf = (place: Placed) => Pick<TracedStatement, 'changed' | 'note'>

async function blame(
  local: Box,
  repository: string,
  head: SearchHead,
  chosen: readonly Placed[],
  { signal }: TraceOptions,
): Promise<AgeOf> {
  if (head.git !== 'yes' || chosen.length === 0) return () => ({})
  const boundary = randomHex(16)
  const asked: readonly Asked[] = [...Map.groupBy(chosen, ({ file }) => file)].map(([file, list]) => ({
    file,
    lines: [...new Set(list.map(({ line }) => line))],
  }))
  const result = await local.start(blameScript(repository, asked, boundary), {
    what: `ask git who changed statements in ${repository}`,
    timeoutMs: BLAME_MS,
    maxBytes: BLAME_BYTES,
    ...(signal && { signal }),
  }).result
  const changes = readBlame(Buffer.from(result.stdout).toString('utf8'), asked, boundary)
  return ({ file, line }) => {
    const change = changes.get(`${file}:${line}`)
    if (change === NOT_COMMITTED) return { note: 'this line is not committed' }
    return change ? { changed: change } : { note: 'git could not tell the age of this line' }
  }
}
