import type { Shape } from '../../base/shape.ts'
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

function cleanedValue(value: unknown, shape: Shape<unknown> | undefined, changes: PayloadChanges): unknown {
  if (typeof value === 'string') return shape?.isFixed ? value : cleanedText(value, changes)
  if (Array.isArray(value)) return value.map((each) => cleanedValue(each, shape?.element, changes))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]: [string, unknown]) => {
      const inner = shape?.keys?.[key]
      if (inner === undefined) return [cleanedText(key, changes), cleanedValue(each, undefined, changes)]
      const isWord = VOCABULARY.has(key) || (key === 'unit' && shape?.keys?.['limit'] !== undefined)
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
