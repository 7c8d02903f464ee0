/** Of a value that the pointer to it points to nowhere. */
export const NOT_IN_MEMORY = '<not in memory>'
const NOT_TOLD = '<not told: the kernel gives zeros for memory that is not there too>'

/** No system lets a program have memory below it (vm.mmap_min_addr); a null pointer with the offset of a field is. */
const LOWEST = 65_536

/** Ranges that may be read, from and to. */
export type Memory = readonly (readonly [number, number])[]

/** The last of what the script printed as `@@ mapped 55d0c7a5e000-55d0c7a60000 …`: at its end nothing is there where the process has ended. */
export function memoryIn(text: string): Memory {
  const said = [...text.matchAll(/^@@ mapped((?: [0-9a-f]{1,16}-[0-9a-f]{1,16})+)$/gm)].at(-1)?.[1] ?? ''
  return said
    .split(' ')
    .slice(1)
    .map((range) => {
      const [from = '', to = ''] = range.split('-')
      return [Number.parseInt(from, 16), Number.parseInt(to, 16)] as const
    })
}

/** ` b0=0x7ffd b1=0x0 v0=…`: they stand before all texts. */
export function pointersIn(said: string): ReadonlyMap<string, number> {
  const first = /^(?: b\d{1,3}=0x[0-9a-f]{1,16})*/.exec(said)?.[0] ?? ''
  return new Map([...first.matchAll(/(b\d+)=(0x[0-9a-f]+)/g)].map(([, name = '', value]) => [name, Number(value)]))
}

/** `{0x61,0x6e,…}`. */
export function bytesIn(value: string): readonly number[] {
  return [...value.matchAll(/0x([0-9a-f]{1,2})\b/g)].map(([, digits = '']) => Number.parseInt(digits, 16))
}

/**
 * What to say in place of a value that was not read: the kernel does not tell. Where the last read fails it gives zeros (copy_from_user), and where one before it fails, what an
 * earlier event had there (store_trace_args in kernel/trace/trace_probe_tmpl.h). So each pointer must be one; a value that is not zero behind such pointers was read; and
 * a zero is one only where the process has memory. A text of C is told as `(fault)` by the kernel itself.
 */
export function whyNotRead(
  value: string,
  { kind, fetch, bases }: { readonly kind: string; readonly fetch: string; readonly bases: readonly string[] },
  pointers: ReadonlyMap<string, number>,
  memory: Memory,
  length?: number | string,
): string | undefined {
  if (kind === 'string') return undefined
  if (typeof length === 'string' || length === 0) return undefined
  if (bases.some((base) => (pointers.get(base) ?? 0) < LOWEST)) return NOT_IN_MEMORY
  const last = pointers.get(bases.at(-1) ?? '')
  if (last === undefined) return undefined
  const bytes = kind === 'text' ? bytesIn(value) : []
  const own = kind === 'text' ? Math.min(bytes.length, length ?? 0) : Number(/:[a-z](\d+)$/.exec(fetch)?.[1] ?? 64) / 8
  const mayBeMissing = kind === 'text' ? bytes.slice(0, Math.max(0, own)).includes(0) : Number(value) === 0
  const from = last + Number(/^([+-]\d+)\(/.exec(fetch)?.[1] ?? 0)
  return mayBeMissing && !memory.some(([start, end]) => start <= from && from + own <= end) ? NOT_TOLD : undefined
}
