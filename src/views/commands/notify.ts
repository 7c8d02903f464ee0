import { safeText } from '../../base/safe-text.ts'
import { allow, mayTell } from '../../boxes/consent.ts'
import type { Configuration } from '../../boxes/configuration.ts'
import { isCalled, receiverName, type Receiver } from '../../boxes/receiver.ts'
import { BEFORE_THE_FIRST } from '../../incidents/entry.ts'
import { noRecorder } from '../../incidents/recorder.ts'
import type { Redact } from '../../incidents/redaction/index.ts'
import { situationOf } from '../../incidents/situation.ts'
import type { AnyEntry } from '../../incidents/store.ts'
import { DELIVERY_LIMITS, tell, untoldOf, type News, type TellParts, type Told } from '../../steps/notify.ts'
import { configuration, print } from '../console.ts'
import { entryWords } from '../entry-words.ts'
import { stopOnInterrupt } from '../interrupt.ts'
import { Problem } from '../problem.ts'
import { author, typedWords } from '../author.ts'
import { recorderInto } from '../recorder.ts'
import { theIncidentOrOnlyOne, type IncidentFlags } from '../the-incident.ts'
import { theStore } from '../the-store.ts'
import { theRedaction } from '../redaction.ts'
import { toldWords } from '../telling.ts'

export interface NotifyFlags extends IncidentFlags {
  readonly test?: boolean
  readonly retry?: boolean
  readonly allow?: boolean
}

/** Who is told of what; sends a test, tells again what did not arrive, or allows the commands of a halligan.yaml. */
export async function notify(flags: NotifyFlags): Promise<number> {
  const chosen = [flags.test, flags.retry, flags.allow].filter((flag) => flag)
  if (chosen.length > 1) throw new Problem('--test, --retry and --allow exclude each other.', 'Give one of them.', 2)
  const settings = await configuration()
  if (settings.notify.length === 0)
    throw new Problem(
      settings.file === undefined ? 'There is no halligan.yaml here.' : `${settings.file} names nobody under notify.`,
      'halligan help notify shows how.',
    )
  if (flags.allow) return allowCommands(settings)
  if (flags.test) return sendTest(settings)
  if (flags.retry) return tellAgain(settings, flags)
  const { redact } = await theRedaction()
  await print(settings.notify.map((receiver) => `${receiverLine(receiver, settings, redact)}\n`).join(''))
  return 0
}

function receiverLine(receiver: Receiver, settings: Configuration, redact: Redact): string {
  const consent = mayTell(receiver, settings, process.env) ? '' : '  (not allowed yet: halligan notify --allow)'
  const name = receiverName(receiver, settings.notify, process.env)
  const argv = receiver.kind === 'command' ? `  ${redact(JSON.stringify(receiver.argv))}` : ''
  return safeText(`${name}${argv}  on ${receiver.on.join(', ')}${consent}`)
}

/** `halligan notify` shows the same words before. */
async function allowCommands(settings: Configuration): Promise<number> {
  const commands = settings.notify.flatMap((receiver) => (receiver.kind === 'command' ? [receiver] : []))
  const asked = commands.filter((receiver) => !mayTell(receiver, settings, process.env))
  if (asked.length === 0) {
    await print('There is no command that is not allowed.\n')
    return 0
  }
  allow(asked, settings, process.env)
  const { redact } = await theRedaction()
  const lines = asked.map(({ argv }) => `  ${safeText(redact(JSON.stringify(argv)))}\n`).join('')
  await print(`From now on these may run as you, until ${safeText(settings.file ?? '')} names others:\n${lines}`)
  return 0
}

async function sendTest(settings: Configuration): Promise<number> {
  const entry: AnyEntry = {
    v: 1,
    incident: 'test',
    seq: 0,
    at: new Date().toISOString(),
    by: author(),
    did: 'other',
    saysDid: 'test',
    payload: undefined,
    salt: undefined,
    payloadHash: BEFORE_THE_FIRST,
    prev: BEFORE_THE_FIRST,
    hash: BEFORE_THE_FIRST,
  }
  const news = { entry, title: 'a test of Halligan', words: 'nothing burns' }
  return say(await telling(settings.notify, news, { configuration: settings, recorder: noRecorder }))
}

async function tellAgain(settings: Configuration, flags: IncidentFlags): Promise<number> {
  const { id } = await theIncidentOrOnlyOne(flags)
  const store = await theStore()
  const entries = await store.read(id)
  const { title } = situationOf(entries)
  const untold = untoldOf(entries, {
    configuration: settings,
    environment: process.env,
    me: author(),
    nowMs: Date.now(),
  })
  const recorder = await recorderInto(id, store, typedWords())
  const told: Told[] = []
  for (const { of, where } of untold) {
    const entry = entries.find(({ seq }) => seq === of)
    const receivers = settings.notify.filter((receiver) => isCalled(receiver, where, settings.notify, process.env))
    if (!entry) continue
    const news: News = { entry, title: title ?? '(purged)', words: entryWords(entry) }
    told.push(...(await telling(receivers, news, { configuration: settings, recorder }, where)))
  }
  if (told.length === 0)
    await print('There is nothing that did not arrive, or nobody in halligan.yaml whom it was for.\n')
  return say(told, id)
}

async function telling(
  receivers: readonly Receiver[],
  news: News,
  parts: Pick<TellParts, 'configuration' | 'recorder'>,
  where?: string,
): Promise<readonly Told[]> {
  const stop = stopOnInterrupt()
  try {
    const redact = (await theRedaction()).redactThoroughly
    const whole = { ...parts, environment: process.env, limits: DELIVERY_LIMITS, redact, signal: stop.signal }
    return await tell(receivers, news, whole, where)
  } finally {
    stop.finish()
  }
}

function say(told: readonly Told[], incident?: string): number {
  for (const each of told) process.stderr.write(toldWords(each, incident, true))
  return told.every(({ ok }) => ok) ? 0 : 1
}
