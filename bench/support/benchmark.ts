/** What each file of this folder exports as `benchmark`. */
export interface Benchmark {
  readonly title: string
  /** What is measured against what, and what must be there for it (root, an sshd, a peer). */
  readonly about: string
  /** Measures and gives a Markdown table, peers side by side, all from this one run. */
  readonly run: (args: readonly string[]) => Promise<string>
}
