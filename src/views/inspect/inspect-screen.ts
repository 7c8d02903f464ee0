import { proofWords } from '../../boxes/proof.ts'
import { bytes, count, duration, percent } from '../../base/format.ts'
import { wrap, wrapParts } from '../../base/safe-text.ts'
import { descriptorGroups } from '../../evidence/inspect/descriptors.ts'
import type { Limit } from '../../evidence/inspect/limits.ts'
import type { ProcessState } from '../../evidence/inspect/state.ts'
import type { InspectedThread } from '../../evidence/inspect/thread.ts'
import type { ThreadGroup } from '../../findings/inspect/thread-groups.ts'
import type { Inspection } from '../../steps/inspect/inspection.ts'
import { localTime } from '../local-time.ts'
import { cut, paint, plainWidth, separator, shown, stateWord, type Style } from '../style.ts'
import { memoryUseLines } from './memory-lines.ts'
import { profileLines } from './profile-lines.ts'
import { crashLines } from './crash-lines.ts'
import { takenCoreLines } from './taken-core-lines.ts'
import { snapshotLines } from './snapshot-lines.ts'
import { stackLines } from './stack-lines.ts'
import { titled } from './titled.ts'
import { wayLines } from './way-lines.ts'

const SHOWN = { groups: 8, threadsOfGroup: 5, files: 8, changed: 5, children: 6, variables: 0 } as const

/**
 * The screen of one process, for a tired person: who it is, what it does now, its stacks where they were taken, threads by what they do, what it has open, its
 * memory and limits, what is not as it was when it started, then what else can be done and what could not be seen. Ends with a newline.
 */
export function inspectScreen(inspection: Inspection, style: Style, details: boolean): string {
  const { state, stacks, profile, snapshot, memoryUse, crash, core, box } = inspection
  if (!state) return ''
  const sections: readonly (readonly string[])[] = [
    [...headLines(inspection, state, style), ...doingLines(inspection, style)],
    snapshot ? snapshotLines(snapshot, style, details) : [],
    crash ? crashLines(crash, style, details) : [],
    core ? takenCoreLines(core, box, style) : [],
    profile ? profileLines(profile, style, details) : [],
    memoryUse ? memoryUseLines(memoryUse, style, details) : [],
    stacks ? stackLines(stacks, style, details) : [],
    threadLines(inspection, state, style, details),
    [
      ...fileLines(state, style, details),
      ...memoryLines(state, style),
      ...limitLines(state, style, details),
      ...changedLines(state, style, details),
      ...familyLines(state, style, details),
      ...environmentLines(state, style, details),
    ],
    wayLines(inspection, style, details),
    paidLines(inspection, style),
    unseenLines(inspection, style),
  ]
  const screen = sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')
  return `${style.unicode ? screen : screen.replaceAll('·', '|').replaceAll('…', '~')}\n`
}

function headLines(
  { box, found, startedAtMs, tookMs }: Inspection,
  state: ProcessState,
  style: Style,
): readonly string[] {
  const { process, runtime, user, readAtMs } = state
  const { unit, startedAtMs: started, uid, effectiveUid } = process
  const who = `user ${user ?? uid}${effectiveUid === uid ? '' : `, runs as uid ${effectiveUid} (setuid)`}`
  const facts = [
    [runtimeWords(state), ...runtime.details].join(', '),
    ...(unit === undefined ? [] : [unit]),
    who,
    ...(started === undefined || readAtMs === undefined
      ? []
      : [
          `up ${duration(Math.max(0, readAtMs - started) / 1000)}, since ${localTime(started + startedAtMs - readAtMs)}`,
        ]),
    ...(process.namespacePids.length > 1 ? [`PID ${process.namespacePids.at(-1)} in its container`] : []),
  ].map((fact) => shown(style, fact))
  const command = process.argv.join(' ')
  const thread = found.thread === undefined ? '' : `, of which ${found.thread} is a thread`
  const title = `${shown(style, box)}  ${shown(style, process.name)} (${process.pid})${thread}`
  return [
    paint(style, 'strong', cut(style, title, style.columns)),
    ...wrapParts(facts, style.columns - 2, separator(style)).map((line) => `  ${line}`),
    ...(command === '' ? [] : [paint(style, 'faint', cut(style, `  $ ${shown(style, command)}`, style.columns))]),
    ...wrap(`read in ${(tookMs / 1000).toFixed(1)} s, from /proc alone unless said otherwise`, style.columns - 2).map(
      (line) => paint(style, 'faint', `  ${line}`),
    ),
  ]
}

