import type { Configuration } from '../boxes/configuration.ts'
import { selectBoxes } from '../boxes/selection.ts'
import { sshNames } from './console.ts'
import { Problem } from './problem.ts'

/** The one box that is meant by a name, of a command that looks into one process there; a `Problem` for none, for several, and for a recording. */
export function oneBox(command: string, name: string, asked: string, settings: Configuration): string {
  const selection = selectBoxes([name], settings, sshNames())
  if (!selection.ok) throw new Problem(selection.message, selection.tryNext, 2)
  const [box, ...others] = selection.boxes
  if (box === undefined || others.length > 0)
    throw new Problem(
      `${name} are ${selection.boxes.length} boxes.`,
      `One at a time: halligan ${command} ${box} ${asked}`,
      2,
    )
  if (box.startsWith('recorded:'))
    throw new Problem(`${box} is a recording of a look: there is no process in it.`, 'Name the box itself.', 2)
  return box
}
