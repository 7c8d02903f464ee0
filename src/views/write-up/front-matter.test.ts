import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { storyFrom } from '../../../test/write-up/entries.ts'
import { ATTACKS, hostileText } from '../../../test/write-up/hostile.ts'
import { frontMatter } from './front-matter.ts'

const ANY = fc.oneof(
  hostileText,
  fc.string({ unit: 'binary' }),
  fc.constantFrom('no', '1e3', '2026-11-25', '~', 'null', '- a', 'a: b', '"', "'", '#x', '%TAG', '@x', '`x'),
)

describe('front matter', () => {
  it('is what Jekyll takes', () => {
    const yaml = frontMatter(
      storyFrom([
        ['opened', { title: 'checkout returns 500s', boxes: [], service: 'checkout' }],
        ['closed', {}],
      ]),
      'jekyll',
    )
    expect(yaml?.split('\n')).toEqual([
      'layout: post',
      'title: "checkout returns 500s"',
      'date: 2026-11-25 14:01:00 +0000',
      'tags: ["incident", "checkout"]',
      'published: false',
      'render_with_liquid: false',
    ])
  })

  it('is what Hugo takes', () => {
    const yaml = frontMatter(storyFrom([['opened', { title: 'checkout returns 500s', boxes: [] }]]), 'hugo')
    expect(yaml?.split('\n')).toEqual([
      'title: "checkout returns 500s"',
      'date: 2026-11-25T14:00:00Z',
      'tags: ["incident"]',
      'draft: true',
    ])
  })

  it('is none when none was asked for', () => {
    expect(frontMatter(storyFrom([['opened', { title: 'x', boxes: [] }]]), 'none')).toBeUndefined()
  })

  it.each(ATTACKS.map((attack) => [attack]))('holds any title as one string: %j', (title) => {
    expectOneString(title)
  })

  it('holds any title and any service as one string each', () => {
    fc.assert(fc.property(ANY, expectOneString), { numRuns: 500 })
  })
})

function expectOneString(text: string): void {
  for (const kind of ['jekyll', 'hugo'] as const) {
    const yaml = frontMatter(storyFrom([['opened', { title: text, boxes: [], service: text }]]), kind) ?? ''
    // Readers of libyaml refuse halves of surrogate pairs as escapes.
    expect(yaml).not.toMatch(
      /^---|\\u[dD][89a-fA-F]|[^\n\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/mu,
    )
    const read = parse(yaml)
    expect(Object.keys(read)).toEqual(
      kind === 'jekyll'
        ? ['layout', 'title', 'date', 'tags', 'published', 'render_with_liquid']
        : ['title', 'date', 'tags', 'draft'],
    )
    expect(read.title).toBeTypeOf('string')
    expect(read.tags.every((tag: unknown) => typeof tag === 'string')).toBe(true)
  }
}
