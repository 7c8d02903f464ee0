import { fileOrder } from '../../../evidence/logs/fetch/script.ts'
import type { Conversation } from './conversation.ts'
import { cannotRead } from './fetch-words.ts'
import type { Fetching } from './fetching.ts'

/** A file that the script holds open. */
export interface Opened {
  readonly identity: string
  readonly size: number
}

/** Undefined: it cannot be read, which is said, and nothing is open. */
export async function openedOf(
  { source, delivery }: Fetching,
  conversation: Conversation,
  at: number,
  says: (sentence: string, why: string) => void = (sentence) => delivery.miss(sentence),
): Promise<Opened | undefined> {
  const file = source.files[at]
  for (;;) {
    const piece = await conversation.next()
    if (!piece) return undefined
    if (piece.kind === 'bytes') continue
    const [word, , second = '', third = ''] = piece.words
    if (word === 'cannot') {
      says(`${file?.path}: ${cannotRead(second, file?.packed)}`, second)
      await close(conversation)
      return undefined
    }
    // A box without stat: the size when it was listed, its identity unknown.
    if (word === 'opened') return { identity: second, size: /^\d+$/.test(third) ? Number(third) : (file?.bytes ?? 0) }
    if (word === 'done') {
      says(`${file?.path}: it could not be opened`, word)
      return undefined
    }
  }
}

export async function close(conversation: Conversation): Promise<void> {
  conversation.tell(fileOrder.close)
  await until(conversation, 'done')
}

/** Takes what comes until a mark; gives the marks on the way. */
export async function until(conversation: Conversation, last: string): Promise<readonly (readonly string[])[]> {
  const marks: (readonly string[])[] = []
  for (;;) {
    const piece = await conversation.next()
    if (!piece) return marks
    if (piece.kind !== 'mark') continue
    marks.push(piece.words)
    if (piece.words[0] === last) return marks
  }
}
