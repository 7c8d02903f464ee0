import type { Box, Failure } from '../../boxes/box.ts'
import type { Price } from '../../boxes/price.ts'
import { answerIn, type Plan, type Relief } from '../../evidence/reliefs/relief.ts'
import { quoted } from '../../findings/next.ts'
import type { BoxIdentity } from '../../incidents/entry.ts'
import type { PayloadOf } from '../../incidents/payloads.ts'
import type { Recorded } from '../../incidents/recorder.ts'
import { redactedTexts, type Redact } from '../../incidents/redaction/index.ts'
import type { Accepted } from '../inspect/inspect.ts'
import { meantMachine, type MeantOptions } from '../machine.ts'
import { preserve, type Preserved } from '../preserve.ts'
import { NOTHING, perform, type DeedStage, type Done } from './perform.ts'
import { reliefAgain, tryNextOf } from './try-next.ts'

export interface RelieveOptions extends MeantOptions {
  readonly relief: Relief
  readonly target: readonly string[]
  /** Only the plan is wanted. */
  readonly onlyPlan: boolean
  /** What would be gone is kept first, where an incident is open. */
  readonly keepFirst: boolean
  readonly redact: Redact
  readonly highestPrice?: Price | undefined
  /** Asked once the plan is known, and before anything is done: whether its price is paid, or why not. */
  readonly accepts: (plan: Possible) => Promise<Accepted>
  readonly onStage: (stage: DeedStage | 'preserving') => void
  readonly signal: AbortSignal
}

export type Possible = Extract<Plan, { readonly possible: true }>

/** What came of a relief on one box. */
export interface Relieved extends Omit<Done, 'state'> {
  readonly box: string
  /** It is done as root through sudo, and so it is taken back. */
  readonly sudo: boolean
  readonly relief: Relief
  readonly target: readonly string[]
  readonly identity: BoxIdentity | undefined
  readonly plan: Plan | undefined
  /** `planned`: nothing more was wanted, or nobody accepted it. */
  readonly state: Done['state'] | 'planned'
  readonly preserved: Preserved | undefined
}

/** The script of a plan reads some files of /proc, or asks systemd; a starved box takes its time. Milliseconds. */
const PLAN_MS = 60_000
const PLAN_BYTES = 1024 * 1024

/** Plans a relief on the machine that is meant, and does it once it was accepted and written down. What it tells has no secrets in it. Never rejects. */
export async function relieve(box: Box, options: RelieveOptions): Promise<Relieved> {
  const { relief, target, redact, signal, recorder } = options
  const base = {
    ...NOTHING,
    box: box.name,
    sudo: box.sudo ?? false,
    relief,
    target: target.map(redact),
    identity: undefined,
    plan: undefined,
    preserved: undefined,
  }
  const machine = await meantMachine(box, options, signal)
  const { identity } = machine
  const notDone = async (failure: Failure, more: Partial<Relieved> = {}): Promise<Relieved> => {
    const payload: PayloadOf<'relieved'> = { ...wordsOf(options), state: 'not-started', why: failure.message }
    const recorded = options.onlyPlan
      ? []
      : [await recorder.record(() => ({ did: 'relieved', box: box.name, identity, payload }))]
    return { ...base, identity, ...more, failure, recorded: [...machine.recorded, ...recorded] }
  }
  if (machine.failure) return notDone(machine.failure)
  const planned = await planOn(box, options)
  if ('kind' in planned) return notDone(planned)
  if (!planned.possible) {
    const { why, tryNext } = redactedTexts(planned, redact)
    const command = tryNextOf(tryNext, box, options)
    return notDone(
      { kind: 'unknown', message: `${box.name}: ${why}`, tryNext: command },
      { plan: { possible: false, why, tryNext: command } },
    )
  }
  const lines = [...(machine.another === undefined ? [] : [`danger: ${machine.another}`]), ...planned.lines]
  // What is compared on the box is compared with what it said.
  const { before: found } = planned
  const plan = redactedTexts({ ...planned, lines }, redact)
  const known = { ...base, identity, plan, state: 'planned', recorded: machine.recorded } as const
  if (options.onlyPlan) return known
  const accepted = await options.accepts(plan)
  if (!accepted.accepted)
    return {
      ...known,
      failure: {
        kind: 'unknown',
        message: `Nothing was done on ${box.name}: ${accepted.why}.`,
        tryNext: `${again(box, options)} ${accepted.hint}`,
      },
    }
  const preserved = await keptFirst(box, plan, options)
  if (preserved && !isKept(preserved))
    return {
      ...known,
      preserved,
      state: 'not-started',
      recorded: [...machine.recorded, preserved.recorded],
      failure: notKept(box.name, preserved, again(box, options)),
    }
  const gone = preserved && (await lineGone(box, signal))
  if (gone)
    return {
      ...known,
      preserved,
      state: 'not-started',
      recorded: [...machine.recorded, preserved.recorded],
      failure: gone,
    }
  const kept = preserved?.recorded.how === 'recorded' ? preserved.recorded.entry.seq : undefined
  const before = Object.entries(found).map(([name, value]) => ({ name, value }))
  const undo = relief.undo?.does(target, found)
  const intent: PayloadOf<'relieved'> = {
    ...wordsOf(options),
    target: [...target],
    before,
    undo,
    preserved: kept,
    sudo: box.sudo || undefined,
  }
  const done = await perform(box, {
    ...options,
    act: relief.act,
    before: found,
    identity: machine.identity,
    intent,
  })
  const recorded: readonly Recorded[] = [
    ...machine.recorded,
    ...(preserved ? [preserved.recorded] : []),
    ...done.recorded,
  ]
  return { ...known, ...done, preserved, recorded }
}

