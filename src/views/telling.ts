import { safeText } from '../base/safe-text.ts'
import type { Notifiable } from '../boxes/notifiable.ts'
import { notifiableAs } from '../incidents/notifiable-as.ts'
import type { Recorder } from '../incidents/recorder.ts'
import type { AnyEntry, Store } from '../incidents/store.ts'
import type { Told } from '../steps/notify.ts'
import { stopOnInterrupt } from './interrupt.ts'

/** Deliveries that have begun; each gives what is to be said of it. */
const pending = new Set<Promise<string>>()
const givingUp = new AbortController()

/**
 * Begins to tell the team of an entry that was just written, where halligan.yaml says so, and goes on at once: the command answers first, and
 * `teamTold` waits for the rest in the end.
 */
export function tellTeam(entry: AnyEntry, recorder: Recorder, store: Store): void {
  const as = notifiableAs(entry)
  if (as !== undefined) pending.add(wordsOfTelling(entry, as, recorder, store))
}

/** After this a person is told what is being waited for. Milliseconds. */
const SILENT_MS = 800

/** Waits, for some seconds at most, until the team was told, and says on standard error what became of it. Ctrl-C goes on without. */
export async function teamTold(): Promise<void> {
  if (pending.size === 0) return
  const stop = stopOnInterrupt()
  stop.signal.addEventListener('abort', () => givingUp.abort())
  const patience = setTimeout(() => {
    if (process.stderr.isTTY) process.stderr.write('halligan: telling the team … (Ctrl-C goes on without)\n')
  }, SILENT_MS)
  for (const telling of pending) process.stderr.write(await telling)
  pending.clear()
  clearTimeout(patience)
  stop.finish()
}

/** Why it could not even be tried is words as well: it must not take its answer from the command. */
async function wordsOfTelling(entry: AnyEntry, as: Notifiable, recorder: Recorder, store: Store): Promise<string> {
  try {
    const { configuration } = await import('./console.ts')
    const { theRedaction } = await import('./redaction.ts')
    const { entryWords } = await import('./entry-words.ts')
    const settings = await configuration()
    const { DELIVERY_LIMITS, receiversOf, tell } = await import('../steps/notify.ts')
    const receivers = receiversOf(settings, as)
    if (receivers.length === 0) return ''
    const told = await tell(
      receivers,
      { entry, title: await titleOf(entry, store), words: entryWords(entry) },
      {
        configuration: settings,
        environment: process.env,
        limits: DELIVERY_LIMITS,
        redact: (await theRedaction()).redactThoroughly,
        recorder,
        signal: givingUp.signal,
      },
    )
    return told.map((each) => toldWords(each, entry.incident, process.stderr.isTTY)).join('')
  } catch (error) {
    return `halligan: THE TEAM WAS NOT TOLD: ${safeText(error instanceof Error ? error.message : String(error))}\n`
  }
}

/** One line, or two when it did not work; that it did is said to a person only. */
export function toldWords(
  { where, ok, why, tries, needsConsent, recorded }: Told,
  incident: string | undefined,
  toPerson: boolean,
): string {
  const lost = recorded.how === 'failed' ? ' (and that could not be recorded)' : ''
  if (ok) return toPerson || lost !== '' ? `halligan: told ${safeText(where)}${lost}.\n` : ''
  const tried = tries > 1 ? ` (${tries} tries)` : ''
  const again = incident === undefined ? '--test' : `--retry --incident ${incident}`
  const next = `halligan notify ${needsConsent ? '--allow' : again}`
  return `halligan: NOT TOLD: ${safeText(where)}: ${safeText(why ?? '')}${tried}${lost}.\nTry: ${next}\n`
}

async function titleOf(entry: AnyEntry, store: Store): Promise<string> {
  if (entry.did === 'opened') return entry.payload?.title ?? ''
  const [first] = await store.read(entry.incident, { limit: 1 })
  return first?.did === 'opened' ? (first.payload?.title ?? '(purged)') : ''
}
