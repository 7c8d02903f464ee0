import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { Box } from '../../src/boxes/box.ts'
import type { Transport } from '../../src/boxes/child.ts'
import { shellBox } from '../../src/boxes/shell-box.ts'

/** A shell that a box may have as its `sh`. */
export interface BoxShell {
  readonly name: string
  readonly argv: (typeof COMMANDS)[number]
  /** Why it cannot be tried here. */
  readonly missing: string | undefined
  /** This machine, by way of that shell. */
  readonly open: () => Box
}

const COMMANDS = [['dash'], ['bash'], ['busybox', 'ash'], ['mksh'], ['ksh']] as const

export const SHELLS: readonly BoxShell[] = COMMANDS.map((argv) => ({
  name: argv.join(' '),
  argv,
  missing: spawnSync('sh', ['-c', `command -v ${argv[0]}`]).status === 0 ? undefined : `needs ${argv[0]}`,
  open: () => {
    const transport = (): Promise<Transport> =>
      Promise.resolve({
        box: 'here',
        argv,
        explain: () => ({ kind: 'unknown', message: 'the shell ended', tryNext: '' }),
      })
    return shellBox({ name: 'here', kind: 'local', sideNeedsMain: false, main: transport, side: transport })
  },
}))

/** Command lines of processes of this machine that have this mark in them. */
export function running(mark: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        return command.includes(mark) ? [command] : []
      } catch {
        return []
      }
    })
}
