import { exceptionTypeIn, TYPE_SHIFT } from '../../../evidence/logs/mining/exception-type.ts'

/** The types that the stack trace of a record names, the way the miner tells rows apart by them. */
export function exceptionTypes(text: string): readonly string[] {
  const [, ...lines] = text.split('\n')
  return lines.flatMap((line) => {
    const bytes = encoder.encode(line)
    const found = exceptionTypeIn(bytes, 0, bytes.length)
    if (found < 0) return []
    const from = Math.floor(found / TYPE_SHIFT)
    return [decoder.decode(bytes.subarray(from, from + (found % TYPE_SHIFT)))]
  })
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
