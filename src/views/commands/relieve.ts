import { safeText } from '../../base/safe-text.ts'
import type { Box } from '../../boxes/box.ts'
import { openBox } from '../../boxes/open.ts'
import type { Price } from '../../boxes/price.ts'
import type { Prompt } from '../../boxes/prompt.ts'
import { highestPriceOf, wantsSudo } from '../../boxes/selection.ts'
import type { Configuration } from '../../boxes/configuration.ts'
import { reliefNamed, reliefs } from '../../evidence/reliefs/index.ts'
import type { Relief } from '../../evidence/reliefs/relief.ts'
import { settleRelief } from '../../findings/next.ts'
import type { Recorder } from '../../incidents/recorder.ts'
import type { Redact } from '../../incidents/redaction/index.ts'
import type { Accepted } from '../../steps/inspect/inspect.ts'
import { acceptedPrice } from '../accepted-price.ts'
import { terminalPrompt } from '../ask.ts'
import { typedWords } from '../author.ts'
import { beyondPolicyOf } from '../beyond-policy.ts'
import { recorderFor } from '../command-recorder.ts'
import { configuration, errorStyle, outputStyle, print, waitingOutput } from '../console.ts'
import { INTERRUPTED, stopOnInterrupt } from '../interrupt.ts'
import { oneBox } from '../one-box.ts'
import { Problem, problemWords } from '../problem.ts'
import { entriesOf } from '../recorder.ts'
import { theRedaction } from '../redaction.ts'
import { sayRecorded } from '../said-recorded.ts'
import type { Color, Style } from '../style.ts'
import type { IncidentFlags } from '../the-incident.ts'
import { waitingFor, type Waiting } from '../waiting.ts'

export interface RelieveFlags extends IncidentFlags {
  readonly accept?: Price
  readonly plan?: boolean
  readonly kill?: boolean
  /** commander turns --no-preserve into this. */
  readonly preserve?: boolean
  readonly sudo?: boolean
  readonly anyway?: string
  readonly json?: boolean
  readonly color?: Color
}

/** Eases a fire without a change of code, or shows how it could be; gives the exit code. */
export async function relieve([name, what, ...words]: readonly string[], flags: RelieveFlags): Promise<number> {
  if (name === undefined)
    throw new Problem('A box is needed.', 'halligan relieve web-1 shows what could be done there.', 2)
  const asked = askedOf(what, words, flags, name)
  const settings = await configuration()
  const box = oneBox('relieve', name, [what ?? '', ...words].join(' ').trim(), settings)
  const recorder = await recorderFor(flags, typedWords())
  const { redact } = await theRedaction()
  const stop = stopOnInterrupt()
  const waiting = waitingFor(
    [box],
    errorStyle(),
    'ends the waiting; what has begun there finishes by itself',
    waitingOutput(),
  )
  const prompt = waiting.around(process.stderr.isTTY ? terminalPrompt(stop.signal) : undefined)
  const opened = openBox(box, { sudo: flags.sudo ?? wantsSudo(box, settings), prompt })
  const context: Context = { box: opened, settings, flags, recorder, redact, prompt, waiting, signal: stop.signal }
  try {
    const code = await ACTIONS[asked.how](asked as never, context)
    return stop.signal.aborted ? INTERRUPTED : code
  } finally {
    waiting.stop()
    stop.finish()
    await opened.close()
  }
}

interface Context {
  readonly box: Box
  readonly settings: Configuration
  readonly flags: RelieveFlags
  readonly recorder: Recorder
  readonly redact: Redact
  readonly prompt: Prompt | undefined
  readonly waiting: Waiting
  readonly signal: AbortSignal
}

type Asked =
  | { readonly how: 'list' }
  | { readonly how: 'do'; readonly relief: Relief; readonly target: readonly string[] }
  | { readonly how: 'undo' | 'check'; readonly seq: number }

const ACTIONS = { list, do: doIt, undo: settleIt, check: settleIt } as const

