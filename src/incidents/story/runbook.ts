import type { Price } from '../../boxes/price.ts'
import { quoted, runsLine } from '../../findings/next.ts'
import type { AnyEntry } from '../store.ts'
import type { Change } from './changes.ts'
import { shellWords } from './shell-words.ts'
import type { SeenFinding } from './sights.ts'
import type { Cause, Story } from './story.ts'
import { told } from '../told.ts'
import { priceOf } from './moment.ts'
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
  const found = wayTo(cause, story)
  const remedies = story.changes.filter(({ undone, how }) => undone === undefined || how === 'relieved')
  const boxes = [...found, ...remedies].flatMap(({ box }) => (box === undefined ? [] : [box]))
  const all = variablesOf(boxes, findingsOf(found))
  const commands = [
    ...found.flatMap((entry) => commandsOf(entry, story, all)),
    ...remedies.map((each) => typed(each, all)),
  ]
  const names = new Set(commands.flatMap((words) => words ?? []).flatMap(namesIn))
  // What no command takes would only have to be set for nothing.
  const variables = all.filter(({ name }) => names.has(name))
  return {
    variables,
    steps: found.flatMap((entry, at) => stepsOf(entry, found.slice(0, at), story, cause, variables)),
    meaning: withVariables(cause.hypothesis?.verdict?.why ?? cause.text, variables),
    remedies: remedies.map((change) => ({
      seq: change.seq,
      words: typed(change, variables),
      why: withVariables(change.what, variables),
      lookFor: [],
      price: change.price,
    })),
  }
}

function typed({ command, box }: Change, variables: readonly Variable[]): readonly Template[] | undefined {
  return command === undefined ? undefined : templates(command, box, variables)
}

/**
 * What the cause was confirmed by, and the first look before it that found something there. Without entries that it was confirmed by: all
 * commands from the moment when it was supposed.
 */
