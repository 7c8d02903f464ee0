import * as z from 'zod/mini'
import { PRICES } from '../boxes/price.ts'

/**
 * What each kind of entry holds. A later version adds keys, and this one ignores them. Times are ISO 8601 in UTC, `tookMs` is in
 * milliseconds, `evidence` holds ids of raw evidence, and numbers of entries are those of the same incident.
 */
const common = {
  /** As it was typed: `halligan look web-1`. */
  command: z.optional(z.string()),
  tookMs: z.optional(z.number()),
  evidence: z.optional(z.array(z.string())),
}
const state = z.enum(['critical', 'warning', 'ok', 'unknown'])
const price = z.enum(PRICES)
const entryNumber = z.int().check(z.positive())

const finding = () =>
  z.object({
    check: z.string(),
    state,
    resource: z.string(),
    score: z.number(),
    title: z.string(),
    why: z.string(),
    subject: z.object({
      kind: z.string(),
      name: z.string(),
      pid: z.optional(z.number()),
      unit: z.optional(z.string()),
      container: z.optional(z.string()),
      commandLine: z.optional(z.string()),
      peer: z.optional(z.string()),
    }),
    measured: z.array(
      z.object({
        what: z.string(),
        value: z.number(),
        limit: z.optional(z.number()),
        unit: z.string(),
        source: z.string(),
      }),
    ),
    next: z.array(z.object({ command: z.string(), why: z.string(), price, beyondPolicy: z.optional(z.literal(true)) })),
    sinceMs: z.optional(z.number()),
    symptomOf: z.optional(z.string()),
    /** The raw answer that it was concluded from. */
    evidence: z.optional(z.array(z.string())),
  })

/** What a look came to; `preserved` holds one as well. */
const conclusion = () => ({
  state,
  findings: z.array(finding()),
  cleared: z.array(z.object({ check: z.string(), why: z.string() })),
  blind: z.array(z.object({ probe: z.string(), why: z.string() })),
  /** The box could not be entered, or its answer was cut off. */
  failure: z.optional(z.object({ kind: z.string(), message: z.string(), tryNext: z.string() })),
  /** What was seen without a login of a box that could not be entered. */
  outside: z.optional(z.array(z.object({ what: z.string(), said: z.string() }))),
  /** What to know though it worked: a new host key that the configuration accepts by itself. */
  warnings: z.optional(z.array(z.string())),
})

