import type { Change, Link } from '../../incidents/story/changes.ts'
import type { Intervention } from '../../incidents/story/interventions.ts'
import type { Story } from '../../incidents/story/story.ts'
import { count } from '../../base/format.ts'
import { code, fenced, prose } from './blog-markdown.ts'
import { command } from './entry-text.ts'
import { clock, hint, ref, refs, start, told } from './words.ts'

/** What was made different, as a diff where there is one; what was taken back, and where it is in the repository. */
export function fix(story: Story): readonly string[] {
  const { changes, perhapsChanges } = story
  return [
    '## The fix',
    '',
    ...changes.flatMap((change) => [...changeLines(change), '']),
    ...perhapsLines(perhapsChanges, changes.length > 0),
    ...(changes.length > 0
      ? []
      : [
          ...(perhapsChanges.length > 0 ? [] : ['The record has no change on a box.']),
          hint('write: what put it out, if something outside of the record did'),
        ]),
  ]
}

/** The last of them are shown: what put a fire out comes late. */
const PERHAPS_LINES = 12

/** The record knows what was run, and what people said that it costs; what it did to the box is not in it. */
function perhapsLines(all: readonly Intervention[], isBeside: boolean): readonly string[] {
  if (all.length === 0) return []
  if (isBeside)
    return [`Beside these, nobody said of ${count(all.length, 'command')} that they only read (${few(all)}).`, '']
  const left = all.slice(0, -PERHAPS_LINES)
  return [
    'Commands that may have changed something on a box: they ended with 0, or it was said that they do, and nobody said that they only read.',
    '',
    ...(left.length > 0 ? [`- ${count(left.length, 'earlier one')} (${few(left)}).`] : []),
    ...all.slice(-PERHAPS_LINES).map((each) => `- ${start(doneWords(each))} (${ref(each.seq)}, ${clock(each.at)}).`),
    '',
  ]
}

/** Entries that are named for those that are only counted. */
const LINKS = 5

function few(all: readonly Intervention[]): string {
  return refs(all.slice(0, LINKS).map(({ seq }) => seq)) + (all.length > LINKS ? ', …' : '')
}

/** `` `kill 812` on web-1 ``, `a shell on web-1, in which 5 lines were typed`. */
function doneWords({ how, box, line, typed }: Intervention): string {
  const where = box === undefined ? '' : ` on ${prose(box)}`
  if (how === 'ran') return `${line === undefined ? 'a command off the record' : command(line)}${where}`
  return `a shell${where}${typed > 0 ? `, in which ${count(typed, 'line was', 'lines were')} typed` : ', off the record'}`
}

/** Lines of a diff that are shown; the rest is in the record. */
const DIFF_LINES = 400

function changeLines(change: Change): readonly string[] {
  const { how, box, what, price, diff, undo, undone, linked, running } = change
  const where = box === undefined ? '' : ` on ${prose(box)}`
  const head = `**${NAMES[how]}${where}, ${clock(change.at)}:${how === 'ran' ? `** ${command(what)}` : ` ${told(what)}**`} (${ref(change.seq)}; price: ${price})`
  return [
    head,
    '',
    ...(diff === undefined || diff.trim() === '' ? [] : [...diffLines(diff, change.seq), '']),
    ...(undone
      ? [
          `- ${how === 'ran' || how === 'shelled' ? 'Over' : 'Taken back'} at ${clock(undone.at)} (${ref(undone.seq)})${undone.why ? `: ${told(undone.why)}` : ''}.`,
        ]
      : []),
    ...(undo === undefined || undone ? [] : [`- To take it back: ${code(undo)}`]),
    ...linked.map(linkLine),
    ...(isDebt(change) ? ['- **Not in the repository yet.**'] : []),
    ...(running && !undone ? ['- It still holds on the box.'] : []),
  ]
}

const NAMES: Readonly<Record<Change['how'], string>> = {
  relieved: 'Relief',
  changed: 'Change',
  ran: 'Command',
  shelled: 'Shell',
}

function isDebt({ debt, linked, undone }: Change): boolean {
  return debt && linked.length === 0 && !undone
}

function diffLines(diff: string, seq: number): readonly string[] {
  const lines = diff.replace(/\n$/, '').split('\n')
  const shown = lines.slice(0, DIFF_LINES)
  const more = lines.length - shown.length
  return [...fenced(shown, 'diff'), ...(more > 0 ? ['', `${more} more lines are in the record (${ref(seq)}).`] : [])]
}

function linkLine({ seq, commit, url }: Link): string {
  const what = commit === undefined ? 'the change' : `commit ${code(commit)}`
  const address = url === undefined ? undefined : webAddress(url)
  const where = address === undefined ? '' : `, [${prose(address.host)}](<${address.href}>)`
  return `- In the repository: ${what}${where} (${ref(seq)}).`
}

/** Only one that leads to the web as it stands, written so that nothing of it ends the link. */
function webAddress(url: string): { readonly href: string; readonly host: string } | undefined {
  if (!/^https?:\/\/[\w.-]+(?::\d+)?(?:\/[^\s<>\\`"'{}]*)?$/.test(url) || !URL.canParse(url)) return undefined
  const { href, host } = new URL(url)
  return { href, host }
}
