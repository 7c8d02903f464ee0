import { safeText } from '../../../base/safe-text.ts'
import { MASKED, withoutSecrets } from '../../inspect/secret-names.ts'
import { isRecord, type DapMessage } from './message.ts'
import { isSecretVariable } from './secret-references.ts'
import { withSourcesHere, type SourceMap } from './sources.ts'

/**
 * What of that which gdb says reaches the editor. It comes from a box, and an editor does what an adapter asks for (`runInTerminal` starts a program on this machine): only answers to
 * what was asked, and events that are known, get through. Capabilities are those whose requests are let through (`requests.ts`).
 */
const CAPABILITIES: ReadonlySet<string> = new Set([
  'supportsConfigurationDoneRequest',
  'supportsFunctionBreakpoints',
  'supportsConditionalBreakpoints',
  'supportsHitConditionalBreakpoints',
  'supportsLogPoints',
  'supportsExceptionFilterOptions',
  'supportsEvaluateForHovers',
  'supportsModulesRequest',
  'supportsLoadedSourcesRequest',
  'supportsDelayedStackTraceLoading',
  'supportsBreakpointLocationsRequest',
  'supportsDisassembleRequest',
  'supportsReadMemoryRequest',
  'supportsSteppingGranularity',
  'supportsValueFormattingOptions',
])

export function capabilitiesOf(body: unknown): DapMessage {
  const said = isRecord(body) ? body : {}
  const kept = Object.entries(said).filter(([name, value]) => value === true && CAPABILITIES.has(name))
  const filters = said['exceptionBreakpointFilters']
  return {
    ...Object.fromEntries(kept),
    ...(Array.isArray(filters) ? { exceptionBreakpointFilters: filters.flatMap(filterOf) } : {}),
  }
}

/** Without a condition: that is an expression of gdb. */
function filterOf(filter: unknown): readonly DapMessage[] {
  if (!isRecord(filter)) return []
  const { filter: id, label } = filter
  return typeof id === 'string' && typeof label === 'string' ? [{ filter: id, label: safeText(label) }] : []
}

const EVENTS: ReadonlySet<string> = new Set([
  'initialized',
  'stopped',
  'continued',
  'exited',
  'terminated',
  'thread',
  'output',
  'breakpoint',
  'module',
  'loadedSource',
  'process',
  'memory',
  'invalidated',
])

/** Undefined for what no editor is told. */
export function eventOf(event: unknown, body: unknown, map: SourceMap): DapMessage | undefined {
  if (typeof event !== 'string' || !EVENTS.has(event)) return undefined
  if (event === 'output') return isRecord(body) ? outputEvent(body['category'], body['output']) : undefined
  return { type: 'event', event, ...(body === undefined ? {} : { body: withSourcesHere(body, map) }) }
}

/** One for the console of the editor, which obeys what moves a cursor or changes a colour. */
export function outputEvent(category: unknown, output: unknown): DapMessage | undefined {
  if (typeof output !== 'string' || (category !== undefined && !OUTPUTS.has(category))) return undefined
  return {
    type: 'event',
    event: 'output',
    body: { category: category ?? 'console', output: output.split('\n').map(safeLine).join('\n') },
  }
}

const OUTPUTS: ReadonlySet<unknown> = new Set(['console', 'important', 'stdout', 'stderr'])

function safeLine(line: string): string {
  return line.replace(/\r$/, '').split('\t').map(safeText).join('\t')
}

/** The answer of gdb to a list of breakpoints, with those that it never saw. */
export function withRefused(body: unknown, refusedAt: ReadonlyMap<number, string>): unknown {
  const said = isRecord(body) && Array.isArray(body['breakpoints']) ? (body['breakpoints'] as readonly unknown[]) : []
  if (!isRecord(body) || refusedAt.size === 0) return body
  const rest = [...said]
  const breakpoints: unknown[] = []
  for (let at = 0; at < said.length + refusedAt.size; at += 1) {
    const why = refusedAt.get(at)
    breakpoints.push(why === undefined ? rest.shift() : { verified: false, reason: 'failed', message: why })
  }
  return { ...body, breakpoints }
}

/** At most so many of one answer are written into the record. */
const MOST_NOTED = 40
/** gdb cuts texts at 100 characters; what is cut here could be half a secret, which looks like none. Characters. */
const LONGEST_NOTE = 2_000

/** What was seen, in lines for the record; empty for what says nothing of the process. `isSecret`: no value of it is shown. */
export function notesOf(
  command: string,
  asked: string | undefined,
  body: unknown,
  isSecret: boolean,
): readonly string[] {
  if (!isRecord(body)) return []
  if (command === 'evaluate')
    return [noted(`${asked?.replace(/^evaluate /, '') ?? ''} = ${valueOf(body['result'], isSecret)}`)]
  if (command === 'variables')
    return listOf(body['variables']).map(({ name, value }) =>
      noted(`  ${textOf(name)} = ${valueOf(value, isSecret || isSecretVariable(name))}`),
    )
  if (command === 'stackTrace')
    return listOf(body['stackFrames']).map(({ name, source, line }, at) =>
      noted(`#${at} ${textOf(name)}${isRecord(source) ? ` ${textOf(source['path'])}:${textOf(line)}` : ''}`),
    )
  return []
}

function listOf(value: unknown): readonly DapMessage[] {
  return Array.isArray(value) ? value.slice(0, MOST_NOTED).filter(isRecord) : []
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

function valueOf(value: unknown, isSecret: boolean): string {
  return isSecret ? MASKED : withoutSecrets(textOf(value))
}

export function noted(line: string): string {
  return safeText(line.slice(0, LONGEST_NOTE))
}