export const payloads = madeWhenAsked({
  opened: () =>
    z.object({
      ...common,
      title: z.string(),
      boxes: z.array(z.string()),
      service: z.optional(z.string()),
      /** When it began, as far as is known. */
      since: z.optional(z.string()),
    }),
  noted: () => z.object({ ...common, text: z.string() }),
  looked: () => z.object({ ...common, ...conclusion(), windowMs: z.optional(z.number()) }),
  preserved: () =>
    z.object({
      ...common,
      ...conclusion(),
      pid: z.optional(z.number()),
      /** What was kept, and what could not be: `maps of 812 (orders-api)`. */
      kept: z.array(z.object({ what: z.string(), evidence: z.optional(z.string()), blind: z.optional(z.string()) })),
    }),
  /** What a box lets us do: `halligan doctor BOX`. */
  examined: () =>
    z.object({
      ...common,
      abilities: z.array(
        z.object({
          what: z.string(),
          able: z.enum(['yes', 'partly', 'no']),
          said: z.string(),
          /** What would help: a package, an option. */
          helps: z.optional(z.string()),
        }),
      ),
      /** The box could not be entered. */
      failure: z.optional(z.object({ kind: z.string(), message: z.string(), tryNext: z.string() })),
    }),
  ran: () =>
    z.object({
      ...common,
      /** The engineer's own command line on the box. */
      line: z.string(),
      /** What the engineer said that it costs; `change` unless said otherwise. */
      price: z.optional(price),
      /** The engineer said that price, rather than leaving it at what every command counts as. */
      priceSaid: z.optional(z.boolean()),
      /** Undefined while it runs, and when its end was not seen. */
      exit: z.optional(z.number()),
      /**
       * `running`: written before it starts; `ended`; `lost`: the line was cut and it ended with it; `timed-out`; `interrupted`: stopped by the engineer;
       * `not-started`: the box was not reached, or was another one.
       */
      state: z.enum(['ended', 'running', 'lost', 'timed-out', 'interrupted', 'not-started']),
      /** Why it was not started, or how it was lost. */
      why: z.optional(z.string()),
      /** Of a detached command, which goes on without us: what to ask for it by. */
      job: z.optional(z.string()),
      /** This entry tells how the command of that entry ended. */
      of: z.optional(entryNumber),
      /** Bytes that it printed, and how many of them were kept as evidence (first the standard output, then the standard error). */
      printedBytes: z.number(),
      keptBytes: z.number(),
      /** It printed more, and nobody counted how much: `printedBytes` is what is known of it. */
      printedAtLeast: z.optional(z.boolean()),
      /** The same for each of them. */
      outputs: z.optional(
        z.array(
          z.object({
            from: z.enum(['stdout', 'stderr']),
            evidence: z.string(),
            printedBytes: z.number(),
            keptBytes: z.number(),
            printedAtLeast: z.optional(z.boolean()),
          }),
        ),
      ),
      /** The first lines of it. */
      shown: z.string(),
      /** Nothing of it was to be written down, but that it was. */
      offTheRecord: z.optional(z.boolean()),
    }),
  shelled: () =>
    z.object({
      ...common,
      /** `running`: written before it begins; `ended`; `lost`: the line was cut, or the console ended without a word; `not-started`. */
      state: z.optional(z.enum(['running', 'ended', 'lost', 'not-started'])),
      /** Why it was not started, or how it was lost. */
      why: z.optional(z.string()),
      /** This entry tells what became of the session that began with that one. */
      of: z.optional(entryNumber),
      /** Lines that were typed, as the box echoed them. */
      commands: z.array(z.object({ at: z.string(), line: z.string() })),
      exit: z.optional(z.number()),
      columns: z.number(),
      rows: z.number(),
      /** asciicast v3; undefined for a session off the record. */
      cast: z.optional(z.string()),
      /** Of a lost one: its console had ended without a word, and the next one there wrote this, by whoever used that. */
      takenIn: z.optional(z.boolean()),
      /** Output that the cast has not: a flood. */
      leftOutBytes: z.optional(z.number()),
      offTheRecord: z.optional(z.boolean()),
    }),
  /** That a detached command was told to end; how it ended is told by a `ran` once it is collected. */
  stopped: () =>
    z.object({
      ...common,
      /** What it is asked for by. */
      job: z.string(),
      /** The entry that it began with; undefined when this incident did not begin it. */
      of: z.optional(entryNumber),
      /** `wanted`: written before it is told; `told`: its supervisor on the box was; `not-told`: another machine answered, or the box was not reached. */
      state: z.enum(['wanted', 'told', 'not-told']),
      /** Why it was not told. */
      why: z.optional(z.string()),
      /** The entry that was written before it was told. */
      wanted: z.optional(entryNumber),
    }),
  supposed: () => z.object({ ...common, hypothesis: z.int().check(z.positive()), text: z.string() }),
  'ruled-out': () =>
    z.object({
      ...common,
      hypothesis: z.int().check(z.positive()),
      why: z.string(),
      /** Entries that show it. */
      by: z.array(entryNumber),
    }),
  confirmed: () =>
    z.object({
      ...common,
      hypothesis: z.int().check(z.positive()),
      why: z.string(),
      by: z.array(entryNumber),
    }),
  relieved: () => z.object({ ...common, what: z.string(), price, undo: z.optional(z.string()) }),
  changed: () =>
    z.object({
      ...common,
      what: z.string(),
      price,
      /** Unified diff of what is different on the box now. */
      diff: z.optional(z.string()),
      /** It is a change of code or configuration that belongs into the repository: a debt until a `linked` entry names the commit. */
      debt: z.optional(z.boolean()),
      undo: z.optional(z.string()),
      /** It still runs or holds on the box until `undone`. */
      running: z.optional(z.boolean()),
    }),
  undone: () => z.object({ ...common, of: entryNumber, why: z.optional(z.string()) }),
  linked: () =>
    z.object({
      ...common,
      /** The entry that it belongs to: a `changed` one whose change is in the repository with this commit. */
      of: entryNumber,
      commit: z.optional(z.string()),
      url: z.optional(z.string()),
    }),
  verified: () => z.object({ ...common, good: z.boolean(), text: z.string(), of: z.optional(entryNumber) }),
  'handed-over': () => z.object({ ...common, to: z.optional(z.string()), text: z.optional(z.string()) }),
  'took-over': () => z.object({ ...common, from: z.string() }),
  overrode: () => z.object({ ...common, what: z.string(), reason: z.string() }),
  closed: () => z.object({ ...common, cause: z.optional(z.string()) }),
  'wrote-up': () => z.object({ ...common, file: z.string(), head: z.string() }),
  exported: () => z.object({ ...common, file: z.string(), clean: z.boolean(), head: z.string() }),
  purged: () =>
    z.object({
      ...common,
      seq: entryNumber,
      why: z.string(),
      /** What was purged told that what this entry began is over, or in the repository. */
      of: z.optional(entryNumber),
      /** Nothing that it had begun held any more, so that nobody needs to see to it. */
      over: z.optional(z.boolean()),
    }),
  notified: () =>
    z.object({
      ...common,
      /** Whom, without what is secret about it: `slack hooks.slack.com`, `command page`. */
      where: z.string(),
      ok: z.boolean(),
      why: z.optional(z.string()),
      /** The entry that they were told of. */
      of: z.optional(entryNumber),
      tries: z.optional(z.number()),
    }),
})

