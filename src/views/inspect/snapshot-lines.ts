import { count } from '../../base/format.ts'
import { wrap } from '../../base/safe-text.ts'
import { expressionText } from '../../evidence/inspect/expression.ts'
import type { Frame, Local } from '../../evidence/inspect/frame.ts'
import { placeText, type Hit, type Snapshot } from '../../evidence/inspect/snapshot.ts'
import { foldedStack } from '../../findings/inspect/stacks.ts'
import type { ShownSnapshot } from '../../steps/inspect/inspection.ts'
import { cut, paint, shown, type Style } from '../style.ts'
import { shownFrames } from './stack-lines.ts'
import { titled } from './titled.ts'

const HITS_SHOWN = 10
const VALUES_SHOWN = 16
const LINES_OF_A_VALUE = 3
const LINES_OF_A_STACK = 8

/** What the variables were each time the statement ran: hit by hit, with the stack where it is another one than before. */
export function snapshotLines(shownSnapshot: ShownSnapshot, style: Style, details: boolean): readonly string[] {
  const { title, asked, snapshot } = shownSnapshot
  const { hits, notes } = snapshot
  const most = details ? hits.length : HITS_SHOWN
  const when = asked.when ? [`only where ${expressionText(asked.when)}`] : []
  const facts = [placeWords(snapshot), ...when, ...factsOf(snapshot)]
  return [
    ...titled('snapshot', shown(style, `${title}: ${facts.join(', ')}`), style),
    ...hits
      .slice(0, most)
      .flatMap((hit, at) => hitLines(hit, { number: at + 1, before: hits[at - 1] }, style, details)),
    ...(hits.length > most ? [`  and ${count(hits.length - most, 'more hit')} (--details)`] : []),
    ...notes.flatMap((note) => wrap(shown(style, note), style.columns - 2).map((line) => `  ${line}`)),
  ]
}

function placeWords({ place }: Snapshot): string {
  const { file, line, function: called } = place
  const where = placeText(place)
  return file !== undefined && line !== undefined && called !== undefined ? `${where} in ${called}` : where
}

function factsOf({ hits, reached, ended, tookMs, isSampled, perHitUs }: Snapshot): readonly string[] {
  const seconds = `${(tookMs / 1_000).toFixed(1)} s`
  const many =
    hits.length === 0
      ? isSampled
        ? `was not seen there in ${seconds}`
        : reached === 0
          ? `did not run in ${seconds}`
          : `no hit in ${seconds}`
      : `${count(hits.length, 'hit')} in ${seconds}`
  return [
    many,
    ...(reached === undefined || reached <= hits.length ? [] : [`ran ${count(reached, 'time')}`]),
    ...(isSampled ? ['sampled: it may have run unseen'] : []),
    ...(perHitUs === undefined ? [] : [`${perHitUs < 10 ? perHitUs.toFixed(1) : Math.round(perHitUs)} µs each time`]),
    ...(ENDED[ended] === '' ? [] : [ENDED[ended]]),
  ]
}

const ENDED = {
  hits: '',
  time: '',
  hot: 'given up: it runs so often that watching it slows the program down',
  process: 'then the process ended',
  stopped: 'ended before its time',
} as const

function hitLines(
  { atMs, tid, threadName, values, frames, condition }: Hit,
  { number, before }: { readonly number: number; readonly before: Hit | undefined },
  style: Style,
  details: boolean,
): readonly string[] {
  const thread = [tid === undefined ? '' : `thread ${tid}`, threadName === undefined ? '' : `(${threadName})`]
    .filter((part) => part !== '')
    .join(' ')
  const most = details ? values.length : VALUES_SHOWN
  const isSame = before !== undefined && !details && stackKey(before.frames) === stackKey(frames)
  return [
    cut(
      style,
      `  ${paint(style, 'strong', `hit ${number}`)} after ${(atMs / 1_000).toFixed(2)} s${thread === '' ? '' : `, ${shown(style, thread)}`}${isSame ? ', same stack' : ''}`,
      style.columns,
    ),
    ...(condition === undefined ? [] : wrap(shown(style, condition), style.columns - 6).map((line) => `      ${line}`)),
    ...values.slice(0, most).flatMap((value) => valueLines(value, style, details)),
    ...(values.length > most ? [`      and ${count(values.length - most, 'more value')} (--details)`] : []),
    ...(isSame ? [] : frameLines(frames, style, details)),
  ]
}

/** A value of more lines is cut where it is one of many. */
function valueLines({ name, type, value }: Local, style: Style, details: boolean): readonly string[] {
  const text = shown(style, `${name} = ${value}${type === undefined ? '' : `  (${type})`}`)
  const lines = wrap(text, style.columns - 8)
  const kept = lines.slice(0, details ? lines.length : LINES_OF_A_VALUE)
  return kept.map((line, at) =>
    cut(
      style,
      `${at === 0 ? '      ' : '        '}${line}${kept.length < lines.length && at === kept.length - 1 ? '…' : ''}`,
      style.columns,
    ),
  )
}

function frameLines(frames: readonly Frame[], style: Style, details: boolean): readonly string[] {
  // Its values stand above.
  const [first, ...outer] = frames.map(({ locals: _locals, ...frame }) => frame)
  if (!first) return []
  const bare = [first, ...outer]
  const lines = details ? bare.map((frame) => ({ kind: 'frame' as const, frame })) : foldedStack(bare, LINES_OF_A_STACK)
  return shownFrames(lines, first, style, details)
}

function stackKey(frames: readonly Frame[]): string {
  return JSON.stringify(frames.map(({ function: called, file, line, module }) => [called, file, line, module]))
}
