import { bytes, count } from '../../base/format.ts'
import { wrap, wrapParts } from '../../base/safe-text.ts'
import type { CoreFile, CoreModule } from '../../evidence/inspect/core/core-file.ts'
import type { CoreInspection } from '../../steps/inspect/core-inspection.ts'
import { localTime } from '../local-time.ts'
import { cut, paint, separator, shown, type Style } from '../style.ts'
import { doingLines } from './inspect-screen.ts'
import { stackLines } from './stack-lines.ts'
import { titled } from './titled.ts'

const SHOWN = { threads: 8, files: 8 } as const

/** The screen of a core, as that of a process: who it was and what it died of, its stacks with the one that crashed first, threads, files, and what could not be seen. Ends with a newline. */
export function coreScreen(inspection: CoreInspection, style: Style, details: boolean): string {
  const { core, stacks, runtimeStacks } = inspection
  if (!core) return ''
  const sections: readonly (readonly string[])[] = [
    [...headLines(inspection, core, style), ...doingLines(inspection, style)],
    runtimeStacks ? stackLines(runtimeStacks, style, details) : [],
    stacks ? stackLines(stacks, style, details) : [],
    stacks ? [] : threadLines(core, style, details),
    fileLines(core, style, details),
    unseenLines(inspection, style),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function headLines({ box, tookMs, binary }: CoreInspection, core: CoreFile, style: Style): readonly string[] {
  const { process, path, architecture, writtenAtMs, program } = core
  const who = process ? `${shown(style, process.name)} (${process.pid})` : 'a process'
  const facts = [
    `core ${path}`,
    bytes(core.bytes),
    `written ${localTime(writtenAtMs)}`,
    architecture,
    ...(process ? [`user ${process.uid}`] : []),
    count(core.threads.length, 'thread'),
  ].map((fact) => shown(style, fact))
  const command = process?.commandLine ?? ''
  const by = binary === undefined || binary === program ? '' : `, names by ${binary}`
  return [
    paint(style, 'strong', cut(style, `${shown(style, box)}  ${who}, as it was`, style.columns)),
    ...wrapParts(facts, style.columns - 2, separator(style)).map((line) => `  ${line}`),
    ...(command === '' ? [] : [paint(style, 'faint', cut(style, `  $ ${shown(style, command)}`, style.columns))]),
    ...wrap(shown(style, `read in ${(tookMs / 1_000).toFixed(1)} s where it lies${by}`), style.columns - 2).map(
      (line) => paint(style, 'faint', `  ${line}`),
    ),
  ]
}

/** Where each was, when nobody could follow its stack. */
function threadLines({ threads }: CoreFile, style: Style, details: boolean): readonly string[] {
  if (threads.length === 0) return []
  const most = details ? threads.length : SHOWN.threads
  return [
    ...titled('threads', 'by the instruction at which each was, the first one at work', style),
    ...threads
      .slice(0, most)
      .map(({ tid, place, instruction }) =>
        cut(style, `  ${tid}  ${shown(style, place ?? addressWords(instruction))}`, style.columns),
      ),
    ...(threads.length > most ? [`  and ${threads.length - most} more (--details)`] : []),
  ]
}

function addressWords(instruction: bigint | undefined): string {
  return instruction === undefined ? 'not known' : `0x${instruction.toString(16)}, in no file`
}

const NOW = {
  same: 'the same build lies there now',
  other: 'another build lies there now',
  gone: 'there is no such file now',
} as const

function fileLines({ files }: CoreFile, style: Style, details: boolean): readonly string[] {
  if (files.length === 0) return []
  const most = details ? files.length : SHOWN.files
  // What is not as it was matters most.
  const sorted = files.toSorted((a, b) => rank(a) - rank(b))
  return [
    ...titled('files', `${count(files.length, 'file')} of it ${files.length === 1 ? 'was' : 'were'} mapped`, style),
    ...sorted.slice(0, most).map((file) => cut(style, `  ${shown(style, fileWords(file, details))}`, style.columns)),
    ...(sorted.length > most ? [`  and ${sorted.length - most} more (--details)`] : []),
  ]
}

function rank({ now }: CoreModule): number {
  return now === 'other' ? 0 : now === 'gone' ? 1 : now === 'same' ? 2 : 3
}

function fileWords({ path, now, buildId }: CoreModule, details: boolean): string {
  const build = details && buildId !== undefined ? `, build-id ${buildId}` : ''
  return `${path}${now === undefined ? '' : `: ${NOW[now]}`}${build}`
}

function unseenLines({ noStacks, noRuntimeStacks }: CoreInspection, style: Style): readonly string[] {
  const unseen = [noStacks, noRuntimeStacks].flatMap((each) => each ?? [])
  if (unseen.length === 0) return []
  return [
    paint(style, 'strong', 'not seen'),
    ...unseen
      .flatMap(({ what, why, hint }) =>
        wrap(shown(style, `${what}: ${why}${hint === '' ? '' : ` (${hint})`}`), style.columns - 2),
      )
      .map((line) => `  ${line}`),
  ]
}
