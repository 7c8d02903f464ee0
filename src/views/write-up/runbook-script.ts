import { safeText } from '../../base/safe-text.ts'
import type { Runbook, RunbookStep } from '../../incidents/story/runbook.ts'
import type { Story } from '../../incidents/story/story.ts'
import type { Template, Variable } from '../../incidents/story/variables.ts'
import { PLACE, sealed } from '../../steps/write-up/sealed.ts'
import { joined, priceWords, shellCommand, variableWords } from './runbook-words.ts'

/**
 * A runbook as a POSIX sh script: it says each step, its price and what to look for, runs what only reads, and asks before everything else; without a
 * terminal the answer is no. Texts of the record stand in it as words in single quotes, and nothing of them is expanded.
 */
export function runbookScript(runbook: Runbook, story: Story, name: string): string {
  const { incident, last, title } = story
  const values = runbook.variables.map((each) => `${each.name}=…`).join(' ')
  return sealed(
    [
      '#!/bin/sh',
      comment(`How the cause was found: ${title}`),
      comment(`Incident ${incident}, entries 1 to ${last.seq}, hash ${last.hash.slice(0, 12)}.`),
      comment(PLACE),
      '#',
      comment(`  ${values} sh ${name}`),
      '#',
      ...runbook.variables.map((each) => comment(`${each.name}: ${variableWords(each)}`)),
      '# What only reads runs at once. Everything else is shown and asks first; without a terminal the answer is no.',
      '# shellcheck disable=SC1003,SC2016 # texts of the record are quoted as they are, and not meant to be expanded',
      'set -u',
      '',
      ...runbook.variables.flatMap(check),
      FUNCTIONS,
      ...runbook.steps.flatMap((step, at) => [...stepLines(step, at + 1, true), '']),
      `say ${words('What it means: ', runbook.meaning)}`,
      ...(runbook.remedies.length > 0 ? ['', "say 'What was done about it then:'"] : []),
      ...runbook.remedies.flatMap((step, at) => ['', ...stepLines(step, at + 1, false)]),
      '',
    ].join('\n'),
  )
}

const FUNCTIONS = `command -v halligan >/dev/null 2>&1 || {
  echo 'halligan is not in PATH.' >&2
  exit 1
}

say() {
  printf '\\n%s\\n' "$1"
}

look_for() {
  printf '   look for: %s\\n' "$1"
}

run() {
  printf '   $'
  printf ' %s' "$@"
  printf '\\n'
  "$@" || printf '   (exit %s)\\n' "$?"
}

ask() {
  printf '   %s\\n   $' "$1"
  shift
  printf ' %s' "$@"
  printf '\\n   Run it? [y/N] '
  if [ ! -t 0 ]; then
    echo 'no (this is no terminal)'
    return
  fi
  answer=''
  read -r answer || true
  if [ "$answer" = y ] || [ "$answer" = Y ]; then
    "$@" || printf '   (exit %s)\\n' "$?"
  fi
}
`

/** A variable that is missing, or that would be more than a value on the box. */
function check(variable: Variable): readonly string[] {
  const { name, kind } = variable
  const bad = kind === 'pid' ? '*[!0-9]*' : '-* | *[!][A-Za-z0-9@%+=:,./_-]*'
  return [
    `if [ -z "\${${name}-}" ]; then`,
    `  printf '%s\\n' ${single(`${name} is missing: ${variableWords(variable)}`)} >&2`,
    '  exit 2',
    'fi',
    `case $${name} in`,
    `  ${bad})`,
    `    echo '${name} has a character in it that it cannot have.' >&2`,
    '    exit 2',
    '    ;;',
    'esac',
    '',
  ]
}

function stepLines(step: RunbookStep, number: number, mayRun: boolean): readonly string[] {
  const command = shellCommand(step)
  const price = priceWords(step)
  const isFree = mayRun && step.price === 'free'
  return [
    `say ${words(`${number}. `, step.why, ` (${price}; entry ${step.seq})`)}`,
    ...step.lookFor.map((each) => `look_for ${words('', each)}`),
    command
      ? `${isFree ? 'run' : `ask ${single(step.price === undefined ? 'Price not known: it may do more than read.' : `Price: ${price}.`)}`} ${command.join(' ')}`
      : `printf '   %s\\n' 'The record has no command for this that could be shown.'`,
  ]
}

/** One word of sh: text and variables. */
function words(before: string, template: Template, after = ''): string {
  const pieces = joined([before, ...template, after])
  const shown = pieces.map((piece) => (typeof piece === 'string' ? single(piece) : `"$${piece.name}"`))
  return shown.length === 0 ? "''" : shown.join('')
}

function single(text: string): string {
  return `'${safeText(text).replaceAll("'", String.raw`'\''`)}'`
}

function comment(text: string): string {
  return `# ${safeText(text)}`
}
