import type { Box, Failure } from '../../boxes/box.ts'
import { lendTools, type Lending, type LentTool } from '../../boxes/lend.ts'
import type { Price } from '../../boxes/price.ts'
import { programFile } from '../../evidence/inspect/program-file.ts'
import { meantMachine, type MeantOptions } from '../machine.ts'

export interface LendOptions extends MeantOptions {
  /** The highest price that the policy of the box allows; undefined: any. */
  readonly highest: Price | undefined
  readonly signal: AbortSignal
  /** Told before anything is sent. */
  readonly say: (box: string, tools: readonly LentTool[]) => void
}

/** Lends tools to the machine that is meant, where the policy allows more than reading: only those that can run there whatever libraries it has. */
export async function lendToMeant(
  box: Box,
  tools: readonly LentTool[],
  options: LendOptions,
): Promise<Lending | Failure> {
  if (options.highest === 'free')
    return refused(`The policy of ${box.name} allows free at most; nothing is lent to it.`)
  const machine = await meantMachine(box, options, options.signal)
  if (machine.failure) return machine.failure
  const unfit = tools.flatMap((tool) => unfitWords(tool, machine.identity.arch ?? ''))[0]
  if (unfit !== undefined) return refused(unfit)
  options.say(box.name, tools)
  return lendTools(box, tools, options.signal)
}

function unfitWords({ name, bytes }: LentTool, architecture: string): readonly string[] {
  const file = programFile(bytes, bytes)
  if (!file) return [`${name} is no program for Linux (ELF, 64 bits).`]
  if (!file.static)
    return [
      `${name} needs a dynamic linker and libraries of the box, which may be others: only static programs are lent.`,
    ]
  if (file.architecture === architecture) return []
  return [
    `${name} is for ${file.architecture ?? 'another processor'}, and the box is ${architecture || 'of an unknown one'}.`,
  ]
}

function refused(message: string): Failure {
  return { kind: 'unknown', message, tryNext: 'Take that file out of the folder, or leave --toolbox out.' }
}
