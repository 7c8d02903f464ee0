import { safeText } from '../base/safe-text.ts'
import type { Configuration } from '../boxes/configuration.ts'
import { mayTell } from '../boxes/consent.ts'
import { deliver, type Delivery, type DeliveryLimits, type Message } from '../boxes/deliver.ts'
import type { Notifiable } from '../boxes/notifiable.ts'
import { isCalled, receiverName, type Receiver } from '../boxes/receiver.ts'
import { keepingNames, type RedactThoroughly } from '../incidents/redaction/index.ts'
import type { Recorded, Recorder } from '../incidents/recorder.ts'
import { situationOf, type Untold } from '../incidents/situation.ts'
import type { AnyEntry } from '../incidents/store.ts'
import { neverToldOf } from '../incidents/untold.ts'

/**
 * The command has answered by then, so nobody waits for an answer; but the prompt comes back only after this, and a chat that is down in the
 * same fire must not hold it. A healthy webhook answers within half a second.
 */
export const DELIVERY_LIMITS: DeliveryLimits = { totalMs: 4_000, tryMs: 1_500, pauseMs: 250 }

/** What the team is told of. */
export interface News {
  readonly entry: AnyEntry
  readonly title: string
  /** The entry in one line. */
  readonly words: string
}

export interface TellParts {
  readonly configuration: Configuration
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly limits: DeliveryLimits
  readonly redact: RedactThoroughly
  readonly recorder: Recorder
  /** Aborting it gives up. */
  readonly signal: AbortSignal
}

/** What became of telling one receiver. */
export interface Told extends Delivery {
  readonly where: string
  /** It was not even tried: a command that the person has not allowed. */
  readonly needsConsent: boolean
  /** Of writing that down. */
  readonly recorded: Recorded
}

/** Those who are to hear of what an entry is to them (`notifiableAs`). */
export function receiversOf({ notify }: Configuration, as: Notifiable): readonly Receiver[] {
  return notify.filter(({ on }) => on.includes(as))
}

/** What they were to hear and did not: what the record says, and what it cannot say since the console was killed (`neverToldOf`). */
export function untoldOf(
  entries: readonly AnyEntry[],
  { configuration, environment, me, nowMs }: UntoldParts,
): readonly Untold[] {
  const { notify } = configuration
  const named = notify.map((receiver) => ({
    on: receiver.on,
    name: receiverName(receiver, notify, environment),
    isCalled: (where: string) => isCalled(receiver, where, notify, environment),
  }))
  return [...situationOf(entries).untold, ...neverToldOf(entries, named, me, nowMs)]
}

export interface UntoldParts extends Pick<TellParts, 'configuration' | 'environment'> {
  readonly me: string
  readonly nowMs: number
}

/**
 * Tells all of them at once, and records of each whether it heard. Never rejects.
 *
 * @param where what the record calls them, if it is not as they are called now
 */
export function tell(
  receivers: readonly Receiver[],
  news: News,
  parts: TellParts,
  where?: string,
): Promise<readonly Told[]> {
  const { configuration, environment } = parts
  return Promise.all(
    receivers.map((receiver) =>
      tellOne(receiver, where ?? receiverName(receiver, configuration.notify, environment), news, parts),
    ),
  )
}

async function tellOne(receiver: Receiver, where: string, news: News, parts: TellParts): Promise<Told> {
  const { configuration, environment, limits, signal, redact, recorder } = parts
  const needsConsent = !mayTell(receiver, configuration, environment)
  const delivery = needsConsent
    ? { ok: false, why: 'halligan.yaml names it, and you have not allowed it', tries: 0 }
    : await deliver(receiver, await messageOf(news, redact), { file: configuration.file, environment, limits, signal })
  const { ok, tries } = delivery
  const why = delivery.why === undefined ? undefined : await redact(safeText(delivery.why))
  const of = news.entry.seq
  const recorded = await recorder.record(() => ({ did: 'notified', payload: { where, ok, why, of, tries } }))
  return { where, ok, why, tries, needsConsent, recorded }
}

/** A message, not a report: chats cut or refuse much longer ones. Characters. */
const TEXT_KEPT = 2_000

async function messageOf({ entry, title, words }: News, redact: RedactThoroughly): Promise<Message> {
  const { incident, seq, at, by, box, hash } = entry
  const redactHere = await keepingNames(entry, redact)
  const said = (await redactHere(words)).slice(0, TEXT_KEPT)
  const named = (await redactHere(title)).slice(0, TEXT_KEPT)
  const where = box === undefined ? '' : ` on ${box}`
  const did = entry.did === 'other' ? entry.saysDid : entry.did
  return {
    json: JSON.stringify({
      schema: 'halligan.notification/1',
      incident,
      title: named,
      seq,
      at,
      by,
      did,
      box,
      text: said,
      hash,
    }),
    text: chatText(
      did === 'opened' ? `${said} (${incident}, ${by})` : `${named}: ${said}${where} (${incident}, ${by})`,
    ),
  }
}

/**
 * What Slack takes for markup is escaped as its documentation says (docs.slack.dev, formatting text), so that no text from a box makes a link or
 * rings for everybody; `@channel` and its kin ring without markup in Mattermost and Discord.
 */
function chatText(text: string): string {
  return safeText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/@(?=channel|all|here|everyone)/gi, '@\u200B')
}