/** A command needs two or three of them, and making all takes it a tenth of its time. */
function madeWhenAsked<S extends Readonly<Record<string, () => unknown>>>(makers: S): Made<S> {
  const made = {}
  for (const [name, make] of Object.entries(makers)) {
    const settle = (value: unknown): unknown => (Object.defineProperty(made, name, { value }), value)
    Object.defineProperty(made, name, { enumerable: true, configurable: true, get: () => settle(make()) })
  }
  return made as Made<S>
}

type Made<S extends Readonly<Record<string, () => unknown>>> = { readonly [Name in keyof S]: ReturnType<S[Name]> }

export type Did = keyof typeof payloads
export type PayloadOf<D extends Did> = Immutable<z.infer<(typeof payloads)[D]>>
type Immutable<T> = T extends object ? { readonly [Key in keyof T]: Immutable<T[Key]> } : T

export function isDid(text: string): text is Did {
  return Object.hasOwn(payloads, text)
}

/**
 * What of it can be searched: every text in it but those that name evidence, a line each. It is stored (sqlite/schema.ts): a version that derives
 * it in another way rebuilds it by a migration.
 */
export function wordsOf(payload: unknown): string {
  const lines = textsIn(payload).flatMap(({ text }) => (EVIDENCE_ID.test(text) ? [] : [text]))
  // Neither is part of a word, and databases think differently of both.
  return lines.join('\n').replaceAll('\0', ' ').toWellFormed()
}

/** Ids of evidence that it names: those anywhere below a key `evidence` or `cast`. Frozen: evidence that is named in another way is not kept. */
export function evidenceOf(payload: unknown): readonly string[] {
  return [...new Set(textsIn(payload).flatMap(({ text, named }) => (named && EVIDENCE_ID.test(text) ? [text] : [])))]
}

/** How deep arrays and objects are nested: 1 for an object of texts. */
export function depthOf(value: unknown): number {
  let deepest = 0
  visit(value, ({ value: each, depth }) => {
    if (typeof each === 'object' && each !== null) deepest = Math.max(deepest, depth + 1)
  })
  return deepest
}

const EVIDENCE_ID = /^[0-9a-f]{64}$/

/** All texts in it, in order, and whether they stand directly or in lists below a key that names evidence. */
function textsIn(payload: unknown): readonly { readonly text: string; readonly named: boolean }[] {
  const texts: { readonly text: string; readonly named: boolean }[] = []
  visit(payload, ({ value, named }) => {
    if (typeof value === 'string') texts.push({ text: value, named })
  })
  return texts
}

interface Visited {
  readonly value: unknown
  readonly named: boolean
  readonly depth: number
}

/** In the order of the text, without recursion: what comes from elsewhere may be nested as deep as it is long. */
function visit(value: unknown, see: (visited: Visited) => void): void {
  const ahead: Visited[] = [{ value, named: false, depth: 0 }]
  for (let next = ahead.pop(); next; next = ahead.pop()) {
    see(next)
    const { value: at, named, depth } = next
    if (typeof at !== 'object' || at === null) continue
    const inside = Object.entries(at).map(([key, each]: [string, unknown]) => ({
      value: each,
      named: Array.isArray(at) ? named : key === 'evidence' || key === 'cast',
      depth: depth + 1,
    }))
    ahead.push(...inside.toReversed())
  }
}
