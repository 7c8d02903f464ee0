import path from 'node:path'
import { safeText } from '../../base/safe-text.ts'
import type { Recorder } from '../../incidents/recorder.ts'
import { runbookOf, type Runbook } from '../../incidents/story/runbook.ts'
import type { Story } from '../../incidents/story/story.ts'
import { FileProblem, targetOf, type Target } from '../../steps/write-up/files.ts'
import { keepFile } from '../../steps/write-up/keep.ts'
import { sealOf } from '../../steps/write-up/sealed.ts'
import { documentOf, frontMatterKind, incidentOf, mergedDocument, type Merged } from '../../steps/write-up/sections.ts'
import { tellStory } from '../../steps/write-up/tell.ts'
import { print } from '../console.ts'
import { Problem } from '../problem.ts'
import { typedWords } from '../author.ts'
import { recorderInto } from '../recorder.ts'
import { sayRecorded } from '../said-recorded.ts'
import { theIncident, type IncidentFlags } from '../the-incident.ts'
import { theStore } from '../the-store.ts'
import { mergedWriteUp, newWriteUp, SECTION_IDS } from '../write-up/document.ts'
import { FRONT_MATTERS, type FrontMatterKind } from '../write-up/front-matter.ts'
import { runbookDocument } from '../write-up/runbook-markdown.ts'
import { runbookScript } from '../write-up/runbook-script.ts'

export interface WriteUpFlags extends IncidentFlags {
  readonly out?: string
  readonly html?: boolean
  readonly frontMatter?: FrontMatterKind
  /** `true` for the form that is the default. */
  readonly runbook?: true | 'markdown' | 'sh'
  readonly renew?: string
  readonly force?: boolean
}

/** Tells the incident: prints it, or writes it where it can be edited. */
export async function writeUp(flags: WriteUpFlags): Promise<number> {
  mustFit(flags)
  const incident = await theIncident(flags)
  const story = await tellStory(await theStore(), incident.id)
  if (!story) throw new Problem(`There is nothing in ${incident.id} to tell.`, 'halligan timeline shows what it has.')
  try {
    return flags.runbook === undefined ? await tell(story, flags) : await tellRunbook(story, flags)
  } catch (error) {
    if (error instanceof FileProblem) throw new Problem(error.message, error.tryNext)
    throw error
  }
}

function mustFit({ out, html, runbook, frontMatter, renew }: WriteUpFlags): void {
  if (runbook !== undefined && (html || frontMatter !== undefined))
    throw new Problem('--runbook goes with neither --html nor --front-matter.', 'halligan write-up --runbook', 2)
  if (runbook === undefined && out !== undefined && /\.html?$/i.test(out))
    throw new Problem(
      '--out names the Markdown, which is yours to edit; the page is written beside it.',
      `halligan write-up --out ${safeText(out.replace(/\.html?$/i, '.md'))} --html`,
      2,
    )
  if (renew !== undefined && out === undefined)
    throw new Problem('--renew is about a file that is there.', 'halligan write-up --out FILE --renew SECTION', 2)
}

async function tell(story: Story, flags: WriteUpFlags): Promise<number> {
  const { html, force = false } = flags
  const out = flags.out ?? fileOnTerminal(story, flags)
  if (out === undefined || out === '-') {
    const text = newWriteUp(story, flags.frontMatter ?? 'none')
    await print(html ? await pageOf(text) : text)
    return sayHead(story)
  }
  const target = targetOf(out)
  const pageTarget = html ? targetOf(besideIt(out)) : undefined
  if (pageTarget) mustBeOurPage(pageTarget, force)
  const merged = mergedInto(target, story, flags)
  const recorder = await recorderInto(story.incident, await theStore(), typedWords())
  const outcome = await written({ target, text: merged.text, story, recorder, force })
  await print(`${outcome.words}${mergedWords(merged)}${waitingWords(merged.text)}`)
  if (!pageTarget) return outcome.exitCode
  const second = await written({ target: pageTarget, text: await pageOf(merged.text), story, recorder, force })
  await print(second.words)
  return Math.max(outcome.exitCode, second.exitCode)
}

/** Nobody reads the source of a page: from a terminal it is written, beside its Markdown. A pipe gets it. */
function fileOnTerminal({ incident }: Story, { html }: WriteUpFlags): string | undefined {
  return html && process.stdout.isTTY ? `${incident}.md` : undefined
}

/** What is there stays its author's; what is none of ours is left alone. */
function mergedInto(target: Target, story: Story, flags: WriteUpFlags): Merged {
  const { text: old, file } = target
  const fresh = (): Merged => ({
    text: newWriteUp(story, flags.frontMatter ?? 'none'),
    edited: [],
    news: [],
    missing: [],
  })
  if (old === undefined) return fresh()
  const of = incidentOf(old)
  if (of === undefined || (of !== '' && of !== story.incident)) {
    if (flags.force) return fresh()
    throw notOurs(file, of)
  }
  const there = FRONT_MATTERS.find((kind) => kind === frontMatterKind(old)) ?? 'none'
  return mergedWriteUp(old, story, flags.frontMatter ?? there, renewed(flags, [...SECTION_IDS, 'front-matter']))
}

