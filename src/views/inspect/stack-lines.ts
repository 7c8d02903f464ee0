import { count, percent } from '../../base/format.ts'
import { wrap } from '../../base/safe-text.ts'
import type { Frame, Local } from '../../evidence/inspect/frame.ts'
import type { ApartStack, ThreadStack } from '../../evidence/inspect/stacks.ts'
import { foldedStack, type ShownFrame, type StackGroup } from '../../findings/inspect/stacks.ts'
import type { ShownStacks } from '../../steps/inspect/inspection.ts'
import { cut, paint, shown, type Style } from '../style.ts'
import { titled } from './titled.ts'

const GROUPS_SHOWN = 6
const LINES_OF_A_STACK = 14
const LOCALS_SHOWN = 8
/** On a terminal that is too narrow for all. Characters. */
const SHORTEST_NAMES = 10
/** Of a value on the screen; `--json` has all that was read. Characters. */
const VALUE_SHOWN = 60

/** Threads by identical stacks: how many, whether they are stuck, then the stack with the program's own frames standing out. */
export function stackLines(stacks: ShownStacks, style: Style, details: boolean): readonly string[] {
  const { title, notes, apartMs } = stacks
  const how = apartMs > 0 ? `twice, ${Math.round(apartMs)} ms apart` : 'once'
  return [
    ...titled('stacks', `${shown(style, title)}, ${how}`, style),
    ...stackGroupLines(stacks, style, details),
    ...notes.flatMap((note) => wrap(shown(style, note), style.columns - 2).map((line) => `  ${line}`)),
  ]
}

/** The same without its head and notes. */
export function stackGroupLines(stacks: ShownStacks, style: Style, details: boolean): readonly string[] {
  const { groups, apartMs } = stacks
  const most = details ? groups.length : GROUPS_SHOWN
  const left = groups.slice(most)
  return [
    ...groups.slice(0, most).flatMap((group) => groupLines(group, apartMs, style, details)),
    ...(left.length > 0
      ? [
          `  and ${count(left.length, 'more stack')} of ${count(
            left.reduce((sum, { threads }) => sum + threads.length, 0),
            'thread',
          )} (--details)`,
        ]
      : []),
    ...apartLines(stacks, style, details),
  ]
}

function groupLines(group: StackGroup, apartMs: number, style: Style, details: boolean): readonly string[] {
  const { frames, threads, ownFrame } = group
  const lines = details
    ? frames.map((frame) => ({ kind: 'frame' as const, frame }))
    : foldedStack(frames, LINES_OF_A_STACK)
  const own = ownFrame === undefined ? undefined : frames[ownFrame]
  const names = [...new Set(threads.flatMap(({ name }) => name ?? []))].slice(0, 3).join(', ')
  const [first] = threads
  // One that the box does not number is known by its name alone.
  const one = first && first.tid > 0 ? `thread ${first.tid}` : 'a thread'
  const who = threads.length === 1 ? one : `${threads.length} threads`
  const moves = movesWords(group, apartMs)
  // Whether they move is what matters: it is the names that are cut.
  const room = Math.max(SHORTEST_NAMES, style.columns - who.length - moves.length - '   ()'.length)
  return [
    cut(style, `  ${who}${names === '' ? '' : ` (${cut(style, shown(style, names), room)})`} ${moves}`, style.columns),
    ...saidLines(threads, style),
    ...(frames.length === 0 && threads.every(({ says }) => !says) ? ['    no frame could be read'] : []),
    ...shownFrames(lines, own, style, details),
    ...(threads[0]?.cut === undefined ? [] : [`      (${shown(style, threads[0].cut)})`]),
  ]
}

export function shownFrames(
  lines: readonly ShownFrame[],
  own: Frame | undefined,
  style: Style,
  details: boolean,
): readonly string[] {
  return lines.flatMap((line) =>
    line.kind === 'folded'
      ? [paint(style, 'faint', `      ${style.unicode ? '…' : '...'} ${count(line.frames, 'frame')} of others`)]
      : frameLines(line.frame, line.frame === own, style, details),
  )
}

