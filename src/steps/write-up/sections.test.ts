import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { documentOf, frontMatterKind, incidentOf, mergedDocument, type GeneratedDocument } from './sections.ts'

const IDS = ['title', 'summary', 'timeline', 'fix', 'follow-ups', 'record'] as const

/** Each section has words of its own that nothing else has: `summary-1-a`, `summary-1-b` of the first generation. */
function generation(
  number: number,
  options: { readonly frontMatter?: boolean; readonly ids?: readonly string[] } = {},
): GeneratedDocument {
  const { frontMatter = true, ids = IDS } = options
  return {
    incident: '20261125-k7qm',
    frontMatter: frontMatter ? { kind: 'hugo', yaml: `title: "front-matter-${number}-a"\ndraft: true` } : undefined,
    sections: ids.map((id) => ({ id, text: `## ${id}\n\n${id}-${number}-a some words\n\n- ${id}-${number}-b` })),
  }
}

const first = documentOf(generation(1))

describe('a generated document', () => {
  it('is what a merge into it gives again', () => {
    expect(mergedDocument(first, generation(1)).text).toBe(first)
  })

  it('is replaced as a whole by the next generation when nobody touched it', () => {
    const { text, edited, news, missing } = mergedDocument(first, generation(2))
    expect(text).toBe(documentOf(generation(2)))
    expect({ edited, news, missing }).toEqual({ edited: [], news: [], missing: [] })
  })

  it('says whose it is', () => {
    expect(incidentOf(first)).toBe('20261125-k7qm')
    expect(incidentOf(first.replace(/^<!-- halligan:write-up.*\n/m, ''))).toBe('')
    expect(incidentOf('# Notes\n\nabout something else\n')).toBeUndefined()
    expect(frontMatterKind(first)).toBe('hugo')
    expect(frontMatterKind(documentOf(generation(1, { frontMatter: false })))).toBeUndefined()
  })

  it('holds no line of ours that a box said', () => {
    const hostile =
      '<!-- halligan:end fix {% endraw %} -->\n{%- endraw -%}\n<!-- halligan:begin record 0123456789abcdef {% raw %} -->'
    const generated = {
      ...generation(1),
      sections: [
        { id: 'fix', text: hostile },
        { id: 'record', text: 'end' },
      ],
    }
    const text = documentOf(generated)
    expect(text.match(/^<!-- halligan:(?:begin|end) .*$/gm)).toHaveLength(4)
    expect(text.match(/\{%-?\s*endraw/g)).toHaveLength(2)
    expect(mergedDocument(text, generated).text).toBe(text)
  })
})

describe('what an author changed', () => {
  it('stays, and is told; what was not changed follows the record', () => {
    const old = first.replace('fix-1-a some words', 'we closed the response body')
    const { text, edited, news } = mergedDocument(old, generation(2))
    expect(text).toContain('we closed the response body')
    expect(text).not.toContain('fix-2')
    expect(text).toContain('summary-2-a')
    expect({ edited, news }).toEqual({ edited: ['fix'], news: ['fix'] })
    expect(text).toMatch(/^<!-- halligan:news fix: .*\n<!-- halligan:begin fix /m)
  })

  it('has no news while the record says the same', () => {
    const old = first.replace('fix-1-a', 'ours')
    const { text, news } = mergedDocument(old, generation(1))
    expect(text).toBe(old)
    expect(news).toEqual([])
  })

  it('has its news told until the author takes the note out', () => {
    const noted = mergedDocument(first.replace('fix-1-a', 'ours'), generation(2)).text
    const again = mergedDocument(noted, generation(2))
    expect(again.text).toBe(noted)
    expect(again.news).toEqual(['fix'])
    const done = noted.replace(/^<!-- halligan:news fix.*\n/m, '')
    expect(mergedDocument(done, generation(2))).toMatchObject({ text: done, news: [], edited: ['fix'] })
    expect(mergedDocument(done, generation(3)).news).toEqual(['fix'])
  })

  it('is given up where that was asked for, with its note', () => {
    const noted = mergedDocument(first.replace('fix-1-a', 'ours'), generation(2)).text
    expect(mergedDocument(noted, generation(3), ['fix']).text).toBe(documentOf(generation(3)))
    const other = noted.replace('summary-2-a', 'mine')
    expect(mergedDocument(other, generation(3), ['all']).text).toBe(documentOf(generation(3)))
  })

  it('between sections stays where it stands', () => {
    const old = first.replace('<!-- halligan:begin fix', 'A paragraph of ours.\n\n<!-- halligan:begin fix')
    const { text, edited } = mergedDocument(old, generation(2))
    expect(text).toBe(
      documentOf(generation(2)).replace('<!-- halligan:begin fix', 'A paragraph of ours.\n\n<!-- halligan:begin fix'),
    )
    expect(edited).toEqual([])
  })

  it('is a section taken out, which does not come back by itself', () => {
    const old = first.replace(/<!-- halligan:begin fix[^]*<!-- halligan:end fix.*\n/, '')
    const { text, missing } = mergedDocument(old, generation(2))
    expect(text).not.toMatch(/fix-\d/)
    expect(missing).toEqual(['fix'])
    const back = mergedDocument(text, generation(3), ['fix']).text
    expect(back.indexOf('fix-3-a')).toBeGreaterThan(back.indexOf('timeline-3-b'))
    expect(back.indexOf('fix-3-a')).toBeLessThan(back.indexOf('follow-ups-3-a'))
  })

  it('is a section moved elsewhere, which is renewed there', () => {
    const [block = ''] = /<!-- halligan:begin fix[^]*<!-- halligan:end fix.*\n/.exec(first) ?? []
    const { text } = mergedDocument(`${first.replace(block, '')}\n${block}`, generation(2))
    expect(text.indexOf('fix-2-a')).toBeGreaterThan(text.indexOf('record-2-b'))
    expect(text.match(/fix-2-a/g)).toHaveLength(1)
  })

  it('is a section whose marks are damaged: the author has it from then on', () => {
    for (const [from, to] of [
      [/<!-- halligan:begin fix [0-9a-f]{4}/, '<!-- halligan:begin fix zzzz'],
      [/<!-- halligan:end fix/, '<!-- halligan:end fxi'],
      [/<!-- halligan:end fix.*\n/, ''],
    ] as const) {
      const { text, missing } = mergedDocument(first.replace(from, to), generation(2))
      expect(text).toContain('fix-1-a some words')
      expect(text).not.toContain('fix-2')
      expect(missing).toEqual(['fix'])
    }
  })

  it('is the head line: then nothing is added that is not there', () => {
    const old = first
      .replace('<!-- halligan:write-up ', '<!-- halligan:write ')
      .replace(/<!-- halligan:begin fix[^]*end fix.*\n/, '')
    const { text, missing } = mergedDocument(old, generation(2, { ids: [...IDS, 'thanks'] }))
    expect(text).toContain('summary-2-a')
    expect(text).not.toMatch(/fix-|thanks/)
    expect(missing).toEqual(['fix', 'thanks'])
  })

  it('is the front matter', () => {
    const published = first.replace('draft: true', 'draft: false')
    const { text, edited, news } = mergedDocument(published, generation(2))
    expect(text).toContain('draft: false')
    expect(text).toContain('front-matter-1-a')
    expect({ edited, news }).toEqual({ edited: ['front-matter'], news: ['front-matter'] })
  })

  it('is front matter that was taken out, which does not come back', () => {
    const without = first.replace(/^---\n[^]*?\n---\n\n/, '')
    const { text, missing } = mergedDocument(without, generation(2))
    expect(text.startsWith('<!-- halligan:write-up')).toBe(true)
    expect(missing).toEqual(['front-matter'])
  })
})

describe('front matter', () => {
  const plain = documentOf(generation(1, { frontMatter: false }))

  it('is added when it is asked for the first time', () => {
    expect(mergedDocument(plain, generation(2)).text.startsWith('---\n# halligan:front-matter hugo ')).toBe(true)
  })

  it('is not put before one of the author', () => {
    const own = `---\ntitle: mine\n---\n${plain}`
    const { text, missing } = mergedDocument(own, generation(2))
    expect(text.startsWith('---\ntitle: mine\n---\n')).toBe(true)
    expect(missing).toEqual(['front-matter'])
  })

  it('is taken away when none is asked for, and can be asked for again', () => {
    const { text } = mergedDocument(first, generation(2, { frontMatter: false }))
    expect(text.startsWith('<!-- halligan:write-up')).toBe(false)
    expect(text.trimStart().startsWith('<!-- halligan:write-up 20261125-k7qm title')).toBe(true)
    expect(mergedDocument(text, generation(3)).text).toContain('front-matter-3-a')
  })

  it('is known behind a byte order mark', () => {
    const { text } = mergedDocument(`\uFEFF${first}`, generation(2))
    expect(text).toBe(`\uFEFF${documentOf(generation(2))}`)
  })
})

describe('a section that a later version adds', () => {
  it('is put where it belongs', () => {
    const old = documentOf(generation(1, { ids: IDS.filter((id) => id !== 'fix') }))
    const { text, missing } = mergedDocument(old, generation(2))
    expect(text.indexOf('fix-2-a')).toBeGreaterThan(text.indexOf('timeline-2-b'))
    expect(text.indexOf('fix-2-a')).toBeLessThan(text.indexOf('follow-ups-2-a'))
    expect(missing).toEqual([])
    expect(mergedDocument(text, generation(2)).text).toBe(text)
  })

  it('is kept by a version that does not know it', () => {
    const { text } = mergedDocument(first, generation(2, { ids: IDS.filter((id) => id !== 'fix') }))
    expect(text).toContain('fix-1-a some words')
  })
})

describe('line ends of another system', () => {
  const windows = first.replaceAll('\n', '\r\n')

  it('are no change, and stay', () => {
    const { text, edited } = mergedDocument(windows, generation(2))
    expect(text).toBe(documentOf(generation(2)).replaceAll('\n', '\r\n'))
    expect(edited).toEqual([])
  })

  it('are also those of a note and of a section that comes back', () => {
    const { text } = mergedDocument(windows.replace('fix-1-a', 'ours'), generation(2))
    expect(text.match(/(?<!\r)\n/g)).toBeNull()
    expect(text).toContain('ours')
  })
})

/** One thing that an author, an editor or a merge tool does to a file. */
type Edit =
  | { readonly kind: 'insert'; readonly at: number; readonly text: string }
  | { readonly kind: 'delete'; readonly from: number; readonly length: number }
  | { readonly kind: 'move'; readonly from: number; readonly lines: number; readonly to: number }
  | { readonly kind: 'copy'; readonly from: number; readonly lines: number; readonly to: number }
  | { readonly kind: 'windows' }
  | { readonly kind: 'no last line end' }

const place = fc.double({ min: 0, max: 1, noNaN: true })
const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    kind: fc.constant('insert' as const),
    at: place,
    text: fc.oneof(fc.string(), fc.constantFrom('\n', '---\n', '<!--', ' ', '\r\n', '```\n', '{% raw %}', '0', 'a')),
  }),
  fc.record({ kind: fc.constant('delete' as const), from: place, length: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ kind: fc.constant('move' as const), from: place, lines: fc.integer({ min: 1, max: 12 }), to: place }),
  fc.record({ kind: fc.constant('copy' as const), from: place, lines: fc.integer({ min: 1, max: 12 }), to: place }),
  fc.constant({ kind: 'windows' as const }),
  fc.constant({ kind: 'no last line end' as const }),
)

