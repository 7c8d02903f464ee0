/** A question that OpenSSH or sudo has for the person at the console. */
export interface Question {
  readonly box: string
  readonly kind: 'password' | 'passphrase' | 'host-key' | 'sudo-password' | 'confirm' | 'other'
  /** As ssh put it, without control characters; several lines for a host key, with its fingerprint. */
  readonly text: string
  /** The answer is not shown while it is typed. */
  readonly secret: boolean
}

/**
 * Asks a person; given by views, which own the terminal. Questions come one at a time, whatever the number of boxes.
 * Undefined: nobody answers (declined, Ctrl-C, no terminal).
 */
export type Prompt = (question: Question) => Promise<string | undefined>

/** Lets several boxes share one terminal: each question waits for the answer to the one before. */
export function inTurns(prompt: Prompt): Prompt {
  let last: Promise<unknown> = Promise.resolve()
  return (question) => {
    const turn = last.then(() => prompt(question))
    last = turn.catch(() => undefined)
    return turn
  }
}
