import { expressionText, readExpression } from '../../inspect/expression.ts'
import { isRecord } from './message.ts'
import { namesSecret } from './secret-references.ts'
import { isPath } from './sources.ts'

/**
 * What an editor may ask of gdb on a process that serves. Everything that is not here is refused. What is passed on is written anew with the arguments that are known here, so
 * that nothing comes along unseen. Expressions are those that can neither call nor assign (`expression.ts`).
 */
export type Asked =
  | Passed
  /** Answered by the console itself. */
  | { readonly how: 'own'; readonly command: 'attach' | 'pause' | 'disconnect' | 'cancel' }
  | { readonly how: 'refused'; readonly why: string }

export interface Passed {
  readonly how: 'pass'
  readonly arguments: Arguments
  /** What is written into the record, in a line; undefined for what an editor asks by itself, again and again. */
  readonly said: string | undefined
  /** An editor asks it by itself too: no sign that somebody is there. */
  readonly isByItself?: true
  /** Breakpoints of the list that were refused, and why: they are none. */
  readonly refusedAt?: ReadonlyMap<number, string>
}

export type Arguments = Readonly<Record<string, unknown>>

export function askedOf(command: string, given: unknown): Asked {
  const args = isRecord(given) ? given : {}
  if (OWN.has(command)) return ownRequest(command as 'attach', args)
  const rule = Object.hasOwn(RULES, command) ? RULES[command] : undefined
  if (!rule) return refused((Object.hasOwn(WHY_NOT, command) ? WHY_NOT[command] : undefined) ?? NOT_ALLOWED)
  const asked = rule(args)
  return asked ?? refused('Its arguments are not understood.')
}

function refused(why: string): Asked {
  return { how: 'refused', why }
}

function passed(args: Arguments, said?: string): Passed {
  // What is not known stays out of what is sent.
  const known = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined))
  return { how: 'pass', arguments: known, said }
}

const NOT_ALLOWED = 'That is not among what may be asked of a process that serves.'
const UNCHANGED = 'Nothing in the process is changed from here.'
/** Why the best known of the others are refused. */
const WHY_NOT: Readonly<Record<string, string>> = {
  launch: 'No process is started from here: "request": "attach" lets gdb at the one that was named.',
  restart: 'It would end the process.',
  terminate: 'It would end the process: disconnect lets go of it.',
  terminateThreads: 'It would end threads of the process.',
  setVariable: UNCHANGED,
  setExpression: UNCHANGED,
  writeMemory: UNCHANGED,
  goto: UNCHANGED,
  setInstructionBreakpoints:
    'Of an address gdb does not ask whether an instruction begins there: set a breakpoint at a line or a function.',
  restartFrame: UNCHANGED,
  stepBack: UNCHANGED,
  reverseContinue: UNCHANGED,
}

const OWN: ReadonlySet<string> = new Set(['attach', 'pause', 'disconnect', 'cancel'])

function ownRequest(command: 'attach' | 'pause' | 'disconnect' | 'cancel', args: Arguments): Asked {
  if (command === 'disconnect' && (args['terminateDebuggee'] === true || args['suspendDebuggee'] === true))
    return refused('The process is neither ended nor left standing still: disconnect without that lets go of it.')
  if (command === 'disconnect' && args['restart'] === true) return refused('It would end the process.')
  return { how: 'own', command }
}

type Rule = (args: Arguments) => Asked | undefined

const plain: Rule = () => passed({})

