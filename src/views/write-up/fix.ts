import type { Change, Link } from '../../incidents/story/changes.ts'
import type { Story } from '../../incidents/story/story.ts'
import { code, fenced, prose } from './blog-markdown.ts'
import { clock, hint, ref, told } from './words.ts'

/** What was made different, as a diff where there is one; what was taken back, and where it is in the repository. */
export function fix(story: Story): readonly string[] {
  const { changes } = story
  return [
    '## The fix',
    '',
    ...(changes.length === 0
      ? ['The record has no change on a box.', hint('write: what put it out, if something outside of the record did')]
      : changes.flatMap((change) => [...changeLines(change), ''])),
  ]
}

/** Lines of a diff that are shown; the rest is in the record. */
const DIFF_LINES = 400

function changeLines(change: Change): readonly string[] {
  const { how, box, what, price, diff, undo, undone, linked, running } = change
  const head = `**${how === 'relieved' ? 'Relief' : 'Change'}${box === undefined ? '' : ` on ${prose(box)}`}, ${clock(change.at)}: ${told(what)}** (${ref(change.seq)}; price: ${price})`
  return [
    head,
    '',
    ...(diff === undefined || diff.trim() === '' ? [] : [...diffLines(diff, change.seq), '']),
    ...(undone
      ? [`- Taken back at ${clock(undone.at)} (${ref(undone.seq)})${undone.why ? `: ${told(undone.why)}` : ''}.`]
      : []),
    ...(undo === undefined || undone ? [] : [`- To take it back: ${code(undo)}`]),
    ...linked.map(linkLine),
    ...(isDebt(change) ? ['- **Not in the repository yet.**'] : []),
    ...(running && !undone ? ['- It still holds on the box.'] : []),
  ]
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
