import { sha256Hex } from '../../base/sha256.ts'
import { chainAudit, parsedBody } from '../chain.ts'
import { applied } from '../change.ts'
import {
  BEFORE_THE_FIRST,
  evidenceId,
  headerHash,
  headerText,
  PAYLOAD_LIMIT,
  payloadHash,
  type StoredEntry,
} from '../entry.ts'
import { evidenceOf } from '../payloads.ts'
import { StoreProblem, type CopyItem } from '../store.ts'
import { cleanEvidence, type ChangesIn } from './clean-evidence.ts'
import { withIds, withNames, withWords, type CleanMap, type Kind, type Names } from './clean-map.ts'
import { cleanPayload, type PayloadChanges } from './clean-payload.ts'
import { cleanerChanges } from './cleaner.ts'
import { namesIn } from './entry-names.ts'
import { sightings } from './sightings.ts'

/** What was found in a copy of an incident, once all of it was read. */
export interface Learned {
  /** A map with all that stands in the copy as well. */
  addedTo(map: CleanMap): CleanMap
  /** Hosts in URLs of which this map knows nothing. */
  foreign(map: CleanMap): readonly string[]
  readonly cut: Cut
}

/** Where the copy ended when it was read first: what comes later was not looked at, and is not exported. */
interface Cut {
  readonly head: { readonly seq: number; readonly hash: string }
  /** Entries whose payload was purged by then. */
  readonly silent: ReadonlySet<number>
  /** Evidence that it has. */
  readonly evidence: ReadonlySet<string>
}

/** Names to look out for, beside those that the incident itself gives: the ones that are there count. */
export interface Hints {
  readonly hosts: readonly string[]
  /** Words that are not to be read, wherever they stand. */
  readonly hidden: readonly string[]
}

/**
 * Reads a copy for what has to be replaced. It is verified on the way, since the cleaned one gets hashes of its own, which would make a record that was
 * tampered with look whole. Throws a `StoreProblem`.
 */
export async function learnFrom(copy: AsyncIterable<CopyItem>, hints: Hints): Promise<Learned> {
  const seen = sightings()
  const audit = chainAudit()
  const names = { hosts: new Set<string>(), users: new Set<string>(), ids: new Set<string>() }
  const [ahead, present] = [new Set(hints.hosts.map((host) => host.toLowerCase())), new Set<string>()]
  const silent = new Set<number>()
  const evidence = new Set<string>()
  const named = new Set<string>()
  let head = { seq: 0, hash: BEFORE_THE_FIRST }
  const see: ChangesIn = (text) => {
    seen.see(text)
    const small = ahead.size === 0 ? '' : text.toLowerCase()
    for (const host of ahead) if (small.includes(shortName(host)) && ahead.delete(host)) present.add(host)
    return []
  }
  const take = (entry: StoredEntry): void => {
    audit.next(entry, () => undefined)
    const broken = audit.broken()
    if (broken) throw tampered(`entry ${broken.seq}: ${broken.why}`)
    head = entry
    const { hosts, users, ids } = namesIn(entry)
    for (const [set, found] of [
      [names.hosts, hosts],
      [names.users, users],
      [names.ids, ids],
    ] as const)
      for (const each of found) set.add(each)
    for (const text of [entry.by, entry.box, entry.identity?.hostname]) if (text !== undefined) see(text)
    if (entry.body === undefined) silent.add(entry.seq)
    const payload = entry.body === undefined ? {} : parsedBody(entry.body)
    for (const id of evidenceOf(payload)) named.add(id)
    cleanPayload(entry.did, payload, { changesIn: see, renamed: () => undefined })
  }
  for await (const item of copy)
    if ('entry' in item) take(item.entry)
    else {
      if (evidenceId(item.bytes) !== item.evidence)
        throw tampered(`the evidence ${item.evidence.slice(0, 12)} was changed`)
      evidence.add(item.evidence)
      cleanEvidence(item.bytes, see)
    }
  const broken = audit.result()
  if (broken) throw tampered(`entry ${broken.seq}: ${broken.why}`)
  const missing = [...named].find((id) => !evidence.has(id))
  if (missing !== undefined) throw tampered(`the evidence ${missing.slice(0, 12)} is gone`)
  const known: Names = {
    hosts: [...names.hosts, ...present],
    domains: hints.hidden.filter(isDomain),
    users: [...names.users],
  }
  return {
    addedTo: (map) =>
      seen.addedTo(
        withIds(
          withWords(
            withNames(map, known),
            hints.hidden.filter((word) => !isDomain(word)),
          ),
          [...names.ids],
        ),
      ),
    foreign: (map) => seen.foreign(map),
    cut: { head, silent, evidence },
  }
}

/** `web-1` of `web-1.shop.example.com`: people write the one or the other. */
function shortName(host: string): string {
  return host.split('.')[0] ?? host
}

function isDomain(word: string): boolean {
  return /^[\w-]+(?:\.[\w-]+)+$/.test(word)
}

/** What came of cleaning a copy, once all of its items were taken. */
export interface Cleaned {
  /** Substitutes that stand in it. */
  readonly used: (kind: Kind) => number
  /** Pieces of evidence that are no text, in whose place a sentence stands. */
  readonly leftOut: () => number
}

/**
 * The items of the copy with substitutes in place of all that the map knows: entries in a chain of their own, then the evidence under its new content
 * addresses. The copy is read twice, since entries come before the evidence that they name. Throws a `StoreProblem`.
 */
