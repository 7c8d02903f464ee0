import { MAKE_ROOM } from '../../inspect/attachable.ts'
import { blind, garbled, seen, type Reading } from '../../reading.ts'
import { expressionText, namesIn } from '../../inspect/expression.ts'
import type { Frame, Local } from '../../inspect/frame.ts'
import { gdbFailure } from '../../gdb/gdb.ts'
import { GDB_LIMIT, GDB_LIMIT_WORDS } from '../../gdb/gdb-alone.ts'
import { framesOf, localsOf } from '../../gdb/gdb-stacks.ts'
import { MOST_RUNS } from './gdb-snapshot-script.ts'
import type { Target } from '../../inspect/inspector.ts'
import { machineRecord } from '../../gdb/machine-interface.ts'
import { isOfSystem } from '../../inspect/own-code.ts'
import { lostTarget, lostWords } from '../../inspect/prove-target.ts'
import { isSecretName, MASKED, withoutSecrets } from '../../inspect/secret-names.ts'
import {
  nearestLines,
  placeText,
  untoldCondition,
  type Hit,
  type Snapshot,
  type SnapshotEnd,
  type SnapshotRequest,
  type StatementPlace,
} from '../../inspect/snapshot.ts'

/** Values beyond it are cut. Characters. */
const VALUE_KEPT = 300

/**
 * What the script of `gdb-snapshot-script.ts` prints:
 *
 *     Line 15 of "cart.c" starts at address 0x1180 <price_order+7> and ends at 0x1199 <price_order+32>.
 *     Breakpoint 1 at 0x1180: file cart.c, line 15.
 *     ^done,BreakpointTable={…}
 *     @@ at 74656380                                   <- milliseconds of a clock; `@@ up SECONDS` where gdb has no Python
 *     @@ ran 9                                         <- how often it ran
 *     @@ hit 1                                         <- 2: the condition could not be told, and why stands before
 *     @@ at 74656394
 *     [Current thread is 2 (Thread 0x7effc29056c0 (LWP 20630))]
 *     ^done,stack=[frame={level="0",addr="0x0000561a347a7180",func="price_order",file="cart.c",line="15"},…]
 *     ^done,variables=[{name="total",value="-8"},…]
 *     @@ behind order                                  <- what a pointer points to
 *     ^done,value="{id = 3, quantity = -1}"
 *                                                      <- or in the place of these three a line for each expression: ^done,value="-8", ^error,msg="No symbol \"x\" in current context."
 *     @@ end
 *     @@ over                                          <- it let go by itself
 *     @@ at 74956380
 *     @@ time                                          <- the clock ended it
 *     @@ done
 */
export function gdbSnapshotOf(output: Uint8Array, { process }: Target, at: SnapshotRequest): Reading<Snapshot> {
  const text = Buffer.from(output).toString('utf8')
  const refused = /^@@ refused (.{1,300})$/m.exec(text)?.[1]
  if (refused !== undefined) return blind(refused)
  const lost = lostTarget(output)
  if (/^@@ nowhere$/m.test(text)) return noSuchPlace(text, at)
  const began = momentOf(text)
  if (began === undefined) {
    if (lost) return blind(lostWords(lost))
    return notBegun(text)
  }
  const names = new Map(process.threads.map(({ tid, name }) => [tid, name]))
  const hits = text
    .split(/^(?=@@ hit [12]$)/m)
    .slice(1)
    .flatMap(
      (part, index, all) =>
        hitOf(part, { began, at, names, before: index === 0 ? text : (all[index - 1] ?? '') }) ?? [],
    )
  const ran = [...text.matchAll(/^@@ ran (\d{1,9})$/gm)].map(([, runs]) => Number(runs)).at(-1) ?? 0
  const ended = endOf(text, { hits: hits.length, ran, asked: at.hits, isLost: lost !== undefined })
  const isExact = at.when === undefined || ran === 0 || ended === 'hits' || ended === 'hot'
  return seen({
    place: placeOf(text, at),
    hits,
    ...(isExact ? { reached: Math.max(ran, hits.length) } : {}),
    ended,
    tookMs: tookMs(text, { began, ended, at, hits }),
    isSampled: false,
    notes: notesOf(text, { at, hits, ran, isExact }),
  })
}

function momentOf(text: string): number | undefined {
  const [, ms, seconds] = /^@@ (?:at (\d{1,15})|up (\d{1,10}(?:\.\d{1,3})?))$/m.exec(text) ?? []
  if (ms !== undefined) return Number(ms)
  return seconds === undefined ? undefined : Number(seconds) * 1_000
}

