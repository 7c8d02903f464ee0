import { print } from '../console.ts'
import { Problem } from '../problem.ts'
import { openIncident } from '../recorder.ts'
import { reopenOrOpen, theIncident, type IncidentFlags } from '../the-incident.ts'
import { sayTakenOut } from '../taken-out.ts'

/** Writes a note into the incident: the words of the command line, or standard input. */
export async function note(words: readonly string[], flags: IncidentFlags): Promise<number> {
  const incident = await theIncident(flags)
  if (incident.closedAt !== undefined) throw new Problem(`${incident.id} is closed.`, reopenOrOpen(incident.id))
  const text = words.length === 0 || words.join(' ') === '-' ? await standardInput() : words.join(' ')
  if (text.trim() === '')
    throw new Problem('The note is empty.', 'halligan note "restarted by hand at 14:05, no change"', 2)
  const { recorder } = await openIncident(incident)
  const recorded = await recorder.record(() => ({ did: 'noted', payload: { text: text.trim() } }))
  if (recorded.how === 'failed') throw recorded.problem
  if (recorded.how === 'no-incident') throw new Error('an incident that is named is recorded in')
  await print(`Noted in ${incident.id} as #${recorded.entry.seq}.\n`)
  const { entry } = recorded
  sayTakenOut(text, entry.did === 'noted' ? entry.payload?.text : undefined)
  return 0
}

/** More is no note. Bytes. */
const NOTE_LIMIT = 1024 * 1024

async function standardInput(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('halligan: type the note, end it with Ctrl-D (Ctrl-C writes nothing)\n')
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of process.stdin as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > NOTE_LIMIT)
      throw new Problem('The note on standard input is larger than 1 MiB.', 'Keep it as a file and note where it is.')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}
