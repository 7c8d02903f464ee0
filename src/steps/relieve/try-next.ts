import type { Box } from '../../boxes/box.ts'
import { reliefNamed } from '../../evidence/reliefs/index.ts'
import { AS_ROOT, type Relief } from '../../evidence/reliefs/relief.ts'
import { quoted, reliefCommand } from '../../findings/next.ts'

interface Meant {
  readonly relief: Relief
  readonly target: readonly string[]
}

/** What a relief says to try, as it can be typed: reliefs know no box by its name, and what begins with the name of one stands for the whole command. */
export function tryNextOf(tryNext: string, box: Box, meant: Meant): string {
  const name = quoted(box.name)
  if (tryNext === AS_ROOT) return box.sudo ? `halligan doctor ${name}` : reliefAgain({ ...box, sudo: true }, meant)
  if (reliefNamed(tryNext.split(' ')[0] ?? '')) return `${reliefCommand(box.name, box.sudo ?? false, [])} ${tryNext}`
  return tryNext.replaceAll(/ BOX(?= |$)/g, ` ${name}`)
}

/** The command that was given, to be given again. */
export function reliefAgain({ name, sudo = false }: Pick<Box, 'name' | 'sudo'>, { relief, target }: Meant): string {
  return reliefCommand(name, sudo, [relief.id, ...(relief.wordsOf?.(target) ?? target.filter((word) => word !== ''))])
}
