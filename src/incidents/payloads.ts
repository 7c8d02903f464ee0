import { always, fields, list, number, oneOf, optional, positive, text, yesOrNo, type ShapeOf } from '../base/shape.ts'
import { PRICES } from '../boxes/price.ts'

/**
 * What each kind of entry holds. A later version adds keys, and this one ignores them. Times are ISO 8601 in UTC, `tookMs` is in
 * milliseconds, `evidence` holds ids of raw evidence, and numbers of entries are those of the same incident.
 */
const common = {
  /** As it was typed: `halligan look web-1`. */
  command: optional(text),
  tookMs: optional(number),
  evidence: optional(list(text)),
}
const state = oneOf(['critical', 'warning', 'ok', 'unknown'])
const price = oneOf(PRICES)

const finding = () =>
  fields({
    check: text,
    state,
    resource: text,
    score: number,
    title: text,
    why: text,
    subject: fields({
      kind: text,
      name: text,
      pid: optional(number),
      unit: optional(text),
      container: optional(text),
      commandLine: optional(text),
      peer: optional(text),
    }),
    measured: list(
      fields({
        what: text,
        value: number,
        limit: optional(number),
        unit: text,
        source: text,
      }),
    ),
    next: list(fields({ command: text, why: text, price, beyondPolicy: optional(always) })),
    sinceMs: optional(number),
    symptomOf: optional(text),
    /** The raw answer that it was concluded from. */
    evidence: optional(list(text)),
  })

/** What a look came to; `preserved` holds one as well. */
const conclusion = () => ({
  state,
  findings: list(finding()),
  cleared: list(fields({ check: text, why: text })),
  blind: list(fields({ probe: text, why: text })),
  /** The box could not be entered, or its answer was cut off. */
  failure: optional(fields({ kind: text, message: text, tryNext: text })),
  /** What was seen without a login of a box that could not be entered. */
  outside: optional(list(fields({ what: text, said: text }))),
  /** What to know though it worked: a new host key that the configuration accepts by itself. */
  warnings: optional(list(text)),
})