function renewed({ renew }: WriteUpFlags, known: readonly string[]): readonly string[] {
  const ids = (renew ?? '').split(',').filter((id) => id !== '')
  const wrong = ids.find((id) => id !== 'all' && !known.includes(id))
  if (wrong !== undefined)
    throw new Problem(`There is no section "${wrong}".`, `Sections are ${known.join(', ')}; or "all".`, 2)
  return ids
}

async function tellRunbook(story: Story, flags: WriteUpFlags): Promise<number> {
  const { out, force = false } = flags
  const runbook = runbookOf(story)
  if (!runbook)
    throw new Problem(
      `Nothing in ${story.incident} says what the cause was, so nobody can say which commands led to it.`,
      'Confirm a hypothesis with the entries that show it, or close the incident with its cause; then again.',
    )
  if (out === undefined || out === '-') {
    await print(runbookText(runbook, story, flags, 'runbook.sh'))
    return sayHead(story)
  }
  const target = targetOf(out)
  const recorder = await recorderInto(story.incident, await theStore(), typedWords())
  const merged = runbookInto(target, runbook, story, flags)
  const outcome = await written({ target, text: merged.text, story, recorder, force })
  await print(outcome.words + mergedWords(merged))
  return outcome.exitCode
}

function runbookText(runbook: Runbook, story: Story, { runbook: form }: WriteUpFlags, name: string): string {
  return form === 'sh' ? runbookScript(runbook, story, name) : documentOf(runbookDocument(runbook, story))
}

function runbookInto(target: Target, runbook: Runbook, story: Story, flags: WriteUpFlags): Merged {
  const { text: old, file } = target
  const text = runbookText(runbook, story, flags, path.basename(file))
  const fresh: Merged = { text, edited: [], news: [], missing: [] }
  if (old === undefined) return fresh
  if (flags.runbook === 'sh') {
    const seal = sealOf(old)
    if (seal === 'untouched' || flags.force) return fresh
    throw seal === 'edited' ? changedByHand(file) : notOurs(file, undefined)
  }
  const document = runbookDocument(runbook, story)
  const of = incidentOf(old)
  if (of !== undefined && (of === '' || of === document.incident)) {
    const ids = document.sections.map(({ id }) => id)
    return mergedDocument(old, document, renewed(flags, ids))
  }
  if (flags.force) return fresh
  throw notOurs(file, of)
}

interface WriteParts {
  readonly target: Target
  readonly text: string
  readonly story: Story
  readonly recorder: Recorder
  readonly force: boolean
}

async function written({
  target,
  text,
  story,
  recorder,
  force,
}: WriteParts): Promise<{ readonly words: string; readonly exitCode: number }> {
  const recorded = await keepFile({ target, text, recorder, head: story.last.hash, keepOld: force })
  const of = `entries 1 to ${story.last.seq} of ${story.incident}, head ${story.last.hash}`
  if (!recorded) return { words: `${safeText(target.file)} is as it would be written: ${of}.\n`, exitCode: 0 }
  const kept = sayRecorded([recorded], recorder.incident)
  return { words: `Wrote ${safeText(target.file)}: ${of}.\n`, exitCode: kept ? 0 : 1 }
}

async function pageOf(markdown: string): Promise<string> {
  const { page } = await import('../write-up/page.ts')
  return page(markdown)
}

/** `checkout.md` has its page in `checkout.html`. */
function besideIt(out: string): string {
  return `${out.replace(/\.(?:md|markdown|mdown)$/i, '')}.html`
}

function mustBeOurPage({ file, text }: Target, force: boolean): void {
  if (text === undefined || force) return
  const seal = sealOf(text)
  if (seal === 'edited') throw changedByHand(file)
  if (seal === 'foreign') throw notOurs(file, undefined)
}

function changedByHand(file: string): Problem {
  return new Problem(
    `${file} was changed by hand, and would be written over.`,
    'Name another file; --force writes over this one and leaves the old one as FILE~. What you change in Markdown is kept.',
  )
}

function notOurs(file: string, of: string | undefined): Problem {
  const what = of === undefined ? 'was not written by halligan' : `is that of ${of}`
  return new Problem(
    `${file} is there already, and ${what}. Nothing was written.`,
    'Name another file; --force writes over this one and leaves the old one as FILE~.',
  )
}

function mergedWords({ edited, news, missing }: Merged): string {
  const lines = [
    ...(edited.length > 0 ? [`Kept as you changed them: ${edited.join(', ')}.`] : []),
    ...(news.length > 0
      ? [
          `The record has news for ${news.join(', ')}: --renew ${news.join(',')} writes them anew and gives your changes up.`,
        ]
      : []),
    ...(missing.length > 0 ? [`Taken out, or their marks are damaged, so not written: ${missing.join(', ')}.`] : []),
  ]
  return lines.map((line) => `  ${line}\n`).join('')
}

/** Hints for the author are comments: nobody sees them on the page. */
function waitingWords(text: string): string {
  const count = [...text.matchAll(/^<!-- write: /gm)].length
  return count === 0
    ? ''
    : `  ${count === 1 ? '1 place waits' : `${count} places wait`} for words of yours: <!-- write: … -->\n`
}

function sayHead({ last, incident }: Story): number {
  process.stderr.write(`halligan: entries 1 to ${last.seq} of ${safeText(incident)}, head ${last.hash}.\n`)
  return 0
}
