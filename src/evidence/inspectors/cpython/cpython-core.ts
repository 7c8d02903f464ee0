import type { CoreFile } from '../../inspect/core/core-file.ts'
import type { Stacks } from '../../inspect/stacks.ts'
import { blind, type Reading } from '../../reading.ts'
import { parseCpythonStacks } from './cpython-answer.ts'
import { readerCommand } from './cpython-stacks.ts'

/** What a core that is made for it could let the reader use: KiB of addresses, seconds of processor time. It needs 40 MiB and a tenth of a second for a usual one. */
const LIMITS = { memoryKib: 1024 * 1024, processorSeconds: 30, readingSeconds: 10 } as const
const MOST = { threads: 500, frames: 100 } as const
const NO_PYTHON = 'halligan-core no-python3'

/** Whether a core may be of a Python program, by the files that it had (an interpreter, its library, or one of its modules), or by its command. */
export function mayBePython({ files, process }: Pick<CoreFile, 'files' | 'process'>): boolean {
  return files.some(({ path }) => /python/i.test(path)) || /python|\.py(?: |$)/.test(process?.commandLine ?? '')
}

/**
 * Shell text that reads the stacks of Python, with variables, out of a core: by the same reader as cpython-stacks.ts, which takes the memory from the segments of the core, and what
 * a core leaves out (code, constants, names of types) from the files that were mapped, where their build-id still is that of the core. Nothing is written, no process is touched, nothing
 * of the core is run.
 *
 * @param binary of the program, where another file than the one that the core names is meant
 */
export function cpythonCoreScript({ path, program }: Pick<CoreFile, 'path' | 'program'>, binary?: string): string {
  const words = [
    'core=1',
    'errors=1',
    `seconds=${LIMITS.readingSeconds}`,
    `threads=${MOST.threads}`,
    `frames=${MOST.frames}`,
  ]
  const asked = { core: path, ...(program === undefined || binary === undefined ? {} : { program, binary }) }
  return `
cd / && ulimit -v ${LIMITS.memoryKib} && ulimit -t ${LIMITS.processorSeconds} || exit 1
command -v python3 >/dev/null || { echo '${NO_PYTHON}'; exit 0; }
${readerCommand(0, words, asked)} </dev/null
`
}

/** What the reader printed. */
export function readCpythonCore(output: Uint8Array): Reading<Stacks> {
  if (Buffer.from(output).toString('latin1').startsWith(NO_PYTHON))
    return blind('there is no python3 on the box, which would read it', 'install the package python3')
  const reading = parseCpythonStacks(output)
  if (reading.kind !== 'blind') return reading
  return blind(
    reading.why,
    reading.hint.includes('--binary') ? '--binary FILE with the one of that build-id' : reading.hint,
  )
}
