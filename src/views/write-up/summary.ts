import type { Course } from '../../incidents/story/course.ts'
import type { Change } from '../../incidents/story/changes.ts'
import type { Story } from '../../incidents/story/story.ts'
import type { Moment } from '../../incidents/story/moment.ts'
import { prose } from './blog-markdown.ts'
import { clock, clockBeside, dayWords, hint, listed, ref, resting, sentence, span, start, told } from './words.ts'

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
  return where.length > 0 ? `${when}, ${where.join(' on ')}: ${said}.` : `${when}: ${said}.`
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
  const first = story.changes.find(({ seq }) => seq === course.mitigated?.seq)
  const fix = story.changes.findLast(({ how, undone }) => how === 'changed' && undone === undefined)
  const last = story.verifications.findLast(({ good }) => good)
  return [
    cause
      ? `**Cause.** ${resting(start(sentence(cause.text)), ref(cause.seq))}${after === undefined || !found ? '' : ` It was found ${after} after the incident was opened (${ref(found.seq)}).`}`
      : '**Cause.** The record does not say what the cause was.',
    ...(cause ? [] : [hint('write: the cause, as far as it is known')]),
    '',
    helped(first, fix),
    ...(last ? ['', `**Verified.** ${resting(start(sentence(last.text)), ref(last.seq))}`] : []),
  ]
}

function helped(first: Change | undefined, fix: Change | undefined): string {
  const one = (change: Change): string => `${told(change.what)} (${ref(change.seq)}, ${clock(change.at)})`
  if (first && fix && first.seq !== fix.seq) return `**What helped.** First: ${one(first)}. Then: ${one(fix)}.`
  const only = first ?? fix
  return only
    ? `**What helped.** ${start(one(only))}.`
    : '**What helped.** The record has no change and no relief that held.'
}

function times(course: Course): readonly string[] {
  const { began, opened, mitigated, resolved, closed } = course
  const from = began ?? opened
  if (!from || !opened) return []
  const row = (what: string, to: Moment | undefined, how: string): string => {
    if (!to) return `| ${what} | ${closed ? 'not known' : 'not yet'} | no entry says so |`
    const long = span(from, to) ?? 'not known: a clock was turned back'
    return `| ${what} | ${long} | ${how} ${clockBeside(to.at, from.at)} (${ref(to.seq)}) |`
  }
  return [
    '| time to | | until |',
    '| --- | --- | --- |',
    began ? row('detect', opened, 'opened') : '| detect | not known | nothing says when it began |',
    row('mitigate', mitigated, mitigated?.how === 'relieved' ? 'first relief that held,' : 'first change that held,'),
    row('resolve', resolved, resolved?.how === 'verified' ? 'verified' : 'closed'),
    '',
    `Counted from ${clock(from.at)}, when it ${began ? `began, as ${began.how === 'said' ? 'was said at the opening' : 'a look found'}` : 'was opened'} (${ref(from.seq)}).`,
  ]
}
