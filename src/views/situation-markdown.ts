import { count } from '../base/format.ts'
import type { BoxStory } from '../incidents/box-story.ts'
import type { Hypothesis } from '../incidents/hypotheses.ts'
import type { AnyEntry } from '../incidents/store.ts'
import type { Untried } from '../incidents/tried.ts'
import { code, escaped } from './ticket-markdown.ts'
import type { SituationView } from './situation-terminal.ts'
import {
  boxRemarks,
  changeWords,
  debtWords,
  evidenceWords,
  handedOverWords,
  holderWords,
  holdingWords,
  leftOutWords,
  inspectionWords,
  logWords,
  sightingWords,
  startWords,
  ticketClock,
  sinceWords,
  stateOf,
  triedWords,
} from './situation-words.ts'

/** All of a situation as Markdown, for a ticket or a chat. What came from boxes and people is escaped: no markup, link or HTML of its own. */
export function situationMarkdown(view: SituationView): string {
  const { situation, entries, nowMs } = view
  const {
    title,
    incident,
    closed,
    service,
    boxes,
    logs,
    inspections,
    hypotheses,
    untried,
    tried,
    holdings,
    debts,
    affected,
    notes,
    last,
  } = situation
  const byNumber = new Map(entries.map((entry) => [entry.seq, entry]))
  const facts = [
    `Incident ${incident}, ${sinceWords(situation, nowMs, ticketClock)}`,
    // Who reads it in a ticket is somebody else.
    holderWords(situation, '', ticketClock),
    handedOverWords(situation, ticketClock),
    service === undefined ? undefined : `service ${service}`,
    closed && `CLOSED by ${closed.by} at ${ticketClock(closed.at)}: ${closed.cause ?? 'cause not known'}`,
    ...leftOutWords(situation),
  ].filter((fact) => fact !== undefined)
  const judged = (state: Hypothesis['state']): readonly string[] =>
    hypotheses.filter((each) => each.state === state).flatMap((each) => hypothesisLines(each, byNumber))
  return [
    `# ${escaped(title ?? '(purged)')}`,
    ...block('', facts.map(item)),
    ...block('## Boxes', [...boxes.flatMap((box) => boxLines(box, nowMs)), ...boxRemarks(situation).map(item)]),
    ...block(
      '## Logs',
      logs.map((each) => item(logWords(each))),
    ),
    ...block(
      '## Inside processes',
      inspections.map((each) => item(inspectionWords(each))),
    ),
    ...block(
      '## Still running, or changed on a box',
      holdings.map((holding) => item(holdingWords(holding, nowMs))),
    ),
    ...block(
      '## Hotfixes that are not in the repository',
      debts.map((debt) => item(debtWords(debt))),
    ),
    ...block(
      '## Affected',
      affected.map(({ seq, text }) => item(`${text.replaceAll('\n', ' ')} (#${seq})`)),
    ),
    ...block('## Cause', judged('confirmed')),
    ...block('## Ruled out', judged('ruled-out')),
    ...block('## Open hypotheses', judged('open')),
    ...block('## Suggested, and not tried', untried.map(nextLine)),
    ...block(
      '## Tried',
      tried.map((each) =>
        item(`#${each.seq} ${ticketClock(each.at)} ${each.by}${onBoxWords(each.box)}: ${triedWords(each)}`),
      ),
    ),
    ...block(
      '## Notes',
      notes.map(({ seq, at, by, text }) => item(`#${seq} ${ticketClock(at)} ${by}: ${text.replaceAll('\n', ' ')}`)),
    ),
    '',
    `Head ${code(last.hash)}, ${count(last.seq, 'entry', 'entries')}.`,
    '',
  ].join('\n')
}

/** A heading over what there is; nothing where there is nothing. */
function block(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...(heading === '' ? [] : [heading, '']), ...lines]
}

function item(words: string): string {
  return `- ${escaped(words)}`
}

function boxLines(story: BoxStory, nowMs: number): readonly string[] {
  const { box, start, last } = story
  const said = last ? sightingWords(last, box) : 'nobody has looked at it yet'
  const before = start && start !== last ? [`at the start ${start.state}: ${sightingWords(start, box)}`] : []
  return [
    `- **${escaped(box)}: ${stateOf(story)}** ${escaped(`${startWords(story, nowMs).join(', ')}${last ? ': ' : ''}${said}`)}`,
    ...[...before, ...changeWords(story, nowMs)].map((words) => `  ${item(words)}`),
  ]
}

function hypothesisLines(
  { number, text, verdict, before }: Hypothesis,
  entries: ReadonlyMap<number, AnyEntry>,
): readonly string[] {
  const evidence = verdict ? evidenceWords(verdict, entries) : []
  const said = verdict ? `: ${verdict.why} (${verdict.by})` : ''
  const beforeWords = verdict ? 'before that' : 'before it was reopened'
  return [
    `- ${number}: ${escaped(`${text ?? '(purged)'}${said}`)}`,
    ...evidence.map((words) => `  ${item(`by ${words}`)}`),
    ...before.map(({ state, why, by }) => `  ${item(`${beforeWords} ${state} by ${by}: ${why}`)}`),
  ]
}

function nextLine({ command, why, price, beyondPolicy, finding, box }: Untried): string {
  const beyond = beyondPolicy ? ', **beyond the policy of this box**' : ''
  return `- ${code(command)}: ${escaped(why)} (${price}${beyond}; ${escaped(`${box}: ${finding.title}`)})`
}

function onBoxWords(box: string | undefined): string {
  return box === undefined ? '' : ` on ${box}`
}
