import { fitting } from '../../base/shape.ts'
import { isDid, payloads } from '../payloads.ts'
import { parsedBody } from '../chain.ts'
import { MARKS } from '../redaction/mark.ts'
import type { StoredEntry } from '../entry.ts'
import type { Names } from './clean-map.ts'

/** Names that an entry gives as such: who wrote it, which box it was, which machine that is. */
export interface EntryNames extends Names {
  /** Of machines and their boots. */
  readonly ids: readonly string[]
}

export function namesIn({ by, box, identity, did, body }: StoredEntry): EntryNames {
  const { boxes, people } = saidIn(did, body)
  const logins = [...people, by].map(personOf)
  const named = [...boxes, box ?? ''].map(boxOf)
  return {
    hosts: [
      ...[...logins, ...named].flatMap(({ host }) => host ?? []),
      ...(identity ? [identity.hostname] : []),
    ].filter(isName),
    domains: [],
    users: [...logins, ...named].flatMap(({ users }) => users).filter(isName),
    ids: [identity?.machineId, identity?.bootId].filter((id) => id !== undefined),
  }
}

interface Login {
  readonly host: string | undefined
  readonly users: readonly string[]
}

/** `amy@laptop`; what HALLIGAN_BY says may be a name as people have it, whose parts stand in notes too. */
function personOf(by: string): Login {
  const at = by.lastIndexOf('@')
  const [user, host] = at < 0 ? [by, undefined] : [by.slice(0, at), by.slice(at + 1)]
  const parts = /\s/.test(user) ? user.split(/\s+/).filter((part) => /^\p{Lu}.{2,}/u.test(part)) : []
  return { host, users: [user, ...parts] }
}

/** `deploy@web-1:22`, `ssh://web-1`, `docker:orders-db`. What a `recorded:` file is called is a path. */
export function boxOf(name: string): Login {
  if (name.startsWith('recorded:') || name.startsWith('@')) return { host: undefined, users: [] }
  const plain = name.replace(/^(?:ssh:\/\/|docker:|podman:)/, '').replace(/\/$/, '')
  const at = plain.lastIndexOf('@')
  const host = plain.slice(at + 1).replace(/:\d+$/, '')
  return { host: /^[\w.-]+$/.test(host) ? host : undefined, users: at < 0 ? [] : [plain.slice(0, at)] }
}

function saidIn(
  did: string,
  body: string | undefined,
): { readonly boxes: readonly string[]; readonly people: readonly string[] } {
  const payload = body === undefined || !isDid(did) ? undefined : parsedBody(body)
  const opened = did === 'opened' ? fitting(payloads.opened, payload) : undefined
  const given = did === 'handed-over' ? fitting(payloads['handed-over'], payload)?.to : undefined
  const taken = did === 'took-over' ? fitting(payloads['took-over'], payload)?.from : undefined
  return { boxes: opened?.boxes ?? [], people: [given, taken].filter((person) => person !== undefined) }
}

function isName(name: string): boolean {
  return name !== '' && !new RegExp(MARKS.source).test(name)
}
