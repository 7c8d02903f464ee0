/**
 * Equal spans of time, counted from an origin (the onset, where one is known) so that none lies across it. Bucket `i` of `buckets` begins at
 * `originMs + (first + i) * widthMs`.
 */
export interface Timeline {
  readonly originMs: number
  /** A power of two times one second. */
  readonly widthMs: number
  /** Number of the first bucket, counted from the origin; negative before it. */
  readonly first: number
  readonly buckets: number
}
