import { openBox } from '../../boxes/open.ts'
import { highestPriceOf, wantsSudo } from '../../boxes/selection.ts'
import { situationOf } from '../../incidents/situation.ts'
import type { OpenIncident } from '../../steps/decide.ts'
import { boxesToLookAt, handOver, type Handover, type HandoverParts, type NotHandedOver } from '../../steps/handover.ts'
import { terminalPrompt } from '../ask.ts'
import { configuration, errorStyle, waitingOutput } from '../console.ts'
import { stopOnInterrupt } from '../interrupt.ts'
import { localTime, zoneOf } from '../local-time.ts'
import { Problem } from '../problem.ts'
import { openIncident } from '../recorder.ts'
import { sayRecorded } from '../said-recorded.ts'
import { closedProblem, theIncident } from '../the-incident.ts'
import { theRedaction } from '../redaction.ts'
import { waitingFor } from '../waiting.ts'
import { showSituation, type StatusFlags } from './status.ts'

export interface HandoverFlags extends StatusFlags {
  readonly to?: string
  /** commander turns --no-look into this. */
  readonly look?: boolean
}

/** As what it was recorded. Lines. */
const SAID_BELOW = 1

/** Looks again at the boxes, records that the incident is handed over, and prints what the next person has to know. */
export async function handover(words: readonly string[], flags: HandoverFlags): Promise<number> {
  if (flags.to !== undefined && flags.to.trim() === '')
    throw new Problem('--to is empty.', 'halligan handover --to bob, or without it: whoever takes it.', 2)
  const open = await openIncident(await theIncident(flags))
  const before = situationOf(await open.store.read(open.incident))
  if (before.closed) throw closedProblem(open.incident, before.closed)
  const text = words.join(' ').trim()
  const parts = { ...open, to: flags.to, text: text === '' ? undefined : text }
  const done =
    flags.look === false
      ? await handOver({ ...parts, look: undefined })
      : await lookingAgain(parts, boxesToLookAt(before))
  await showSituation(done.situation, await open.store.read(open.incident), flags, SAID_BELOW)
  const kept = sayRecorded(done.recorded, open.incident)
  if (done.left) throw notHandedOver(done.left, open.incident)
  return kept ? 0 : 1
}

function notHandedOver(left: NotHandedOver, incident: string): Problem {
  if (left.why === 'closed') return closedProblem(incident, left.closed)
  const { by, at } = left.holder
  return new Problem(
    `It is not handed over: ${by} took ${incident} over meanwhile (${localTime(at)} ${zoneOf(at)}).`,
    `Tell ${by} what you wanted to say, or write it down: halligan note "…"`,
  )
}

async function lookingAgain(
  parts: Omit<HandoverParts, 'look'> & OpenIncident,
  names: readonly string[],
): Promise<Handover> {
  const settings = await configuration()
  const { redact } = await theRedaction()
  const waiting = waitingFor(names, errorStyle(), 'goes on without', waitingOutput())
  const stop = stopOnInterrupt()
  const prompt = waiting.around(process.stderr.isTTY ? terminalPrompt(stop.signal) : undefined)
  try {
    return await handOver({
      ...parts,
      look: (name) => ({
        box: openBox(name, { sudo: wantsSudo(name, settings), prompt }),
        onDone: () => waiting.done(name),
        options: {
          deep: false,
          windowSeconds: 1,
          compression: 'auto',
          redact,
          highestPrice: highestPriceOf(name, settings),
          signal: stop.signal,
          onStage: (stage) => waiting.stage(name, stage),
        },
      }),
    })
  } finally {
    waiting.stop()
    stop.finish()
  }
}
