/** What one line of an answer holds: an object; undefined for any other line, whatever it is. */
export function jsonLine(line: string): unknown {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
