import { MAKE_ROOM } from '../../inspect/attachable.ts'
import { blind, garbled, seen, type Reading } from '../../reading.ts'
import { GDB_LIMIT, GDB_LIMIT_WORDS } from '../../gdb/gdb-alone.ts'
import { bytesIn, memoryIn, NOT_IN_MEMORY, pointersIn, whyNotRead, type Memory } from './uprobe-memory.ts'
import type { Local } from '../../inspect/frame.ts'
import type { Target } from '../../inspect/inspector.ts'
import { isOfSystem } from '../../inspect/own-code.ts'
import { lostTarget, lostWords } from '../../inspect/prove-target.ts'
import { isSecretName, MASKED } from '../../inspect/secret-names.ts'
import type { Hit, Snapshot, SnapshotEnd, SnapshotRequest } from '../../inspect/snapshot.ts'
import { MOST_RUNS_A_SECOND } from './uprobe-snapshot-script.ts'

/** Values beyond it are cut. Characters. */
const VALUE_KEPT = 300
const ENDS: readonly string[] = ['hits', 'time', 'hot', 'process'] satisfies readonly SnapshotEnd[]

interface Place {
  /** `v0`. */
  readonly argument: string
  readonly text: string
  /** `s32`, `u64`, `pointer`, `string`; `length` and `text` of a text of Go, one after the other. */
  readonly kind: string
  /** `+0(+8(%di)):s32`. */
  readonly fetch: string
  /** The pointers that it is read behind, the innermost first: `b0`. */
  readonly bases: readonly string[]
}

const BY_GDB = 'a breakpoint of gdb may tell it: --by gdb-snapshot'

/** What the script of `uprobe-snapshot-script.ts` prints; its head shows it. Never throws. */
export function uprobeSnapshotOf(
  output: Uint8Array,
  { process, runtime }: Target,
  at: SnapshotRequest,
): Reading<Snapshot> {
  const text = Buffer.from(output).toString('utf8')
  const began = number(/^@@ began (\d{1,10}(?:\.\d{1,3})?)$/m.exec(text)?.[1])
  // A breakpoint of gdb is not let at Go.
  const isGo = runtime.kind === 'go'
  if (began === undefined) {
    const reading = notBegun(text, output)
    return isGo && reading.kind === 'blind' ? blind(withoutGdb(reading.why), withoutGdb(reading.hint)) : reading
  }
  const [, line, called = '??', file = ''] = /^@@ statement (\d{1,8}) (\S{1,300}) (.{1,300})$/m.exec(text) ?? []
  const places = placesIn(text)
  const memory = memoryIn(text)
  const names = new Map(process.threads.map(({ tid, name }) => [tid, name]))
  const frame = { function: called, file, line: Number(line), own: !isOfSystem(file) }
  const hits = text
    .split(/^@@ hit /m)
    .slice(1)
    .slice(0, at.hits)
    .flatMap((part): readonly Hit[] => {
      const read = eventIn(part.split(/^@@ /m)[0] ?? '')
      if (!read) return []
      const threadName = names.get(read.tid) ?? read.name
      return [
        {
          atMs: Math.max(0, Math.round((read.seconds - began) * 1_000)),
          tid: read.tid,
          threadName,
          values: valuesOf(read.said, places, memory),
          frames: [frame],
        },
      ]
    })
  const ran = number(/^@@ ran (\d{1,15})$/m.exec(text)?.[1])
  const over = number(/^@@ over (\d{1,10}(?:\.\d{1,3})?)$/m.exec(text)?.[1])
  const told = /^@@ ended (\w{1,10})$/m.exec(text)?.[1] ?? ''
  const ended = isEnd(told) ? told : 'stopped'
  return seen({
    place: { file, line: Number(line), function: called },
    hits,
    ...(ran === undefined ? {} : { reached: Math.max(ran, hits.length) }),
    ended: hits.length >= at.hits ? 'hits' : ended === 'hits' ? 'stopped' : ended,
    tookMs: Math.round(Math.max(0, (over ?? began) - began) * 1_000),
    isSampled: false,
    notes: [
      ...untold(text),
      `callers are not told by this way${isGo ? '' : '; a breakpoint of gdb tells them (--by gdb-snapshot)'}`,
      ...(at.when === undefined && hits.length === 0 && (ran ?? 0) > 0
        ? ['no thread of this process was seen there: other processes of the same binary run it']
        : []),
      ...(ended === 'hot' ? [`more than ${MOST_RUNS_A_SECOND} runs a second would slow it down`] : []),
    ],
  })
}

