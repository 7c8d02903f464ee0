import { count } from '../base/format.ts'
import { wrap } from '../base/safe-text.ts'
import type { Configuration } from '../boxes/configuration.ts'
import { knownBoxes } from '../boxes/selection.ts'
import type { NextMove } from '../incidents/next-move.ts'
import { paint, shown, type Style } from './style.ts'

/** The incident that a person is in, or could take, with the next step in it. */
export interface StartIncident {
  /** `20261125-k7qm, open for 2 h 12 min: checkout returns 500s`. */
  readonly words: string
  readonly next: NextMove
  readonly isOpen: boolean
}

/**
 * Bare `halligan`: what can be done next, from what is there: an incident, a halligan.yaml, names of the ssh configuration, or none of these.
 */
export function startScreen(
  settings: Configuration,
  sshNames: readonly string[],
  style: Style,
  incident?: StartIncident,
): string {
  const known = knownBoxes(settings, sshNames)
  const example = known[0] ?? 'web-1'
  const [group] = Object.entries(settings.groups)
  const rows: readonly (readonly [string, string] | string)[] = [
    'Something burns? Look first; it reads only:',
    '',
    ['look', 'this machine'],
    [
      `look ${example}`,
      known.length > 0
        ? 'a box, through your own ssh'
        : 'a box, through your own ssh: any name or user@host that it takes',
    ],
    ...(group ? [[`look @${group[0]}`, `a group at once: ${group[1].boxes.join(', ')}`] as const] : []),
    '',
    'Then:',
    '',
    ...(incident?.isOpen
      ? withinIncident(example)
      : [
          ['open "what is broken"', 'an incident: from then on, what you do is recorded in it'] as const,
          [`look ${example} --sudo`, 'with everything that only root may see'] as const,
          [`look ${example} --save FILE`, 'keep it for whoever takes over'] as const,
          [`doctor ${example}`, 'what that box lets us see, and what would help'] as const,
          [
            'boxes',
            `${count(known.length + 1, 'box', 'boxes')} that can be named${settings.file ? '' : '; how to group them: boxes --help'}`,
          ] as const,
        ]),
    ['look --help', 'all options, with examples'],
  ]
  const widest = Math.min(34, Math.max(...rows.map((row) => (typeof row === 'string' ? 0 : row[0].length))))
  const lines = rows.flatMap((row) => {
    if (typeof row === 'string') return [row]
    const command = `  halligan ${shown(style, row[0]).padEnd(widest)}  `
    const [first = '', ...rest] = wrap(shown(style, row[1]), style.columns - command.length)
    return [command + first, ...rest.map((line) => ' '.repeat(command.length) + line)]
  })
  return `${[...(incident ? incidentLines(incident, style) : []), ...lines].join('\n')}\n`
}

function withinIncident(box: string): readonly (readonly [string, string])[] {
  return [
    ['note "..."', 'what you saw or did, for those who come after you'],
    [`preserve ${box}`, 'before anyone restarts anything: keep what would be gone'],
    [`run ${box} -- COMMAND`, 'your own command, recorded with its output'],
    ['hypothesis add "..."', 'what may be the cause; rule-out and confirm say what became of it'],
    ['handover --to WHO', 'all that the next person has to know'],
    ['close', 'once nothing is left on a box and the cause is known'],
  ]
}

function incidentLines({ words, next, isOpen }: StartIncident, style: Style): readonly string[] {
  const arrow = style.unicode ? '→' : '->'
  return [
    ...wrap(shown(style, words), style.columns),
    `  ${paint(style, 'strong', `${arrow} ${shown(style, next.command)}`)}`,
    ...wrap(shown(style, next.why), style.columns - 5).map((line) => paint(style, 'faint', `     ${line}`)),
    ...(isOpen ? [`  halligan status says where it stands.`] : []),
    '',
  ]
}
