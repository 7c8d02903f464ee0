import { Option } from 'commander'
import { COLORS } from '../style.ts'

/** `--color WHEN`: as grep, ls and git have it. Stands before `--no-color`, which would else be its default (commander). */
export function colorOption(): Option {
  return new Option('--color <when>', 'colours: always (into less -R), never, or auto').choices([...COLORS])
}

export const NO_COLOR = ['--no-color', 'no colours (NO_COLOR does the same)'] as const
