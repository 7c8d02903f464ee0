import type { Failure } from '../../boxes/box.ts'

/** Something that is not done, why, and what to try next. */
export function refusal(message: string, tryNext: string): Failure {
  return { kind: 'unknown', message, tryNext }
}
