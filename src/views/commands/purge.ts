import { safeText } from '../../base/safe-text.ts'
import type { AnyEntry, IncidentSummary } from '../../incidents/store.ts'
import { typedCommand } from '../../incidents/typed-command.ts'
import { purge as purgeStep, type PurgeOutcome } from '../../steps/purge.ts'
import { terminalPrompt } from '../ask.ts'
import { print } from '../console.ts'
import { entryWords } from '../entry-words.ts'
import { Problem } from '../problem.ts'
import { sayTrouble, theRedaction } from '../redaction.ts'
import { author, theIncident, theStore, typedWords, type IncidentFlags } from '../record.ts'

export interface PurgeFlags extends IncidentFlags {
  readonly why: string
  readonly yes?: boolean
}

/** Takes what an entry says out of the record, after asking; says what stays. */
export async function purge(number: string, flags: PurgeFlags): Promise<number> {
  const seq = Number(number.replace(/^#/, ''))
  if (!Number.isSafeInteger(seq) || seq < 1)
    throw new Problem(`"${number}" is no number of an entry.`, '`halligan timeline` shows them: halligan purge 12', 2)
  if (flags.why.trim() === '') throw new Problem('--why is empty.', '--why "a customer\'s password was in it"', 2)
  const incident = await theIncident(flags)
  const store = await theStore()
  const [entry] = await store.read(incident.id, { after: seq - 1, limit: 1 })
  if (entry?.seq === seq && !flags.yes) await mustAgree(incident, entry)
  const redaction = await theRedaction()
  const { redactThoroughly } = redaction
  const purged = await purgeStep(store, incident.id, seq, {
    at: new Date().toISOString(),
    by: author(),
    why: await redactThoroughly(flags.why.trim()),
    command: await typedCommand(typedWords(), redactThoroughly),
  })
  sayTrouble(redaction)
  await print(`${outcomeLines(seq, purged).join('\n')}\n`)
  return purged.overwritten ? 0 : 1
}

async function mustAgree({ id }: IncidentSummary, entry: AnyEntry): Promise<void> {
  const said = `#${entry.seq} of ${id}, by ${entry.by}: ${entryWords(entry)}`
  const ask = terminalPrompt()
  if (!ask)
    throw new Problem(`This would purge ${said}`, 'There is nobody to ask here: --yes says that it is meant.', 2)
  const answer = await ask({
    box: '',
    kind: 'confirm',
    text: `This takes out for good what the entry says, and evidence that only it rests on:\n  ${said}\nPurge it? (yes/no)`,
    secret: false,
  })
  if (answer?.trim().toLowerCase() !== 'yes') throw new Problem('Nothing was purged.', '')
}

function outcomeLines(
  seq: number,
  { tombstone, removed, shared, elsewhere, overwritten }: PurgeOutcome,
): readonly string[] {
  const pieces =
    removed.length === 0 ? '' : `, with ${removed.length} ${removed.length === 1 ? 'piece' : 'pieces'} of evidence`
  const stays = [
    'that there was an entry: its number, time, kind, who wrote it, which box, and a hash of what it said (#' +
      `${tombstone.seq} says that it was purged and why)`,
    ...shared.map(
      ({ evidence, by }) =>
        `the evidence ${evidence.slice(0, 12)}, on which ${by.map((each) => `#${each.seq} of ${each.incident}`).join(', ')} rest too`,
    ),
    ...elsewhere.map((each) => `what ${each} has of it`),
    'copies that were made of the record: backups, snapshots of the file system, blocks that a disk keeps',
  ]
  const log = overwritten
    ? []
    : [
        'Another halligan is reading: until that ends and you purge or close again, old pages of the file still have it.',
      ]
  return [
    `What #${seq} said is out of the record${pieces}. It stays:`,
    ...stays.map((each) => `  - ${safeText(each)}`),
    ...log,
  ]
}
