import type { Frame, Local } from '../inspect/frame.ts'
import { isOfSystem, ownWithSource } from '../inspect/own-code.ts'
import { isSecretName, MASKED, withoutSecrets } from '../inspect/secret-names.ts'
import { machineRecord, type MachineValue } from './machine-interface.ts'
import type { StackSample, ThreadStack } from '../inspect/stacks.ts'

/** Values of locals beyond it are cut. Characters. */
const VALUE_KEPT = 300
const FUNCTION_KEPT = 1_000
const MOST_LOCALS = 60
/** The name of the function, once more: an assert brings it. */
const OF_COMPILER: ReadonlySet<string> = new Set(['__PRETTY_FUNCTION__', '__func__', '__FUNCTION__'])

/**
 * What `thread apply all` prints of `-stack-list-frames` and, after the line `locals`, of `-stack-list-variables` a frame:
 *
 *     Thread 3 (Thread 0x7f40ace1c6c0 (LWP 8004) "evil"):
 *     ^done,stack=[frame={level="0",addr="0x00007f40ad6ed545",func="clock_nanosleep",from="/lib/x86_64-linux-gnu/libc.so.6"},…]
 *     @@ locals
 *     Thread 3 (Thread 0x7f40ace1c6c0 (LWP 8004) "evil"):
 *     ^done,variables=[{name="order",arg="1",value="0x7fcb"}]        <- of frame 0; an ^error in the place of one that could not be read
 */
export function gdbSample(part: string, atMs: number, maxFrames: number): StackSample {
  const [stacks = '', locals = ''] = part.split(/^@@ locals$/m)
  const variables = new Map(threadsOf(locals).map(({ tid, lines }) => [tid, lines.map(localsOf)]))
  return {
    atMs,
    threads: ownWithSource(
      threadsOf(stacks).map(({ tid, name, lines }): ThreadStack => {
        const { frames, error } = framesOf(lines)
        const own = variables.get(tid) ?? []
        const cut = error ?? (frames.length > maxFrames ? 'more frames were not shown' : undefined)
        return {
          tid,
          ...(name === undefined ? {} : { name }),
          frames: frames.slice(0, maxFrames).map((frame, level) => withLocals(frame, own[level])),
          ...(cut === undefined ? {} : { cut }),
        }
      }),
    ),
  }
}

interface ThreadLines {
  readonly tid: number
  readonly name?: string
  readonly lines: readonly string[]
}

/** `Thread 3 (Thread 0x… (LWP 8004) "evil"):`, `Thread 1 (LWP 8000 "evil"):`, `Thread 1 (process 8000):`; the number stands before what a thread may call itself. */
const HEAD = /^Thread \d{1,7} \((?:Thread 0x[0-9a-f]{1,16} \()?(?:LWP|process) (\d{1,10})\)?(?: "(.{0,60})")?\)?:$/

function threadsOf(text: string): readonly ThreadLines[] {
  const threads: (ThreadLines & { readonly lines: string[] })[] = []
  for (const line of text.split('\n')) {
    const [head, tid, name] = HEAD.exec(line) ?? []
    if (head !== undefined) threads.push({ tid: Number(tid), ...(name === undefined ? {} : { name }), lines: [] })
    else if (line.startsWith('^')) threads.at(-1)?.lines.push(line)
  }
  return threads
}

export function framesOf(lines: readonly string[]): { readonly frames: readonly Frame[]; readonly error?: string } {
  const record = lines.map(machineRecord).find((each) => each !== undefined)
  const stack = record?.['stack']
  if (!Array.isArray(stack)) {
    const said = record?.['msg']
    return {
      frames: [],
      error: `gdb could not follow the stack${typeof said === 'string' ? `: ${said.slice(0, 200)}` : ''}`,
    }
  }
  return { frames: stack.flatMap((each: MachineValue) => frameOf(each) ?? []) }
}

function frameOf(value: MachineValue): Frame | undefined {
  const read = (name: string): string | undefined => field(value, name)
  if (read('level') === undefined) return undefined
  const [line, module, file] = [Number(read('line')), read('from'), read('file')]
  return {
    function: (read('func') ?? '??').slice(0, FUNCTION_KEPT),
    ...(file === undefined ? {} : { file }),
    ...(Number.isSafeInteger(line) && line > 0 ? { line } : {}),
    ...(module === undefined ? {} : { module }),
    // A frame of the program itself has no `from`, and neither has code that is in no file (JIT): that has no name either.
    own: module === undefined && (read('func') ?? '??') !== '??' && !isOfSystem(file),
  }
}

function withLocals(frame: Frame, locals: readonly Local[] | undefined): Frame {
  return locals && locals.length > 0 ? { ...frame, locals } : frame
}

export function localsOf(line: string): readonly Local[] {
  const variables = machineRecord(line)?.['variables']
  if (!Array.isArray(variables)) return []
  return variables.slice(0, MOST_LOCALS).flatMap((each: MachineValue): readonly Local[] => {
    const [name, value] = [field(each, 'name'), field(each, 'value')]
    if (name === undefined || OF_COMPILER.has(name)) return []
    if (isSecretName(name)) return [{ name, value: MASKED, masked: true }]
    return [{ name, value: withoutSecrets(value ?? '').slice(0, VALUE_KEPT) }]
  })
}

function field(value: MachineValue, name: string): string | undefined {
  if (typeof value === 'string' || Array.isArray(value)) return undefined
  const read = (value as { readonly [name: string]: MachineValue })[name]
  return typeof read === 'string' ? read : undefined
}
