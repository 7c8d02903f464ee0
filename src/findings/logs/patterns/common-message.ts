import { VARIABLE } from './tokens.ts'

/**
 * What messages of one row have in common, word by word, where words that few records have were taken as one: the first of them with `<*>` for what is not the
 * same in all that have as many words.
 *
 *   user alice came · user bob came   → user <*> came
 */
export function commonMessage(messages: readonly string[]): string {
  const [first, ...others] = messages.map(wordsOf)
  if (!first) return ''
  const alike = others.filter((words) => words.length === first.length)
  return first
    .map((word, at) => (isWord(at) && alike.some((words) => words[at] !== word) ? VARIABLE : word))
    .join('')
    .replaceAll(/<\*>(?:[.-]?<\*>)+/g, VARIABLE)
}

/** Words and what stands between them, in turn; as signatures part them. */
function wordsOf(message: string): readonly string[] {
  return message.slice(0, LONGEST_MESSAGE).split(/([\s"'=,;:|()[\]{}<>?&/\\@#]+)/)
}

function isWord(at: number): boolean {
  return at % 2 === 0
}

/** Characters. What is beyond them tells nothing more. */
const LONGEST_MESSAGE = 2_048