function askedOf(what: string | undefined, words: readonly string[], flags: RelieveFlags, box: string): Asked {
  if (what === undefined) return { how: 'list' }
  if (what === 'undo' || what === 'check') {
    const [, digits] = /^#?([1-9]\d{0,8})$/.exec(words[0] ?? '') ?? []
    if (digits === undefined || words.length > 1)
      throw new Problem(
        `${what} takes the number of the entry.`,
        'halligan status, which shows under "holds" what can be taken back',
        2,
      )
    return { how: what, seq: Number(digits) }
  }
  const relief = reliefNamed(what)
  if (!relief)
    throw new Problem(
      `There is no relief "${what}".`,
      `halligan relieve ${box} ${reliefs.map(({ id }) => id).join('|')}, or undo SEQ, check SEQ`,
      2,
    )
  if (flags.kill && !relief.takesKill)
    throw new Problem('--kill is for end, end-query and end-mysql-query.', `halligan relieve ${box} end 812 --kill`, 2)
  const target = relief.targetOf([...words, ...(flags.kill ? ['kill'] : [])])
  if (!('why' in target)) return { how: 'do', relief, target }
  const isWhole = target.tryNext.startsWith(`${relief.id} `)
  throw new Problem(
    target.why,
    `halligan relieve ${box} ${isWhole ? target.tryNext : [relief.id, ...relief.example].join(' ')}`,
    2,
  )
}

async function list(
  _asked: Asked,
  { box, flags, recorder, redact, settings, waiting, signal }: Context,
): Promise<number> {
  const { offersOn } = await import('../../steps/relieve/offers.ts')
  const highestPrice = highestPriceOf(box.name, settings)
  const offers = await offersOn(box, { entries: await entriesOf(recorder), redact, highestPrice, signal })
  waiting.stop()
  const { offersJson, offersScreen } = await import('../relieve/offers-screen.ts')
  await print(flags.json ? offersJson(offers) : offersScreen(offers, styleOf(flags)))
  if (offers.failure) process.stderr.write(problemWords(offers.failure))
  return offers.failure ? 1 : 0
}

async function doIt({ relief, target }: Extract<Asked, { how: 'do' }>, context: Context): Promise<number> {
  const { box, flags, recorder, redact, settings, waiting, signal } = context
  const { relieve: relieveOn } = await import('../../steps/relieve/relieve.ts')
  const { reliefAgain } = await import('../../steps/relieve/try-next.ts')
  const { planLines, relievedJson, relievedScreen } = await import('../relieve/relief-screen.ts')
  const beyond = beyondPolicyOf(box.name, relief.price, settings)?.sentence
  if (beyond !== undefined && flags.anyway === undefined && !flags.plan)
    throw beyondIt(beyond, reliefAgain(box, { relief, target }))
  const relieved = await relieveOn(box, {
    relief,
    target,
    onlyPlan: flags.plan ?? false,
    keepFirst: flags.preserve ?? true,
    recorder,
    entries: () => entriesOf(recorder),
    redact,
    highestPrice: highestPriceOf(box.name, settings),
    anyway: flags.plan ? undefined : flags.anyway,
    beyondPolicy: beyond,
    signal,
    onStage: (stage) => waiting.stage(box.name, stage),
    accepts: async (plan) => {
      // What JSON goes to is no place for a question: who is asked sees the plan beside it.
      const lines = planLines(box.name, relief.does(target), plan, styleOf(flags))
      if (!flags.json) await print(lines)
      else if (flags.accept === undefined) process.stderr.write(lines)
      sayWhatIsNotKept(relief, context)
      return accepted(`${relief.does(target)} on ${box.name}`, relief.price, context)
    },
  })
  waiting.stop()
  await print(flags.json ? relievedJson(relieved) : relievedScreen(relieved, styleOf(flags)))
  if (relieved.failure) process.stderr.write(problemWords(relieved.failure))
  if (relieved.state === 'planned') return relieved.failure ? 1 : 0
  if (!sayRecorded(relieved.recorded, recorder.incident)) return 1
  return relieved.state === 'ended' && relieved.worked ? 0 : 1
}

