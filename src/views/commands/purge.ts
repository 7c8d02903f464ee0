import { count } from '../../base/format.ts'
import { safeText } from '../../base/safe-text.ts'
import { keepingNames } from '../../incidents/redaction/index.ts'
import type { IncidentSummary, Store } from '../../incidents/store.ts'
import { typedCommand } from '../../incidents/typed-command.ts'
import { givenAway, planPurge, purge as purgeStep, type PurgeDone, type PurgePlan } from '../../steps/purge.ts'
import { terminalPrompt } from '../ask.ts'
import { print } from '../console.ts'
import { entryWords } from '../entry-words.ts'
import { Problem } from '../problem.ts'
import { sayTrouble, theRedaction } from '../redaction.ts'
import { author, typedWords } from '../author.ts'
import { theIncident, type IncidentFlags } from '../the-incident.ts'
import { theStore } from '../the-store.ts'

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
  const plan = await planPurge(store, incident.id, seq)
  if (plan.targets.length === 0) throw await notThere(store, incident, seq)
  const tombstone = plan.targets.find(({ did }) => did === 'purged')
  if (tombstone) throw new Problem(`#${seq} of ${incident.id} says what was purged and why: it stays.`, '')
  mustNotRepeat(plan, flags.why)
  if (!flags.yes) await mustAgree(incident, plan)
  const redaction = await theRedaction()
  const { redactThoroughly } = redaction
  const by = author()
  const redactAuthor = await keepingNames({ by }, redactThoroughly)
  const done = await purgeStep(store, incident.id, plan, {
    at: new Date().toISOString(),
    by: await redactAuthor(by),
    why: await redactThoroughly(flags.why.trim()),
    command: await typedCommand(typedWords(), redactThoroughly),
  })
  sayTrouble(redaction)
  await print(`${outcomeLines(done).join('\n')}\n`)
  return done.purged.every(({ overwritten }) => overwritten) ? 0 : 1
}

async function notThere(store: Store, { id }: IncidentSummary, seq: number): Promise<Problem> {
  const [entry] = await store.read(id, { after: seq - 1, limit: 1 })
  return entry?.seq === seq
    ? new Problem(`#${seq} of ${id} was purged before.`, 'There is nothing left of it.')
    : new Problem(`${id} has no entry #${seq}.`, '`halligan timeline` lists them.')
}

/** The reason stays in the record for ever, and so would what it repeats. */
function mustNotRepeat(plan: PurgePlan, why: string): void {
  const words = givenAway(plan, why)
  if (words.length === 0) return
  throw new Problem(
    `--why repeats ${words.map((word) => `"${word}"`).join(', ')} of what is to be purged, and the reason stays for ever. Nothing was purged.`,
    '--why "a password was in it": what kind of thing it was, without it.',
    2,
  )
}

async function mustAgree({ id }: IncidentSummary, { targets }: PurgePlan): Promise<void> {
  const said = targets.map((entry) => `#${entry.seq} of ${id}, by ${entry.by}: ${entryWords(entry)}`)
  const ask = terminalPrompt()
  if (!ask)
    throw new Problem(
      `This would purge ${said.join(', and ')}`,
      'There is nobody to ask here: --yes says that it is meant.',
      2,
    )
  const both = targets.length > 1 ? ' Both tell of the same, so both go.' : ''
  const answer = await ask({
    box: '',
    kind: 'confirm',
    text: `This takes out for good what is said here, and evidence that nothing else rests on:\n  ${said.join('\n  ')}\n${both}Purge it? (yes/no)`,
    secret: false,
  })
  if (answer?.trim().toLowerCase() !== 'yes') throw new Problem('Nothing was purged.', '')
}

function outcomeLines({ purged, elsewhere, still }: PurgeDone): readonly string[] {
  const removed = purged.flatMap((each) => each.removed)
  const shared = purged.flatMap((each) => each.shared)
  const pieces = removed.length === 0 ? '' : `, with ${count(removed.length, 'piece')} of evidence`
  const numbers = purged.map(({ seq }) => `#${seq}`).join(' and ')
  const tombstones = purged.map(({ tombstone }) => `#${tombstone.seq}`).join(' and ')
  const stays = [
    `that there was an entry: its number, time, kind, who wrote it, which box, and a hash of what it said (${tombstones} ${purged.length > 1 ? 'say' : 'says'} that it was purged and why)`,
    ...shared.map(
      ({ evidence, by }) =>
        `the evidence ${evidence.slice(0, 12)}, on which ${by.map((each) => `#${each.seq} of ${each.incident}`).join(', ')} rest too`,
    ),
    ...elsewhere.map((each) => `what ${each} has of it`),
    'copies that were made of the record: backups, snapshots of the file system, blocks that a disk keeps',
  ]
  const log = purged.every(({ overwritten }) => overwritten)
    ? []
    : [
        'Another halligan is reading: until that ends and you purge or close again, old pages of the file still have it.',
      ]
  return [
    `What ${numbers} said is out of the record${pieces}.${purged.length > 1 ? ' Both told of the same.' : ''} It stays:`,
    ...stays.map((each) => `  - ${safeText(each)}`),
    ...stillLines(still),
    ...log,
  ]
}

/** Entries beyond these are counted. */
const STILL_SHOWN = 10

/** Without the word: it is about to be gone from here too. */
function stillLines(still: PurgeDone['still']): readonly string[] {
  const left = still.length - STILL_SHOWN
  return [
    ...still
      .slice(0, STILL_SHOWN)
      .map(
        ({ seq, where }) =>
          `#${seq} still says it${where === 'evidence' ? ', in its evidence' : ''}: halligan purge ${seq}`,
      ),
    ...(left > 0 ? [`${left} more entries still say it.`] : []),
  ]
}