interface Beside {
  readonly began: number
  readonly at: SnapshotRequest
  readonly names: ReadonlyMap<number, string>
  /** What was printed before it. */
  readonly before: string
}

function hitOf(part: string, { began, at, names, before }: Beside): Hit | undefined {
  const [told = '', rest] = part.split(/^@@ end$/m)
  // It was ended in the middle of it.
  if (rest === undefined) return undefined
  const lines = told.split('\n')
  const tid = /^\[Current thread is \d{1,7} \((?:Thread 0x[0-9a-f]{1,16} \()?(?:LWP|process) (\d{1,10})\)?/m.exec(
    told,
  )?.[1]
  const threadName = tid === undefined ? undefined : names.get(Number(tid))
  const [direct = '', ...behind] = told.split(/^@@ behind /m)
  const [stack = '', ...records] = recordsOf(direct)
  const values = at.print.length === 0 ? followed(records.flatMap(localsOf), behind) : printedValues(records, at)
  return {
    atMs: Math.max(0, Math.round((momentOf(told) ?? began) - began)),
    ...(tid === undefined ? {} : { tid: Number(tid) }),
    ...(threadName === undefined ? {} : { threadName }),
    values,
    frames: framesOf([stack]).frames.map(ownOr),
    ...(lines[0] === '@@ hit 2' ? { condition: untold(before, at, values) } : {}),
  }
}

function recordsOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.startsWith('^'))
}

/** `order = 0x7ffdec166050` with what is there. The value at the entry of the function, which gdb tells as a variable of its own, is left out. */
function followed(locals: readonly Local[], behind: readonly string[]): readonly Local[] {
  const targets = new Map(
    behind.flatMap((part): readonly (readonly [string, string])[] => {
      const value = machineRecord(recordsOf(part)[0] ?? '')?.['value']
      return typeof value === 'string' ? [[part.split('\n')[0] ?? '', withoutSecrets(value)]] : []
    }),
  )
  return locals
    .filter(({ name }) => !name.endsWith('@entry'))
    .map((local) => {
      const target = local.masked ? undefined : targets.get(local.name)
      return target === undefined ? local : { ...local, value: `${local.value}: ${target}`.slice(0, VALUE_KEPT) }
    })
}

function ownOr(frame: Frame): Frame {
  return isOfSystem(frame.file) ? { ...frame, own: false } : frame
}

/** gdb says on two lines that, and why, it could not tell it (the words of version 13, then of 15); a variable that is nowhere is the usual reason. */
function untold(before: string, { when }: SnapshotRequest, values: readonly Local[]): string {
  const why = [
    ...before.matchAll(
      /^Error in testing (?:breakpoint condition|condition for breakpoint [\d.]{1,9}):\n(.{1,200})$/gm,
    ),
  ].at(-1)?.[1]
  const names = new Set(when ? namesIn(when) : [])
  const nowhere = values.find(({ name, value }) => names.has(name) && value === OPTIMISED)
  const because = nowhere ? `the compiler keeps ${nowhere.name} nowhere at this statement` : why
  return untoldCondition(because)
}

function printedValues(records: readonly string[], { print }: SnapshotRequest): readonly Local[] {
  return print.map((expression, index): Local => {
    const name = expressionText(expression)
    const record = machineRecord(records[index] ?? '')
    const [value, error] = [record?.['value'], record?.['msg']]
    const last = expression.kind === 'name' || expression.kind === 'member' ? expression.name : ''
    if (typeof value !== 'string') {
      return { name, value: `<${typeof error === 'string' ? error.slice(0, VALUE_KEPT) : 'not told'}>` }
    }
    if (isSecretName(last)) return { name, value: MASKED, masked: true }
    return { name, value: withoutSecrets(value).slice(0, VALUE_KEPT) }
  })
}

function endOf(
  text: string,
  {
    hits,
    ran,
    asked,
    isLost,
  }: { readonly hits: number; readonly ran: number; readonly asked: number; readonly isLost: boolean },
): SnapshotEnd {
  if (hits >= asked) return 'hits'
  if (ran >= MOST_RUNS) return 'hot'
  if (isLost || /^\[Inferior \d+ \(process \d+\) exited/m.test(text)) return 'process'
  return /^@@ time$/m.test(text) ? 'time' : 'stopped'
}

function tookMs(
  text: string,
  {
    began,
    ended,
    at,
    hits,
  }: {
    readonly began: number
    readonly ended: SnapshotEnd
    readonly at: SnapshotRequest
    readonly hits: readonly Hit[]
  },
): number {
  if (ended === 'time') return at.forMs
  const over = momentOf(text.split(/^@@ over$/m)[1] ?? '')
  return Math.max(0, Math.round(over === undefined ? (hits.at(-1)?.atMs ?? 0) : over - began))
}

function placeOf(text: string, at: SnapshotRequest): StatementPlace {
  const [, line, file, called] =
    /^Line (\d{1,8}) of "([^"\n]{1,300})" starts at address 0x[0-9a-f]{1,16}(?: <([^\n]{1,300}?)(?:\+\d{1,9})?>)? and ends/m.exec(
      text,
    ) ?? []
  return {
    ...(file === undefined ? (at.file === undefined ? {} : { file: at.file }) : { file }),
    ...(line === undefined ? (at.line === undefined ? {} : { line: at.line }) : { line: Number(line) }),
    ...(called === undefined ? (at.function === undefined ? {} : { function: at.function }) : { function: called }),
  }
}

