import { fitting, type Shape } from '../../base/shape.ts'

/** What one line of an answer holds: an object; undefined for any other line, whatever it is. */
export function jsonLine(line: string): unknown {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** What of the lines of an answer has a shape, in their order; for several shapes each line is parsed once. */
export function fittingLines(raw: string): <T>(shape: Shape<T>) => readonly T[] {
  const values = raw.split('\n').map(jsonLine)
  return (shape) => values.flatMap((value) => fitting(shape, value) ?? [])
}
