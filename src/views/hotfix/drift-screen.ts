import { bytes, count } from '../../base/format.ts'
import { safeText } from '../../base/safe-text.ts'
import { quoted } from '../../findings/next.ts'
import type { OddBox } from '../../findings/drift/odd-one-out.ts'
import { marksIn } from '../../incidents/redaction/index.ts'
import { hasDrift, isStale, type BoxDrift, type ShownFile } from '../../steps/hotfix/contract.ts'
import { staleWords } from '../../steps/hotfix/record-drift.ts'
import { localTime, zoneWords } from '../local-time.ts'
import { problemWords } from '../problem.ts'
import { paint, type Style } from '../style.ts'

/** Of one file; the record has all. */
const LINES_SHOWN = 60
/** Of what is in no commit: it is new from its first line to its last. */
const NEW_LINES_SHOWN = 15
const FILES_SHOWN = 100

/** As it was given on the command line: what follows is asked in the same way. */
export interface AskedDrift {
  readonly service?: string | undefined
  readonly path?: string
  readonly repo?: string
  readonly commit?: string
  readonly sudo?: boolean
  readonly incident?: string
}

/** What one box, or several side by side, run against the repository. */
export function driftScreen(
  drifts: readonly BoxDrift[],
  odd: readonly OddBox[],
  asked: AskedDrift,
  style: Style,
  nowMs: number,
): string {
  const several = drifts.length > 1 ? sideBySide(drifts, odd, style) : []
  const lines = [...several, ...drifts.flatMap((drift) => oneBox(drift, asked, style)), faint(style, zoneWords(nowMs))]
  return `${lines.join('\n')}\n`
}

function sideBySide(drifts: readonly BoxDrift[], odd: readonly OddBox[], style: Style): readonly string[] {
  const width = Math.max(...drifts.map(({ box }) => safeText(box).length))
  return [
    ...drifts.map((drift) => {
      const why = odd.find(({ box }) => box === drift.box)?.why
      const mark = why === undefined ? '' : `   ODD ONE OUT: ${safeText(why)}`
      return `${safeText(drift.box).padEnd(width)}  ${summary(drift)}${paint(style, 'strong', mark)}`
    }),
    '',
  ]
}

function summary({ failure, expected, files, processes, settings }: BoxDrift): string {
  if (failure) return 'could not be told'
  const stale = processes.filter(isStale).length
  const parts = [
    ...(files.length > 0 ? [count(files.length, 'file')] : []),
    ...(stale > 0 ? [count(stale, 'process', 'processes')] : []),
    ...(settings.length > 0 ? [count(settings.length, 'setting')] : []),
  ]
  return `${expected?.commit.id.slice(0, 10) ?? '?'}  ${parts.length === 0 ? 'no drift' : `differs in ${parts.join(', ')}`}`
}

const HOW = {
  asked: 'as you said',
  told: 'sure: it is written there',
  likely: 'likely: a tag has that version',
  'best-match': 'a guess: no other fits better',
} as const

function oneBox(drift: BoxDrift, asked: AskedDrift, style: Style): readonly string[] {
  const { box, failure, folder, expected, same, ofCommit } = drift
  const head = paint(style, 'strong', `${safeText(box)}:${safeText(folder)}`)
  if (failure) return [head, ...notes(drift, style), problemWords(failure).trimEnd(), '']
  if (!expected) return [head, '']
  const { commit, from, how } = expected
  const share = ofCommit === 0 ? '' : `, ${same} of its ${ofCommit} files are there as it has them`
  return [
    `${head}  ${hasDrift(drift) ? paint(style, 'warning', 'DRIFT') : paint(style, 'ok', 'no drift')}`,
    `  against ${commit.id.slice(0, 10)} ${safeText(commit.subject)} (${localTime(commit.atMs)})`,
    `  known from ${safeText(from)} (${HOW[how]})${share}`,
    ...(drift.deployedAtMs === undefined
      ? []
      : [`  deployed about ${localTime(drift.deployedAtMs)}, by the clock of the box`]),
    ...drift.files.slice(0, FILES_SHOWN).flatMap((file) => ['', ...fileLines(file, style)]),
    ...(drift.files.length > FILES_SHOWN
      ? ['', `  ${drift.files.length - FILES_SHOWN} more files: --json has all`]
      : []),
    ...surroundings(drift, style),
    '',
    ...notes(drift, style),
    ...next(drift, asked),
    '',
  ]
}

