import { safeText, truncate } from '../../base/safe-text.ts'
import type { Story } from '../../incidents/story/story.ts'
import { isTime } from './words.ts'

export const FRONT_MATTERS = ['jekyll', 'hugo', 'none'] as const
export type FrontMatterKind = (typeof FRONT_MATTERS)[number]

/**
 * Front matter as YAML, without its `---` lines; undefined for `none`. A draft until its author says that it is none.
 * Jekyll: jekyllrb.com/docs/front-matter; Hugo: gohugo.io/content-management/front-matter.
 */
export function frontMatter(story: Story, kind: FrontMatterKind): string | undefined {
  if (kind === 'none') return undefined
  const at = story.course.closed?.at ?? story.last.at
  const time = isTime(at) ? new Date(at).toISOString().slice(0, 19) : '1970-01-01T00:00:00'
  const common = [
    `title: ${scalar(truncate(safeText(story.title), TITLE))}`,
    `date: ${kind === 'jekyll' ? `${time.replace('T', ' ')} +0000` : `${time}Z`}`,
    `tags: [${tags(story).map(scalar).join(', ')}]`,
  ]
  // What a box said must not be run by Liquid (Jekyll 4.0; for older ones the marks around each section do it).
  if (kind === 'jekyll') return ['layout: post', ...common, 'published: false', 'render_with_liquid: false'].join('\n')
  return [...common, 'draft: true'].join('\n')
}

/** Columns. */
const TITLE = 200

/**
 * A double-quoted scalar of YAML (1.2.2, 7.3.1), of which strings of JSON are a part. Characters that YAML does not print cannot be escaped either where
 * libyaml reads it (Ruby, Go): they are replaced.
 */
function scalar(text: string): string {
  return JSON.stringify(text.replaceAll(/[\p{Cn}\p{Cs}\p{Cc}]/gu, '\uFFFD'))
}

/** The service, and the checks that burned on the way to the cause. */
function tags({ service, figures }: Story): readonly string[] {
  const checks = figures.slice(0, 3).map(({ check }) => check)
  return [...new Set(['incident', ...(service === undefined ? [] : [truncate(safeText(service), TITLE)]), ...checks])]
}
