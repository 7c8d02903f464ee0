import { randomHex } from '../../base/random.ts'
import type { Box, RunResult } from '../../boxes/box.ts'
import {
  comparedModule,
  coreFile,
  firstPages,
  notesRange,
  restOfTable,
  type CoreFile,
  type CoreModule,
} from '../../evidence/inspect/core/core-file.ts'
import { coreHeadScript, coreRangesScript, rangeIn, unpackerOf } from '../../evidence/inspect/core/core-script.ts'
import { gdbCoreScript, readGdbCore } from '../../evidence/inspect/core/gdb-core.ts'
import { cpythonCoreScript, mayBePython, readCpythonCore } from '../../evidence/inspectors/cpython/cpython-core.ts'
import { blind } from '../../evidence/reading.ts'
import { sectionsOf, textOf } from '../../evidence/inspect/sections.ts'
import { coreSays } from '../../findings/inspect/core-says.ts'
import { stackGroups } from '../../findings/inspect/stacks.ts'
import type { Stacks } from '../../evidence/inspect/stacks.ts'
import { signalName } from '../../evidence/inspect/core/signal-meaning.ts'
import type { Recorder } from '../../incidents/recorder.ts'
import type { Redact } from '../../incidents/redaction/index.ts'
import { identityIn } from '../machine.ts'
import type { CoreInspection } from './core-inspection.ts'
import type { ShownStacks, Unseen } from './inspection.ts'
import { recordCore } from './record-core.ts'
import { markedStacks } from './crash-of.ts'
import { redactedCore, redactedStacks } from './redacted-state.ts'

export interface CoreRequest {
  /** On the box; an absolute path. */
  readonly file: string
  /** The program that the core is of, on the box; an absolute path. Missing: the one that the core names. */
  readonly binary: string | undefined
  readonly timeoutMs: number
  readonly recorder: Recorder
  readonly redact: Redact
  readonly signal: AbortSignal
}

/** Notes of 5,000 threads, and the first pages of what was mapped. Bytes. */
const ANSWER_BYTES = 48 * 1024 * 1024
/** gdb reads the symbols of a large program for so long on a starved box. Milliseconds. */
const LEAST_FOR_GDB_MS = 90_000
/** First pages are looked at of so many files: programs and libraries, which are the only ones that have them in the core. */
const FILES_COMPARED = 60
/** No longer path can be opened (PATH_MAX, limits.h). Characters. */
const LONGEST_PATH = 4_095

/** Reads a core where it lies: first by itself, from its notes, then its stacks by the gdb of the box. Nothing is written there. Never rejects. */
export async function inspectCore(box: Box, request: CoreRequest): Promise<CoreInspection> {
  const startedAtMs = Date.now()
  const read = await readCore(box, request)
  const binary = request.binary ?? read.core?.program
  const stacks = read.core ? await stacksOf(box, read.core, read.hasGdb, request) : NONE
  const ofRuntime = read.core ? await runtimeStacksOf(box, read.core, request) : NO_RUNTIME
  const core = read.core && redactedCore(read.core, request.redact)
  const inspection: Omit<CoreInspection, 'recorded'> = {
    box: box.name,
    file: request.file,
    startedAtMs,
    tookMs: Date.now() - startedAtMs,
    identity: read.identity,
    failure: read.failure,
    core,
    binary: binary === undefined ? undefined : request.redact(binary),
    doing: core ? coreSays(core) : [],
    ...stacks,
    ...ofRuntime,
  }
  return { ...inspection, recorded: await recordCore(inspection, request) }
}

type Read = Pick<CoreInspection, 'identity' | 'failure' | 'core'> & { readonly hasGdb: boolean }

async function readCore(box: Box, request: CoreRequest): Promise<Read> {
  const { file } = request
  const boundary = randomHex(16)
  const asked = await ask(box, coreHeadScript(file, boundary), request)
  const sections = sectionsOf(asked.stdout, boundary)
  const machine = identityIn(textOf(sections, 'identity') ?? '', asked.startedAtMs)
  const identity = machine.kind === 'seen' ? machine.value : undefined
  const hasGdb = (textOf(sections, 'tools') ?? '').trim() !== ''
  const known = { identity, hasGdb, core: undefined }
  if (asked.failure) return { ...known, failure: asked.failure }
  const [size, date] = (textOf(sections, 'size') ?? '').trim().split(' ').map(Number)
  const begin = sections.get('head')
  if (!begin || size === undefined || date === undefined || Number.isNaN(size))
    return { ...known, failure: notReadable(box.name, file, textOf(sections, 'kind')?.trim()) }
  const table = restOfTable(begin)
  const head = table ? ((await ranges(box, request, [table], []))[0]?.range ?? begin) : begin
  const where = notesRange(head)
  const notes = where && (await ranges(box, request, [where], []))[0]?.range
  const core = coreFile(head, notes ?? new Uint8Array(0), { path: file, bytes: size, writtenAtMs: date * 1_000 })
  if (!core) return { ...known, failure: notACore(box.name, file, head) }
  return { ...known, failure: undefined, core: await compared(box, request, core, head) }
}

