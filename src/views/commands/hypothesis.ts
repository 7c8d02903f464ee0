import { closest } from '../../base/closest.ts'
import { safeText } from '../../base/safe-text.ts'
import { hypothesesOf, type Hypothesis, type Verdict } from '../../incidents/hypotheses.ts'
import { judge, suppose, type NotJudged } from '../../steps/hypothesis.ts'
import { outputStyle, print } from '../console.ts'
import { judgementExample, SUPPOSE_EXAMPLE } from '../judgement-example.ts'
import { Problem } from '../problem.ts'
import { openIncident } from '../recorder.ts'
import { closedProblem, theIncident, theIncidentOrOnlyOne, type IncidentFlags } from '../the-incident.ts'
import { theStore } from '../the-store.ts'
import { sayTakenOut } from '../taken-out.ts'
import { evidenceWords } from '../situation-words.ts'
import { shown, type Color, type Style } from '../style.ts'

/** `halligan hypothesis` without a command of its own, or with a word that is none. */
export function hypothesisWithout(words: readonly string[]): Problem {
  const [first] = words
  if (first === undefined)
    return new Problem('What about a hypothesis? add, rule-out, confirm or list.', SUPPOSE_EXAMPLE, 2)
  const meant = closest(first, ['add', 'rule-out', 'confirm', 'list'])
  return new Problem(
    `halligan hypothesis has no command "${first}".`,
    meant === undefined ? SUPPOSE_EXAMPLE : `halligan hypothesis ${meant}`,
    2,
  )
}

/** Writes down what may be the cause. */
export async function addHypothesis(words: readonly string[], flags: IncidentFlags): Promise<number> {
  const text = words.join(' ').trim()
  if (text === '') throw new Problem('What may be the cause is missing.', SUPPOSE_EXAMPLE, 2)
  const open = await openIncident(await theIncident(flags))
  const outcome = await suppose(open, text)
  if (outcome.how === 'failed') throw outcome.problem
  if (outcome.how === 'left') throw closedProblem(open.incident, outcome.leave.closed)
  const { entry } = outcome
  const number = entry.did === 'supposed' ? entry.payload?.hypothesis : undefined
  await print(
    `Hypothesis ${number} stands in ${open.incident} as #${entry.seq}.\nWhen something shows it: halligan hypothesis rule-out ${number} WHY --by ENTRY (or confirm)\n`,
  )
  sayTakenOut(text, entry.did === 'supposed' ? entry.payload?.text : undefined)
  return 0
}

export interface JudgeFlags extends IncidentFlags {
  /** Numbers of entries, with commas. */
  readonly by?: string
}

