import { knownBoxes } from '../../boxes/selection.ts'
import { safeText } from '../../base/safe-text.ts'
import { configuration, print, sshNames } from '../console.ts'

/** Bare `halligan`: what can be done next, from what is there. */
export async function start(): Promise<number> {
  const settings = await configuration()
  const known = knownBoxes(settings, sshNames())
  const example = safeText(known[0] ?? 'web-1')
  const group = Object.keys(settings.groups)[0]
  const lines = [
    'Something burns? Look first:',
    '',
    '  halligan look                  this machine',
    `  halligan look ${example.padEnd(16)} a box, through your own ssh${known.length > 0 ? '' : ' (any name or user@host that ssh takes)'}`,
    ...(group ? [`  halligan look ${`@${safeText(group)}`.padEnd(16)} all boxes of a group`] : []),
    '',
    'Then:',
    '',
    `  halligan boxes                 the boxes that can be named (${known.length + 1})${settings.file ? '' : '; groups go into halligan.yaml'}`,
    `  halligan doctor ${example.padEnd(14)} what that box lets us see, and what would help`,
    '  halligan look --help           all options, with examples',
  ]
  await print(`${lines.join('\n')}\n`)
  return 0
}
