import { bytes, count, grouped, pause } from '../../base/format.ts'
import { wrap } from '../../base/safe-text.ts'
import type { PayloadOf } from '../../incidents/payloads.ts'
import { lentWords } from './lent-words.ts'
import { PRICE_WORDS, cut, paint, plainWidth, shown, stateWord, type Style } from '../style.ts'

/** What looking into a process came to, as its entry keeps it: what it did, threads by what they did, their stacks, what was paid and what was not seen. */
export function inspectedEntryLines(payload: PayloadOf<'inspected'>, style: Style): readonly string[] {
  const {
    pid,
    name,
    asked,
    runtime,
    threads,
    doing,
    groups,
    stacks,
    profile,
    snapshot,
    memory,
    crash,
    core,
    paid,
    blind,
    failure,
  } = payload
  const what = pid === undefined ? asked : `${name ?? asked} (${pid})`
  const facts = [runtime, threads === undefined ? undefined : count(threads, 'thread')].filter(
    (each) => each !== undefined,
  )
  return [
    ...indented([what, ...facts].join(', '), style, '  '),
    ...(failure ? indented(`${failure.message} ${failure.tryNext}`, style, '  ') : []),
    ...doing.flatMap(({ state, says }) => {
      const sign = stateWord(style, state)
      return wrap(shown(style, says), style.columns - plainWidth(sign) - 3).map((line, at) =>
        at === 0 ? `  ${sign} ${line}` : `    ${line}`,
      )
    }),
    ...(groups.length > 0 ? ['', '  threads'] : []),
    ...groups.map((group) =>
      cut(
        style,
        `    ${group.threads}  ${shown(style, group.says)}${group.cpuMs > 0 ? `, CPU ${group.cpuMs} ms` : ''}`,
        style.columns,
      ),
    ),
    ...stackLines(stacks, style),
    ...profileLines(profile, style),
    ...memoryLines(memory, style),
    ...snapshotLines(snapshot, style),
    ...crashLines(crash, style),
    ...(core ? indented(`core: ${core.file}, ${bytes(core.bytes)} (${core.inspector})`, style, '  ') : []),
    ...paid.flatMap(({ inspector, price, stoppedMs, residue, proof = [] }) => {
      const stopped = stoppedMs === undefined ? '' : `; it stood still for ${pause(stoppedMs)}`
      const left = residue === undefined ? '' : `; what stays: ${residue}`
      return [
        ...indented(`${inspector}: ${PRICE_WORDS[price]}${stopped}${left}`, style, '  '),
        ...proof.flatMap((each) => indented(each, style, '    ')),
      ]
    }),
    ...(payload.lent ? indented(lentWords(payload.lent), style, '  ') : []),
    ...blind.flatMap((each) => indented(`not seen: ${each.what} (${each.why})`, style, '  ')),
  ]
}

function crashLines(crash: PayloadOf<'inspected'>['crash'], style: Style): readonly string[] {
  if (!crash) return []
  const { inspector, watchedMs, captures, end } = crash
  return [
    '',
    ...indented(`watched for its end for ${(watchedMs / 1_000).toFixed(1)} s (${inspector})`, style, '  '),
    ...captures.flatMap(({ says, groups }) => [
      ...indented(says, style, '  '),
      ...stackLines({ inspector, groups }, style),
    ]),
    ...(captures.length === 0 ? indented(end ?? 'nothing happened in that time', style, '  ') : []),
  ]
}

function stackLines(stacks: PayloadOf<'inspected'>['stacks'], style: Style): readonly string[] {
  if (!stacks) return []
  return stacks.groups.flatMap(({ threads, moves, frames, left }) => [
    '',
    `  ${count(threads, 'thread')} with this stack, ${moves} (${shown(style, stacks.inspector)})`,
    ...frames.map((frame) => paint(style, 'faint', cut(style, `    ${shown(style, frame)}`, style.columns))),
    ...(left > 0 ? [`    (${count(left, 'frame')} left out)`] : []),
  ])
}

function profileLines(profile: PayloadOf<'inspected'>['profile'], style: Style): readonly string[] {
  if (!profile) return []
  const { inspector, watchedMs, idlePercent, bySelf, byTotal, comparedWith } = profile
  const idle = idlePercent > 0 ? `, idle in ${idlePercent} %` : ''
  const lines = (functions: typeof bySelf): readonly string[] =>
    functions.map(({ function: called, percent, own }) =>
      paint(
        style,
        own ? 'strong' : 'faint',
        cut(style, `    ${`${percent} %`.padStart(7)}  ${shown(style, called)}`, style.columns),
      ),
    )
  return [
    '',
    `  profile of ${(watchedMs / 1_000).toFixed(1)} s (${shown(style, inspector)})${idle}: in the function itself`,
    ...lines(bySelf),
    '  with all that it calls',
    ...lines(byTotal),
    ...(comparedWith === undefined ? [] : indented(`compared with ${comparedWith}`, style, '  ')),
  ]
}

function memoryLines(memory: PayloadOf<'inspected'>['memory'], style: Style): readonly string[] {
  if (!memory) return []
  const { inspector, watchedMs, byKind, types, sites } = memory
  const more = (grew: number | undefined): string =>
    grew === undefined || grew === 0 ? '' : `, ${grew > 0 ? 'grew' : 'shrank'} by ${bytes(Math.abs(grew))}`
  const lines = [
    ...byKind.map(({ kind, residentBytes, grewBytes }) => `${kind}: ${bytes(residentBytes)}${more(grewBytes)}`),
    ...types.map(
      ({ name, count: many, bytes: size, grewBytes }) => `${name}: ${grouped(many)}, ${bytes(size)}${more(grewBytes)}`,
    ),
    ...sites.map(({ function: called, bytes: held }) => `${called}: allocated ${bytes(held)} that are still held`),
  ]
  return [
    '',
    `  memory, watched for ${(watchedMs / 1_000).toFixed(1)} s (${shown(style, inspector)})`,
    ...lines.map((line) => cut(style, `    ${shown(style, line)}`, style.columns)),
  ]
}

function snapshotLines(snapshot: PayloadOf<'inspected'>['snapshot'], style: Style): readonly string[] {
  if (!snapshot) return []
  const { inspector, at, when, watchedMs, reached, hits, left } = snapshot
  const ran = reached === undefined ? '' : `, ran ${count(reached, 'time')}`
  const what = `${at}${when === undefined ? '' : ` where ${when}`}: ${count(hits.length + left, 'hit')} in ${(watchedMs / 1_000).toFixed(1)} s${ran} (${inspector})`
  return [
    '',
    ...indented(what, style, '  '),
    ...hits.flatMap(({ atMs, thread, values, frames, condition }) => [
      cut(
        style,
        `    after ${atMs} ms${thread === undefined ? '' : `, thread ${shown(style, thread)}`}`,
        style.columns,
      ),
      ...(condition === undefined ? [] : indented(condition, style, '      ')),
      ...values.map((value) => cut(style, `      ${shown(style, value)}`, style.columns)),
      ...frames.map((frame) => paint(style, 'faint', cut(style, `      ${shown(style, frame)}`, style.columns))),
    ]),
    ...(left > 0 ? [`    (${count(left, 'hit')} left out)`] : []),
  ]
}

function indented(text: string, style: Style, indent: string): readonly string[] {
  if (text === '') return []
  return wrap(shown(style, text), style.columns - indent.length).map((line) => indent + line)
}
