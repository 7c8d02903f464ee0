import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { atConsoleOf, openBy } from '../../src/incidents/closing.ts'
import { runbookOf } from '../../src/incidents/story/runbook.ts'
import { documentOf } from '../../src/steps/write-up/sections.ts'
import { newWriteUp } from '../../src/views/write-up/document.ts'
import { runbookDocument } from '../../src/views/write-up/runbook-markdown.ts'
import { entriesOf, look, storyFrom, type Short } from './entries.ts'
import { storyOf } from '../../src/incidents/story/story.ts'

const DF = { line: 'df -h / # willing', exit: 0, state: 'ended', printedBytes: 12, keptBytes: 12 } as const

/** Two people by their names, who write words in which such names are parts of other words. */
function incidentBy(first: string, second: string): readonly Short[] {
  const by = { by: second }
  return [
    ['opened', { title: 'the bobsled on web-1 will not start', boxes: ['web-1'] }, { by: first }],
    look('web-1', 'critical', 1019, { by: first }),
    ['noted', { text: 'bobsled config: will retry' }, by],
    ['noted', { text: 'impact: the web shop; bob was called' }, by],
    ['supposed', { hypothesis: 1, text: 'It will fail while web-1 is full' }, by],
    ['ran', { ...DF, shown: 'web 100% bob' }, { ...by, box: 'web-1' }],
    ['handed-over', { to: first, text: 'bob, it will burn again' }, by],
    ['took-over', { from: second }, { by: first }],
    ['overrode', { what: 'close, although #6 still runs on web-1: bob', reason: 'will' }, by],
    [
      'overrode',
      { what: `close, although #3 is a shell ${openBy(first)}; #6 runs ${atConsoleOf(second)}`, reason: 'x' },
      by,
    ],
    ['confirmed', { hypothesis: 1, why: 'Root partition on web-1 is full', by: [2, 6] }, by],
    ['changed', { what: 'web.conf on web-1', price: 'change', debt: true, undo: 'cp web.conf.bob web.conf' }, by],
    ['verified', { good: true, text: 'web-1 will do', of: 12 }, by],
    ['noted', { text: 'todo: ask bob whether it will hold' }, by],
    ['closed', { cause: 'Root partition on web-1 was full' }, by],
  ]
}

function told(first: string, second: string): string {
  const story = storyFrom(incidentBy(first, second))
  const runbook = runbookOf(story)
  return newWriteUp(story, 'jekyll') + (runbook ? documentOf(runbookDocument(runbook, story)) : '')
}

describe('the people of a write-up', () => {
  it('are roles where it names them itself, and nothing else is changed for that', () => {
    const text = told('web', 'bob')
    for (const said of [
      'the bobsled on web-1 will not start',
      'Bobsled config: will retry',
      'The web shop; bob was called',
      'It will fail while web-1 is full',
      'bob, it will burn again',
      'Root partition on web-1 was full',
      'web.conf on web-1',
      'cp web.conf.bob web.conf',
      'ask bob whether it will hold',
      'web 100% bob',
    ])
      expect(text.toLowerCase()).toContain(said.toLowerCase())
    expect(text).toContain('Responder 1 took over')
    expect(text).toContain('a shell that is open (responder 1); \\#6 runs at the console of responder 2, or ended')
    expect(text).not.toMatch(/responder \d(?! took| · |\)|, or ended|$)/im)
  })

  it('can have any names: the text is the same', () => {
    const name = fc.oneof(fc.constantFrom('web', 'bob', 'will', 'a', '1', ' ', '-', 'alice@laptop-7'), fc.string())
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 2 }), ([first = '', second = '']) => {
        expect(told(first, second)).toBe(told('the first', 'the second'))
      }),
    )
  })

  it('have a role each in the order in which they came', () => {
    const [opened, ...rest] = incidentBy('will', 'bob')
    const story = storyOf(entriesOf(opened ? [opened, ...rest] : rest), new Map())
    expect([...(story?.roles.values() ?? [])].slice(0, 2)).toEqual(['responder 1', 'responder 2'])
  })
})
