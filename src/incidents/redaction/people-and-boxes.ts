import type { Redact } from './redactor.ts'
import type { RedactThoroughly } from './thorough.ts'

/** What an entry says of who and where; any of it may be missing. */
interface WhoAndWhere {
  readonly by?: string | undefined
  readonly box?: string | undefined
  readonly payload?: unknown
}

/**
 * As `redact`, but names of this entry that say who it was and where stay, although they have the form of an e-mail address (`amy@mac.local`,
 * `root@web-1.example.com`): without them nobody could tell whose entry it is, or find the box again. What holds any other secret is no such name.
 */
export async function keepingNames(entry: WhoAndWhere, redact: RedactThoroughly): Promise<RedactThoroughly> {
  const names = await namesIn(entry, redact)
  const logins = await loginsIn(entry, redact)
  if (names.length === 0 && logins.size === 0) return redact
  return async (text) => {
    const { hidden, shown } = stoodIn(names, [...logins].reduce(withoutLogin, text))
    return shown(await redact(hidden))
  }
}

/** `user:password@host` as the name of a box, and what is written for it: without a scheme it is none anywhere else. */
async function loginsIn(entry: WhoAndWhere, redact: RedactThoroughly): Promise<ReadonlyMap<string, string>> {
  const logins = new Map<string, string>()
  for (const text of textsIn(entry)) {
    if (!LOGIN.test(text)) continue
    const told = await redact(`${SCHEME}${text}`)
    if (told.startsWith(SCHEME)) logins.set(text, told.slice(SCHEME.length))
  }
  return logins
}

const SCHEME = 'ssh://'
const LOGIN = /^[\w.%+-]{1,64}:[^\s@/]{1,256}@[\w.-]{1,253}(?::\d{1,5})?$/

function withoutLogin(text: string, [login, told]: readonly [string, string]): string {
  return text.replaceAll(login, () => told)
}

/** As `keepingNames`, for what a box is told to have failed with on the screen. */
export function redactedAbout(box: string, text: string, redact: Redact): string {
  const [, user = '', host = ''] = ADDRESS.exec(box) ?? []
  if (user === '' || redact(user) !== user || redact(host) !== host) return redact(text)
  const { hidden, shown } = stoodIn([`${user}@${host}`], text)
  return shown(redact(hidden))
}

/** Keys of payloads (payloads.ts) that hold a person or boxes. */
const NAMING_KEYS = ['boxes', 'from', 'to'] as const
/** `user@host`, perhaps with a port. */
const ADDRESS = /^([\w.%+-]{1,64})@([\w.-]{1,253})(?::\d{1,5})?$/

function textsIn({ by, box, payload }: WhoAndWhere): readonly string[] {
  const told = typeof payload === 'object' && payload !== null ? payload : {}
  const named = NAMING_KEYS.flatMap((key) => (Object.hasOwn(told, key) ? [Reflect.get(told, key) as unknown] : []))
  return [by, box, ...named.flat()].filter((text) => typeof text === 'string')
}

async function namesIn(entry: WhoAndWhere, redact: RedactThoroughly): Promise<readonly string[]> {
  const names = new Set<string>()
  for (const text of textsIn(entry)) {
    const [, user, host] = ADDRESS.exec(text) ?? []
    if (user === undefined || host === undefined) continue
    if ((await redact(user)) === user && (await redact(host)) === host) names.add(`${user}@${host}`)
  }
  return [...names]
}

/** A word that is no name and no secret takes the place of each while what is around it is looked at. */
function stoodIn(
  names: readonly string[],
  text: string,
): { readonly hidden: string; readonly shown: (redacted: string) => string } {
  const used = [...text.matchAll(/who(\d{1,9})/g)].map(([, number]) => Number(number))
  const first = used.reduce((most, number) => Math.max(most, number), 0) + 1
  const words = names.map((_, at) => `who${first + at}`)
  const hidden = names.reduce((whole, name, at) => whole.replaceAll(alone(name), words[at] ?? ''), text)
  const backFrom = new Map(words.map((word, at) => [word, names[at] ?? '']))
  return { hidden, shown: (redacted) => redacted.replaceAll(/who\d+/g, (word) => backFrom.get(word) ?? word) }
}

/** Where it is no part of a longer name, which would be somebody else's. */
function alone(name: string): RegExp {
  return new RegExp(`(?<![\\w.%+-])${RegExp.escape(name)}(?![\\w-]|\\.\\w)`, 'g')
}