function wayTo({ hypothesis }: Cause, story: Story): readonly AnyEntry[] {
  const entries = [...story.entries.values()].filter((entry) => isCommand(entry) && !story.ends.has(entry.seq))
  const verdict = hypothesis?.verdict
  const by = new Set(verdict?.evidence.map((seq) => story.ends.get(seq)?.seq ?? seq))
  const until = verdict?.seq ?? story.course.mitigated?.seq ?? Infinity
  const cited = entries.filter(({ seq }) => by.has(seq))
  const own = cited.length > 0 ? cited : entries.filter(({ seq }) => seq > (hypothesis?.seq ?? 0) && seq < until)
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

/** What was run off the record has no command, and Halligan refuses an empty one. */
function isCommand(entry: AnyEntry): boolean {
  const { did, payload } = entry
  if (payload === undefined) return false
  if (did === 'ran') return !payload.offTheRecord
  if (did === 'shelled') return typedInShell(entry).length > 0
  return did === 'looked' || did === 'preserved' || did === 'logs-read' || did === 'inspected' || did === 'other'
}

/** Ends a shell, and finds nothing. */
const LEAVES = new Set(['', 'exit', 'logout'])

/** Each line that was typed in a recorded shell, once, in the order in which they were first typed. */
function typedInShell(entry: AnyEntry): readonly string[] {
  if (entry.did !== 'shelled' || !entry.payload || entry.box === undefined) return []
  return [...new Set(entry.payload.commands.map(({ line }) => line.trim()))].filter((line) => !LEAVES.has(line))
}

function findingsOf(entries: readonly AnyEntry[]): readonly SeenFinding[] {
  return told(entries, 'looked', 'preserved', 'logs-read').flatMap(({ payload }) => payload.findings)
}

/** A step each; of a shell, one for each line that was typed in it. */
function stepsOf(
  entry: AnyEntry,
  before: readonly AnyEntry[],
  story: Story,
  cause: Cause,
  variables: readonly Variable[],
): readonly RunbookStep[] {
  const suggested = suggestion(entry, story)
  const isLook = entry.did === 'looked' || entry.did === 'preserved' || entry.did === 'logs-read'
  const isFirst = !before.some((each) => isOwn(each) && !suggestion(each, story))
  const guess =
    isFirst && cause.hypothesis?.text !== undefined ? `test whether it is so: ${cause.hypothesis.text}` : 'look further'
  const why = suggested?.why ?? (isLook ? 'see what burns' : guess)
  return commandsOf(entry, story, variables).map((words, at) => ({
    seq: entry.seq,
    words,
    why: withVariables(entry.did === 'shelled' ? shellWhy(at === 0 ? why : 'look further') : why, variables),
    lookFor: shownBy(entry).map((line) => withVariables(line, variables)),
    // What a look proposed has the price of the look; what somebody typed has the one that they said, and in a shell nobody says one.
    price: isLook ? 'free' : priceIn(entry, story),
  }))
}

function priceIn(entry: AnyEntry, story: Story): Price | undefined {
  return suggestion(entry, story)?.price ?? priceOf(entry)
}

function isOwn({ did }: AnyEntry): boolean {
  return did === 'ran' || did === 'shelled'
}

/** What a shell knows is not known where one of its lines is run by itself. */
function shellWhy(why: string): string {
  return `${why} (typed in a shell, where a cd, a sudo or a variable before it counted)`
}

/**
 * At the console. What ran on the box itself goes through `halligan run`, which records it again. What only reads is built here and not taken as it was
 * typed: a record from elsewhere must not get a command run by calling it a look.
 */
function commandsOf(
  entry: AnyEntry,
  story: Story,
  variables: readonly Variable[],
): readonly (readonly Template[] | undefined)[] {
  const { box } = entry
  if (entry.did === 'shelled' && box !== undefined)
    return typedInShell(entry).map((line) => runOn(box, line, [], variables))
  if (entry.did === 'ran' && entry.payload && box !== undefined) {
    // How it was typed stands where it began: what ended it may have been another command that collected it.
    const { of } = entry.payload
    const began = of === undefined ? undefined : story.entries.get(of)
    const flags = [...flagsOf(began?.payload ? began : entry, ['--sudo']), ...priceFlag(priceIn(entry, story))]
    return [runOn(box, entry.payload.line, flags, variables)]
  }
  if (entry.did === 'looked' && entry.payload && box !== undefined)
    return [[['halligan'], ['look'], boxTemplate(box, variables), ...flagsOf(entry, ['--sudo', '--deep'])]]
  if (entry.did === 'preserved' && entry.payload && box !== undefined) {
    const { pid } = entry.payload
    const process = pid === undefined ? [] : [withVariables(String(pid), variables)]
    return [[['halligan'], ['preserve'], boxTemplate(box, variables), ...process]]
  }
  if (entry.did === 'logs-read' && entry.payload) return [logsOf(entry, variables)]
  if (entry.did === 'inspected' && entry.payload && box !== undefined) return [inspectOf(entry, box, variables)]
  const command = typedIn(entry)
  return [command === undefined ? undefined : templates(command, box, variables)]
}

/** The boxes and the services or files that were meant; the times and what was sought then are of that day. */
function logsOf(entry: AnyEntry & { readonly did: 'logs-read' }, variables: readonly Variable[]): readonly Template[] {
  const { boxes = [], subjects = [] } = entry.payload ?? {}
  const named = [
    ...boxes.map((box) => boxTemplate(box, variables)),
    ...subjects.map((each) => withVariables(each, variables)),
  ]
  return [['halligan'], ['logs'], ...flagsOf(entry, ['--sudo']), ...named]
}

/** A PID is of that day: the name of the process finds it again. */
function inspectOf(
  entry: AnyEntry & { readonly did: 'inspected' },
  box: string,
  variables: readonly Variable[],
): readonly Template[] {
  const { asked = '', name } = entry.payload ?? {}
  const subject = /^\d+$/.test(asked) ? (name ?? asked) : asked
  const flags = flagsOf(entry, ['--sudo', '--stacks'])
  return [['halligan'], ['inspect'], ...flags, boxTemplate(box, variables), withVariables(subject, variables)]
}

/** Through `halligan run`, which takes what stands behind the box for the command. */
function runOn(
  box: string,
  line: string,
  flags: readonly Template[],
  variables: readonly Variable[],
): readonly Template[] {
  return [['halligan'], ['run'], ...flags, boxTemplate(box, variables), ['--'], withVariables(line, variables)]
}

/** Without it `halligan run` takes a command for a change, which the policy of the next box may forbid. One of unknown price stays one. */
function priceFlag(price: Price | undefined): readonly Template[] {
  return price === undefined || price === 'change' ? [] : [['--price'], [price]]
}

/** Those of these options that Halligan was given; what stands behind `--` is for others. */
function flagsOf(entry: AnyEntry, flags: readonly string[]): readonly Template[] {
  const typed = shellWords(typedIn(entry) ?? '') ?? []
  const end = typed.indexOf('--')
  const own = end < 0 ? typed : typed.slice(0, end)
  return flags.filter((flag) => own.includes(flag)).map((flag): Template => [flag])
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

/** A look had proposed this very command, with a reason and a price. */
function suggestion(entry: AnyEntry, { entries }: Story): SeenFinding['next'][number] | undefined {
  if (entry.did !== 'ran' || !entry.payload) return undefined
  const { line } = entry.payload
  return findingsOf([...entries.values()])
    .flatMap(({ next }) => next)
    .find(({ command }) => runsLine(command, line) || runsLine(command, quoted(line)))
}

/** More is in the record. Findings, and lines of output. */
const SHOWN = 5

function shownBy(entry: AnyEntry): readonly string[] {
  if ((entry.did === 'looked' || entry.did === 'preserved' || entry.did === 'logs-read') && entry.payload)
    return entry.payload.findings.slice(0, SHOWN).map(({ title }) => title)
  if (entry.did === 'inspected' && entry.payload) return entry.payload.doing.slice(0, SHOWN).map(({ says }) => says)
  if (entry.did === 'ran' && entry.payload) {
    const lines = entry.payload.shown.split('\n').filter((line) => line.trim() !== '')
    return lines.slice(0, SHOWN).map((line) => line.replaceAll('\t', '    '))
  }
  return []
}

function namesIn(template: Template): readonly string[] {
  return template.flatMap((part) => (typeof part === 'string' ? [] : [part.name]))
}