const RULES: Readonly<Record<string, Rule>> = {
  initialize: (args) => passed(initializeArguments(args), 'initialize'),
  configurationDone: plain,
  threads: plain,
  loadedSources: plain,
  modules: ({ startModule, moduleCount }) =>
    passed({ startModule: whole(startModule), moduleCount: whole(moduleCount) }),
  stackTrace: ({ threadId, startFrame, levels, format }) => {
    const most = whole(levels) ?? 0
    return whole(threadId) === undefined
      ? undefined
      : passed({
          threadId,
          startFrame: whole(startFrame),
          levels: most === 0 ? MOST_FRAMES : Math.min(most, MOST_FRAMES),
          format: hexOf(format),
        })
  },
  scopes: ({ frameId }) => (whole(frameId) === undefined ? undefined : passed({ frameId })),
  variables: ({ variablesReference, start, count, format }) =>
    whole(variablesReference) === undefined
      ? undefined
      : passed({ variablesReference, start: whole(start), count: whole(count), format: hexOf(format) }),
  // By its number alone: a path would read any file of the box.
  source: ({ source, sourceReference }) => {
    const reference = whole(isRecord(source) ? source['sourceReference'] : undefined) ?? whole(sourceReference)
    return reference ? passed({ sourceReference: reference }) : refused('Only a source that gdb has named can be read.')
  },
  breakpointLocations: ({ source, line, endLine }) =>
    isRecord(source) && isPath(source['path']) && whole(line) !== undefined
      ? passed({ source: { path: source['path'] }, line, endLine: whole(endLine) })
      : undefined,
  setBreakpoints: ({ source, breakpoints = [] }) => {
    if (!isRecord(source) || !isPath(source['path'])) return undefined
    const path = source['path']
    return breakpointsOf({ source: { path } }, breakpoints, `setBreakpoints ${path}`, ({ line, logMessage }) => {
      if (whole(line) === undefined) return undefined
      const told = logMessage === undefined ? undefined : safeLogMessage(logMessage)
      return told?.ok === false ? told : { ok: true, own: { line, logMessage: told?.text }, said: `${line as number}` }
    })
  },
  setFunctionBreakpoints: ({ breakpoints }) =>
    breakpointsOf({}, breakpoints, 'setFunctionBreakpoints', ({ name }) =>
      typeof name === 'string' && FUNCTION.test(name) ? { ok: true, own: { name }, said: name } : undefined,
    ),
  setExceptionBreakpoints: ({ filters = [], filterOptions = [] }) => {
    if (!Array.isArray(filters) || !Array.isArray(filterOptions)) return undefined
    const ids: readonly unknown[] = filters
    const options = filterOptions.map((option: unknown) => (isRecord(option) ? option['filterId'] : undefined))
    if (filterOptions.some((option: unknown) => isRecord(option) && option['condition'] !== undefined))
      return refused('A condition is not understood there.')
    const all = [...ids, ...options].filter((id) => typeof id === 'string' && FILTERS.has(id))
    return all.length === ids.length + options.length
      ? passed({ filters: all }, `setExceptionBreakpoints ${all.join(' ')}`.trim())
      : undefined
  },
  continue: onThread('continue'),
  next: onThread('next', true),
  stepIn: onThread('stepIn', true),
  stepOut: onThread('stepOut'),
  evaluate: ({ expression, frameId, context, format }) => {
    if (typeof expression !== 'string') return undefined
    const read = readExpression(expression)
    if (!read.ok)
      return refused(
        `${context === 'repl' ? 'No command of gdb is run from here, but an expression is shown. ' : ''}${read.why}. ${read.tryNext}`,
      )
    const text = expressionText(read.expression)
    // As "hover" gdb forbids itself to write meanwhile; "repl" would run commands.
    const asked = { expression: text, frameId: whole(frameId), context: 'hover', format: hexOf(format) }
    // What is watched is asked anew at each stop.
    return { ...passed(asked, `evaluate ${text}`), ...(context === 'watch' ? { isByItself: true } : {}) }
  },
  readMemory: ({ memoryReference, offset, count }) => {
    const bytes = whole(count)
    if (!isAddress(memoryReference) || bytes === undefined) return undefined
    if (bytes > MOST_MEMORY) return refused(`At most ${MOST_MEMORY} bytes at a time are read.`)
    const from = whole(offset, -Number.MAX_SAFE_INTEGER)
    return passed(
      { memoryReference, offset: from, count: bytes },
      `readMemory ${memoryReference} ${from ?? 0} ${bytes}`,
    )
  },
  disassemble: ({ memoryReference, offset, instructionOffset, instructionCount }) => {
    const most = whole(instructionCount)
    return isAddress(memoryReference) && most !== undefined && most <= MOST_INSTRUCTIONS
      ? passed({
          memoryReference,
          offset: whole(offset, -MOST_MEMORY),
          instructionOffset: whole(instructionOffset, -MOST_INSTRUCTIONS),
          instructionCount: most,
        })
      : undefined
  },
}

/** While the process stands still, so that it does not for long. */
const MOST_FRAMES = 1_000
const MOST_MEMORY = 65_536
const MOST_INSTRUCTIONS = 1_000
const MOST_BREAKPOINTS = 200

/** `ns::Class<int>::method(int) const`, `operator==`; no option of gdb's `break`, which begins with a hyphen, no address (`*0x401665`), and no line. */
const FUNCTION = /^(?![-*+\d])[\p{L}\w:~<>,.()&*$+=!| -]{1,300}$/u
const FILTERS: ReadonlySet<unknown> = new Set(['assert', 'exception', 'throw', 'rethrow', 'catch'])

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && /^(?:0x[0-9a-fA-F]{1,16}|\d{1,20})$/.test(value)
}

