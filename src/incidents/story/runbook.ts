import type { Price } from '../../boxes/price.ts'
import { onBox } from '../../findings/next.ts'
import type { AnyEntry } from '../store.ts'
import { shellWords } from './shell-words.ts'
import type { SeenFinding } from './sights.ts'
import type { Cause, Story } from './story.ts'
import { those } from './told.ts'
import { variablesOf, withVariables, type Template, type Variable } from './variables.ts'

/** How the cause was found, to be gone through again on another day, on another box. */
export interface Runbook {
  readonly variables: readonly Variable[]
  /** The way to the cause, in the order in which it was gone. */
  readonly steps: readonly RunbookStep[]
  /** What shows that it is this cause, in words. */
  readonly meaning: Template
  /** What was done about it. */
  readonly remedies: readonly RunbookStep[]
}

export interface RunbookStep {
  readonly seq: number
  /** A command line for a POSIX shell at the console, a template for each word; undefined when the record has none. */
  readonly words: readonly Template[] | undefined
  readonly why: Template
  /** What it showed then. */
  readonly lookFor: readonly Template[]
  /** What it costs its target; undefined when the record does not say. */
  readonly price: Price | undefined
}

/** Undefined when nothing was confirmed: then nobody can say which commands led to the cause. */
export function runbookOf(story: Story): Runbook | undefined {
  const { cause } = story
  if (!cause) return undefined
  const entries = [...story.entries.values()]
  const found = wayTo(cause, story)
  const findings = findingsOf(found)
  const remedies = story.changes.filter(({ undone, how }) => undone === undefined || how === 'relieved')
  const boxes = [...found, ...remedies].flatMap(({ box }) => (box === undefined ? [] : [box]))
  const variables = variablesOf(boxes, findings)
  const steps = found.map((entry) => stepOf(entry, entries, cause, variables))
  const cures = remedies.map(({ seq, what, price, command, box }) => ({
    seq,
    words: command === undefined ? undefined : templates(command, box, variables),
    why: withVariables(what, variables),
    lookFor: [],
    price,
  }))
  const meaning = withVariables(cause.hypothesis?.ended?.why ?? cause.text, variables)
  const used = new Set(namesIn([...steps, ...cures]))
  return { variables: variables.filter(({ name }) => used.has(name)), steps, meaning, remedies: cures }
}

/**
 * What the cause was confirmed by, and the first look before it that found something there. Without entries that it was confirmed by: all
 * commands from the moment when it was supposed.
 */
function wayTo({ hypothesis }: Cause, story: Story): readonly AnyEntry[] {
  const entries = [...story.entries.values()].filter(isCommand)
  const ended = hypothesis?.ended
  const until = ended?.seq ?? story.course.mitigated?.seq ?? Infinity
  const cited = entries.filter(({ seq }) => ended?.by.includes(seq))
  const own =
    cited.length > 0 ? cited : entries.filter(({ seq }) => seq > (hypothesis?.supposed?.seq ?? 0) && seq < until)
  const boxes = new Set(own.map(({ box }) => box))
  const first = entries.find(
    (entry) =>
      (boxes.size === 0 || boxes.has(entry.box)) &&
      entry.did === 'looked' &&
      entry.seq < until &&
      (entry.payload?.findings.length ?? 0) > 0,
  )
  const way = first && !own.includes(first) && !own.some(({ did }) => did === 'looked') ? [first, ...own] : own
  return way.toSorted((a, b) => a.seq - b.seq)
}

function isCommand({ did, payload }: AnyEntry): boolean {
  return (did === 'looked' || did === 'preserved' || did === 'ran' || did === 'other') && payload !== undefined
}

function findingsOf(entries: readonly AnyEntry[]): readonly SeenFinding[] {
  return [...those(entries, 'looked'), ...those(entries, 'preserved')].flatMap(({ payload }) => payload.findings)
}