const WHAT: Readonly<Record<ShownFile['what'], string>> = {
  changed: 'CHANGED',
  mode: 'MODE',
  kind: 'OTHER KIND',
  untracked: 'IN NO COMMIT',
  missing: 'MISSING',
  unread: 'NOT READ',
}

function fileLines(file: ShownFile, style: Style): readonly string[] {
  const { path, what, modifiedAtMs, owner, sizeBytes, modes, diff, noDiff, who } = file
  const parts = [
    ...(modifiedAtMs === undefined ? [] : [localTime(modifiedAtMs)]),
    ...(owner === undefined ? [] : [`of ${safeText(owner)}`]),
    ...(diff === undefined && sizeBytes !== undefined ? [bytes(sizeBytes)] : []),
    ...(modes ? [`${modes.commit} became ${modes.box}`] : []),
  ]
  const shown = (diff ?? '').split('\n').slice(2, -1)
  const most = what === 'untracked' ? NEW_LINES_SHOWN : LINES_SHOWN
  return [
    `  ${paint(style, 'strong', `${WHAT[what]}  ${safeText(path)}`)}${parts.length === 0 ? '' : `  ${parts.join(', ')}`}`,
    ...who.map((each) => `    then: ${safeText(each)}`),
    ...(noDiff === undefined ? [] : [`    not shown: ${safeText(noDiff)}`]),
    ...shown.slice(0, most).map((line) => `    ${diffLine(line, style)}`),
    ...(shown.length > most ? [`    … ${shown.length - most} more lines: --json has all`] : []),
  ]
}

function diffLine(line: string, style: Style): string {
  const text = safeText(line)
  if (line.startsWith('@@')) return faint(style, text)
  return line.startsWith('+') || line.startsWith('-') ? paint(style, 'strong', text) : text
}

function surroundings({ processes, settings }: BoxDrift, style: Style): readonly string[] {
  const stale = processes.filter(isStale)
  return [
    ...stale.flatMap((each) => [
      '',
      `  ${paint(style, 'strong', `PROCESS  ${safeText(each.name)} (${each.pid})`)}  ${safeText(staleWords(each))}`,
      `    ${safeText(each.commandLine.slice(0, 200))}${each.startedAtMs === undefined ? '' : `, since ${localTime(each.startedAtMs)}`}`,
    ]),
    ...settings.flatMap(({ file, why, text, modifiedAtMs, owner }) => [
      '',
      `  ${paint(style, 'strong', `SETTING  ${safeText(file)}`)}  ${safeText(why)}, ${localTime(modifiedAtMs)}, of ${safeText(owner)}`,
      ...(text ?? '')
        .trimEnd()
        .split('\n')
        .slice(0, NEW_LINES_SHOWN)
        .map((line) => `    ${safeText(line)}`),
    ]),
  ]
}

function notes(drift: BoxDrift, style: Style): readonly string[] {
  const { notices, ignored, skipped, notCompared, blind } = drift
  const names = [...new Set(skipped.map((each) => each.split('/').at(-1) ?? each))].filter((each) => each !== '.git')
  const said = [
    ...notices,
    ...(ignored > 0 ? [`${count(ignored, 'file')} that .gitignore names left out (--all)`] : []),
    ...(names.length > 0 ? [`not looked into: ${names.join(', ')} (--all)`] : []),
    ...(notCompared > 0
      ? [
          `${count(notCompared, 'file')} of the commit not compared: submodules, or in folders that were not looked into`,
        ]
      : []),
    ...blind.map(({ what, why }) => `not seen: ${what} (${why})`),
  ]
  return said.map((each) => faint(style, `  ${safeText(each)}`))
}

function next({ box, files, folder }: BoxDrift, asked: AskedDrift): readonly string[] {
  const own = files.filter(({ what }) => what === 'changed' || what === 'untracked' || what === 'mode')
  // A name that cannot be typed as it is shown is no example, and neither is a file with a secret.
  const first = own.find(
    ({ path, diff }) => safeText(path) === path && marksIn(path) === 0 && marksIn(diff ?? '') === 0,
  )
  if (!first || marksIn(folder) > 0) return []
  const words = [box, `${folder}/${first.path}`, ...optionsOf(asked)].map(quoted)
  return [`  next: halligan hotfix adopt ${safeText(words.join(' '))}   brings it home as a commit`]
}

function optionsOf({ service, path, repo, commit, sudo, incident }: AskedDrift): readonly string[] {
  const named = Object.entries({ path, repo, service, commit, incident })
  return [
    ...named.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
    ...(sudo ? ['--sudo'] : []),
  ]
}

function faint(style: Style, text: string): string {
  return paint(style, 'faint', text)
}
