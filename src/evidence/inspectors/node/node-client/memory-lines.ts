import { fittingLines } from '../../../inspect/json-line.ts'
import { fields, list, number, text, type Shape, type ShapeOf } from '../../../../base/shape.ts'

/** `[space or figure, bytes]` */
type HeapSize = readonly [name: string, bytes: number]
const SIZE: Shape<HeapSize> = {
  read: (value) =>
    Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && Number.isSafeInteger(value[1])
      ? { ok: true, value: value as unknown as HeapSize }
      : { ok: false, where: '', what: 'not a size of a heap' },
}
const HEAPS = fields({ heaps: fields({ name: text, before: list(SIZE), after: list(SIZE) }) })
const SITE = fields({ name: text, site: fields({ function: text, url: text, line: number, bytes: number }) })

/** What `memory.js` prints of memory; `name` is empty for the program itself, else its worker. */
export interface ClientMemory {
  readonly heaps: readonly ShapeOf<typeof HEAPS>['heaps'][]
  readonly sites: readonly ShapeOf<typeof SITE>[]
}

/** Total: a line of another form is left out. */
export function memoryLinesIn(output: Uint8Array): ClientMemory {
  const of = fittingLines(Buffer.from(output).toString('utf8'))
  return {
    heaps: of(HEAPS).map(({ heaps }) => heaps),
    sites: of(SITE),
  }
}