/** gdb is named as the way out in the hints of uprobe-definition.ts too, which stand in brackets. */
function withoutGdb(words: string): string {
  return words.replace(/(?:; | \(|^)a breakpoint of gdb (?:can|may) tell it: --by gdb-snapshot\)?/, '')
}

function isEnd(word: string): word is SnapshotEnd {
  return ENDS.includes(word)
}

function number(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}

/** Those of the condition are told by it. */
function placesIn(text: string): readonly Place[] {
  const behind = new Map(
    [...text.matchAll(/^@@ behind (v\d{1,3}) (b\d{1,3}(?:,b\d{1,3}){0,20})$/gm)].map(([, of = '', all = '']) => [
      of,
      all.split(','),
    ]),
  )
  return [...text.matchAll(/^@@ value (v\d{1,3}) (\S{1,300}) (\w{1,10}) (\S{1,200})$/gm)].map(
    ([, argument = '', of = '', kind = '', fetch = '']) => ({
      argument,
      text: of,
      kind,
      fetch,
      bases: behind.get(argument) ?? [],
    }),
  )
}

interface Event {
  readonly name: string
  readonly tid: number
  readonly seconds: number
  /** ` v0=-8 v1="AXE"`. */
  readonly said: string
}

/** `cart-24485   [001] ..... 74656.391234: h5d…: (0x55d0c7a5e180) v0=-8 v1="AXE"`: a name may have anything, a text a line feed. */
function eventIn(part: string): Event | undefined {
  const [, name = '', tid, seconds, said = ''] =
    /^\s*(.{1,16}?)-(\d{1,10}) +(?:\([ \d-]{1,12}\) +)?\[\d{1,5}\] \S{1,8} +(\d{1,10}\.\d{1,9}): h\w{1,32}: \(0x[0-9a-f]{1,16}\)([^]*)$/.exec(
      part,
    ) ?? []
  return tid === undefined || seconds === undefined
    ? undefined
    : { name, tid: Number(tid), seconds: Number(seconds), said: said.replace(/\n$/, '') }
}

function valuesOf(said: string, places: readonly Place[], memory: Memory): readonly Local[] {
  const values: Local[] = []
  const pointers = pointersIn(said)
  let from = 0
  // Of the text of Go that comes next.
  let length: number | string = 0
  for (const [index, place] of places.entries()) {
    const { argument, text, kind } = place
    const begin = said.indexOf(` ${argument}=`, from)
    if (begin === -1) break
    const start = begin + argument.length + 2
    const next = places[index + 1]
    const end = next ? said.indexOf(` ${next.argument}=`, start) : said.search(/ w0=/)
    const value = said.slice(start, end < start ? undefined : end)
    const lost = whyNotRead(value, place, pointers, memory, kind === 'text' ? length : undefined)
    if (kind === 'length') length = lost ?? Number(value)
    else values.push(localOf(text, lost ?? shown(kind, value, length)))
    from = start
  }
  return values
}

function shown(kind: string, value: string, length: number | string): string {
  if (kind === 'text') return typeof length === 'string' ? length : goText(value, length)
  return kind === 'string' && value === '(fault)' ? NOT_IN_MEMORY : withoutCutSecret(value.slice(0, VALUE_KEPT), value)
}

