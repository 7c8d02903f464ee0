import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { runbookOf } from '../../src/incidents/story/runbook.ts'
import { documentOf } from '../../src/steps/write-up/sections.ts'
import { tellStory } from '../../src/steps/write-up/tell.ts'
import { appendix } from '../../src/views/write-up/appendix.ts'
import { newWriteUp } from '../../src/views/write-up/document.ts'
import { page } from '../../src/views/write-up/page.ts'
import { runbookDocument } from '../../src/views/write-up/runbook-markdown.ts'
import { runbookScript } from '../../src/views/write-up/runbook-script.ts'
import { expectGolden } from '../golden.ts'
import { INCIDENT, recordIncident } from './incident.ts'

const GOLDENS = path.join(import.meta.dirname, '../fixtures/write-up')
const home = mkdtempSync(path.join(tmpdir(), 'halligan-goldens-'))
const store = await recordIncident(home)
const story = await tellStory(store, INCIDENT)
const broken = await store.audit(INCIDENT)
await store.close()
rmSync(home, { recursive: true })

const runbook = story && runbookOf(story)
if (!story || !runbook) throw new Error('the incident has nothing to tell')

const FILES: readonly (readonly [string, () => string])[] = [
  ['checkout.md', () => newWriteUp(story, 'none')],
  ['checkout-jekyll.md', () => newWriteUp(story, 'jekyll').split('\n## Impact')[0] ?? ''],
  ['checkout.html', () => page(newWriteUp(story, 'none'))],
  ['runbook.md', () => documentOf(runbookDocument(runbook, story))],
  ['runbook.sh', () => runbookScript(runbook, story, 'runbook.sh')],
]

describe('the write-up of a made-up incident', () => {
  it('is of a record that is as it was written', () => {
    expect(broken).toBeUndefined()
  })

  it.each(FILES)('%s is as it was read and found good', (name, make) => {
    expectGolden(name, make(), GOLDENS)
  })

  it('has each golden that there is', () => {
    expect(readdirSync(GOLDENS).toSorted()).toEqual(FILES.map(([name]) => name).toSorted())
  })

  it('does not say to whom it was handed', () => {
    const typed = ['halligan handover --to bob', 'halligan look web-1']
    const entries = new Map(
      [...story.entries].map(([seq, entry]) => {
        const command = typed[seq % 2] ?? ''
        return [
          seq,
          entry.did === 'looked' && entry.payload ? { ...entry, payload: { ...entry.payload, command } } : entry,
        ]
      }),
    )
    const text = appendix({ ...story, entries }, new Set(entries.keys())).join('\n')
    expect(text).toContain('Typed: `halligan handover`')
    expect(text).toContain('Typed: `halligan look web-1')
    expect(text).not.toContain('--to')
  })

  it('links only to entries that it shows', () => {
    const text = newWriteUp(story, 'none')
    const shown = new Set([...text.matchAll(/^### Entry (\d+)$/gm)].map(([, seq]) => seq))
    const linked = new Set([...text.matchAll(/#entry-(\d+)\)/g)].map(([, seq]) => seq))
    expect([...linked].filter((seq) => !shown.has(seq))).toEqual([])
    const html = page(text)
    const anchors = new Set([...html.matchAll(/ id="entry-(\d+)"/g)].map(([, seq]) => seq))
    expect([...html.matchAll(/href="#entry-(\d+)"/g)].filter(([, seq]) => !anchors.has(seq))).toEqual([])
  })

  it('rests each line of the timeline and of the follow-ups on an entry', () => {
    const text = newWriteUp(story, 'none')
    const lines = text.split('\n').filter((line) => /^- (?:\*\*\d\d:\d\d|\[ \])/.test(line))
    expect(lines.length).toBeGreaterThan(20)
    expect(lines.filter((line) => !line.includes('(#entry-'))).toEqual([])
  })

  it('rests each sentence about what happened on an entry', () => {
    expect(withoutLink(newWriteUp(story, 'none'))).toEqual([
      // What is said of entries that the line before or above links to, and what the record does not have.
      'Times are UTC. A number leads to the entry of the record that a line rests on.',
      '- To take it back: `systemctl revert orders-api && systemctl restart orders-api`',
      '- To take it back: `halligan hotfix undo 21`',
    ])
  })

  it('names nobody', () => {
    const text =
      newWriteUp(story, 'none') + documentOf(runbookDocument(runbook, story)) + runbookScript(runbook, story, 'x')
    expect(text).not.toMatch(/alice|bob|laptop-7|desk-2/i)
  })

  it('has before and after as the raw evidence has them', () => {
    const figures = story.figures.map(({ what, before, after }) => [
      what,
      before.value,
      after && 'value' in after ? after.value : undefined,
    ])
    expect(figures).toContainEqual(['sockets in CLOSE_WAIT', 1010, 27])
    expect(figures).toContainEqual(['open file descriptors', 1015, 32])
  })
})

/** Lines of text, outside of code and of the record itself, that link to no entry; findings of a look stand below the line that links to it. */
function withoutLink(markdown: string): readonly string[] {
  const [text = ''] = markdown.split('## The record')
  return text
    .replaceAll(/^```[^]*?^```$/gm, '')
    .split('\n')
    .filter(
      (line) =>
        line.trim() !== '' && !/^(?:#|<!--|\| (?:---|time to|box) |- \*\*(?:critical|warning)\*\*: )/.test(line),
    )
    .filter((line) => !line.includes('(#entry-') && !line.includes('| not looked at | not looked at |'))
}
