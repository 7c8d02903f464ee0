/**
 * A probe is one question to a box: a piece of shell and a pure function that reads the answer.
 *
 * The script is the body of a shell function that runs with `/proc` as its working directory, LC_ALL=C, standard input
 * empty and standard error joined to standard output (send expected noise to /dev/null). It must be POSIX sh with the
 * tools of busybox, write nothing on the box, and never name files of /proc/PID to awk (every awk stops at the first
 * process that has gone meanwhile). Helpers it may call: `have TOOL`; `blind WHY` (ends the probe: it could not look); `put
 * TEXT` (prints a long one); `of_each
 * FILE…` (sets `names` to these files of each process).
 * Exit 0: what was printed is parsed. Anything else: the probe is blind and the last printed line says why.
 */
export interface Probe<T> {
  readonly id: string
  /** A noun phrase for a person: `Memory and swap`. */
  readonly title: string
  /** `fast`: part of every look, its cost is in the figures of bench/look. `deep`: asked with --deep only. */
  readonly set: 'fast' | 'deep'
  /**
   * When it is asked, in the order in which a look goes: `first` and `last` are the two samples a window apart; `during`
   * runs right after the first sample; `middle` runs in what is left of the window (it may sleep for up to 300 ms there).
   */
  readonly moments: readonly Moment[]
  /** Time limit on the box, in whole seconds: a hung file system or tool blinds this probe only. */
  readonly limitSeconds: number
  /** Shell text run once in the parent before the first sample, for what several probes share. Must not be able to hang. */
  readonly prepare?: string
  /** Body of a shell function; `$1` is the moment. */
  readonly script?: string
  /**
   * The script reads memory of the kernel and nothing else, so that it cannot hang: it is asked in one subshell with all others like it. It
   * leaves that as it found it (folder, options, traps), and comes to its end by `return`, never by `exit` or `blind`.
   */
  readonly together?: boolean
  /** It starts no process, or hardly ever one: it is asked even when the time of the whole collection is over, as files are, so that a tool which hangs does not blind it. */
  readonly evenLate?: true
  /**
   * Shell text before the script, in the shell that asks: builtins only, and nothing that can hang. Where it is true, `answer` is all that the
   * script would say, and no process is started for it.
   */
  readonly shortcut?: string
  /**
   * In place of a script: files below /proc (or absolute, globs allowed) that cannot hang. All such files of one moment are
   * read by a single process; the sample holds them as `==> name <==` sections (`filesOf` takes them apart).
   */
  readonly files?: readonly string[]
  /**
   * In place of a script: lines that match, of files of the kernel's memory below /proc (globs allowed). All that are asked for at one
   * moment are found by a single process; the sample holds them as `name:line`, those of other probes among them.
   */
  readonly lines?: {
    readonly of: string
    /** Extended regular expression (POSIX 9.4). It must not fit lines of other files that are asked for in the same moment, or `parse` looks at the name. */
    readonly matching: string
    /** A variable that holds them already, as `prepare` of this probe has set it: then nobody looks for them. */
    readonly found?: string
    /** Whether there is such a file tells "none" from "the kernel does not have it": then the sample has the line `there NAME`. */
    readonly there?: string
  }
  /** In place of a script: the probe whose script prints what this one reads. */
  readonly within?: string
  /** Said with `blind` when the box gave no better hint. */
  readonly hint?: string
  /** Throws `Unreadable` (or anything) on an answer that it does not understand; the reading is then garbled. */
  readonly parse: (samples: Samples, meta: Meta) => T
}

export type Moment = 'first' | 'during' | 'middle' | 'last'

/** What the box printed for one moment. */
export interface Sample {
  /** Seconds since boot, when the probe began (two decimals, /proc/uptime). */
  readonly atSeconds: number
  readonly text: string
}

/** At least one moment is there when `parse` is called; with a partial answer others may be missing. */
export type Samples = Readonly<Partial<Record<Moment, Sample>>>

/** What is known beside the answer itself; time is an argument (rule 8). */
export interface Meta {
  /** Console's clock when the box said that it began, milliseconds since the epoch. */
  readonly beganAtMs: number
}

/** Keeps the probe's own type; `const` lets the registry know its id. */
export function probe<const Id extends string, T>(
  definition: Probe<T> & { readonly id: Id },
): Probe<T> & { readonly id: Id } {
  return definition
}

/** An answer that is not in the form that the source documents. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}

/** The box has no such thing, or did not let us see it: blind, not garbled. */
export class NotThere extends Error {
  override readonly name = 'NotThere'
}

/** Seconds between the first and the last sample; undefined when one is missing or the clock did not advance. */
export function windowSeconds({ first, last }: Samples): number | undefined {
  if (!first || !last) return undefined
  const seconds = last.atSeconds - first.atSeconds
  return seconds > 0 ? seconds : undefined
}

/**
 * The sections of a sample of `files`, by name as asked (globs expanded). A file that could not be read is missing; the last is always
 * /dev/null, or the sample has no end.
 */
export function filesOf(sample: Sample | undefined): ReadonlyMap<string, string> {
  if (sample && !/(?:^|\n)==> \/dev\/null <==\n*$/.test(sample.text))
    throw new Unreadable('the files did not come to their end')
  const sections = (sample?.text ?? '').split(/^==> (.+) <==$/m)
  const files = new Map<string, string>()
  for (let at = 1; at + 1 < sections.length; at += 2) {
    const text = withoutLastNewlines((sections[at + 1] ?? '').replace(/^\n/, ''))
    if (text !== '') files.set(sections[at] ?? '', text)
  }
  return files
}

/** A regular expression would try again at each of them, which takes the square of their number. */
function withoutLastNewlines(text: string): string {
  let end = text.length
  while (text[end - 1] === '\n') end -= 1
  return text.slice(0, end)
}

/** One file of a sample. Throws `NotThere` when the box did not give it. */
export function fileOf(sample: Sample | undefined, name: string): string {
  const text = filesOf(sample).get(name)
  if (text === undefined) throw new NotThere(`the box gave no /proc/${name}`)
  return text
}
