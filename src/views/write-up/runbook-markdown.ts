import { safeText } from '../../base/safe-text.ts'
import type { Runbook, RunbookStep } from '../../incidents/story/runbook.ts'
import type { Story } from '../../incidents/story/story.ts'
import type { Template } from '../../incidents/story/variables.ts'
import type { GeneratedDocument, Section } from '../../steps/write-up/sections.ts'
import { code, fenced, prose, proseWithin } from './blog-markdown.ts'
import { capital } from './entry-text.ts'
import { priceWords, shellCommand, variableWords } from './runbook-words.ts'
import { sentence, start, told } from './words.ts'

/** A runbook as Markdown whose code blocks can be run one after the other in a shell; what does more than read is commented out. */
export function runbookDocument(runbook: Runbook, story: Story): GeneratedDocument {
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['title', title(story)],
    ['variables', variables(runbook)],
    ['steps', ['## Find it', '', ...runbook.steps.flatMap((step, at) => stepLines(step, at + 1, 'free'))]],
    ['meaning', ['## What it means', '', stopped(start(templateProse(runbook.meaning))), '', ...cause(story)]],
    ['remedies', remedies(runbook)],
  ]
  return {
    incident: `${story.incident}-runbook`,
    frontMatter: undefined,
    sections: sections.map(([id, lines]): Section => ({ id, text: lines.join('\n').trim() })),
  }
}

function title({ title, incident, last, cause }: Story): readonly string[] {
  return [
    `# Runbook: ${told(title)}`,
    '',
    `The way on which the cause was found in incident ${prose(incident)} (entries 1 to ${last.seq}, hash ${last.hash.slice(0, 12)}), to be gone again.${cause ? ` It fits where the cause is: ${sentence(cause.text)}` : ''}`,
  ]
}

function cause({ cause }: Story): readonly string[] {
  return cause ? [`Then the cause is: ${sentence(cause.text)}`] : []
}

function variables({ variables }: Runbook): readonly string[] {
  if (variables.length === 0) return []
  return [
    '## Set these first',
    '',
    ...fenced(
      variables.map((each) => `${each.name}=   # ${safeText(variableWords(each)).replaceAll('`', "'")}`),
      'sh',
    ),
  ]
}

function stepLines(step: RunbookStep, number: number, runs: 'free' | 'nothing'): readonly string[] {
  const why = templateProse(step.why)
  const words = shellCommand(step)
  const isFree = runs === 'free' && step.price === 'free'
  const lines = words?.join(' ').split('\n') ?? []
  return [
    `### ${number}. ${why === '' ? 'Run this' : start(why)}`,
    '',
    `${capital(priceWords(step))}${isFree ? '' : '. **Read it first**: it is commented out'} (entry ${step.seq}).`,
    '',
    ...(words
      ? [...fenced(isFree ? lines : lines.map((line) => `# ${line}`), 'sh'), '']
      : [`The record has no command for this that could be shown: see entry ${step.seq}.`, '']),
    ...(step.lookFor.length > 0 ? ['Look for something like:', '', ...step.lookFor.map(lookForLine), ''] : []),
  ]
}

function lookForLine(template: Template): string {
  return `- ${code(
    template
      .map((piece) => (typeof piece === 'string' ? piece : `$${piece.name}`))
      .join('')
      .slice(0, LOOK_FOR),
  )}`
}

/** Characters. */
const LOOK_FOR = 300

function remedies({ remedies }: Runbook): readonly string[] {
  if (remedies.length === 0) return []
  return ['## What was done about it', '', ...remedies.flatMap((step, at) => stepLines(step, at + 1, 'nothing'))]
}

function stopped(words: string): string {
  return /[.!?…]$/.test(words) ? words : `${words}.`
}

function templateProse(template: Template): string {
  return template
    .map((piece) => (typeof piece === 'string' ? proseWithin(piece.replaceAll('\n', ' ')) : `\`$${piece.name}\``))
    .join('')
    .trim()
}