/** The command that was given, with what else was said in it. */
function again(box: Box, options: RelieveOptions): string {
  const { keepFirst, anyway } = options
  return `${reliefAgain(box, options)}${keepFirst ? '' : ' --no-preserve'}${anyway === undefined ? '' : ` --anyway ${quoted(anyway)}`}`
}

function wordsOf({ relief, target }: RelieveOptions): PayloadOf<'relieved'> {
  return { what: relief.does(target), price: relief.price, relief: relief.id }
}

async function planOn(box: Box, { relief, target, redact, signal }: RelieveOptions): Promise<Plan | Failure> {
  const result = await box.run(relief.planScript(target), {
    what: `see whether one can ${relief.does(target)}`,
    timeoutMs: PLAN_MS,
    maxBytes: PLAN_BYTES,
    signal,
  })
  if (result.failure) return result.failure
  const said = answerIn(Buffer.from(result.stdout).toString('utf8'))
  const answer = new Map(
    [...said].map(([name, values]) => [
      name,
      relief.shown?.includes(name) ? values.map((each) => redact(each)) : values,
    ]),
  )
  return relief.plan(answer, target)
}

async function keptFirst(box: Box, { pid }: Possible, options: RelieveOptions): Promise<Preserved | undefined> {
  const { relief, keepFirst, recorder, redact, highestPrice, signal } = options
  if (!relief.endsProcess || !keepFirst || recorder.incident === undefined) return undefined
  options.onStage('preserving')
  return preserve(box, { pid, recorder, redact, highestPrice, signal })
}

/**
 * To write down what was kept takes this console a while, in which a starved one says nothing to the box, which then ends the session: it is entered anew. That it still is the same machine is
 * proved by the script that acts.
 */
async function lineGone(box: Box, signal: AbortSignal): Promise<Failure | undefined> {
  const ask = () => box.run(':', { what: 'see that the line still stands', timeoutMs: PLAN_MS, maxBytes: 1024, signal })
  const { failure } = await ask()
  return failure && (await ask()).failure
}

/** An answer that did not come, or was cut off, is recorded as well, and keeps nothing or little. */
export function isKept({
  recorded,
  look,
  kept,
}: Pick<Preserved, 'recorded' | 'kept'> & { readonly look: Pick<Preserved['look'], 'failure'> }): boolean {
  return recorded.how !== 'failed' && !look.failure && keptThings(kept) > 0
}

/** How many things have been kept. */
export function keptThings(kept: Preserved['kept']): number {
  return kept.filter(({ text }) => text !== undefined && text !== '').length
}

function notKept(box: string, { recorded, look, kept }: Preserved, command: string): Failure {
  const why = recorded.how === 'failed' ? 'it could not be recorded' : look.failure?.message
  return {
    kind: 'unknown',
    message: `Nothing was done on ${box}: of what would be gone only ${keptThings(kept)} of ${kept.length} things could be kept${why === undefined ? '' : ` (${why.replace(/\.$/, '')})`}.`,
    tryNext: `${command} --no-preserve does it without, if it cannot wait.`,
  }
}