function whole(value: unknown, least = 0): number | undefined {
  return Number.isSafeInteger(value) && Number(value) >= least ? Number(value) : undefined
}

function hexOf(format: unknown): Arguments | undefined {
  return isRecord(format) && format['hex'] === true ? { hex: true } : undefined
}

const CLIENT_CAN = [
  'linesStartAt1',
  'columnsStartAt1',
  'supportsVariableType',
  'supportsVariablePaging',
  'supportsMemoryReferences',
] as const

/** Not that it would start a terminal or another session if gdb asked for one: the box is not to ask for anything. */
function initializeArguments(args: Arguments): Arguments {
  const can = CLIENT_CAN.flatMap((name) => (typeof args[name] === 'boolean' ? [[name, args[name]] as const] : []))
  return { adapterID: 'gdb', pathFormat: 'path', ...Object.fromEntries(can) }
}

/** All threads run, always: one alone would wait for the others. */
function onThread(command: string, hasGranularity = false): Rule {
  return ({ threadId, granularity }) => {
    if (whole(threadId) === undefined) return undefined
    const by = hasGranularity && granularity === 'instruction' ? { granularity } : {}
    return passed({ threadId, ...by }, command)
  }
}

type OneBreakpoint =
  | { readonly ok: true; readonly own: Arguments; readonly said: string }
  | { readonly ok: false; readonly why: string }

function breakpointsOf(
  around: Arguments,
  given: unknown,
  command: string,
  one: (breakpoint: Arguments) => OneBreakpoint | undefined,
): Asked | undefined {
  if (!Array.isArray(given)) return undefined
  if (given.length > MOST_BREAKPOINTS) return refused(`At most ${MOST_BREAKPOINTS} breakpoints are set.`)
  const refusedAt = new Map<number, string>()
  const said: string[] = []
  const breakpoints = given.flatMap((each: unknown, at): readonly Arguments[] => {
    const own = isRecord(each) ? one(each) : undefined
    if (!isRecord(each) || !own) return none(at, 'It is not understood.')
    if (!own.ok) return none(at, own.why)
    const condition = each['condition'] === undefined ? undefined : safeCondition(each['condition'])
    if (condition?.ok === false) return none(at, condition.why)
    const hits = each['hitCondition']
    if (hits !== undefined && !(typeof hits === 'string' && /^\s*\d{1,9}\s*$/.test(hits)))
      return none(at, 'A number of hits that are passed over is a number: 10.')
    said.push(`${own.said}${condition ? ` if ${condition.text}` : ''}${hits === undefined ? '' : ` after ${hits}`}`)
    return [passed({ ...own.own, condition: condition?.text, hitCondition: hits }).arguments]
  })
  function none(at: number, why: string): readonly Arguments[] {
    refusedAt.set(at, why)
    return []
  }
  return { ...passed({ ...around, breakpoints }, [command, said.join(', ')].join(' ').trim()), refusedAt }
}

type SafeText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string }

function safeCondition(condition: unknown): SafeText {
  if (typeof condition !== 'string') return { ok: false, why: 'A condition is a text.' }
  const read = readExpression(condition)
  return read.ok
    ? { ok: true, text: expressionText(read.expression) }
    : { ok: false, why: `Its condition: ${read.why}. ${read.tryNext}` }
}

const LONGEST_MESSAGE = 1_000

/** gdb puts the value of what stands in braces in. */
function safeLogMessage(message: unknown): SafeText {
  if (typeof message !== 'string' || message.length > LONGEST_MESSAGE)
    return { ok: false, why: `A message is a text of ${LONGEST_MESSAGE} characters at most.` }
  const parts = message.split(/\{(.*?)\}/s)
  let text = ''
  for (const [at, part] of parts.entries()) {
    const read = at % 2 === 1 ? readExpression(part) : undefined
    if (read?.ok === false) return { ok: false, why: `Its message: ${read.why}. ${read.tryNext}` }
    const value = read && expressionText(read.expression)
    // It is recorded as one text, in which nothing tells the secret.
    if (value !== undefined && namesSecret(value))
      return { ok: false, why: `Its message: "${value}" is secret by its name, and messages are recorded.` }
    // gdb would take what stands between for an expression of its own.
    if (value !== undefined && /[{}\n]/.test(value))
      return { ok: false, why: 'Its message: a text with a brace is not understood there.' }
    text += value === undefined ? part.replaceAll(/[{}\n]/g, ' ') : `{${value}}`
  }
  return { ok: true, text }
}
