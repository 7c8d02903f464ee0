import type { Runtime, RuntimeKind } from './runtime.ts'
import type { StackSample } from './stacks.ts'

/** Runtimes that make code as they run, and what names its frames. */
const NAMED_BY: Partial<Record<RuntimeKind, string>> = {
  node: '--by node-stacks',
  jvm: '--by jvm-stacks',
  dotnet: 'dotnet-stack',
}

/**
 * How many frames of native stacks have no name, and why: left unsaid they would look like a fault of ours. A sentence, or none.
 *
 * Where the way tells the file of each frame it knows (eu-stack does), one without a file is of code that is in none.
 */
export function namelessFrames(
  samples: readonly StackSample[],
  { kind, module }: Runtime,
  tellsFiles = true,
): readonly string[] {
  const frames = (samples.at(-1)?.threads ?? []).flatMap((thread) => thread.frames)
  const by = NAMED_BY[kind]
  const nameless = frames.filter((frame) => frame.function === '??')
  const count = nameless.filter((frame) =>
    frame.module === undefined ? tellsFiles || by !== undefined : by !== undefined && frame.module === module,
  ).length
  if (count === 0) return []
  return [
    by === undefined
      ? `${count} of ${frames.length} frames are in no file (??): code that a compiler made as the process ran (JIT), or a stack that could not be followed.`
      : `${count} of ${frames.length} frames have no name (??): code that a compiler made as the process ran (JIT), or the interpreter itself. ${by} tells the names.`,
  ]
}
