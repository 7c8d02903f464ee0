import { count } from '../../base/format.ts'
import type { Disappearance } from '../../incidents/story/disappearances.ts'
import type { Story } from '../../incidents/story/story.ts'
import { prose } from './blog-markdown.ts'
import { command } from './entry-text.ts'
import { clock, listed, ref, told } from './words.ts'

/** Findings, and entries, that are named; more are counted. */
const NAMED = 3

/**
 * What a look saw to be gone, and what had been done before it, without saying that the one came of the other:
 * `After #67 the look at web-1, 14:36 (#70), no longer found: …`.
 */
export function disappearanceSentence({ box, at, seq, findings, after }: Disappearance, story: Story): string {
  const look = `look at ${prose(box)}, ${clock(at)} (${ref(seq)}), no longer found`
  const first = after.length === 0 ? 'The' : `After ${afterWords(after, story)} the`
  const named = findings.slice(0, NAMED).map(({ title }) => told(title))
  const left = findings.length - named.length
  return `${first} ${look}: ${named.join('; ')}${left > 0 ? `; and ${count(left, 'more finding')}` : ''}.`
}

/** What was done last before a look is what it saw the end of. */
function afterWords(seqs: readonly number[], story: Story): string {
  const [only, ...others] = seqs
  if (only !== undefined && others.length === 0) return nameOf(only, story)
  const left = seqs.length - NAMED
  return `${left > 0 ? `${count(left, 'more')}, and ` : ''}${listed(seqs.slice(-NAMED).map(ref))}`
}

/** `` `kill 812` (#67, 14:33) ``. */
function nameOf(seq: number, { changes, perhapsChanges }: Story): string {
  const change = changes.find((each) => each.seq === seq)
  const perhaps = perhapsChanges.find((each) => each.seq === seq)
  const at = change?.at ?? perhaps?.at
  if (at === undefined) return ref(seq)
  const line = change?.how === 'ran' ? change.what : perhaps?.line
  const what = line === undefined ? change && `"${told(change.what)}"` : command(line)
  return what === undefined ? ref(seq) : `${what} (${ref(seq)}, ${clock(at)})`
}

/** The one that matters most: at which it was over, else the one with the finding that burned most. */
export function mainDisappearance({ disappearances, course }: Story): Disappearance | undefined {
  const end = course.mitigated?.how === 'seen' ? course.mitigated.seq : undefined
  const worst = ({ findings }: Disappearance): number => Math.max(...findings.map(({ score }) => score))
  return disappearances.find(({ seq }) => seq === end) ?? disappearances.toSorted((a, b) => worst(b) - worst(a))[0]
}
