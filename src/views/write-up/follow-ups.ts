import type { Holding } from '../../incidents/holding.ts'
import type { FollowUp } from '../../incidents/story/follow-ups.ts'
import { obstaclesWithRoles } from '../../incidents/story/people.ts'
import type { Story } from '../../incidents/story/story.ts'
import { code, prose } from './blog-markdown.ts'
import { command } from './entry-text.ts'
import { hint, ref, resting, sentence, start, told } from './words.ts'

/** What is left to do: what the record knows of, as boxes to tick. */
export function followUps(story: Story): readonly string[] {
  const items = story.followUps.map((followUp) => `- [ ] ${words(followUp, story)}`)
  return [
    '## Follow-ups',
    '',
    ...(items.length > 0 ? items : ['The record leaves nothing open.']),
    hint('write: who does what until when, with links to the tickets'),
  ]
}

function words(followUp: FollowUp, { roles }: Story): string {
  const where = (box: string | undefined): string => (box === undefined ? '' : ` on ${prose(box)}`)
  switch (followUp.kind) {
    case 'debt':
      return `**Into the repository:** ${told(followUp.what)}${where(followUp.box)} (${ref(followUp.seq)}).`
    case 'holding':
      return holdingWords(followUp.holding)
    case 'not-verified':
      return `**Verify:** nothing says that this helped: ${told(followUp.what)} (${ref(followUp.seq)}).`
    case 'no-cause':
      return '**Find the cause:** nothing was confirmed.'
    case 'open-hypothesis':
      return `**Decide:** hypothesis ${followUp.number} is open: ${resting(sentence(followUp.text), ref(followUp.seq))}`
    case 'overrode':
      return `**Look again at the safeguard** that was overridden (${told(obstaclesWithRoles(followUp.what, roles))}): ${resting(sentence(followUp.reason), ref(followUp.seq))}`
    case 'not-ok':
      return `**${prose(followUp.box)} was ${followUp.state}** when it was last looked at (${ref(followUp.seq)}).`
    case 'not-told':
      return `**Tell the team:** it was not told of ${ref(followUp.seq)}.`
    case 'noted':
      return resting(start(sentence(followUp.text)), ref(followUp.seq))
  }
}

function holdingWords({ kind, seq, box, what, undo }: Holding): string {
  const where = box === undefined ? '' : ` on ${prose(box)}`
  switch (kind) {
    case 'job':
      return `**Still running${where}:** ${command(what)} (${ref(seq)}).`
    case 'command':
      return `**The end of a command${where} was not seen:** ${command(what)} (${ref(seq)}); when its console is gone, it ended with its line.`
    case 'shell':
      return `**A shell is still open${where}** (${ref(seq)}), or its console is gone.`
    case 'unreadable':
      return `**See what still holds${where}:** ${told(what)} (${ref(seq)}).`
    case 'change':
    case 'relief':
      return `**Still in place${where}:** ${told(what)} (${ref(seq)}).${undo === undefined ? '' : ` To take it back: ${code(undo)}`}`
  }
}