/** What the runtime says of them, those first of whom it says most: `holds the GIL`. */
function saidLines(threads: readonly ThreadStack[], style: Style): readonly string[] {
  const said = [...new Set(threads.flatMap(({ says = [] }) => says))]
  return said.length === 0 ? [] : [cut(style, `    ${shown(style, said.join(', '))}`, style.columns)]
}

/** Stacks that belong to no thread: the same ones together. */
function apartLines({ stacks }: ShownStacks, style: Style, details: boolean): readonly string[] {
  const groups = [
    ...Map.groupBy(stacks.samples.at(-1)?.apart ?? [], ({ frames, says }) =>
      JSON.stringify([says, frames.map((frame) => [frame.function, frame.file, frame.line])]),
    ).values(),
  ].toSorted((a, b) => b.length - a.length)
  const most = details ? groups.length : GROUPS_SHOWN
  const left = groups.slice(most).reduce((sum, each) => sum + each.length, 0)
  return [
    ...groups.slice(0, most).flatMap((group) => apartGroup(group, style, details)),
    ...(left > 0 ? [`  and ${count(left, 'more stack')} of no thread (--details)`] : []),
  ]
}

function apartGroup(group: readonly ApartStack[], style: Style, details: boolean): readonly string[] {
  const [first] = group
  if (!first) return []
  const { name, frames, says, cut: end } = first
  const own = frames.find((frame) => frame.own)
  const more = group.length > 1 ? ` and ${group.length - 1} like it` : ''
  const lines = details
    ? frames.map((frame) => ({ kind: 'frame' as const, frame }))
    : foldedStack(frames, LINES_OF_A_STACK)
  return [
    cut(
      style,
      `  ${shown(style, name)}${more}${says.length > 0 ? `: ${shown(style, says.join(', '))}` : ''}`,
      style.columns,
    ),
    ...shownFrames(lines, own, style, details),
    ...(end === undefined ? [] : [`      (${shown(style, end)})`]),
  ]
}

function movesWords({ threads, moves, cpuMs }: StackGroup, apartMs: number): string {
  const one = threads.length === 1
  if (moves === 'stuck') return one ? 'does not move' : 'do not move'
  if (moves === 'unknown') return one ? 'is here' : 'are here'
  const used = cpuMs === undefined || apartMs <= 0 ? '' : `, ${percent((cpuMs / apartMs) * 100)} of one CPU`
  return `${one ? 'is' : 'are'} busy${used}`
}

/** Locks of one frame that are shown; a frame has one or two. */
const LOCKS_SHOWN = 4

function frameLines(frame: Frame, isOwn: boolean, style: Style, details: boolean): readonly string[] {
  const { function: called, file, line, module, locals = [], locks = [] } = frame
  const place = file === undefined ? module : line === undefined ? file : `${file}:${line}`
  const sign = isOwn ? (style.unicode ? '▸' : '>') : ' '
  const text = cut(
    style,
    `    ${sign} ${shown(style, called)}${place === undefined ? '' : `  ${shown(style, place)}`}`,
    style.columns,
  )
  const told = isOwn || (details && frame.own !== false) ? locals : []
  const most = details ? locals.length : LOCALS_SHOWN
  return [
    frame.own ? paint(style, 'strong', text) : text,
    ...locks.slice(0, LOCKS_SHOWN).map((lock) => cut(style, `        ${shown(style, lock)}`, style.columns)),
    ...told.slice(0, most).map((local) => cut(style, `        ${localWords(local, style)}`, style.columns)),
    ...(told.length > most ? [`        and ${count(told.length - most, 'more value')} (--details)`] : []),
  ]
}

function localWords({ name, type, value }: Local, style: Style): string {
  const text = cut(style, shown(style, value), VALUE_SHOWN)
  return `${shown(style, name)} = ${text}${type === undefined ? '' : `  (${shown(style, type)})`}`
}
