/** What the reliefs that end a query share, of whatever server. */

/** Word of a target that closes the connection. */
export const KILL = 'kill'
/** Offered from this on. Seconds. */
export const LONG_SECONDS = 60
export const MOST_OFFERED = 3
/** A server that hangs is the case in which somebody looks; what else the box offers must not wait for it. Seconds. */
export const ANSWER_SECONDS = { one: 12, survey: 3 }
/** A query that is told to end looks now and then whether it was; a rollback comes after that. Fifths of a second. */
export const ENDS_FIFTHS = 75
