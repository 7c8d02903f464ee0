/** A stretch of one line that is a secret; `end` is the index behind it. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly kind: string
}

/** One form that secrets have. A plug-in of the table in `rules.ts`. */
export interface Rule {
  /** For a person: what it takes, and after which source. */
  readonly what: string
  /**
   * Every line on which the rule finds something has one of these; others are not shown to it. Plain text, where the case of a letter
   * does not count and `0` stands for any digit. A rule without anchors is shown every line.
   */
  readonly anchors: readonly string[]
  /**
   * Finds the secrets of one line (which has no line end in it) in time linear in its length. What is marked already is `HIDDEN`:
   * no secret begins with it, none goes on over it.
   */
  readonly find: (line: string) => readonly Span[]
}

/**
 * What stands in the place of a mark while rules look at a line, as often as the mark has characters. Half of a character, so that
 * no decoded text has it.
 */
export const HIDDEN = '\uD800'

/**
 * The usual rule: a regular expression. The secret is its group `secret`, which is the end of what it matches, or all of it where it has
 * no such group.
 */
export function ruleOf(
  kind: string,
  what: string,
  anchors: readonly string[],
  form: RegExp,
  isSecret: (text: string) => boolean = () => true,
): Rule {
  const global = new RegExp(form, `${form.flags}g`)
  return {
    what,
    anchors,
    find: (line) => {
      const spans: Span[] = []
      eachMatch(global, line, 0, (match) => {
        const secret = match.groups?.['secret'] ?? match[0]
        const end = match.index + match[0].length
        if (secret !== '' && isSecret(secret)) spans.push({ start: end - secret.length, end, kind })
        return undefined
      })
      return spans
    },
  }
}

/**
 * Calls back for each match of a global expression; the next is looked for behind it, or behind the index that is given back. `matchAll`
 * makes a new expression each time, which costs more than the search.
 */
export function eachMatch(
  form: RegExp,
  line: string,
  from: number,
  onMatch: (match: RegExpExecArray) => number | undefined,
): void {
  form.lastIndex = from
  for (let match = form.exec(line); match; match = form.exec(line)) {
    const behind = match[0] === '' ? form.lastIndex + 1 : form.lastIndex
    form.lastIndex = Math.max(behind, onMatch(match) ?? 0)
  }
}

/**
 * A value that is longer is a secret without being looked at: no word of a message is so long. What is no secret is thus found out from so
 * much text, and a line of a megabyte that is nothing but names is read in linear time. Characters.
 */
export const LONG_VALUE = 4096