const RUNTIME_NAMES: Readonly<Record<ProcessState['runtime']['kind'], string>> = {
  native: 'native code',
  go: 'Go',
  cpython: 'CPython',
  node: 'Node.js',
  jvm: 'JVM',
  ruby: 'Ruby',
  php: 'PHP',
  dotnet: '.NET',
  shell: 'shell',
  kernel: 'thread of the kernel',
}

function runtimeWords({ runtime, process }: ProcessState): string {
  if (process.state === 'Z') return 'zombie'
  return `${RUNTIME_NAMES[runtime.kind]}${runtime.version === undefined ? '' : ` ${runtime.version}`}`
}

export function doingLines({ doing }: Pick<Inspection, 'doing'>, style: Style): readonly string[] {
  return doing.flatMap(({ state, says }) => {
    const sign = stateWord(style, state)
    const lines = wrap(shown(style, says), style.columns - plainWidth(sign) - 3)
    return lines.map((line, at) => (at === 0 ? `  ${sign} ${line}` : `    ${line}`))
  })
}

function threadLines({ groups }: Inspection, state: ProcessState, style: Style, details: boolean): readonly string[] {
  const { process, windowMs } = state
  if (groups.length === 0) return []
  const most = details ? groups.length : SHOWN.groups
  const left = groups.slice(most)
  const window = windowMs > 0 ? `, CPU over ${(windowMs / 1000).toFixed(1)} s` : ''
  return [
    ...titled('threads', `${process.threadCount}, by what they do now${window}`, style),
    ...groups.slice(0, most).flatMap((group) => groupLines(group, windowMs, style, details)),
    ...(left.length > 0
      ? [
          `  and ${count(
            left.reduce((sum, { threads }) => sum + threads.length, 0),
            'thread',
          )} of ${count(left.length, 'other kind')} (--details)`,
        ]
      : []),
  ]
}

function groupLines(group: ThreadGroup, windowMs: number, style: Style, details: boolean): readonly string[] {
  const { says, threads, cpuMs, owner, waitedFor } = group
  const cpu = windowMs > 0 ? percent((cpuMs / windowMs) * 100) : ''
  const head = `  ${String(threads.length).padStart(4)}  ${cpu.padStart(6)}  `
  const who = owner ? `; ${waitedFor === 'end' ? 'it is' : 'it has'} ${owner.tid} (${owner.name})` : ''
  const said = owner && waitedFor === 'lock' ? `${says}; ${owner.tid} (${owner.name}) has it` : `${says}${who}`
  const rest = ' '.repeat(plainWidth(head))
  return [
    ...wrap(shown(style, said), style.columns - plainWidth(head)).map((line, at) => `${at === 0 ? head : rest}${line}`),
    paint(style, 'faint', cut(style, `${rest}${shown(style, membersWords(threads, details))}`, style.columns)),
  ]
}

/** `813 worker-1, 814 worker-2 and 35 more`; a name that all share stands once: `worker: 813, 814 and 35 more`. */
function membersWords(threads: readonly InspectedThread[], details: boolean): string {
  const most = details ? threads.length : SHOWN.threadsOfGroup
  const left = threads.length - most
  const [first] = threads
  const same = threads.length > 1 && threads.every(({ name }) => name === first?.name)
  const named = threads.slice(0, most).map(({ tid, name }) => (same ? String(tid) : `${tid} ${name}`))
  return `${same ? `${first?.name}: ` : ''}${named.join(', ')}${left > 0 ? ` and ${left} more` : ''}`
}

