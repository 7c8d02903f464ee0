import type { Course } from '../../incidents/story/course.ts'
import type { Change, Link } from '../../incidents/story/changes.ts'
import type { Story } from '../../incidents/story/story.ts'
import type { Moment } from '../../incidents/story/moment.ts'
import { count } from '../../base/format.ts'
import { code, prose } from './blog-markdown.ts'
import { disappearanceSentence, mainDisappearance } from './disappearance.ts'
import { clock, clockBeside, dayWords, hint, listed, ref, refs, resting, sentence, span, start, told } from './words.ts'

/** What it was, why, what helped; and how long each took, by which entries. */
export function summary(story: Story): readonly string[] {
  return ['## Summary', '', whatItWas(story), '', ...why(story), '', ...times(story.course)]
}

function whatItWas(story: Story): string {
  const { title, service, course, named: boxes } = story
  const from = course.began ?? course.opened
  const end = course.resolved
  const when = from
    ? `On ${dayWords(from.at)}, ${end ? `from ${clock(from.at)} to ${clockBeside(end.at, from.at)} UTC${spanOf(from, end)}` : `from ${clock(from.at)} UTC on`}`
    : 'At a time that the record does not tell'
  const names = boxes.map(prose)
  const where = [
    ...(service === undefined ? [] : [`service ${prose(service)}`]),
    ...(names.length === 0 ? [] : [names.length > BOXES_NAMED ? `${names.length} boxes` : listed(names)]),
  ]
  const said = `**${told(title)}**`
  const sentence = where.length > 0 ? `${when}, ${where.join(' on ')}: ${said}.` : `${when}: ${said}.`
  return resting(sentence, spanRefs(course))
}

/** The entries by which it began, or was opened, and was over. */
export function spanRefs({ began, opened, resolved }: Course): string {
  const seqs = [began ?? opened, resolved].flatMap((moment) => (moment ? [moment.seq] : []))
  return refs([...new Set(seqs)])
}

/** More are counted. */
const BOXES_NAMED = 5

function spanOf(from: { readonly at: string }, to: { readonly at: string }): string {
  const long = span(from, to)
  return long === undefined ? '' : ` (${long})`
}

function why(story: Story): readonly string[] {
  const { cause, course } = story
  const found = cause?.hypothesis?.verdict ?? cause
  const after = found && course.opened && span(course.opened, found)
  const last = story.verifications.findLast(({ good }) => good)
  return [
    cause
      ? `**Cause.** ${resting(start(sentence(cause.text)), ref(cause.seq))}${after === undefined || !found ? '' : ` It was found ${after} after the incident was opened (${ref(found.seq)}).`}`
      : '**Cause.** The record does not say what the cause was.',
    ...(cause ? [] : [hint('write: the cause, as far as it is known')]),
    '',
    helped(story),
    ...(last ? ['', `**Verified.** ${resting(start(sentence(last.text)), ref(last.seq))}`] : []),
  ]
}

/** A relief or a change of the record comes first; else what looks saw, else what may have changed something. */
function helped(story: Story): string {
  const made = story.changes.filter(({ how }) => how === 'relieved' || how === 'changed')
  const first = made.find(({ seq }) => seq === story.course.mitigated?.seq)
  const fix = made.findLast(({ how, undone }) => how === 'changed' && undone === undefined)
  return first || fix ? helpedBy(first, fix) : perhapsHelped(story)
}

function helpedBy(first: Change | undefined, fix: Change | undefined): string {
  const one = (change: Change): string => `${told(change.what)} (${ref(change.seq)}, ${clock(change.at)})`
  if (first && fix && first.seq !== fix.seq) return `**What helped.** First: ${one(first)}. Then: ${one(fix)}.`
  const only = first ?? fix
  return only ? `**What helped.** ${start(one(only))}.` : ''
}

function perhapsHelped(story: Story): string {
  const { changes, perhapsChanges } = story
  const linked = changes.flatMap(({ how, undone, linked: links }) =>
    (how === 'ran' || how === 'shelled') && undone === undefined ? links : [],
  )
  const kept = linked.map((link) => ` ${linkedSentence(link)}`).join('')
  const gone = mainDisappearance(story)
  if (gone) return `**What helped.** ${disappearanceSentence(gone, story)}${kept}`
  if (kept !== '') return `**What helped.** No look shows it.${kept}`
  if (perhapsChanges.length === 0) return '**What helped.** The record has no change and no relief that held.'
  const last = perhapsChanges.slice(-REFS).map(({ seq }) => seq)
  return `**What helped.** The record does not say. ${count(perhapsChanges.length, 'command', 'commands')} may have changed something on a box (${perhapsChanges.length > REFS ? '…, ' : ''}${refs(last)}).`
}

/** Entries that are named of many. */
const REFS = 5

function linkedSentence({ of, commit, seq }: Link): string {
  return `The change of ${ref(of)} is in the repository${commit === undefined ? '' : ` as ${code(commit)}`} (${ref(seq)}).`
}

function times(course: Course): readonly string[] {
  const { began, opened, mitigated, resolved, closed } = course
  const from = began ?? opened
  if (!from || !opened) return []
  const row = (what: string, to: Moment | undefined, how: string, latest = ''): string => {
    if (!to) return `| ${what} | ${closed ? 'not known' : 'not yet'} | no entry says so |`
    const long = span(from, to)
    const took = long === undefined ? 'not known: a clock was turned back' : long + latest
    return `| ${what} | ${took} | ${how} ${clockBeside(to.at, from.at)} (${ref(to.seq)}) |`
  }
  return [
    '| time to | | until |',
    '| --- | --- | --- |',
    began ? row('detect', opened, 'opened') : '| detect | not known | nothing says when it began |',
    row('mitigate', mitigated, MITIGATED[mitigated?.how ?? 'seen'], mitigated?.how === 'seen' ? ' at the latest' : ''),
    row('resolve', resolved, resolved?.how === 'verified' ? 'verified' : 'closed'),
    '',
    `Counted from ${clock(from.at)}, when it ${began ? `began, as ${began.how === 'said' ? 'was said at the opening' : 'a look found'}` : 'was opened'} (${ref(from.seq)}).`,
  ]
}

const MITIGATED: Readonly<Record<NonNullable<Course['mitigated']>['how'], string>> = {
  relieved: 'first relief that held,',
  changed: 'first change that held,',
  seen: 'a look found nothing of it any more,',
}
