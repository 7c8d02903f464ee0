package halligan;

/** Of a change of the JVM and of the thread that takes it back, which is there before anything is changed: where no thread can be made, nothing is. */
enum Stage {
  PREPARES,
  WATCHES,
  /** It failed half way, and what was changed could not be taken back at once. */
  FAILED,
  /** Nothing is changed. */
  NOTHING
}
