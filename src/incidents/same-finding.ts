/** As much of a finding as says what it is about. */
export interface Identified {
  readonly check: string
  readonly subject: {
    readonly kind: string
    readonly name: string
    readonly unit?: string | undefined
    readonly container?: string | undefined
  }
}

type Field = 'unit' | 'container' | 'name'

/**
 * Whether two findings are the same, for the hand-over and for the write-up: that of one check about one subject. A process that was started anew has
 * another number; its unit stays, or its container. Where one of the two looks saw neither, its name says it.
 */
export function isSameFinding(one: Identified, other: Identified): boolean {
  if (one.check !== other.check || one.subject.kind !== other.subject.kind) return false
  const field = fieldBetween(one, shapeOf(other))
  return one.subject[field] === other.subject[field]
}

/** Whether any of these is the same, asked in a time that does not grow with their number. */
export function sameAsAny(findings: readonly Identified[]): (finding: Identified) => boolean {
  const known = new Set(findings.flatMap(keysOf))
  return (finding) => questionsOf(finding).some((key) => known.has(key))
}

/** Those that are the same together, in the order in which they first came. */
export function groupedFindings<T>(all: readonly T[], findingOf: (each: T) => Identified): readonly (readonly T[])[] {
  const groups: T[][] = []
  const known = new Map<string, T[]>()
  for (const each of all) {
    const finding = findingOf(each)
    const found = questionsOf(finding)
      .map((key) => known.get(key))
      .find((group) => group !== undefined)
    const group = found ?? []
    if (!found) groups.push(group)
    group.push(each)
    for (const key of keysOf(finding)) known.set(key, group)
  }
  return groups
}

/** What is known of a subject beside its name: two findings are compared by the first of these that both have. */
interface Shape {
  readonly unit: boolean
  readonly container: boolean
}

const SHAPES: readonly Shape[] = [
  { unit: true, container: true },
  { unit: true, container: false },
  { unit: false, container: true },
  { unit: false, container: false },
]

function shapeOf({ subject: { unit, container } }: Identified): Shape {
  return { unit: unit !== undefined, container: container !== undefined }
}

function fieldBetween({ subject: { unit, container } }: Identified, other: Shape): Field {
  if (unit !== undefined && other.unit) return 'unit'
  return container !== undefined && other.container ? 'container' : 'name'
}

/** Under which others find it. */
function keysOf(finding: Identified): readonly string[] {
  const fields: readonly Field[] = ['unit', 'container', 'name']
  const shape = shapeOf(finding)
  return fields.filter((field) => finding.subject[field] !== undefined).map((field) => keyOf(finding, shape, field))
}

/** Under which it finds others: one key for each shape that they may have. */
function questionsOf(finding: Identified): readonly string[] {
  return SHAPES.map((shape) => keyOf(finding, shape, fieldBetween(finding, shape)))
}

function keyOf({ check, subject }: Identified, { unit, container }: Shape, field: Field): string {
  // No name has a NUL: the kernel ends it there.
  return [check, subject.kind, unit, container, field, subject[field]].join('\0')
}
