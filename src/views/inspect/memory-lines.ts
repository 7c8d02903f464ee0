import { bytes, grouped } from '../../base/format.ts'
import { wrap } from '../../base/safe-text.ts'
import type {
  KindUse,
  MemoryUse,
  MemoryUseKind,
  ResidentAt,
  SiteUse,
  TypeUse,
} from '../../evidence/inspect/memory-use.ts'
import type { ShownMemory } from '../../steps/inspect/inspection.ts'
import { cut, paint, shown, type Style } from '../style.ts'
import { titled } from './titled.ts'

const TYPES_SHOWN = { usual: 12, details: 60 } as const

/** What of a process's memory grows, by kind and by type. */
export function memoryUseLines(
  { title, use, growsSteadily }: ShownMemory,
  style: Style,
  details: boolean,
): readonly string[] {
  const seconds = `${(use.watchedMs / 1_000).toFixed(1)} s`
  const steady = { true: ', grows all the time', false: ', goes up and down', undefined: '' }[`${growsSteadily}`]
  return [
    ...titled('memory', shown(style, `${title}: watched for ${seconds}${steady}`), style),
    ...overLine(use.over, style),
    ...kindLines(use.byKind, style),
    ...heapLines(use, style),
    ...typeLines(use, style, details),
    ...siteLines(use, style, details),
    ...(use.noTypes
      ? indented(`types not seen: ${use.noTypes.why}${use.noTypes.hint === '' ? '' : ` (${use.noTypes.hint})`}`, style)
      : []),
    ...use.notes.flatMap((note) => indented(note, style)),
  ]
}

const BARS = '▁▂▃▄▅▆▇█'

/** What is in use without files, over time, between its least and its most. */
function overLine(over: readonly ResidentAt[], style: Style): readonly string[] {
  if (over.length < 4) return []
  const sizes = over.map(({ anonymousBytes, sharedBytes, swapBytes }) => anonymousBytes + sharedBytes + swapBytes)
  const least = Math.min(...sizes)
  const most = Math.max(...sizes)
  const bars = style.unicode
    ? sizes
        .map((size) =>
          BARS.charAt(most === least ? 0 : Math.round(((size - least) / (most - least)) * (BARS.length - 1))),
        )
        .join('')
    : ''
  const from = sizes[0] ?? 0
  const to = sizes.at(-1) ?? 0
  return [
    cut(style, `  ${bars}${bars === '' ? '' : '  '}from ${bytes(from)} to ${bytes(to)}, without files`, style.columns),
  ]
}

const KIND_WORDS: Readonly<Record<MemoryUseKind, string>> = {
  heap: 'heap',
  arenas: 'malloc arenas',
  stacks: 'stacks',
  jit: 'JIT code',
  anonymous: 'anonymous',
  files: 'files',
  shared: 'shared',
  kernel: 'kernel',
  others: 'others',
}

function kindLines(byKind: readonly KindUse[], style: Style): readonly string[] {
  const told = byKind.filter(
    ({ residentBytes, swapBytes, grewBytes }) => residentBytes + swapBytes + Math.abs(grewBytes) > 0,
  )
  if (told.length === 0) return []
  return [
    cut(style, '          now       grew  by kind', style.columns),
    ...told.map(({ kind, mappings, residentBytes, swapBytes, grewBytes }) => {
      const swap = swapBytes > 0 ? `, and ${bytes(swapBytes)} in swap` : ''
      const line = `${row(residentBytes, grewBytes)}  ${KIND_WORDS[kind]} (${grouped(mappings)})${swap}`
      return strongIf(grewBytes > 0, cut(style, line, style.columns), style)
    }),
  ]
}

function heapLines({ heaps }: MemoryUse, style: Style): readonly string[] {
  const told = heaps.filter(({ bytes: size, grewBytes }) => size > 0 || grewBytes !== 0)
  if (told.length === 0) return []
  return [
    cut(style, '          now       grew  by what the runtime counts', style.columns),
    ...told.map(({ name, bytes: size, grewBytes }) =>
      strongIf(grewBytes > 0, cut(style, `${row(size, grewBytes)}  ${shown(style, name)}`, style.columns), style),
    ),
  ]
}

const TYPE_HEADS = {
  compared: '          now       grew     objects       grew  by type, those that grow first',
  once: '          now                objects             by type',
} as const

function typeLines({ types }: MemoryUse, style: Style, details: boolean): readonly string[] {
  if (!types || types.length === 0) return []
  const most = details ? TYPES_SHOWN.details : TYPES_SHOWN.usual
  const left = types.length - most
  const compared = types.some(({ grewBytes }) => grewBytes !== undefined)
  return [
    cut(style, compared ? TYPE_HEADS.compared : TYPE_HEADS.once, style.columns),
    ...types.slice(0, most).map((type) => typeLine(type, style)),
    ...(left > 0
      ? [`  and ${grouped(left)} more ${left === 1 ? 'type' : 'types'}${details ? '' : ' (--details)'}`]
      : []),
  ]
}

function typeLine({ name, count, bytes: size, grewCount, grewBytes }: TypeUse, style: Style): string {
  const counts = `${grouped(count).padStart(12)}${signed(grewCount, grouped).padStart(11)}`
  const line = `${row(size, grewBytes)}${counts}  ${shown(style, name)}`
  return strongIf((grewBytes ?? 0) > 0, cut(style, line, style.columns), style)
}

function siteLines({ sites }: MemoryUse, style: Style, details: boolean): readonly string[] {
  if (!sites || sites.length === 0) return []
  const most = details ? TYPES_SHOWN.details : TYPES_SHOWN.usual
  return [
    cut(style, '              allocated meanwhile and still held, by who allocated it', style.columns),
    ...sites.slice(0, most).map((site) => siteLine(site, style)),
  ]
}

function siteLine({ frame, thread, bytes: held }: SiteUse, style: Style): string {
  const place = frame.file === undefined ? '' : `  ${frame.file}${frame.line === undefined ? '' : `:${frame.line}`}`
  const who = thread === undefined ? '' : ` (${thread})`
  const sign = frame.own ? (style.unicode ? '▸ ' : '> ') : '  '
  const line = `  ${bytes(held).padStart(11)}  ${sign}${shown(style, `${frame.function}${place}${who}`)}`
  return strongIf(frame.own === true, cut(style, line, style.columns), style)
}

function row(size: number, grew: number | undefined): string {
  return `  ${bytes(size).padStart(11)}${signed(grew, bytes).padStart(11)}`
}

/** Empty where it is not known; nothing that grew by nothing says more than that. */
function signed(value: number | undefined, words: (value: number) => string): string {
  if (value === undefined) return ''
  return value > 0 ? `+${words(value)}` : value < 0 ? `-${words(-value)}` : '0'
}

function strongIf(is: boolean, line: string, style: Style): string {
  return is ? paint(style, 'strong', line) : line
}

function indented(text: string, style: Style): readonly string[] {
  return wrap(shown(style, text), style.columns - 2).map((line) => `  ${line}`)
}
