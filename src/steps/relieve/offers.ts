import type { Box, Failure, RunResult } from '../../boxes/box.ts'
import type { Price } from '../../boxes/price.ts'
import { quoted, shellQuoted } from '../../base/shell-quoted.ts'
import { reliefs } from '../../evidence/reliefs/index.ts'
import { answerIn, type Answer } from '../../evidence/reliefs/relief.ts'
import { limitOf } from '../../evidence/reliefs/shell.ts'
import type { NextStep } from '../../findings/finding.ts'
import { isRelief, nextRelieve, throughSudo } from '../../findings/next.ts'
import { markSteps } from '../../findings/policy.ts'
import type { AnyEntry } from '../../incidents/store.ts'
import type { Redact } from '../../incidents/redaction/index.ts'
import { situationOf } from '../../incidents/situation.ts'
import { lookAt } from '../look.ts'

/** What could be done on a box. */
export interface Offers {
  readonly box: string
  /** What fits what burns, the worst first, and the look that it is from. */
  readonly fitting: readonly FittingStep[]
  /** Entry of that look; undefined: it was looked just now. */
  readonly from: number | undefined
  /** What else the box has that a relief could be done to. */
  readonly others: readonly NextStep[]
  readonly failure: Failure | undefined
}

export interface FittingStep extends NextStep {
  readonly finding: string
}

export interface OfferOptions {
  readonly entries: readonly AnyEntry[]
  readonly redact: Redact
  readonly highestPrice?: Price | undefined
  readonly signal: AbortSignal
}

const SURVEY_MS = 30_000
const SURVEY_BYTES = 256 * 1024

/** What eases what burns, by the last look of the record, else by one of now; then all that the box has besides. Reads only. Never rejects. */
export async function offersOn(box: Box, options: OfferOptions): Promise<Offers> {
  const { redact, highestPrice, signal } = options
  const known = lastLook(options.entries, box.name)
  const look = known
    ? undefined
    : await lookAt(box, { deep: false, windowSeconds: 1, compression: 'auto', redact, highestPrice, signal })
  const findings = known?.findings ?? look?.conclusion.findings ?? []
  const fitting = findings.flatMap(({ title, next }) =>
    next.filter(({ command }) => isRelief(command)).map((step) => ({ ...step, finding: title })),
  )
  const none = { box: box.name, fitting, from: known?.seq, others: [] }
  if (look?.failure && !look.identity) return { ...none, failure: look.failure }
  const survey = (): Promise<RunResult> =>
    box.run(SURVEY, {
      what: 'see what could be done',
      timeoutMs: SURVEY_MS,
      maxBytes: SURVEY_BYTES,
      signal,
    })
  const first = await survey()
  // Concluding from a look takes a starved console so long that the box ends the session; it only reads, so it may be asked once more.
  const result = first.failure?.kind === 'cut-off' ? await survey() : first
  // What came before the time was up is as good; of a line that was cut nobody knows the rest.
  const came = Buffer.from(result.stdout).toString('utf8')
  const answer = answerIn(redact(result.failure ? came.slice(0, came.lastIndexOf('\n') + 1) : came))
  const offered = new Set(fitting.map(({ command }) => command))
  const others = reliefs
    .flatMap((relief) => {
      const own = partOf(answer, relief.id)
      return (relief.offers?.(own) ?? []).flatMap(({ target, why }) =>
        nextRelieve(box.name, [relief.id, ...target], why),
      )
    })
    .map((step) => (box.sudo ? throughSudo(step) : step))
    .filter(({ command }) => !offered.has(command))
  return { ...none, others: markSteps(others, highestPrice), failure: result.failure ?? silentIn(answer, box.name) }
}

/** Of one of them: the others must not wait for what hangs. Seconds. */
const ONE_SECONDS = 6

/** Each in a shell of its own, its lines under its name. */
const SURVEY = [
  `${limitOf(ONE_SECONDS)}; each=$limit`,
  ...reliefs.flatMap(({ id, survey }) =>
    survey === undefined
      ? []
      : [`$each sh -c ${shellQuoted(survey)} 2>/dev/null </dev/null | head -c 16384 | sed 's/^/${id}./'`],
  ),
].join('\n')

function partOf(answer: Answer, id: string): Answer {
  const prefix = `${id}.`
  return new Map(
    [...answer].flatMap(([name, values]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), values]] : [])),
  )
}

/** What was asked and said nothing: that nothing can be done to it nobody knows. */
function silentIn(answer: Answer, box: string): Failure | undefined {
  const silent = reliefs.flatMap(({ id }) => {
    const own = partOf(answer, id)
    const [tried, asked, errors] = ['tried', 'asked', 'error'].map((name) => own.get(name)?.length ?? 0)
    return (tried ?? 0) > (asked ?? 0) + (errors ?? 0) ? [id] : []
  })
  if (silent.length === 0) return undefined
  return {
    kind: 'no-answer',
    message: `${box}: what ${silent.join(' and ')} could be done to was not told: a server did not answer in a few seconds.`,
    tryNext: `halligan look ${quoted(box)}`,
  }
}

function lastLook(entries: readonly AnyEntry[], box: string) {
  return entries.length === 0 ? undefined : situationOf(entries).boxes.find((story) => story.box === box)?.seen
}
