import { count } from '../base/format.ts'
import { wrap } from '../base/safe-text.ts'
import type { Configuration } from '../boxes/configuration.ts'
import { knownBoxes } from '../boxes/selection.ts'
import { shown, type Style } from './style.ts'

/** Bare `halligan`: what can be done next, from what is there: a halligan.yaml, names of the ssh configuration, or neither. */
export function startScreen(settings: Configuration, sshNames: readonly string[], style: Style): string {
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
    [`look ${example} --sudo`, 'with everything that only root may see'],
    [`look ${example} --save FILE`, 'keep it for whoever takes over'],
    [`doctor ${example}`, 'what that box lets us see, and what would help'],
    [
      'boxes',
      `${count(known.length + 1, 'box', 'boxes')} that can be named${settings.file ? '' : '; how to group them: boxes --help'}`,
    ],
    ['look --help', 'all options, with examples'],
  ]
  const widest = Math.min(34, Math.max(...rows.map((row) => (typeof row === 'string' ? 0 : row[0].length))))
  const lines = rows.flatMap((row) => {
    if (typeof row === 'string') return [row]
    const command = `  halligan ${shown(style, row[0]).padEnd(widest)}  `
    const [first = '', ...rest] = wrap(shown(style, row[1]), style.columns - command.length)
    return [command + first, ...rest.map((line) => ' '.repeat(command.length) + line)]
  })
  return `${lines.join('\n')}\n`
}
