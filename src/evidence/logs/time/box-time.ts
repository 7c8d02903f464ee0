/** What is needed to read a time that names no year or no zone: the box's own clock and zone when it was asked (rule 8: time is an argument). */
export interface BoxTime {
  /** The box's clock, milliseconds since the epoch. */
  readonly nowMs: number
  /** IANA name (`Europe/Vienna`) or a fixed offset (`+02:00`); `UTC` where nothing is known. */
  readonly zone: string
  /** When the box was booted, by its own clock: what `[12.345678]` of the kernel counts from. Missing: such lines have no time. */
  readonly bootedAtMs?: number
}
