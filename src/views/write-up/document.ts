import type { Story } from '../../incidents/story/story.ts'
import {
  documentOf,
  mergedDocument,
  type GeneratedDocument,
  type Merged,
  type Section,
} from '../../steps/write-up/sections.ts'
import { appendix, linkedEntries } from './appendix.ts'
import { fix } from './fix.ts'
import { followUps } from './follow-ups.ts'
import { frontMatter, type FrontMatterKind } from './front-matter.ts'
import { impact } from './impact.ts'
import { learned } from './learned.ts'
import { path } from './path.ts'
import { summary } from './summary.ts'
import { timeline } from './timeline.ts'
import { verification } from './verification.ts'
import { start, told } from './words.ts'

/** In the order in which they stand. */
const SECTIONS: readonly (readonly [id: string, lines: (story: Story) => readonly string[]])[] = [
  ['summary', summary],
  ['impact', impact],
  ['timeline', timeline],
  ['path', path],
  ['fix', fix],
  ['verification', verification],
  ['learned', learned],
  ['follow-ups', followUps],
]

export const SECTION_IDS: readonly string[] = ['title', ...SECTIONS.map(([id]) => id), 'record']

/** The write-up as Markdown. */
export function newWriteUp(story: Story, kind: FrontMatterKind): string {
  const generated = generatedFrom(story, kind)
  return documentOf(withRecord(generated, story, documentOf(generated)))
}

/** The write-up put into what its author made of an earlier one. The record holds every entry that the text links to, the author's too. */
export function mergedWriteUp(old: string, story: Story, kind: FrontMatterKind, renew: readonly string[]): Merged {
  const generated = generatedFrom(story, kind)
  const { text } = mergedDocument(old, generated, renew)
  return mergedDocument(old, withRecord(generated, story, text), renew)
}

function generatedFrom(story: Story, kind: FrontMatterKind): GeneratedDocument {
  const yaml = frontMatter(story, kind)
  // A static blog shows the title of the front matter.
  const title = kind === 'none' ? `# ${start(told(story.title))}` : ''
  const sections = SECTIONS.map(([id, lines]): Section => ({ id, text: textOf(lines(story)) }))
  return {
    incident: story.incident,
    frontMatter: yaml === undefined ? undefined : { kind, yaml },
    sections: [{ id: 'title', text: title }, ...sections, { id: 'record', text: '' }],
  }
}

function withRecord(generated: GeneratedDocument, story: Story, text: string): GeneratedDocument {
  const record = textOf(appendix(story, linkedEntries(text)))
  return {
    ...generated,
    sections: generated.sections.map((each) => (each.id === 'record' ? { ...each, text: record } : each)),
  }
}

/** One blank line between blocks and around comments, none at the ends; code blocks stay as they are. */
function textOf(lines: readonly string[]): string {
  const kept: string[] = []
  let fence: string | undefined
  for (const line of lines.flatMap((each) => each.split('\n'))) {
    const before = kept.at(-1) ?? ''
    if (fence !== undefined) {
      if (line === fence) fence = undefined
    } else {
      fence = /^`{3,}/.exec(line)?.[0]
      if (line === '' && before === '') continue
      if (before !== '' && (line.startsWith('<!--') || before.startsWith('<!--')) && line !== '') kept.push('')
    }
    kept.push(line)
  }
  return kept.join('\n').trim()
}
