import { count, percent } from '../../base/format.ts'
import { wrap } from '../../base/safe-text.ts'
import { hotPath } from '../../findings/inspect/icicle.ts'
import { callTree, type CallNode, type ProfiledFunction } from '../../findings/inspect/profile.ts'
import type { ShownProfile } from '../../steps/inspect/inspection.ts'
import { cut, paint, shown, type Style } from '../style.ts'
import { comparedLines } from './compared-lines.ts'
import { nameOf } from './function-name.ts'
import { icicleLines } from './icicle-lines.ts'
import { titled } from './titled.ts'

const FUNCTIONS_SHOWN = { usual: 8, details: 40 } as const
const PATH_SHOWN = { usual: 16, details: 200 } as const
/** What is rarer is noise of some hundred samples. Share of all. */
const SMALLEST = 0.005

/** Where a process spends its time: functions alone, with what they call, as an icicle, and along the hottest path. */
export function profileLines(shownProfile: ShownProfile, style: Style, details: boolean): readonly string[] {
  const { title, profile, tops, compared } = shownProfile
  const tree = callTree(profile.stacks)
  return [
    ...titled('profile', shown(style, `${title}: ${factsOf(shownProfile).join(', ')}`), style),
    ...compareHead(shownProfile, style),
    ...topLines(HEADINGS[profile.of].self, tops.bySelf, ({ selfShare }) => selfShare, style, details),
    ...topLines(HEADINGS[profile.of].total, wherein(shownProfile), ({ totalShare }) => totalShare, style, details),
    ...icicleLines(tree, style, details),
    ...pathLines(tree, style, details),
    ...(compared ? comparedLines(compared, style, details) : []),
    ...profile.notes.flatMap((note) => wrap(shown(style, note), style.columns - 2).map((line) => `  ${line}`)),
  ]
}

/** Every wait begins somewhere in the libraries of threads, and ends in the kernel: where the program's own code is known, that is what is told. */
function wherein({ profile, tops }: ShownProfile): readonly ProfiledFunction[] {
  if (profile.of !== 'off-cpu') return tops.byTotal
  const own = tops.byTotal.filter((each) => each.own)
  return own.length > 0 ? own : tops.byTotal.filter(({ self, total }) => self < total)
}

/** What waits ends in what it waits for. */
const OF_WORK = { self: 'in the function itself', total: 'with all that it calls' } as const
const HEADINGS = {
  cpu: OF_WORK,
  'off-cpu': { self: 'what they wait for', total: 'where they wait' },
  allocations: OF_WORK,
} as const

const OF = { cpu: 'processor time', 'off-cpu': 'time in which its threads waited', allocations: 'allocations' } as const

function factsOf({ profile, tops }: ShownProfile): readonly string[] {
  const { of, unit, tookMs, idle } = profile
  const amount =
    unit === 'samples'
      ? count(tops.total, 'sample')
      : unit === 'bytes'
        ? `${Math.round(tops.total)} B`
        : `${(tops.total / 1_000).toFixed(1)} s of all threads`
  return [
    OF[of],
    `${(tookMs / 1_000).toFixed(1)} s`,
    amount,
    ...(idle > 0 ? [`idle in ${percent(100 * tops.idleShare)} of all (${count(idle, 'sample')})`] : []),
    ...(tops.ownShare > 0 ? [`own code in ${percent(100 * tops.ownShare)}`] : []),
  ]
}

function compareHead({ compared }: ShownProfile, style: Style): readonly string[] {
  return compared
    ? wrap(`What changed from ${shown(style, compared.with)} stands below.`, style.columns - 2).map(
        (line) => `  ${line}`,
      )
    : []
}

function topLines(
  heading: string,
  functions: readonly ProfiledFunction[],
  shareOf: (each: ProfiledFunction) => number,
  style: Style,
  details: boolean,
): readonly string[] {
  const told = functions.filter((each) => shareOf(each) >= SMALLEST)
  const most = details ? FUNCTIONS_SHOWN.details : FUNCTIONS_SHOWN.usual
  if (told.length === 0) return []
  const left = told.length - most
  return [
    `  ${heading}`,
    ...told.slice(0, most).map((each) => functionLine(each, shareOf(each), style)),
    ...(left > 0 && !details ? [`         and ${count(left, 'more function')} (--details)`] : []),
  ]
}

const BAR_COLUMNS = 10

function functionLine(each: ProfiledFunction, share: number, style: Style): string {
  const bar = barOf(share, style)
  const line = cut(style, `  ${percent(100 * share).padStart(6)} ${bar} ${nameOf(each, style)}`, style.columns)
  return each.own ? paint(style, 'strong', line) : line
}

/** Eighths of a cell where there is Unicode; the figure stands beside it. */
function barOf(share: number, { unicode }: Style): string {
  if (!unicode) return '#'.repeat(Math.round(share * BAR_COLUMNS)).padEnd(BAR_COLUMNS)
  const eighths = Math.round(share * BAR_COLUMNS * 8)
  const part = eighths % 8 === 0 ? '' : '▏▎▍▌▋▊▉'.charAt((eighths % 8) - 1)
  return ('█'.repeat(Math.floor(eighths / 8)) + part).padEnd(BAR_COLUMNS)
}

function pathLines(tree: CallNode, style: Style, details: boolean): readonly string[] {
  const path = hotPath(tree)
  if (path.length === 0) return []
  const most = details ? PATH_SHOWN.details : PATH_SHOWN.usual
  // The inner end is what costs; the outer one is the same in every program.
  const kept = path.slice(-most)
  return [
    '  hottest path',
    ...(path.length > most
      ? [`         ${style.unicode ? '…' : '...'} ${count(path.length - most, 'caller')} (--details)`]
      : []),
    ...kept.map((node, at) => {
      const alone = node.self / tree.total >= SMALLEST ? `, ${percent((100 * node.self) / tree.total)} itself` : ''
      const corner = at === 0 && path.length <= most ? '' : style.unicode ? '└ ' : '\\ '
      const line = cut(
        style,
        `  ${percent((100 * node.total) / tree.total).padStart(6)} ${' '.repeat(Math.min(at, 12))}${corner}${nameOf(node, style)}${alone}`,
        style.columns,
      )
      return node.own ? paint(style, 'strong', line) : line
    }),
  ]
}