function stepOf(
  entry: AnyEntry,
  entries: readonly AnyEntry[],
  cause: Cause,
  variables: readonly Variable[],
): RunbookStep {
  const { seq, box } = entry
  const suggested = entry.did === 'ran' && entry.payload ? suggestion(entry.payload.line, box, entries) : undefined
  const guess = cause.hypothesis?.text
  const forGuess = guess === undefined ? '' : `it was supposed that: ${guess}`
  const why = suggested?.why ?? (entry.did === 'looked' || entry.did === 'preserved' ? 'see what burns' : forGuess)
  return {
    seq,
    words: commandOf(entry, variables),
    why: withVariables(why, variables),
    lookFor: shownBy(entry).map((line) => withVariables(line, variables)),
    price: entry.did === 'looked' || entry.did === 'preserved' ? 'free' : suggested?.price,
  }
}

/**
 * At the console. What ran on the box itself goes through `halligan run`, which records it again. What only reads is built here and not taken as it was
 * typed: a record from elsewhere must not get a command run by calling it a look.
 */
function commandOf(entry: AnyEntry, variables: readonly Variable[]): readonly Template[] | undefined {
  const { box } = entry
  if (entry.did === 'ran' && entry.payload && box !== undefined)
    return [['halligan'], ['run'], boxTemplate(box, variables), ['--'], withVariables(entry.payload.line, variables)]
  if (entry.did === 'looked' && entry.payload && box !== undefined) {
    const typed = shellWords(entry.payload.command ?? '') ?? []
    const flags = ['--sudo', '--deep'].filter((flag) => typed.includes(flag))
    return [['halligan'], ['look'], boxTemplate(box, variables), ...flags.map((flag): Template => [flag])]
  }
  if (entry.did === 'preserved' && entry.payload && box !== undefined) {
    const { pid } = entry.payload
    return [
      ['halligan'],
      ['preserve'],
      boxTemplate(box, variables),
      ...(pid === undefined ? [] : [withVariables(String(pid), variables)]),
    ]
  }
  const command = typedIn(entry)
  return command === undefined ? undefined : templates(command, box, variables)
}

function typedIn({ payload }: AnyEntry): string | undefined {
  const command = typeof payload === 'object' && payload && 'command' in payload ? payload.command : undefined
  return typeof command === 'string' ? command : undefined
}

function templates(
  command: string,
  box: string | undefined,
  variables: readonly Variable[],
): readonly Template[] | undefined {
  return shellWords(command)?.map((word) =>
    word === box ? boxTemplate(box, variables) : withVariables(word, variables),
  )
}

function boxTemplate(box: string, variables: readonly Variable[]): Template {
  const known = variables.find(({ kind, was }) => kind === 'box' && was === box)
  return [known ? { name: known.name } : box]
}

/** A look that came before had proposed this very command, with a reason and a price. */
function suggestion(
  line: string,
  box: string | undefined,
  entries: readonly AnyEntry[],
): SeenFinding['next'][number] | undefined {
  return findingsOf(entries)
    .flatMap(({ next }) => next)
    .find(({ command }) => command === line || (box !== undefined && command === onBox(box, line)))
}

/** More is in the record. Findings, and lines of output. */
const SHOWN = 5

function shownBy(entry: AnyEntry): readonly string[] {
  if ((entry.did === 'looked' || entry.did === 'preserved') && entry.payload)
    return entry.payload.findings.slice(0, SHOWN).map(({ title }) => title)
  if (entry.did === 'ran' && entry.payload) {
    const lines = entry.payload.shown.split('\n').filter((line) => line.trim() !== '')
    return lines.slice(0, SHOWN)
  }
  return []
}

function namesIn(steps: readonly RunbookStep[]): readonly string[] {
  const parts = steps.flatMap(({ words, lookFor, why }) => [...(words ?? []), ...lookFor, why]).flat()
  return parts.flatMap((part) => (typeof part === 'string' ? [] : [part.name]))
}
