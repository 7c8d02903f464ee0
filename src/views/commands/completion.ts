import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { knownBoxes } from '../../boxes/selection.ts'
import { completionScript } from '../completion-script.ts'
import { configuration, print, sshNames } from '../console.ts'
import { Problem } from '../problem.ts'
import { home, theStore } from '../the-store.ts'

export async function completion(shell: string, halligan: Command): Promise<number> {
  const script = completionScript(shell, halligan)
  if (!script) throw new Problem(`There is no completion for "${shell}".`, 'halligan completion bash, zsh or fish.', 2)
  await print(script)
  return 0
}

/** Names for the completion scripts, one a line; names that a shell would have to quote are left out. */
export async function completeBoxes(): Promise<number> {
  const settings = await configuration()
  const groups = Object.keys(settings.groups).map((name) => `@${name}`)
  const names = ['local', ...groups, ...knownBoxes(settings, sshNames())].filter((name) => /^[\w@.:-]+$/.test(name))
  await print(`${names.join('\n')}\n`)
  return 0
}

/** Ids for the completion scripts, one a line, the one that was written to last first. No record is made by asking. */
export async function completeIncidents(): Promise<number> {
  if (!existsSync(home())) return 0
  const incidents = await (await theStore()).list()
  await print(incidents.map(({ id }) => `${id}\n`).join(''))
  return 0
}
