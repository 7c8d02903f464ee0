import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { storyOf, type Story } from '../../src/incidents/story/story.ts'
import { newWriteUp } from '../../src/views/write-up/document.ts'
import { page } from '../../src/views/write-up/page.ts'
import { ATTACKS, hostileText, incidentOf } from './hostile.ts'
import { tagsOf, type Tag } from './html-tokens.ts'

/** Tags that a page is made of; none runs, fetches, frames or sends anything. */
const TAGS = new Set(
  'html head meta link title style body main h1 h2 h3 h4 h5 h6 p ul ol li strong em s a code pre span blockquote hr br table thead tbody tr th td caption figure figcaption div svg defs pattern rect circle line text g'.split(
    ' ',
  ),
)
const ATTRIBUTES = new Set(
  'lang charset http-equiv content name rel href id class start scope colspan tabindex role aria-label aria-hidden width height x y x1 x2 y1 y2 cx cy r fill stroke stroke-width stroke-dasharray font-size text-anchor patternunits patterntransform title'.split(
    ' ',
  ),
)

const LINES = ATTACKS.filter((attack) => !/[\n\r]/.test(attack) && attack.trim() !== '')

describe('a page made of what a box said', () => {
  it.each(ATTACKS.map((attack) => [attack]))('holds nothing active: %j', (attack) => {
    expectHarmless(page(newWriteUp(storyFrom(attack), 'none')))
  })

  it('holds nothing active, whatever was said', () => {
    fc.assert(
      fc.property(hostileText, fc.constantFrom('none' as const, 'jekyll' as const, 'hugo' as const), (text, kind) => {
        expectHarmless(page(newWriteUp(storyFrom(text), kind)))
      }),
      { numRuns: 300 },
    )
  })

  it.each(LINES.map((line) => [line]))('has the same tags as of plain words: %j', (line) => {
    expect(skeleton(line)).toEqual(skeleton('plain'))
  })

  it('has the same tags as of plain words, whatever line it is', () => {
    const plain = skeleton('plain')
    const printable = hostileText.filter((text) => !/[\n\r]/.test(text) && text.trim() !== '' && text.length < 100)
    fc.assert(
      fc.property(printable, (text) => {
        expect(skeleton(text)).toEqual(plain)
      }),
      { numRuns: 200 },
    )
  })

  it('shows what was said as it was said', () => {
    const html = page(newWriteUp(storyFrom('<b>5 < 6 & "7"</b> *x* _y_ `z` [a](b)'), 'none'))
    expect(html).toContain('&lt;b&gt;5 &lt; 6 &amp; &quot;7&quot;&lt;/b&gt; *x* _y_ `z` [a](b)')
  })
})

describe('a page made of what its author wrote', () => {
  it('holds nothing active either, whatever Markdown it is', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expectHarmless(page(text), { links: true })
      }),
      { numRuns: 500 },
    )
  })

  it('keeps links of the web, and only those', () => {
    const html = page(
      '[a](https://example.net/a) [b](#x) [c](other.html) [d](mailto:a@example.net) [e](javascript:alert(1)) [f](data:text/html,x) [g](vbscript:x) [h](JaVaScRiPt:x) [i](file:///etc/passwd)\n',
    )
    const links = tagsOf(html)
      .filter(({ name }) => name === 'a')
      .map(({ attributes }) => attributes.get('href'))
    expect(links).toEqual(['https://example.net/a', '#x', 'other.html', 'mailto:a@example.net'])
    expect(html).toContain('rel="noreferrer noopener"')
  })

  it('makes a link of a picture that would have to be fetched', () => {
    const html = page('![load before](https://example.net/load.png)\n')
    expect(tagsOf(html).some(({ name }) => name === 'img')).toBe(false)
    expect(html).toContain('<a href="https://example.net/load.png" rel="noreferrer noopener">load before</a>')
  })

  it('leaves comments out, on lines of their own and within lines', () => {
    const html = page('# T\n\n<!-- a\n   b -->\n\nx <!-- c --> y\n<!-- d -->\n- one\n\n```\n<!-- shown -->\n```\n')
    expect(html.replace(/<!-- halligan:sealed .*-->/, '')).not.toMatch(/<!--|&lt;!-- [acd]/)
    expect(html).toContain('x  y')
    expect(html).toContain('&lt;!-- shown --&gt;')
  })

  it('shows a chart that it does not understand any more as text', () => {
    const html = page('```halligan-bars\nnothing that can be drawn\n```\n\n```halligan-strip\n<b>\n```\n')
    expect(html).toContain('<code>nothing that can be drawn')
    expect(html).toContain('&lt;b&gt;')
  })

  it('has the title of the front matter where there is no heading', () => {
    const html = page('---\ntitle: "<i>Checkout</i> was down"\ndate: 2026-11-25T14:58:30Z\n---\n\nText.\n')
    expect(html).toContain('<title>&lt;i&gt;Checkout&lt;/i&gt; was down</title>')
    expect(html).toContain('<h1>&lt;i&gt;Checkout&lt;/i&gt; was down</h1>\n<p class="date">2026-11-25</p>')
  })

  it('takes front matter that is no YAML for text', () => {
    expect(page('---\n: : [\n---\n\nText.\n')).toContain('Text.')
  })
})

/** Names of all tags of the page of an incident in which this was said everywhere; links to the web are left out, since not everything is an address. */
function skeleton(text: string): readonly string[] {
  const tags = tagsOf(page(newWriteUp(storyFrom(text), 'none')))
  return tags.filter(({ attributes }) => !attributes.get('href')?.startsWith('https')).map(({ name }) => name)
}

function storyFrom(text: string): Story {
  const story = storyOf(incidentOf(text), new Map())
  if (!story) throw new Error('no story')
  return story
}

function expectHarmless(html: string, allowed: { readonly links?: boolean } = {}): void {
  const tags = tagsOf(html)
  expect(tags.filter(({ name }) => !TAGS.has(name))).toEqual([])
  const names = tags.flatMap(({ attributes }) => [...attributes.keys()])
  expect(names.filter((name) => !ATTRIBUTES.has(name))).toEqual([])
  expect(tags.filter((tag) => !isQuiet(tag, allowed.links ?? false))).toEqual([])
  // A screen that shows the source obeys nothing of it, and nothing in it reorders what is read.
  // eslint-disable-next-line no-control-regex -- these are what must not be there
  expect(html).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
}

/** Leads to a place on the page, or (of an author, or of the record's own links to a repository) to the web. */
function isQuiet({ name, attributes }: Tag, links: boolean): boolean {
  const href = attributes.get('href')
  if (href === undefined) return true
  if (name === 'link') return href === 'data:,'
  if (name !== 'a') return false
  if (/^#[\p{L}\p{N}_-]*$/u.test(href)) return true
  return links ? /^(?![a-z]+:)|^(?:https?|mailto):/i.test(href) : href.startsWith('https://')
}