/** A label in front of its lines. */
function labelled(label: string, lines: readonly string[], style: Style): readonly string[] {
  const room = style.columns - LABEL_COLUMNS
  return lines
    .flatMap((line) => wrap(line, room))
    .map(
      (line, at) =>
        (at === 0
          ? paint(style, 'strong', label) + ' '.repeat(LABEL_COLUMNS - label.length)
          : ' '.repeat(LABEL_COLUMNS)) + line,
    )
}

const LABEL_COLUMNS = 10

function fileLines({ descriptors, limits }: ProcessState, style: Style, details: boolean): readonly string[] {
  if (descriptors.kind !== 'seen') return []
  const { open, listed } = descriptors.value
  const groups = descriptorGroups(listed)
  const soft = limitOf(limits.kind === 'seen' ? limits.value : [], 'Max open files')?.soft
  const most = details ? groups.length : SHOWN.files
  const left = groups.slice(most).reduce((sum, each) => sum + each.count, 0)
  const unlisted = open - listed.length
  return labelled(
    'open',
    [
      `${open}${soft === undefined ? '' : ` of at most ${soft}`}`,
      ...groups
        .slice(0, most)
        .map(({ what, count: many, fds }) =>
          shown(style, `${many}  ${what} (fd ${fds.join(', ')}${many > fds.length ? ', …' : ''})`),
        ),
      ...(left > 0 ? [`${left}  others (--details)`] : []),
      ...(unlisted > 0 ? [`${unlisted}  not read one by one`] : []),
    ],
    style,
  )
}

function limitOf(limits: readonly Limit[], name: string): Limit | undefined {
  return limits.find((limit) => limit.name === name)
}

function memoryLines({ process, memory }: ProcessState, style: Style): readonly string[] {
  if (process.residentBytes === 0 && memory.mapped.length === 0) return []
  const { anonymousBytes, fileBytes, sharedBytes, privateBytes, proportionalBytes } = memory
  const parts = (all: readonly (readonly [string, number | undefined])[]): string =>
    all
      .flatMap(([name, value]) => (value === undefined || value === 0 ? [] : [`${name} ${bytes(value)}`]))
      .join(separator(style))
  const used = parts([
    ['anonymous', anonymousBytes],
    ['of files', fileBytes],
    ['shared', sharedBytes],
    ['in swap', process.swapBytes],
  ])
  const own = parts([
    ['private', privateBytes],
    ['with its share of what is shared (PSS)', proportionalBytes],
  ])
  const mapped = memory.mapped
    .map(({ kind, bytes: size, mappings }) => `${kind} ${bytes(size)} in ${mappings}`)
    .join(separator(style))
  return labelled(
    'memory',
    [
      `${bytes(process.residentBytes)} resident${used === '' ? '' : ` (${used})`}`,
      ...(own === '' ? [] : [own]),
      ...(mapped === '' ? [] : [`mapped: ${mapped}`]),
    ],
    style,
  )
}

/** Limits that are near, and those of memory, processes and core files, which explain failures; with --details all. */
const TOLD_LIMITS: ReadonlySet<string> = new Set([
  'Max processes',
  'Max address space',
  'Max data size',
  'Max locked memory',
  'Max core file size',
])

function limitLines({ limits, process }: ProcessState, style: Style, details: boolean): readonly string[] {
  if (limits.kind !== 'seen') return []
  const told = limits.value.filter(({ name, soft }) => details || (TOLD_LIMITS.has(name) && soft !== undefined))
  const words = told.map(({ name, soft, hard, unit }) => {
    const value = (limit: number | undefined): string =>
      limit === undefined ? 'unlimited' : unit === 'bytes' ? bytes(limit) : String(limit)
    const used =
      name === 'Max processes' ? ` (this one has ${count(process.threadCount, 'thread')}; all of its user count)` : ''
    return `${name.replace(/^Max /, '')} ${value(soft)}${hard === soft ? '' : ` (may be raised to ${value(hard)})`}${used}`
  })
  return words.length === 0
    ? []
    : labelled('limits', details ? words : wrapParts(words, style.columns - LABEL_COLUMNS, separator(style)), style)
}