export function cleanCopy(
  copy: () => AsyncIterable<CopyItem>,
  { cut }: Learned,
  map: CleanMap,
): Cleaned & { readonly items: AsyncIterable<CopyItem> } {
  const used = new Map<Kind, Set<string>>()
  const leftOut = new Set<string>()
  const changesIn = cleanerChanges(map, (kind, substitute) =>
    used.set(kind, (used.get(kind) ?? new Set()).add(substitute)),
  )
  return {
    items: cleanedItems(() => upTo(copy(), cut), changesIn, leftOut),
    used: (kind) => used.get(kind)?.size ?? 0,
    leftOut: () => leftOut.size,
  }
}

async function* cleanedItems(
  copy: () => AsyncIterable<CopyItem>,
  changesIn: ChangesIn,
  leftOut: Set<string>,
): AsyncIterable<CopyItem> {
  const names = new Map<string, string>()
  for await (const item of copy()) {
    if (!('bytes' in item)) continue
    const { bytes, isLeftOut } = cleanEvidence(item.bytes, changesIn)
    names.set(item.evidence, evidenceId(bytes))
    if (isLeftOut) leftOut.add(item.evidence)
  }
  const chain = cleanChain({ changesIn, renamed: (hash) => names.get(hash) })
  const given = new Set<string>()
  for await (const item of copy()) {
    if ('entry' in item) yield { entry: chain(item.entry) }
    else {
      const evidence = names.get(item.evidence)
      // Two pieces that differed only in what was replaced are one.
      if (evidence === undefined || given.has(evidence)) continue
      given.add(evidence)
      yield { evidence, bytes: cleanEvidence(item.bytes, changesIn).bytes }
    }
  }
}

/** Gives each entry, in order, as it stands in the cleaned chain. */
function cleanChain({ changesIn, renamed }: PayloadChanges): (entry: StoredEntry) => StoredEntry {
  /** Heads that payloads name are those of this chain too. */
  const hashes = new Map<string, string>()
  const changes = { changesIn, renamed: (hash: string) => renamed(hash) ?? hashes.get(hash) }
  let prev = BEFORE_THE_FIRST
  return (entry) => {
    const said = cleanBody(entry, changes)
    const header = { ...cleanHeader(entry, changesIn), ...said, prev }
    const cleaned = { ...header, hash: headerHash(header) }
    hashes.set(entry.hash, cleaned.hash)
    prev = cleaned.hash
    return cleaned
  }
}

function cleanHeader(entry: StoredEntry, changesIn: ChangesIn): Omit<StoredEntry, 'hash'> {
  const { hash: _, identity, by, box, ...header } = entry
  const text = (value: string): string => headerText(applied(value, changesIn(value)))
  const { hostname = '', machineId, bootId } = identity ?? {}
  return {
    ...header,
    by: text(by),
    ...(box === undefined ? {} : { box: text(box) }),
    ...(identity === undefined
      ? {}
      : {
          identity: {
            hostname: text(hostname),
            ...(machineId === undefined ? {} : { machineId: text(machineId) }),
            ...(bootId === undefined ? {} : { bootId: text(bootId) }),
          },
        }),
  }
}

/** Of a purged entry the hash of what it said stays: a salted one, whose salt is gone. */
function cleanBody(entry: StoredEntry, changes: PayloadChanges): Pick<StoredEntry, 'salt' | 'body' | 'payloadHash'> {
  const { seq, did, salt: before, body: said, payloadHash: expected } = entry
  if (before === undefined || said === undefined) return { salt: undefined, body: undefined, payloadHash: expected }
  const body = JSON.stringify(cleanPayload(did, parsedBody(said), changes))
  if (Buffer.byteLength(body) > PAYLOAD_LIMIT)
    throw new StoreProblem(
      'too-large',
      `entry ${seq} becomes longer than an entry may be when it is cleaned.`,
      'Export without --clean, or purge that entry.',
    )
  const salt = cleanSalt(before, body)
  return { salt, body, payloadHash: payloadHash(salt, body) }
}

/**
 * Another one, which says nothing of the first, and the same each time: an incident that went on is exported with the entries that it had before, and can
 * be imported where the earlier export was.
 */
function cleanSalt(salt: string, body: string): string {
  return sha256Hex(`halligan.clean-salt/1\n${salt}\n${body}`).slice(0, 32)
}

/** The same part of the incident as when it was read first. */
async function* upTo(copy: AsyncIterable<CopyItem>, { head, silent, evidence }: Cut): AsyncIterable<CopyItem> {
  const given = new Set<string>()
  for await (const item of copy) {
    if ('entry' in item) {
      const { seq, hash, body } = item.entry
      if (seq > head.seq) continue
      if ((seq === head.seq && hash !== head.hash) || silent.has(seq) !== (body === undefined)) throw movedOn()
    } else if (evidence.has(item.evidence)) given.add(item.evidence)
    else continue
    yield item
  }
  if (given.size !== evidence.size) throw movedOn()
}

function movedOn(): StoreProblem {
  return new StoreProblem(
    'moved-on',
    'something of the incident was purged while it was exported.',
    'Nothing was exported. Do it again.',
  )
}

function tampered(why: string): StoreProblem {
  return new StoreProblem(
    'corrupt',
    `the record is not as it was written (${why}), and a clean export would not show that.`,
    'Nothing was exported. `halligan audit` says more; an export without --clean carries it as it is.',
  )
}