/** Before it is asked: what a restart destroys is kept, or it is said that it is not; and without an incident nothing is written down. */
function sayWhatIsNotKept({ endsProcess }: Relief, { recorder, flags }: Context): void {
  const isOpen = recorder.incident !== undefined
  if (!isOpen)
    process.stderr.write(
      'halligan: NOTHING OF THIS IS WRITTEN DOWN: no incident is open (halligan open "what is broken"). undo and check will not know of it.\n',
    )
  if (endsProcess && (!isOpen || flags.preserve === false))
    process.stderr.write('halligan: what will be gone is NOT kept.\n')
}

async function settleIt({ how, seq }: Extract<Asked, { how: 'undo' | 'check' }>, context: Context): Promise<number> {
  const { box, flags, recorder, redact, waiting, signal } = context
  const { recordedRelief } = await import('../../steps/relieve/recorded-relief.ts')
  const { checkRelief, undoRelief } = await import('../../steps/relieve/settle-relief.ts')
  const { settledJson, settledScreen } = await import('../relieve/relief-screen.ts')
  if (recorder.incident === undefined)
    throw new Problem(
      'You are in no incident, and so there is no entry to go by.',
      'halligan switch ID, or --incident ID.',
    )
  const recorded = recordedRelief(await entriesOf(recorder), box.name, seq, how)
  if ('why' in recorded) throw new Problem(recorded.why, recorded.tryNext)
  if (how === 'undo' && recorded.isUndone) throw new Problem(`#${seq} is taken back already.`, 'halligan timeline')
  if (how === 'check' && recorded.end !== 'unseen')
    throw new Problem(
      `How #${recorded.seq} ended is known: it ${recorded.end === 'done' ? 'worked' : 'did not work'}.`,
      `halligan show ${recorded.seq}`,
    )
  const { relief } = recorded
  const beyond = how === 'undo' ? beyondPolicyOf(box.name, relief.price, context.settings)?.sentence : undefined
  if (beyond !== undefined && flags.anyway === undefined)
    throw beyondIt(beyond, settleRelief(box.name, box.sudo ?? false, 'undo', recorded.seq))
  const options = {
    recorded,
    recorder,
    entries: () => entriesOf(recorder),
    redact,
    anyway: flags.anyway,
    beyondPolicy: beyond,
    signal,
    onStage: (stage: 'acting' | 'checking') => waiting.stage(box.name, stage),
  }
  const done =
    how === 'check'
      ? await checkRelief(box, options)
      : await undoRelief(box, {
          ...options,
          accepts: (does, another) => {
            if (another !== undefined) process.stderr.write(`halligan: DANGER: ${safeText(another)}\n`)
            return accepted(`${does} on ${box.name}, as before #${recorded.seq}`, relief.price, context)
          },
        })
  waiting.stop()
  await print(
    flags.json
      ? settledJson(box.name, how, recorded, done)
      : settledScreen(box.name, how, recorded, done, styleOf(flags)),
  )
  if (done.failure) process.stderr.write(problemWords(done.failure))
  if (!sayRecorded(done.recorded, recorder.incident)) return 1
  return done.state === 'ended' && done.worked ? 0 : 1
}

function accepted(what: string, price: Price, { flags, prompt, box }: Context): Promise<Accepted> {
  return acceptedPrice(box.name, price, () => `${what}. Do it? [y/N]`, { accept: flags.accept, prompt })
}

function beyondIt(beyond: string, command: string): Problem {
  return new Problem(
    `${beyond} With a reason, which is recorded, it is done all the same.`,
    `${command} --anyway "why"`,
  )
}

function styleOf({ color }: RelieveFlags): Style {
  return outputStyle(color)
}