function changedLines({ changed, process }: ProcessState, style: Style, details: boolean): readonly string[] {
  if (changed.kind !== 'seen' || process.state === 'Z') return []
  if (changed.value.length === 0)
    return labelled('code', ['its binary and libraries are those that it started with'], style)
  const most = details ? changed.value.length : SHOWN.changed
  const left = changed.value.length - most
  const how = {
    deleted: 'deleted or replaced since it started',
    changed: 'written to since it started',
    touched: 'put there, or its mode changed, since it started',
  } as const
  return labelled(
    'code',
    [
      ...changed.value
        .slice(0, most)
        .map(({ path, how: what, atMs }) =>
          shown(style, `${path}: ${how[what]}${atMs === undefined ? '; it runs the old one' : `, ${localTime(atMs)}`}`),
        ),
      ...(left > 0 ? [`and ${count(left, 'more file')} (--details)`] : []),
    ],
    style,
  )
}

function familyLines({ parents, children }: ProcessState, style: Style, details: boolean): readonly string[] {
  const arrow = style.unicode ? ' ← ' : ' <- '
  const above = parents.map(({ pid, name }) => `${name} (${pid})`).join(arrow)
  const below = children.kind === 'seen' ? children.value : undefined
  const most = details ? (below?.listed.length ?? 0) : SHOWN.children
  const listed =
    below?.listed
      .slice(0, most)
      .map(({ pid, name, state }) => `${name} (${pid}${state === 'S' ? '' : `, ${state}`})`) ?? []
  const zombies = below?.listed.filter(({ state }) => state === 'Z').length ?? 0
  const left = (below?.count ?? 0) - listed.length
  return [
    ...(above === '' ? [] : labelled('parents', [shown(style, above)], style)),
    ...(below && below.count > 0
      ? labelled(
          'children',
          [
            shown(
              style,
              `${below.count}${zombies > 0 ? `, ${zombies} of them ended and not collected` : ''}: ${listed.join(', ')}${left > 0 ? ` and ${left} more` : ''}`,
            ),
          ],
          style,
        )
      : []),
  ]
}

/** Marks of secrets in a text that was redacted. */
const SECRET = /‹secret:/

function environmentLines({ environment }: ProcessState, style: Style, details: boolean): readonly string[] {
  if (environment.kind !== 'seen' || environment.value.length === 0) return []
  const all = environment.value
  const secrets = all.filter((each) => SECRET.test(each)).length
  const head = `${count(all.length, 'variable')} as it started with them${secrets > 0 ? `, ${secrets} with a secret taken out` : ''}${details ? '' : ' (--details)'}`
  return labelled('environ', details ? [head, ...all.map((each) => shown(style, each))] : [head], style)
}

/** What was done to it, and how the guard found it afterwards. */
function paidLines({ paid }: Inspection, style: Style): readonly string[] {
  const priced = paid.filter(({ price }) => price !== 'free')
  if (priced.length === 0) return []
  const indent = (text: string): readonly string[] =>
    wrap(shown(style, text), style.columns - 2).map((line) => `  ${line}`)
  return [
    paint(style, 'strong', 'afterwards'),
    ...priced.flatMap(({ proof, residue }) =>
      (proof
        ? proofWords(proof, residue)
        : ['How the process is now was not seen. The guard on the box lets go of it by itself.']
      ).flatMap(indent),
    ),
  ]
}

function unseenLines(
  { blind, noStacks, noProfile, noSnapshot, noMemory, noCrash, noCore }: Inspection,
  style: Style,
): readonly string[] {
  const none = [noCore, noCrash, noMemory, noSnapshot, noProfile, noStacks].flatMap((each) => each ?? [])
  const all = [...none, ...blind]
  if (all.length === 0) return []
  return [
    paint(style, 'strong', 'not seen'),
    ...all.flatMap(({ what, why, hint }) =>
      wrap(shown(style, `${what}: ${why}${hint === '' ? '' : ` (${hint})`}`), style.columns - 2).map(
        (line) => `  ${line}`,
      ),
    ),
  ]
}