const OPTIMISED = '<optimized out>'

function notesOf(
  text: string,
  {
    at,
    hits,
    ran,
    isExact,
  }: { readonly at: SnapshotRequest; readonly hits: readonly Hit[]; readonly ran: number; readonly isExact: boolean },
): readonly string[] {
  const lost = new Set(
    hits.flatMap(({ values }) => values.flatMap(({ name, value }) => (value === OPTIMISED ? [name] : []))),
  )
  const places = /^Breakpoint \d{1,4} at .{1,400} \((\d{1,4}) locations\)$/m.exec(text)?.[1]
  return [
    ...(lost.size > 0
      ? [
          `${OPTIMISED}: the compiler keeps ${[...lost].slice(0, 5).join(', ')} nowhere at this statement; a line before or after it may have it`,
        ]
      : []),
    ...(places === undefined
      ? []
      : [`it stands at ${places} places of the code (inlined, or one of many of that name); all were watched`]),
    ...(isExact || ran === 0 ? [] : [`it ran at least ${ran} times`]),
    ...(ran >= MOST_RUNS && hits.length < at.hits
      ? [
          `each run stops all threads, so that no more than ${MOST_RUNS} are let through; a rarer statement behind the same condition costs less`,
        ]
      : []),
  ]
}

/** Why there is no such statement, with the nearest ones that there are. */
function noSuchPlace(text: string, at: SnapshotRequest): Reading<Snapshot> {
  const place = placeText(at)
  const beyond = new RegExp(`^${GDB_LIMIT} (.{1,400})$`, 'm').exec(text)?.[1]
  if (beyond !== undefined)
    return blind(`${GDB_LIMIT_WORDS} (${beyond})`, 'stacks by eu-stack read less of it: --stacks --by eu-stack')
  if (/^No symbol table is loaded|no debugging symbols found|^No line number information available/im.test(text))
    return blind(
      `its binary has no debug information (it is stripped, or was built without -g): where ${place} is in its code is not known`,
      'a build with debug information; stacks by --stacks need none',
    )
  const lines = nearestLines(
    [...text.matchAll(/^@@ line (\d{1,8})$/gm)].map(([, line]) => Number(line)).filter((line) => line !== at.line),
    at.line ?? 0,
  )
  if (at.line !== undefined && lines.length > 0)
    return blind(
      `there is no code at ${place}`,
      `the nearest lines with code: ${lines.map((line) => `${at.file}:${line}`).join(', ')}`,
    )
  if (/^No source file named/m.test(text))
    return blind(
      `its debug information knows no file ${at.file}`,
      'name it as it was compiled: its last part is enough',
    )
  if (/^Function ".{1,300}" not defined/m.test(text))
    return blind(`it has no function ${place}`, 'stacks name functions as its debug information does: --stacks')
  const { why, hint } = gdbFailure(text)
  return blind(why === 'gdb said nothing of any thread.' ? `there is no code at ${place}` : why, hint)
}

/** The breakpoint was refused by gdb, or it could not attach. */
function notBegun(text: string): Reading<Snapshot> {
  if (/Undefined set (?:may-call-functions|command)/.test(text))
    return blind('this gdb cannot promise that it calls no function of the program (before version 9)', 'a newer gdb')
  if (/^@@ no-room$/m.test(text)) return blind('there is no room on the box for the commands of gdb', MAKE_ROOM)
  const said = /^\/.{1,100}\/snapshot\.gdb:\d+: Error in sourced command file:\n(.{1,300})$/m.exec(text)?.[1]
  const attach = gdbFailure(text)
  if (said !== undefined && !/^ptrace:|Could not attach/.test(said)) return blind(`gdb: ${said}`)
  if (attach.why !== 'gdb said nothing of any thread.') return blind(attach.why, attach.hint)
  return garbled('gdb ended before it watched anything', text.slice(0, 2_000))
}
