import type { ThreadStack } from './stacks.ts'

/** A header of the system, whose code was compiled into the program: templates and inline functions of libraries. */
export function isOfSystem(file: string | undefined): boolean {
  return file !== undefined && /^\/usr\/(?:include|lib|src)\//.test(file)
}

/**
 * Where the debug information of a program tells the source of some of its functions, those without one are of libraries that were linked into it (static programs: libc, the runtime),
 * or of the compiler (`_start`). Without any, all of the program stays its own.
 */
export function ownWithSource(threads: readonly ThreadStack[]): readonly ThreadStack[] {
  const hasSource = threads.some(({ frames }) => frames.some(({ own, file }) => own === true && file !== undefined))
  if (!hasSource) return threads
  return threads.map((thread) => ({
    ...thread,
    frames: thread.frames.map((frame) => (frame.own && frame.file === undefined ? { ...frame, own: false } : frame)),
  }))
}