/** `{0x61,0x6e,0x6e,…}`: the bytes behind a text of Go, of which so many are its own. */
function goText(value: string, length: number): string {
  const all = bytesIn(value)
  if (all.length === 0 || length < 0) return length === 0 ? '""' : NOT_IN_MEMORY
  const own = Buffer.from(all.slice(0, length)).toString('utf8')
  return length > all.length
    ? `${JSON.stringify(hiddenAtEnd(own))} … ${length - all.length} more bytes`
    : JSON.stringify(own)
}

function withoutCutSecret(kept: string, whole: string): string {
  return kept.length < whole.length ? hiddenAtEnd(kept) : kept
}

/** What redaction knows by the `@` behind it, where the text was cut before that: `postgres://user:long…`. */
function hiddenAtEnd(text: string): string {
  return text.replace(/(:\/\/(?:[^\s/@:]{0,100}:)?)[^\s/@]{1,300}$/, `$1${MASKED}`)
}

function localOf(name: string, value: string): Local {
  return name.split(/[^\p{L}\w]+/u).some(isSecretName) ? { name, value: MASKED, masked: true } : { name, value }
}

const MOST_UNTOLD = 8

/** Variables that it could not tell, by why. */
function untold(text: string): readonly string[] {
  const whys = Map.groupBy([...text.matchAll(/^@@ not (\S{1,300}) (.{1,300})$/gm)], ([, , why = '']) => why)
  return [...whys].map(
    ([why, names]) =>
      `not told: ${names
        .slice(0, MOST_UNTOLD)
        .map(([, name]) => name)
        .join(', ')}${names.length > MOST_UNTOLD ? ' and more' : ''}: ${why}`,
  )
}

function notBegun(text: string, output: Uint8Array): Reading<Snapshot> {
  const refused = /^@@ refused (.{1,300})$/m.exec(text)?.[1]
  if (refused !== undefined) return blind(refused)
  const lost = lostTarget(output)
  if (lost) return blind(lostWords(lost))
  if (new RegExp(`^${GDB_LIMIT}$`, 'm').test(text)) return blind(GDB_LIMIT_WORDS)
  const nowhere = /^@@ nowhere (.{1,400})$/m.exec(text)?.[1]
  if (/^No symbol table is loaded/m.test(nowhere ?? ''))
    return blind(
      'its binary has no debug information (it is stripped, or was built without -g)',
      'a build with debug information',
    )
  if (nowhere !== undefined) return blind(nowhere, /nearest lines|source file|not defined/.test(nowhere) ? '' : BY_GDB)
  if (/^@@ no-uprobes$/m.test(text))
    return blind(
      'the kernel lets no probe be set (no uprobe_events in tracefs)',
      `as root: mount -t tracefs tracefs /sys/kernel/tracing; ${BY_GDB}`,
    )
  if (/^@@ namespace$/m.test(text))
    return blind('the box is a container with process numbers of its own, by which the kernel sets no probe', BY_GDB)
  if (/^@@ no-room$/m.test(text)) return blind('there is no room for its commands on the box', MAKE_ROOM)
  if (/^@@ other-file$/m.test(text))
    return blind('its binary is not the one at its path any more, or lies in a container', BY_GDB)
  if (/^@@ odd-path$/m.test(text))
    return blind('the path of its binary has blanks or other characters that the kernel does not take', BY_GDB)
  const said = [...text.matchAll(/^@@ said (.{1,300})$/gm)].map(([, line]) => line).join(' ')
  if (/^@@ not-set$/m.test(text)) return blind(`the kernel refused the probe${said === '' ? '' : `: ${said}`}`, BY_GDB)
  if (/^@@ unplaced$/m.test(text))
    return blind(`gdb could not tell where the values lie: ${text.slice(0, 200).replaceAll('\n', ' ')}`, BY_GDB)
  return garbled('it ended before it watched anything', text.slice(0, 2_000))
}
