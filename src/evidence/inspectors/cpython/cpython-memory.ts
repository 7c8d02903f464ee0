import { fittingLines } from '../../inspect/json-line.ts'
import { fields, number, optional, text, yesOrNo, type ShapeOf } from '../../../base/shape.ts'
import type { Inspector, InspectOptions, Target } from '../../inspect/inspector.ts'
import { memorySampleScript, watchScript } from '../../inspect/memory-sample-script.ts'
import type { MemoryUse, TypeUse } from '../../inspect/memory-use.ts'
import { proveTarget } from '../../inspect/prove-target.ts'
import { blind, garbled, seen, type Reading } from '../../reading.ts'
import { cpythonStacks, readerScript } from './cpython-stacks.ts'
import { kindsIn, watchMs } from '../any/proc-memory.ts'
import { grownTypes } from '../any/type-counts.ts'

/** Some 4 µs an object: what is more is told as cut. */
const MOST_OBJECTS = 2_000_000
/** For each of the two counts. Seconds. */
const SECONDS = 10

/**
 * Of which types does a Python program have more and more objects? Its garbage collector keeps a list of all objects that may hold others: instances, lists, dictionaries, functions.
 * The list is walked twice by reading memory (cpython-stacks.ts): nothing is attached, nothing stops, no collection is started. Texts, bytes and numbers stand in no such list.
 *
 *   {"python":"3.11.2","found":"dynamic symbols","version":"3.11"}
 *   {"type":"shop.Order","count":12000,"bytes":960000}     <- without the texts and numbers that they hold
 *   {"counted":35964,"torn":false,"ms":164}
 *
 * The program makes and frees objects meanwhile. A link of the list that does not lead back is read anew, and the walk goes back to where it still holds; what then is missed or counted
 * twice are some objects in a thousand. Source: Modules/gcmodule.c and Include/internal/pycore_gc.h of CPython 3.8 to 3.14.
 */
export const cpythonMemory: Inspector<MemoryUse> = {
  id: 'cpython-memory',
  title: 'objects of Python by type, from its memory',
  does: 'memory',
  runtimes: cpythonStacks.runtimes,
  tools: cpythonStacks.tools,
  able: cpythonStacks.able,
  price: () => ({
    price: 'free',
    why: `its memory is read from outside, twice, for ${SECONDS} s at most: nothing is attached, nothing stops; it uses one CPU of the box for that time`,
  }),
  script: cpythonMemoryScript,
  parse: parseCpythonMemory,
}

function cpythonMemoryScript({ process }: Target, options: InspectOptions): string {
  return `${proveTarget(process)}${memorySampleScript(process.pid)}
halligan_count() {
echo halligan-count
${readerScript(process, [`objects=${MOST_OBJECTS}`, `seconds=${SECONDS}`])}
}
halligan_memory; halligan_count
${watchScript(watchMs(options))}
halligan_memory; halligan_count
`
}

const TYPE = fields({ type: text, count: number, bytes: number })
const OTHERS = fields({ others: number, count: number, bytes: number })
const END = fields({ counted: number, cut: optional(text), torn: yesOrNo, ms: number })
const BLIND = fields({ blind: text, hint: text })

interface Census {
  readonly types: readonly TypeUse[]
  readonly others: ShapeOf<typeof OTHERS> | undefined
  readonly end: ShapeOf<typeof END>
}

function parseCpythonMemory(output: Uint8Array): Reading<MemoryUse> {
  const base = kindsIn(output)
  if (base.kind !== 'seen') return base
  const counts = Buffer.from(output)
    .toString('utf8')
    .split(/^halligan-count$/m)
    .slice(1)
    .map(censusIn)
  const last = counts.at(-1)
  const first = counts[0]
  const use: MemoryUse = { ...base.value, heaps: [] }
  if (!first || !last) return seen({ ...use, noTypes: { why: 'its objects were not counted', hint: '' } })
  if (last.kind !== 'seen') {
    return seen({ ...use, noTypes: { why: last.why, hint: last.kind === 'blind' ? last.hint : '' } })
  }
  const before = first.kind === 'seen' && isWhole(first.value) && isWhole(last.value) ? first.value : undefined
  return seen({
    ...use,
    types: grownTypes(before?.types, last.value.types),
    notes: [...use.notes, ...notesOf(last.value, before)],
  })
}

/** Of a count that ended early nothing can be said to have grown: it ended elsewhere than the other one. */
function isWhole({ end }: Census): boolean {
  return end.cut === undefined && !end.torn
}

function notesOf({ others, end }: Census, before: Census | undefined): readonly string[] {
  const cut =
    end.cut === undefined
      ? []
      : [
          `only the first ${end.counted} objects were counted, of each generation the newest: ${end.cut === 'objects' ? 'there are more than are read' : 'more would have taken too long'}`,
        ]
  return [
    'counted are objects that may hold others; texts, bytes and numbers that they hold are not',
    ...cut,
    ...(end.torn ? ['its lists of objects changed faster than they were read: objects are missing'] : []),
    ...(before ? [] : ['what grew by type is not told: both counts would have to be whole']),
    ...(others ? [`${others.others} rarer types with ${others.count} objects are left out`] : []),
  ]
}

function censusIn(part: string): Reading<Census> {
  const all = fittingLines(part)
  const types = all(TYPE)
  const [others] = all(OTHERS)
  const [end] = all(END)
  const [why] = all(BLIND)
  if (why) return blind(why.blind, why.hint === '' ? '' : `run with ${why.hint}`)
  if (!end) return garbled('the count of objects ended before its end', part)
  return seen({ types: types.map(({ type, count, bytes }) => ({ name: type, count, bytes })), others, end })
}
