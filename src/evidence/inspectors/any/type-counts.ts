import type { TypeUse } from '../../inspect/memory-use.ts'

/** Types of one name are one. With what they grew, where both looks were whole: a type that was not there before had no objects. */
export function grownTypes(before: readonly TypeUse[] | undefined, after: readonly TypeUse[]): readonly TypeUse[] {
  const now = [...byName(after).values()]
  if (!before) return now
  const then = byName(before)
  const gone = [...then.values()].filter(({ name }) => !now.some((each) => each.name === name))
  return [...now, ...gone.map(({ name }) => ({ name, count: 0, bytes: 0 }))].map((type) => {
    const was = then.get(type.name)
    return { ...type, grewCount: type.count - (was?.count ?? 0), grewBytes: type.bytes - (was?.bytes ?? 0) }
  })
}

function byName(types: readonly TypeUse[]): ReadonlyMap<string, TypeUse> {
  const sums = new Map<string, TypeUse>()
  for (const { name, count, bytes } of types) {
    const sum = sums.get(name)
    sums.set(name, { name, count: count + (sum?.count ?? 0), bytes: bytes + (sum?.bytes ?? 0) })
  }
  return sums
}
