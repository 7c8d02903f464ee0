import { bytes } from '../base/format.ts'
import type { ProcessMemory } from '../evidence/probes/process-memory.ts'

/** What kind of memory it is, as a sentence for a finding; empty where it was not asked (--deep) or cannot be told. */
export function memoryKind(memory: ProcessMemory | undefined): string {
  if (!memory) return ''
  const { anonymousBytes, sharedBytes, fileBytes, swapBytes } = memory
  if (anonymousBytes === undefined || sharedBytes === undefined || fileBytes === undefined) return ''
  const parts = [
    `${bytes(anonymousBytes)} heap and other anonymous memory`,
    ...(sharedBytes > 0 ? [`${bytes(sharedBytes)} shared memory`] : []),
    `${bytes(fileBytes)} of files (can be dropped)`,
    ...(swapBytes > 0 ? [`${bytes(swapBytes)} swapped out`] : []),
  ]
  return ` Of its memory: ${parts.join(', ')}.`
}