export const payloads = madeWhenAsked({
  opened: () =>
    fields({
      ...common,
      title: text,
      boxes: list(text),
      service: optional(text),
      /** When it began, as far as is known. */
      since: optional(text),
    }),
  noted: () => fields({ ...common, text: text }),
  looked: () => fields({ ...common, ...conclusion(), windowMs: optional(number) }),
  preserved: () =>
    fields({
      ...common,
      ...conclusion(),
      pid: optional(number),
      /** What was kept, and what could not be: `maps of 812 (orders-api)`. */
      kept: list(fields({ what: text, evidence: optional(text), blind: optional(text) })),
    }),
  'logs-read': () =>
    fields({
      ...common,
      /** All whose logs were read; the entry names its box where it is one. */
      boxes: list(text),
      /** What was meant on them, as typed: services, units, processes, paths. */
      subjects: optional(list(text)),
      logs: list(fields({ box: text, log: text, format: optional(text), records: number, bytes: number })),
      /** The span that was read; missing: from the beginning, or to the end. */
      from: optional(text),
      to: optional(text),
      /** What was sought, as it was typed: patterns and fields. */
      sought: optional(list(text)),
      /** The moment against which it was compared, and who says so: `asked`, `incident`, `proposed`. */
      onset: optional(text),
      onsetFrom: optional(text),
      patterns: list(
        fields({
          template: text,
          verdict: oneOf(['new', 'spiking', 'silent', 'steady']),
          severity: optional(text),
          before: number,
          after: number,
          sample: text,
          /** Where it is written, in which line of the repository. */
          source: optional(text),
        }),
      ),
      findings: list(finding()),
      /** What was cut, skipped, or could not be read. */
      notices: list(text),
    }),
  /** What was seen inside a process: `halligan inspect BOX PID`. */
  inspected: () =>
    fields({
      ...common,
      /** As it was named: a PID, a name, a unit, `:PORT`. */
      asked: text,
      pid: optional(number),
      name: optional(text),
      /** `cpython 3.11`. */
      runtime: optional(text),
      /** What it did at that moment, what matters most first. */
      doing: list(fields({ state, says: text })),
      threads: optional(number),
      /** Threads that did the same. */
      groups: list(fields({ says: text, threads: number, cpuMs: number })),
      /** Which way of looking, and threads by identical stacks, innermost frame first. */
      stacks: optional(
        fields({
          inspector: text,
          groups: list(
            fields({ threads: number, moves: oneOf(['stuck', 'busy', 'unknown']), frames: list(text), left: number }),
          ),
        }),
      ),
      /** Where it spent its time while it was watched, the heaviest functions first. */
      profile: optional(
        fields({
          inspector: text,
          of: oneOf(['cpu', 'off-cpu', 'allocations']),
          unit: oneOf(['samples', 'milliseconds', 'bytes']),
          watchedMs: number,
          total: number,
          idlePercent: number,
          bySelf: list(fields({ function: text, percent: number, own: yesOrNo })),
          byTotal: list(fields({ function: text, percent: number, own: yesOrNo })),
          /** The file of the earlier profile. */
          comparedWith: optional(text),
        }),
      ),
      /** What of its memory grew while it was watched: by kind, by type, by who allocated what is still held. */
      memory: optional(
        fields({
          inspector: text,
          watchedMs: number,
          growsSteadily: optional(yesOrNo),
          byKind: list(fields({ kind: text, residentBytes: number, swapBytes: number, grewBytes: number })),
          types: list(
            fields({
              name: text,
              count: number,
              bytes: number,
              grewCount: optional(number),
              grewBytes: optional(number),
            }),
          ),
          sites: list(fields({ function: text, bytes: number })),
        }),
      ),
      /** Values of variables each time a statement ran while it was watched. */
      snapshot: optional(
        fields({
          inspector: text,
          /** `cart.c:118`, `price_order`. */
          at: text,
          /** Only where this was true. */
          when: optional(text),
          watchedMs: number,
          ended: oneOf(['hits', 'time', 'hot', 'process', 'stopped']),
          /** It was looked at now and then: it may have run without being seen. */
          isSampled: yesOrNo,
          /** How often it ran meanwhile, as far as known. */
          reached: optional(number),
          hits: list(
            fields({
              atMs: number,
              thread: optional(text),
              /** Why the condition could not be told. */
              condition: optional(text),
              /** `total = -5 (int)`. */
              values: list(text),
              frames: list(text),
            }),
          ),
          /** Hits beyond these, which the evidence has. */
          left: number,
        }),
      ),
      /** Its end was waited for: what happened, in words, with the stacks of each moment. */
      crash: optional(
        fields({
          inspector: text,
          watchedMs: number,
          captures: list(
            fields({
              says: text,
              groups: list(
                fields({
                  threads: number,
                  moves: oneOf(['stuck', 'busy', 'unknown']),
                  frames: list(text),
                  left: number,
                }),
              ),
            }),
          ),
          /** How it ended, as far as that was seen. */
          end: optional(text),
        }),
      ),
      /** A core of it that was taken: it lies on the box. */
      core: optional(fields({ inspector: text, file: text, bytes: number })),
      /** What was done to the process beside reading, and what stays of it. */
      paid: list(
        fields({
          inspector: text,
          price,
          pauseMs: optional(number),
          stoppedMs: optional(number),
          residue: optional(text),
          /** Of what attached: how the guard on the box ended it (`exited`: by itself), whether all was as before and nothing left, and that in sentences. */
          ended: optional(text),
          isClean: optional(yesOrNo),
          proof: optional(list(text)),
        }),
      ),
      /** Tools that were lent to the box for it (`--toolbox`), and whether they are gone: `gone`, `left`, `not-seen`. */
      lent: optional(fields({ tools: list(fields({ name: text, bytes: number })), folder: text })),
      blind: list(fields({ what: text, why: text })),
      /** No process, or several, fit; or the box could not be entered. */
      failure: optional(fields({ kind: text, message: text, tryNext: text })),
    }),
  /** What a box lets us do: `halligan doctor BOX`. */
  examined: () =>
    fields({
      ...common,
      abilities: list(
        fields({
          what: text,
          able: oneOf(['yes', 'partly', 'no']),
          said: text,
          /** What would help: a package, an option. */
          helps: optional(text),
        }),
      ),
      /** The box could not be entered. */
      failure: optional(fields({ kind: text, message: text, tryNext: text })),
    }),
  /** What runs on a box against what the repository says: `halligan hotfix drift BOX`. Its evidence is the diff of all files. */
  'drift-seen': () =>
    fields({
      ...common,
      /** The deployed folder. */
      path: text,
      /** The commit that should lie there, how that is known, and who says so; missing where it could not be told. */
      commit: optional(text),
      how: optional(oneOf(['asked', 'told', 'likely', 'best-match'])),
      from: optional(text),
      /** Files that are as in the commit, and files that it has. */
      same: optional(number),
      ofCommit: optional(number),
      files: list(
        fields({
          path: text,
          what: oneOf(['changed', 'mode', 'kind', 'untracked', 'missing', 'unread']),
          modifiedAt: optional(text),
          owner: optional(text),
          /** Who was there then, as far as the box knows. */
          who: optional(list(text)),
        }),
      ),
      /** Files beyond these. */
      left: optional(number),
      /** Processes that run something else than what lies there. */
      processes: list(fields({ pid: number, name: text, says: text })),
      /** Drop-ins of units, and what cron was told. */
      settings: list(fields({ file: text, why: text })),
      notices: list(text),
      blind: list(fields({ what: text, why: text })),
      failure: optional(fields({ kind: text, message: text, tryNext: text })),
    }),
  ran: () =>
    fields({
      ...common,
      /** The engineer's own command line on the box. */
      line: text,
      /** What the engineer said that it costs; `change` unless said otherwise. */
      price: optional(price),
      /** The engineer said that price, rather than leaving it at what every command counts as. */
      priceSaid: optional(yesOrNo),
      /** Undefined while it runs, and when its end was not seen. */
      exit: optional(number),
      /**
       * `running`: written before it starts; `ended`; `lost`: the line was cut and it ended with it; `timed-out`; `interrupted`: stopped by the engineer;
       * `not-started`: the box was not reached, or was another one.
       */
      state: oneOf(['ended', 'running', 'lost', 'timed-out', 'interrupted', 'not-started']),
      /** Why it was not started, or how it was lost. */
      why: optional(text),
      /** Of a detached command, which goes on without us: what to ask for it by. */
      job: optional(text),
      /** This entry tells how the command of that entry ended. */
      of: optional(positive),
      /** Bytes that it printed, and how many of them were kept as evidence (first the standard output, then the standard error). */
      printedBytes: number,
      keptBytes: number,
      /** It printed more, and nobody counted how much: `printedBytes` is what is known of it. */
      printedAtLeast: optional(yesOrNo),
      /** The same for each of them. */
      outputs: optional(
        list(
          fields({
            from: oneOf(['stdout', 'stderr']),
            evidence: text,
            printedBytes: number,
            keptBytes: number,
            printedAtLeast: optional(yesOrNo),
          }),
        ),
      ),
      /** The first lines of it. */
      shown: text,
      /** Nothing of it was to be written down, but that it was. */
      offTheRecord: optional(yesOrNo),
    }),
  shelled: () =>
    fields({
      ...common,
      /** `running`: written before it begins; `ended`; `lost`: the line was cut, or the console ended without a word; `not-started`. */
      state: optional(oneOf(['running', 'ended', 'lost', 'not-started'])),
      /** Why it was not started, or how it was lost. */
      why: optional(text),
      /** This entry tells what became of the session that began with that one. */
      of: optional(positive),
      /** Lines that were typed, as the box echoed them. */
      commands: list(fields({ at: text, line: text })),
      exit: optional(number),
      columns: number,
      rows: number,
      /** asciicast v3; undefined for a session off the record. */
      cast: optional(text),
      /** Of a lost one: its console had ended without a word, and the next one there wrote this, by whoever used that. */
      takenIn: optional(yesOrNo),
      /** Output that the cast has not: a flood. */
      leftOutBytes: optional(number),
      offTheRecord: optional(yesOrNo),
    }),
  /** A debugger by hand on a process, in a recorded terminal: `halligan debug BOX PID`. */
  debugged: () =>
    fields({
      ...common,
      /** `running`: written before it begins; `ended`: the box has said how all is; `lost`: it could not any more; `not-started`. */
      state: oneOf(['running', 'ended', 'lost', 'not-started']),
      /** Why it was not started, or how it was lost. */
      why: optional(text),
      /** This entry tells what became of the session that began with that one. */
      of: optional(positive),
      /** As it was named: a PID, a name, a unit, `:PORT`. */
      asked: text,
      pid: optional(number),
      name: optional(text),
      runtime: optional(text),
      /** `gdb`. */
      debugger: optional(text),
      price: optional(price),
      /** For so long it might stand still in one stop. Seconds. */
      limitSeconds: number,
      /** Stops that were seen (five times a second is looked), the longest and all together. Milliseconds. */
      stops: optional(number),
      longestStopMs: optional(number),
      stoodStillMs: optional(number),
      residue: optional(text),
      /** How the guard on the box ended it (`exited`: by itself), whether all was as before and nothing left, and that in sentences. */
      ended: optional(text),
      isClean: optional(yesOrNo),
      proof: optional(list(text)),
      /** Lines that were typed, as the box echoed them. */
      commands: list(fields({ at: text, line: text })),
      columns: number,
      rows: number,
      /** asciicast v3. */
      cast: optional(text),
      /** Of a lost one: its console had ended without a word, and the next one there wrote this, by whoever used that. */
      takenIn: optional(yesOrNo),
      /** Output that the cast has not: a flood. */
      leftOutBytes: optional(number),
    }),
  /** That a detached command was told to end; how it ended is told by a `ran` once it is collected. */
  stopped: () =>
    fields({
      ...common,
      /** What it is asked for by. */
      job: text,
      /** The entry that it began with; undefined when this incident did not begin it. */
      of: optional(positive),
      /** `wanted`: written before it is told; `told`: its supervisor on the box was; `not-told`: another machine answered, or the box was not reached. */
      state: oneOf(['wanted', 'told', 'not-told']),
      /** Why it was not told. */
      why: optional(text),
      /** The entry that was written before it was told. */
      wanted: optional(positive),
    }),
  supposed: () => fields({ ...common, hypothesis: positive, text: text }),
  'ruled-out': () =>
    fields({
      ...common,
      hypothesis: positive,
      why: text,
      /** Entries that show it. */
      by: list(positive),
    }),
  confirmed: () =>
    fields({
      ...common,
      hypothesis: positive,
      why: text,
      by: list(positive),
    }),
  /** What eases the fire without a change of code: `halligan relieve BOX WHAT TARGET`. */
  relieved: () =>
    fields({
      ...common,
      what: text,
      price,
      /** How it is taken back, in words for a person. */
      undo: optional(text),
      /**
       * `running`: written before it is done; `ended`: done, and looked at afterwards; `lost`: how it ended was not seen; `not-started`. Missing in entries of
       * earlier versions: done.
       */
      state: optional(oneOf(['running', 'ended', 'lost', 'not-started'])),
      /** Why it was not started, or how it was lost. */
      why: optional(text),
      /** This entry tells how the relief of that entry ended. */
      of: optional(positive),
      /** This one takes that one back; once it has, an `undone` says so. */
      undoes: optional(positive),
      /** Id of the relief, and its target: `restart`, `orders.service`. */
      relief: optional(text),
      target: optional(list(text)),
      /** What was there before, by name: of this the way back is made. */
      before: optional(list(fields({ name: text, value: text }))),
      /** Whether it was seen to have worked, and what shows it. */
      worked: optional(yesOrNo),
      says: optional(list(text)),
      /** The entry that kept what would be gone. */
      preserved: optional(positive),
      /** As root through sudo: so it is looked at, and taken back. */
      sudo: optional(yesOrNo),
    }),
  changed: () =>
    fields({
      ...common,
      what: text,
      price,
      /** Unified diff of what is different on the box now. */
      diff: optional(text),
      /** It is a change of code or configuration that belongs into the repository: a debt until a `linked` entry names the commit. */
      debt: optional(yesOrNo),
      undo: optional(text),
      /** It still runs or holds on the box until `undone`. */
      running: optional(yesOrNo),
    }),
  undone: () => fields({ ...common, of: positive, why: optional(text) }),
  linked: () =>
    fields({
      ...common,
      /** The entry that it belongs to: a `changed` one whose change is in the repository with this commit. */
      of: positive,
      commit: optional(text),
      url: optional(text),
    }),
  verified: () => fields({ ...common, good: yesOrNo, text: text, of: optional(positive) }),
  'handed-over': () => fields({ ...common, to: optional(text), text: optional(text) }),
  'took-over': () => fields({ ...common, from: text }),
  overrode: () => fields({ ...common, what: text, reason: text }),
  closed: () => fields({ ...common, cause: optional(text) }),
  'wrote-up': () => fields({ ...common, file: text, head: text }),
  exported: () => fields({ ...common, file: text, clean: yesOrNo, head: text }),
  purged: () =>
    fields({
      ...common,
      seq: positive,
      why: text,
      /** What was purged told that what this entry began is over, or in the repository. */
      of: optional(positive),
      /** Nothing that it had begun held any more, so that nobody needs to see to it. */
      over: optional(yesOrNo),
    }),
  notified: () =>
    fields({
      ...common,
      /** Whom, without what is secret about it: `slack hooks.slack.com`, `command page`. */
      where: text,
      ok: yesOrNo,
      why: optional(text),
      /** The entry that they were told of. */
      of: optional(positive),
      tries: optional(number),
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
export type PayloadOf<D extends Did> = Immutable<ShapeOf<(typeof payloads)[D]>>
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
