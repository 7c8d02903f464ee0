import type { BoxTime } from '../time/box-time.ts'
import { type Draft, newDraft } from '../configured/draft.ts'
import {
  type Put,
  putDuration,
  putField,
  putHost,
  putUpstream,
  putUpstreamDuration,
  putUpstreamStatus,
  quantity,
} from '../configured/put.ts'
import type { AccessEvent } from '../format.ts'

/** What people add to the combined format. */
interface Extras {
  readonly access: Partial<AccessEvent>
  readonly fields: Readonly<Record<string, string>> | undefined
}

/**
 * Reads the words behind the user agent. Only what names itself is taken for what it is: `rt=0.123`, an address with a port (upstream), a number with three
 * decimals (nginx: `$request_time`, then `$upstream_response_time`), one with its unit (`12ms`). The rest become fields `extra_1`, `extra_2`, …
 */
export function accessExtras(text: string, start: number, time: BoxTime): Extras {
  const draft = newDraft()
  wordsOf(text, start).forEach((word, index) => {
    putExtra(draft, word, index + 1, time)
  })
  const { durationMs, upstream, upstreamMs, upstreamStatus, host } = draft
  return {
    access: {
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(upstream === undefined ? {} : { upstream }),
      ...(upstreamMs === undefined ? {} : { upstreamMs }),
      ...(upstreamStatus === undefined ? {} : { upstreamStatus }),
      ...(host === undefined ? {} : { host }),
    },
    fields: draft.fields.length === 0 ? undefined : Object.fromEntries(draft.fields),
  }
}

const MOST_WORDS = 40

/** Words at blanks; `"…"` is one, and so is a list whose parts end with a comma. */
function wordsOf(text: string, start: number): readonly string[] {
  const words: string[] = []
  let at = start
  while (at < text.length && words.length < MOST_WORDS) {
    if (text[at] === ' ') {
      at++
      continue
    }
    const end = endOfWord(text, at)
    words.push(text.slice(at, end))
    at = end
  }
  return words
}

function endOfWord(text: string, start: number): number {
  let at = start
  while (at < text.length) {
    const character = text[at]
    if (character === '"') at = text.indexOf('"', at + 1) + 1 || text.length
    else if (character === ' ' && text[at - 1] !== ',') return at
    else at++
  }
  return at
}

const SECOND_MS = 1000

/** Keys as the examples of nginx, its blog and the common dashboards write them. */
const KEYS: Readonly<Record<string, Put>> = {
  rt: putDuration(SECOND_MS),
  request_time: putDuration(SECOND_MS),
  urt: putUpstreamDuration(SECOND_MS),
  upstream_response_time: putUpstreamDuration(SECOND_MS),
  ua: putUpstream,
  upstream: putUpstream,
  upstream_addr: putUpstream,
  us: putUpstreamStatus,
  upstream_status: putUpstreamStatus,
  host: putHost,
}

const PAIR = /^([A-Za-z][\w.-]{0,40})[=:](.*)$/s
const ADDRESS = /^(?:https?:\/\/)?((?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:]+\]|[\w-]+(?:\.[\w-]+)*):\d{1,5})(?:\/)?$/i
const LIST_OF_ADDRESSES = /^[\w.:[\]-]{3,64}(?:\s*,\s*[\w.:[\]-]{1,64})+$/

function putExtra(draft: Draft, word: string, number: number, time: BoxTime): void {
  const pair = PAIR.exec(word)
  const key = pair?.[1]?.toLowerCase()
  if (pair !== null && key !== undefined && !ADDRESS.test(word) && !word.startsWith('http')) {
    const value = bare(pair[2] ?? '')
    if (value !== '' && value !== '-') (KEYS[key] ?? putField(key))(draft, value, time)
    return
  }
  const value = bare(word)
  if (value !== '' && value !== '-') putBare(draft, value, number, time)
}

function putBare(draft: Draft, value: string, number: number, time: BoxTime): void {
  const address = ADDRESS.exec(value)?.[1]
  if (address !== undefined) draft.upstream ??= address
  else if (/^\d+\.\d{3}(?:\s*[,:]\s+\d+\.\d{3}){0,20}$/.test(value)) putSeconds(draft, value, time)
  else if (/^\d{1,12}(?:\.\d{1,9})?ms$/.test(value)) draft.durationMs ??= quantity(value.slice(0, -2)) ?? 0
  else if (LIST_OF_ADDRESSES.test(value) && /:\d/.test(value) && !/[\d.]{7,15},/.test(value))
    putUpstream(draft, value, time)
  else
    draft.fields.push([
      /^[\d.]{7,15}(?:,|$)|^[\da-f]*:[\da-f:]+(?:,|$)/i.test(value) ? 'forwarded_for' : `extra_${String(number)}`,
      value,
    ])
}

function putSeconds(draft: Draft, value: string, time: BoxTime): void {
  if (draft.durationMs === undefined && /^[\d.]+$/.test(value)) putDuration(SECOND_MS)(draft, value, time)
  else if (draft.upstreamMs === undefined) putUpstreamDuration(SECOND_MS)(draft, value, time)
}

function bare(word: string): string {
  return word.length > 1 && word.startsWith('"') && word.endsWith('"') ? word.slice(1, -1) : word
}