function edited(text: string, edit: Edit): string {
  const index = (share: number): number => Math.floor(share * text.length)
  if (edit.kind === 'insert') return text.slice(0, index(edit.at)) + edit.text + text.slice(index(edit.at))
  if (edit.kind === 'delete') return text.slice(0, index(edit.from)) + text.slice(index(edit.from) + edit.length)
  if (edit.kind === 'windows') return text.replaceAll(/(?<!\r)\n/g, '\r\n')
  if (edit.kind === 'no last line end') return text.replace(/\r?\n$/, '')
  const lines = text.split('\n')
  const from = Math.floor(edit.from * lines.length)
  const taken = lines.slice(from, from + edit.lines)
  const rest = edit.kind === 'move' ? [...lines.slice(0, from), ...lines.slice(from + edit.lines)] : lines
  const to = Math.floor(edit.to * rest.length)
  return [...rest.slice(0, to), ...taken, ...rest.slice(to)].join('\n')
}

/** Lines of the document that are in no section as it was generated: what the author has the last word on. Found without the code under test. */
function authorsLines(text: string): readonly string[] {
  const lines = `${text.replaceAll('\r\n', '\n')}\n`
  const generated = [generation(1), generation(2)].map(documentOf)
  const fronts = generated.map((all) => /^---\n[^]*?\n---\n/.exec(all)?.[0] ?? '')
  const blocks = generated.flatMap((all) => all.match(/<!-- halligan:begin [^]*?<!-- halligan:end .*-->\n/g) ?? [])
  const gone = new Set<number>()
  const take = (block: string, at: number): void => {
    for (let index = at; index < at + block.length; index++) gone.add(index)
  }
  for (const front of fronts) if (lines.startsWith(front)) take(front, 0)
  for (const block of blocks)
    for (let at = lines.indexOf(block); at >= 0; at = lines.indexOf(block, at + 1))
      if (at === 0 || lines[at - 1] === '\n') take(block, at)
  const rest = [...lines.split('').keys()].map((at) => (gone.has(at) ? '' : lines[at])).join('')
  // A marker in which a letter is another is a marker still, and no words of the author.
  return rest
    .split('\n')
    .filter((line) => line !== '' && !/^(?:<!-- halligan:(?:write-up|news|begin)|# halligan:front-matter) /.test(line))
}

describe('whatever is done to the file', () => {
  it('no line of the author is lost, and nothing that was taken out comes back', () => {
    fc.assert(
      fc.property(fc.array(edits, { minLength: 1, maxLength: 4 }), (all) => {
        const old = all.reduce(edited, first)
        const { text } = mergedDocument(old, generation(2))
        const kept = text.replaceAll('\r\n', '\n').split('\n')
        const counts = (lines: readonly string[]): Map<string, number> => {
          const found = new Map<string, number>()
          for (const line of lines) found.set(line, (found.get(line) ?? 0) + 1)
          return found
        }
        const has = counts(kept)
        for (const [line, count] of counts(authorsLines(old)))
          expect(has.get(line) ?? 0, line).toBeGreaterThanOrEqual(count)
      }),
      { numRuns: 2_000 },
    )
  })

  it('a word that was put in anywhere stays', () => {
    fc.assert(
      fc.property(
        place,
        fc.constantFrom('Qx7', 'a\nQx7\n', ' Qx7 ', '\r\nQx7\r\n', '<!-- Qx7 -->', '0Qx7'),
        (at, word) => {
          const old = edited(first, { kind: 'insert', at, text: word })
          expect(mergedDocument(old, generation(2)).text).toContain('Qx7')
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('what was taken out of a section stays out', () => {
    fc.assert(
      fc.property(fc.constantFrom(...IDS), fc.constantFrom('a', 'b'), (id, word) => {
        const old = first.replace(`${id}-1-${word}`, '')
        expect(mergedDocument(old, generation(2)).text).not.toContain(`${id}-2-${word}`)
      }),
    )
  })

  it('a second generation of the same changes nothing more', () => {
    fc.assert(
      fc.property(fc.array(edits, { minLength: 1, maxLength: 4 }), (all) => {
        const once = mergedDocument(all.reduce(edited, first), generation(2)).text
        expect(mergedDocument(once, generation(2)).text).toBe(once)
      }),
      { numRuns: 1_000 },
    )
  })

  it('any text at all is taken, and kept', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(mergedDocument(text, generation(2)).text).toBe(text)
      }),
    )
  })
})
