import type { AnyEntry } from '../store.ts'
import { told } from '../told.ts'
import { momentOf, type Moment } from './moment.ts'

export type Topic = 'impact' | 'learned' | 'follow-up'

/** A note that says in its first word where it belongs: `impact: 212 orders failed`, `learned: …`, `todo: …`. */
export interface TopicNote extends Moment {
  readonly topic: Topic
  readonly text: string
}

const WORDS: Readonly<Record<string, Topic>> = {
  impact: 'impact',
  affected: 'impact',
  learned: 'learned',
  learnt: 'learned',
  lesson: 'learned',
  'follow-up': 'follow-up',
  followup: 'follow-up',
  todo: 'follow-up',
}

export function topicNotes(entries: readonly AnyEntry[]): readonly TopicNote[] {
  return told(entries, 'noted').flatMap((entry) => {
    const [, word = '', text = ''] = /^\s*([a-z-]+)\s*:\s*(\S[^]*)$/i.exec(entry.payload.text) ?? []
    const topic = WORDS[word.toLowerCase()]
    return topic && Object.hasOwn(WORDS, word.toLowerCase()) ? [{ ...momentOf(entry), topic, text }] : []
  })
}
