import type { Configuration } from '../../boxes/configuration.ts'
import { knownBoxes } from '../../boxes/selection.ts'

/** What was typed behind `halligan logs`. */
export interface LogWords {
  readonly boxes: readonly string[]
  /** Services, units, processes, paths, containers, as typed. */
  readonly subjects: readonly string[]
  /** Standard input is read in place of boxes. */
  readonly input: boolean
}

/**
 * Tells boxes from what is meant on them. A word is a box when it can be no log (a group, `user@host`, `docker:NAME`, a name of halligan.yaml or of the ssh
 * configuration); a path, a number, a unit or a service of halligan.yaml never is. The first word is a box unless it is one of those; any other word after the boxes is
 * a subject. Behind `--` all are subjects. On this machine alone a name with a slash, or of a file that lies here, is that file, as for grep.
 *
 * @param known names of the ssh configuration
 * @param isFileHere whether a word names a file of the folder in which it was typed
 */
export function logWords(
  words: readonly string[],
  configuration: Pick<Configuration, 'groups' | 'services' | 'file'>,
  known: readonly string[],
  isFileHere: (word: string) => boolean,
): LogWords {
  if (words.length === 1 && words[0] === '-') return { boxes: ['local'], subjects: [], input: true }
  const names = new Set(['local', ...knownBoxes(configuration as Configuration, known)])
  const boxes: string[] = []
  const subjects: string[] = []
  for (const word of words) {
    const isKnown = names.has(word) || isBoxForm(word) || isSubject(word, configuration)
    if (!isKnown && boxes.every((box) => box === 'local') && (word.includes('/') || isFileHere(word))) {
      subjects.push(`./${word}`)
      continue
    }
    const mayBeFirst = boxes.length === 0 && subjects.length === 0 && !isSubject(word, configuration)
    if (subjects.length === 0 && (names.has(word) || isBoxForm(word) || mayBeFirst)) boxes.push(word)
    else subjects.push(word)
  }
  return { boxes: boxes.length > 0 ? boxes : ['local'], subjects, input: false }
}

/** `@group`, `user@host`, `host:22`, `docker:NAME`, `recorded:FILE`; a glob without a slash fits boxes. */
function isBoxForm(word: string): boolean {
  if (word.startsWith('/') || word.includes('.service')) return false
  return (
    /^(?:@|docker:|podman:|recorded:|ssh:)/.test(word) ||
    /^[^/@\s]+@[^/@\s]+$/.test(word) ||
    /^[\w.-]+:\d+$/.test(word) ||
    (/[*?]/.test(word) && !word.includes('/'))
  )
}

const UNIT = /^[^/\s]+\.(?:service|socket|timer|mount|target|scope|slice|path)$/

function isSubject(word: string, { services }: Pick<Configuration, 'services'>): boolean {
  return (
    /^(?:\/|\.\.?\/|~\/)/.test(word) ||
    /^\d+$/.test(word) ||
    UNIT.test(word) ||
    /^(?:unit|container):/.test(word) ||
    word === 'kernel' ||
    Object.hasOwn(services, word)
  )
}
