import type * as z from 'zod/mini'
import { isDid, payloads } from '../payloads.ts'
import { changedText, type ChangesIn } from './clean-evidence.ts'

/** What a payload says with all of its texts changed; what the form of its kind gives stays. */
export interface PayloadChanges {
  readonly changesIn: ChangesIn
  /** In place of the hash of a piece of evidence or of an entry; undefined where it is none. */
  readonly renamed: (hash: string) => string | undefined
}

/** Values of these keys are words of Halligan, not of anybody's machine; a source is a command or a file with the mount or the control group of that machine in it. */
const VOCABULARY: ReadonlySet<string> = new Set(['check', 'resource', 'probe', 'kind', 'symptomOf'])

export function cleanPayload(did: string, value: unknown, changes: PayloadChanges): unknown {
  return cleanedValue(value, isDid(did) ? payloads[did] : undefined, changes)
}

function cleanedValue(value: unknown, schema: Schema | undefined, changes: PayloadChanges): unknown {
  const form = formOf(schema)
  if (typeof value === 'string') return form.isFixed ? value : cleanedText(value, changes)
  if (Array.isArray(value)) return value.map((each) => cleanedValue(each, form.element, changes))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]: [string, unknown]) => {
      const inner = form.shape?.[key]
      if (inner === undefined) return [cleanedText(key, changes), cleanedValue(each, undefined, changes)]
      const isWord = VOCABULARY.has(key) || (key === 'unit' && form.shape?.['limit'] !== undefined)
      return [key, isWord && typeof each === 'string' && isPlainWord(each) ? each : cleanedValue(each, inner, changes)]
    }),
  )
}

/** `disk-full`, `count/s`; no text that somebody wrote. */
function isPlainWord(text: string): boolean {
  return text.length <= 40 && /^[\w%-]+(?:\/\w+)?$/.test(text)
}

function cleanedText(text: string, { changesIn, renamed }: PayloadChanges): string {
  if (MOMENT.test(text)) return text
  return changedText(text, changesIn).replaceAll(HASH, (hash) => renamed(hash) ?? hash)
}

const HASH = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

type Schema = z.core.$ZodType
interface Form {
  readonly shape?: Readonly<Record<string, Schema>>
  readonly element?: Schema
  /** One of some words that the form names. */
  readonly isFixed: boolean
}

function formOf(schema: Schema | undefined): Form {
  if (schema === undefined) return { isFixed: false }
  // oxlint-disable-next-line no-underscore-dangle -- where zod keeps how a schema was made, for programs that read schemas
  const { def } = (schema as z.core.$ZodTypes)._zod
  if (def.type === 'optional') return formOf(def.innerType)
  if (def.type === 'object') return { shape: def.shape, isFixed: false }
  if (def.type === 'array') return { element: def.element, isFixed: false }
  return { isFixed: def.type === 'enum' || def.type === 'literal' }
}
