import type { Able, Target } from './inspector.ts'
import type { RuntimeKind } from './runtime.ts'

/** Everything that has a stack of machine code; of what interprets or compiles as it runs, the frames of its own code have no names. */
export const NATIVE_STACKS: readonly RuntimeKind[] = [
  'native',
  'go',
  'cpython',
  'node',
  'jvm',
  'ruby',
  'php',
  'dotnet',
  'shell',
]

/** Where the guard, and what runs under it, keeps its files: what to do where all of these are full. */
export const MAKE_ROOM = 'make room in /dev/shm, /run or /tmp of the box'

/** What no tool should attach to. The guard looks again, right before. */
export function attachable({ state, tracer, argv }: Target['process']): Able {
  if (tracer)
    return {
      able: false,
      why: `It is traced already, by ${tracer.name} (${tracer.pid}).`,
      hint: 'Wait until that has ended.',
    }
  if (state === 'Z' || state === 'X')
    return { able: false, why: 'It has ended already (a zombie).', hint: 'Look at its parent.' }
  if (state === 'D')
    return {
      able: false,
      why: 'It waits in the kernel and cannot be interrupted (state D): a tool would wait with it, and could leave it stopped.',
      hint: 'Its system call and wait channel say what it waits for.',
    }
  if (argv.length === 0) return { able: false, why: 'It is a thread of the kernel.', hint: '' }
  return { able: true }
}
