/** The two clocks of a console, in milliseconds. */
export interface Clocks {
  /** Of the wall: `Date.now`. It can be set, and goes on while the machine sleeps. */
  readonly wall: () => number
  /** `performance.now`: nobody sets it back, and on Linux it stands while the machine sleeps (clock_gettime(2), CLOCK_MONOTONIC). */
  readonly steady: () => number
}

/** Two clocks that are read one after the other, of which one is steered, differ by less from one question to the next. Milliseconds. */
const SET_BACK_MS = 1_000

/**
 * How long ago something began, in milliseconds, whenever it is asked; never less than the last time. The clock of the wall counts, with which the times of a
 * record have to fit and in which a sleep of the laptop is time that has passed; where it was set back, the steady one does for that step.
 */
export function elapsedSince({ wall, steady }: Clocks): () => number {
  const began = wall()
  let setBackMs = 0
  let lastWall = began
  let lastSteady = steady()
  let elapsed = 0
  return () => {
    const nowWall = wall()
    const nowSteady = steady()
    const behind = nowSteady - lastSteady - (nowWall - lastWall)
    if (behind > SET_BACK_MS) setBackMs += behind
    lastWall = nowWall
    lastSteady = nowSteady
    elapsed = Math.max(elapsed, Math.round(nowWall - began + setBackMs))
    return elapsed
  }
}
