import { groupsOf, knownBoxes } from '../../boxes/selection.ts'
import { safeText } from '../../base/safe-text.ts'
import { configuration, print, sshNames } from '../console.ts'

/** Lists the boxes that can be named: those of halligan.yaml with their groups, then those of the OpenSSH configuration. */
export async function boxes(): Promise<number> {
  const settings = await configuration()
  const fromSsh = sshNames()
  const names = knownBoxes(settings, fromSsh)
  const rows = [
    ['local', 'this machine'],
    ...names.map((name) => {
      const groups = groupsOf(name, settings).map((group) => groupWords(group))
      return [name, [...groups, ...(fromSsh.includes(name) ? ['ssh configuration'] : [])].join(', ')]
    }),
  ]
  const widest = Math.max(...rows.map(([name = '']) => name.length))
  const source = settings.file ?? 'no halligan.yaml here (searched upwards, then in the XDG configuration folder)'
  const list = rows
    .map(([name = '', said = '']) => `${safeText(name).padEnd(widest)}  ${safeText(said)}`.trimEnd())
    .join('\n')
  await print(
    `${list}\n\n${safeText(source)}\nAny destination of your ssh works too, and docker:NAME, podman:NAME, recorded:FILE.\n`,
  )
  return 0
}

/** `@db (sudo, up to pause)`. */
function groupWords({ name, sudo, policy }: ReturnType<typeof groupsOf>[number]): string {
  const marks = [sudo ? 'sudo' : '', policy ? `up to ${policy.highestPrice}` : ''].filter((mark) => mark !== '')
  return `@${name}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}`
}