/** Rules a hypothesis out or confirms it, and says what was said of it before. */
export async function judgeHypothesis(
  state: Verdict['state'],
  numberText: string | undefined,
  words: readonly string[],
  flags: JudgeFlags,
): Promise<number> {
  const number = wholeNumber(numberText ?? '')
  const why = words.join(' ').trim()
  const evidence = (flags.by ?? '').split(/[\s,]+/).filter((word) => word !== '')
  const seqs = evidence.map((word) => wholeNumber(word.replace(/^#/, '')))
  const wrong = wrongIn(numberText, why, seqs, flags)
  if (wrong !== undefined || number === undefined) {
    const verb = state === 'confirmed' ? 'confirm' : 'rule-out'
    throw new Problem(wrong ?? '', await judgementExample(verb, number, flags), 2)
  }
  const open = await openIncident(await theIncident(flags))
  const outcome = await judge(open, { state, number, why, evidence: seqs.filter((seq) => seq !== undefined) })
  if (outcome.how === 'failed') throw outcome.problem
  if (outcome.how === 'left') throw notJudged(outcome.leave, number, open.incident)
  const { hypotheses } = outcome.situation
  await print(
    `Hypothesis ${number} is ${state === 'confirmed' ? 'confirmed' : 'ruled out'}, #${outcome.entry.seq} in ${open.incident}.\n${before(hypotheses, number, state)}`,
  )
  const { entry } = outcome
  sayTakenOut(why, entry.did === 'confirmed' || entry.did === 'ruled-out' ? entry.payload?.why : undefined)
  return 0
}

/** What a judgement lacks, in a sentence. */
function wrongIn(
  numberText: string | undefined,
  why: string,
  seqs: readonly (number | undefined)[],
  { by }: JudgeFlags,
): string | undefined {
  if (numberText === undefined) return 'Which hypothesis is missing: its number, as `halligan hypothesis list` has it.'
  if (wholeNumber(numberText) === undefined) return `"${numberText}" is no number of a hypothesis.`
  if (why === '') return 'Why is missing.'
  if (by === undefined) return 'Which entries show it is missing: their numbers, as `halligan timeline` has them.'
  return seqs.length === 0 || seqs.includes(undefined) ? `--by takes numbers of entries, not "${by}".` : undefined
}

/** A contradiction stays visible: what was said before, and what else is said to be the cause. */
function before(hypotheses: readonly Hypothesis[], number: number, state: Verdict['state']): string {
  const verdict = hypotheses.find((each) => each.number === number)?.verdict
  const words = state === 'confirmed' ? 'confirmed' : 'ruled out'
  const told =
    verdict === undefined
      ? []
      : verdict.state === state
        ? [`It was ${words} before, by ${verdict.by} as #${verdict.seq}: ${verdict.why}`]
        : [
            `THAT CONTRADICTS #${verdict.seq}, where ${verdict.by} ${verdict.state === 'confirmed' ? 'confirmed it' : 'ruled it out'}: ${verdict.why}`,
          ]
  const others =
    state === 'confirmed' ? hypotheses.filter((each) => each.number !== number && each.state === 'confirmed') : []
  return [
    ...told,
    ...others.map((each) => `Hypothesis ${each.number} is confirmed as well: ${each.text ?? '(purged)'}`),
  ]
    .map((line) => `${safeText(line)}\n`)
    .join('')
}

function notJudged(leave: NotJudged, number: number, incident: string): Problem {
  switch (leave.why) {
    case 'closed':
      return closedProblem(incident, leave.closed)
    case 'no-such-hypothesis':
      return new Problem(
        `There is no hypothesis ${number} in ${incident}.`,
        leave.known.length === 0
          ? 'halligan hypothesis add "…"'
          : `There ${leave.known.length === 1 ? 'is' : 'are'} ${leave.known.map((each) => each.number).join(', ')}: halligan hypothesis list`,
      )
    case 'no-such-entry': {
      const { missing, purged } = leave
      const parts = [
        ...(missing.length > 0 ? [`has no entry ${missing.map((seq) => `#${seq}`).join(', ')}`] : []),
        ...(purged.length > 0 ? [`has nothing left of the purged ${purged.map((seq) => `#${seq}`).join(', ')}`] : []),
      ]
      return new Problem(`${incident} ${parts.join(' and ')}.`, 'halligan timeline --last 10 shows the numbers.')
    }
  }
}

/** All hypotheses with what became of them. */
export async function listHypotheses(flags: IncidentFlags & { readonly color?: Color }): Promise<number> {
  const { id } = await theIncidentOrOnlyOne(flags)
  const entries = await (await theStore()).read(id)
  const byNumber = new Map(entries.map((entry) => [entry.seq, entry]))
  const style = outputStyle(flags.color)
  const hypotheses = hypothesesOf(entries)
  const lines = hypotheses.flatMap((each) =>
    hypothesisLines(each, (verdict) => evidenceWords(verdict, byNumber), style),
  )
  await print(lines.length > 0 ? `${lines.join('\n')}\n` : 'There is none yet: halligan hypothesis add "…"\n')
  return 0
}

function hypothesisLines(
  { number, state, text, verdict, before: earlier }: Hypothesis,
  evidence: (verdict: Verdict) => readonly string[],
  style: Style,
): readonly string[] {
  const words: Readonly<Record<Hypothesis['state'], string>> = {
    open: 'open     ',
    'ruled-out': 'ruled out',
    confirmed: 'CONFIRMED',
  }
  return [
    `${String(number).padStart(3)} ${words[state]}  ${shown(style, text ?? '(purged)')}`,
    ...(verdict
      ? [`               ${shown(style, `${verdict.why} (${verdict.by}; by ${evidence(verdict).join(', ')})`)}`]
      : []),
    ...earlier.map(
      (each) =>
        `               ${shown(style, `${verdict ? 'before that' : 'before it was reopened'} ${each.state}, #${each.seq}: ${each.why}`)}`,
    ),
  ]
}

function wholeNumber(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
}
