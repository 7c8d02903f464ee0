/** No more has come for this long: the box waits for its second sample (or the line is slow, and some of the first is enough). Milliseconds. */
const SILENCE_MS = 20
/** The head of an answer comes before anything is asked; the first sample of the smallest box is several times this. Bytes. */
const LEAST_BYTES = 1024

export interface Rehearsal {
  /** Another piece of the answer. */
  hear(chunk: Uint8Array): void
  /** The answer is whole, or there will be none. */
  over(): void
}

/**
 * The first answer of a process is read by code that has never run: that takes it 100 ms, several times what the same takes a second later, and just then
 * somebody waits. A box is silent for the window between its samples; what reads answers is run on the first sample meanwhile, once in a process, and
 * what comes of it is thrown away.
 */
export function rehearsal(read: (heard: Uint8Array) => void): Rehearsal {
  const heard: Uint8Array[] = []
  let bytes = 0
  let timer: NodeJS.Timeout | undefined
  let isOver = isRehearsed
  const stop = (): void => {
    clearTimeout(timer)
    isOver = true
    heard.length = 0
  }
  const rehearse = (): void => {
    const chunks = [...heard]
    const isFirst = !isRehearsed
    stop()
    isRehearsed = true
    if (!isFirst) return
    try {
      read(Buffer.concat(chunks))
    } catch {
      // What is wrong with the answer is told of the whole one.
    }
  }
  return {
    hear: (chunk) => {
      if (isOver) return
      heard.push(chunk)
      bytes += chunk.length
      clearTimeout(timer)
      if (bytes >= LEAST_BYTES) timer = setTimeout(rehearse, SILENCE_MS)
    },
    over: stop,
  }
}

let isRehearsed = false
