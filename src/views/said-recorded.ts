import { safeText } from '../base/safe-text.ts'
import type { Recorded } from '../incidents/recorder.ts'
import { incidentClosedMeanwhile } from './command-recorder.ts'
import { keptWords } from './entry-words.ts'
import { reopenOrOpen } from './the-incident.ts'

/** Says on standard error whether it was recorded; gives false when it should have been and was not. */
export function sayRecorded(recorded: readonly Recorded[], incident: string | undefined): boolean {
  const failed = recorded.find((each) => each.how === 'failed')
  if (failed?.how === 'failed') {
    const { message, tryNext } = failed.problem
    process.stderr.write(`halligan: THIS WAS NOT RECORDED: ${safeText(message)}\nTry: ${safeText(tryNext)}\n`)
    return false
  }
  if (recorded.length === 0 && incident !== undefined) return true
  const entries = recorded
    .flatMap((each) => (each.how === 'recorded' ? [each.entry.seq] : []))
    .toSorted((a, b) => a - b)
    .map((seq) => `#${seq}`)
  for (const each of recorded) sayCut(each)
  if (incident !== undefined)
    process.stderr.write(`halligan: recorded in ${safeText(incident)} as ${entries.join(', ')}.\n`)
  else process.stderr.write(unrecordedWords())
  return true
}

/** Whoever saw all of an output on the screen has to know that the record has not. */
function sayCut(recorded: Recorded): void {
  if (recorded.how !== 'recorded' || recorded.entry.did !== 'ran' || !recorded.entry.payload) return
  const words = keptWords(recorded.entry.payload)
  if (words !== undefined)
    process.stderr.write(`halligan: of what ${safeText(recorded.entry.box ?? 'it')} printed the record ${words}.\n`)
}

function unrecordedWords(): string {
  const closedMeanwhile = incidentClosedMeanwhile()
  if (closedMeanwhile !== undefined)
    return `halligan: NOT RECORDED, your incident ${safeText(closedMeanwhile)} is closed.\nTry: ${safeText(reopenOrOpen(closedMeanwhile))}\n`
  const tryNext = process.stderr.isTTY ? 'Try: halligan open "what is broken"\n' : ''
  return `halligan: not recorded, no incident is open.\n${tryNext}`
}