function ask(box: Box, script: string, { timeoutMs, signal }: CoreRequest): Promise<RunResult> {
  return box.run(script, { what: 'read a core', timeoutMs, maxBytes: ANSWER_BYTES, signal })
}

interface Pages {
  /** Of the core. */
  readonly range: Uint8Array | undefined
  /** Of the file that has the name now; undefined where there is none. */
  readonly now: Uint8Array | undefined
}

async function ranges(
  box: Box,
  request: CoreRequest,
  asked: Parameters<typeof coreRangesScript>[1],
  files: readonly string[],
): Promise<readonly Pages[]> {
  const boundary = randomHex(16)
  const { stdout } = await ask(box, coreRangesScript(request.file, asked, files, boundary), request)
  const sections = sectionsOf(stdout, boundary)
  return asked.map((range, at) => {
    const blocks = sections.get(`range-${at}`)
    return { range: range && blocks && rangeIn(blocks, range), now: sections.get(`now-${at}`) }
  })
}

/** Whether the programs and libraries of the core are still what lies there. */
async function compared(box: Box, request: CoreRequest, core: CoreFile, head: Uint8Array): Promise<CoreFile> {
  const pages = firstPages(head, core.files)
  const some = core.files
    .map((module, at) => ({ module, page: pages[at] }))
    .filter(({ module, page }) => page && module.path.startsWith('/') && module.path.length <= LONGEST_PATH)
    .slice(0, FILES_COMPARED)
  if (some.length === 0) return core
  const answers = await ranges(
    box,
    request,
    some.map(({ page }) => page),
    some.map(({ module }) => (module.path === core.program ? (request.binary ?? module.path) : module.path)),
  )
  const known = new Map(
    some.map(({ module }, at): [CoreModule, CoreModule] => [
      module,
      comparedModule(module, answers[at]?.range, answers[at]?.now),
    ]),
  )
  return { ...core, files: core.files.map((module) => known.get(module) ?? module) }
}

const NONE: Pick<CoreInspection, 'stacks' | 'noStacks'> = { stacks: undefined, noStacks: undefined }

async function stacksOf(
  box: Box,
  core: CoreFile,
  hasGdb: boolean,
  request: CoreRequest,
): Promise<Pick<CoreInspection, 'stacks' | 'noStacks'>> {
  const program = core.files.find(({ path }) => path === core.program)
  const refused = noStacksFor(program, hasGdb, request)
  if (refused) return { ...NONE, noStacks: refused }
  const script = gdbCoreScript(
    core.path,
    request.binary ?? core.program,
    core.threads.length,
    core.files.map(({ path }) => path),
  )
  const result = await box.run(script, {
    what: 'read the stacks of a core',
    timeoutMs: Math.max(request.timeoutMs, LEAST_FOR_GDB_MS),
    maxBytes: ANSWER_BYTES,
    signal: request.signal,
  })
  const reading = readGdbCore(result.stdout)
  if (reading.kind !== 'seen') {
    const { failure } = result
    return {
      ...NONE,
      noStacks: { what: 'stacks', why: failure?.message ?? request.redact(reading.why), hint: failure?.tryNext ?? '' },
    }
  }
  return { ...NONE, stacks: shownStacks(markedAt(core, redactedStacks(reading.value, request.redact)), GDB_CORE) }
}

const GDB_CORE = { inspector: 'gdb-core', title: 'stacks with local variables of the core, by gdb' }
const CPYTHON_CORE = { inspector: 'cpython-core', title: 'Python stacks and variables of the core' }

/** The first thread of a core is the one that died. */
function markedAt({ signal, threads: [first] }: CoreFile, stacks: Stacks): Stacks {
  return signal && first ? markedStacks(stacks, first.tid, `died here of ${signalName(signal.number)}`) : stacks
}

