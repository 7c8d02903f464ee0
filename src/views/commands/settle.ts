import { link, settle, type NoSuchEntry, type NotThatKind } from '../../steps/settle.ts'
import { print } from '../console.ts'
import { entryWords } from '../entry-words.ts'
import { Problem } from '../problem.ts'
import { openIncident } from '../recorder.ts'
import { theIncident, type IncidentFlags } from '../the-incident.ts'

/** Says which commit or page belongs to an entry; a hotfix is in the repository then. */
export async function linkEntry(seqText: string, target: string, flags: IncidentFlags): Promise<number> {
  const seq = entryNumber(seqText)
  const to = targetOf(target)
  const open = await openIncident(await theIncident(flags))
  const outcome = await link(open, seq, to)
  if (outcome.how === 'failed') throw outcome.problem
  if (outcome.how === 'left') throw notSettled(outcome.leave, open.incident, seq)
  const paid = outcome.situation.debts.some((debt) => debt.seq === seq)
  const left = outcome.situation.debts.length - (paid ? 1 : 0)
  const debts = paid
    ? ` That hotfix is in the repository now; ${left === 0 ? 'no other is missing' : `${left} more are not`}.`
    : ''
  await print(`#${seq} is linked, #${outcome.entry.seq} in ${open.incident}.${debts}\n`)
  return 0
}

/** Says that what an entry began on a box is over. */
export async function undoneEntry(seqText: string, words: readonly string[], flags: IncidentFlags): Promise<number> {
  const seq = entryNumber(seqText)
  const why = words.join(' ').trim()
  const open = await openIncident(await theIncident(flags))
  const outcome = await settle(open, seq, why === '' ? undefined : why)
  if (outcome.how === 'failed') throw outcome.problem
  if (outcome.how === 'left') throw notSettled(outcome.leave, open.incident, seq)
  await print(`#${seq} is over, #${outcome.entry.seq} in ${open.incident}.\n`)
  return 0
}

function notSettled(leave: NoSuchEntry | NotThatKind, incident: string, seq: number): Problem {
  if (leave.why === 'no-such-entry')
    return new Problem(`${incident} has no entry #${seq}; the last one is #${leave.last}.`, 'halligan timeline')
  return new Problem(
    `#${seq} changed nothing on a box: ${entryWords(leave.entry)}`,
    'halligan status shows under "holds" what still runs or holds.',
  )
}

function entryNumber(text: string): number {
  const [, digits] = /^#?([1-9]\d{0,8})$/.exec(text) ?? []
  if (digits === undefined) throw new Problem(`"${text}" is no number of an entry.`, 'halligan timeline shows them.', 2)
  return Number(digits)
}

/** An address, or what git takes for a commit (a hash, a branch, a tag, `v1.2~3`); nothing that could pass for an option. */
function targetOf(text: string): { readonly commit: string } | { readonly url: string } {
  if (/^https?:\/\/\S+$/.test(text) && URL.canParse(text)) return { url: text }
  if (/^[\w][\w./~^@{}+-]*$/.test(text)) return { commit: text }
  throw new Problem(
    `"${text}" is neither a commit nor an http address.`,
    'halligan link 15 3f2a9c1, or halligan link 15 https://git.example.org/shop/pull/7',
    2,
  )
}
