/** Words for a terminal that a flood would carry off at once: said when it has been quiet for a moment, or after some seconds all the same. */
export interface SaidWhenQuiet {
  /** There is something to say; once. */
  begin(): void
  /** Something else was shown. */
  shown(): void
  /** It is not said any more. */
  end(): void
}

/** A person notices it, and what is shown comes in pieces with shorter pauses. Milliseconds. */
const QUIET_MS = 300
/** Milliseconds. */
const LATEST_MS = 5_000

export function saidWhenQuiet(say: () => void): SaidWhenQuiet {
  let quiet: NodeJS.Timeout | undefined
  let latest: NodeJS.Timeout | undefined
  const end = (): void => {
    clearTimeout(quiet)
    clearTimeout(latest)
    quiet = undefined
    latest = undefined
  }
  const sayIt = (): void => {
    end()
    say()
  }
  return {
    begin: () => {
      quiet = setTimeout(sayIt, QUIET_MS)
      latest = setTimeout(sayIt, LATEST_MS)
    },
    shown: () => void quiet?.refresh(),
    end,
  }
}