type OfRuntime = Pick<CoreInspection, 'runtimeStacks' | 'noRuntimeStacks'>

const NO_RUNTIME: OfRuntime = { runtimeStacks: undefined, noRuntimeStacks: undefined }

/** What the program itself was at, where its code is not that of the processor. */
async function runtimeStacksOf(box: Box, core: CoreFile, request: CoreRequest): Promise<OfRuntime> {
  const untold = untoldRuntime(core)
  if (untold) return { ...NO_RUNTIME, noRuntimeStacks: untold }
  if (!mayBePython(core)) return NO_RUNTIME
  const what = 'Python stacks'
  const { stdout, failure } = await ask(box, cpythonCoreScript(core, request.binary), request)
  const reading = failure ? blind(failure.message, failure.tryNext) : readCpythonCore(stdout)
  if (reading.kind === 'seen')
    return {
      ...NO_RUNTIME,
      runtimeStacks: shownStacks(markedAt(core, redactedStacks(reading.value, request.redact)), CPYTHON_CORE),
    }
  const hint = reading.kind === 'blind' ? reading.hint : ''
  return { ...NO_RUNTIME, noRuntimeStacks: { what, why: request.redact(reading.why), hint } }
}

/** V8 and HotSpot keep the stacks of what they run in forms of their own, which nothing here reads. */
function untoldRuntime({ program, files }: CoreFile): Unseen | undefined {
  const has = (name: RegExp): boolean => files.some(({ path }) => name.test(path))
  if (/\/(?:node|nodejs)$/.test(program ?? '') || has(/\/libnode\.so/))
    return {
      what: 'JavaScript stacks',
      why: 'V8 keeps them in a form of its own, which is not read from a core: the frames that are told are those of Node itself',
      hint: 'for the next time: --on-crash while it lives, or node --report-uncaught-exception --report-on-fatalerror',
    }
  if (has(/\/libjvm\.so$/))
    return {
      what: 'Java stacks',
      why: 'the JVM keeps them in a form of its own, which is not read from a core: the frames that are told are those of the JVM itself',
      hint: 'its hs_err_pid file has the Java stack of the thread that crashed',
    }
  return undefined
}

function noStacksFor(
  program: CoreModule | undefined,
  hasGdb: boolean,
  { binary, redact }: CoreRequest,
): Unseen | undefined {
  if (!hasGdb) return { what: 'stacks', why: 'there is no gdb on the box', hint: 'install the package gdb' }
  if (binary === undefined && program?.now === 'other')
    return {
      what: 'stacks',
      why: `${redact(program.path)} is not the build that the core is of: every name would be wrong`,
      hint: '--binary FILE with the one of that build-id',
    }
  return undefined
}

function shownStacks(stacks: Stacks, by: Pick<ShownStacks, 'inspector' | 'title'>): ShownStacks {
  const groups = stackGroups(stacks).toSorted((a, b) => Number(hasDied(b)) - Number(hasDied(a)))
  return { ...by, groups, notes: stacks.notes, apartMs: 0, stacks }
}

function hasDied({ threads }: ShownStacks['groups'][number]): boolean {
  return threads.some(({ says }) => says?.[0]?.startsWith('died here'))
}

function notReadable(box: string, file: string, kind: string | undefined): CoreInspection['failure'] {
  if (kind === 'unreadable')
    return { kind: 'permission-denied', message: `${file} of ${box} may not be read.`, tryNext: 'Run it with --sudo.' }
  if (kind === 'other')
    return { kind: 'unknown', message: `${file} of ${box} is no file.`, tryNext: 'Name the core itself.' }
  return {
    kind: 'unknown',
    message: `There is no ${file} on ${box}.`,
    tryNext: `Where cores go says: halligan run ${box} --price free -- cat /proc/sys/kernel/core_pattern; with systemd: coredumpctl list.`,
  }
}

function notACore(box: string, file: string, head: Uint8Array): CoreInspection['failure'] {
  const unpacker = unpackerOf(head)
  if (unpacker !== undefined)
    return {
      kind: 'unknown',
      message: `${file} of ${box} is compressed.`,
      tryNext: `Unpack it where there is room: ${unpacker} ${file}; or coredumpctl dump PID -o FILE.`,
    }
  return {
    kind: 'unknown',
    message: `${file} of ${box} is no core of a 64-bit Linux process.`,
    tryNext: `What it is says: halligan run ${box} --price free -- file ${file}`,
  }
}
