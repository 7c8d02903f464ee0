import { sha256Hex } from '../../base/sha256.ts'

/**
 * A document that is generated, and then its author's. It is made of sections, each between two lines that say which one it is and what the text
 * hashed to when it was generated:
 *
 *   <!-- halligan:write-up 20261125-k7qm title summary timeline -->
 *   <!-- halligan:begin summary 9f86d081884c7d65 {% raw %} -->
 *   …
 *   <!-- halligan:end summary {% endraw %} -->
 *
 * A new generation puts new text only where the old one still hashes to that. Everything else is the author's and stays byte by byte: what stands
 * between sections, a section that was changed, one whose lines are damaged; one that was taken out does not come back. (Jekyll reads Liquid everywhere,
 * in comments too, so what a box said is kept from it by these same lines.)
 */
export interface Section {
  /** Lower-case words joined by hyphens. */
  readonly id: string
  /** Without a newline at its end; empty for a section that has nothing to say. */
  readonly text: string
}

export interface GeneratedDocument {
  readonly incident: string
  /** What stands before everything else (front matter of a static blog), and is a section of its own. */
  readonly frontMatter: FrontMatter | undefined
  readonly sections: readonly Section[]
}

export interface FrontMatter {
  /** `jekyll`. */
  readonly kind: string
  /** YAML, without its `---` lines. */
  readonly yaml: string
}

export interface Merged {
  readonly text: string
  /** Sections that the author changed, and that were kept. */
  readonly edited: readonly string[]
  /** Those of them for which the record has news since they were generated. */
  readonly news: readonly string[]
  /** Sections that the author took out, or whose lines are damaged. */
  readonly missing: readonly string[]
}

const FRONT_MATTER = 'front-matter'

/** A document that is written for the first time. */
export function documentOf({ incident, frontMatter, sections }: GeneratedDocument): string {
  const ids = [...(frontMatter ? [FRONT_MATTER] : []), ...sections.map(({ id }) => id)]
  const head = frontMatter ? `${frontMatterBlock(frontMatter)}\n` : ''
  return `${head}${headLine(incident, ids)}\n\n${sections.map(blockOf).join('\n')}`
}

/** The incident that a text says it is the write-up of; '' when it has our sections but no such line; undefined when it has neither. */
export function incidentOf(text: string): string | undefined {
  const head = linesOf(text).find(({ body }) => HEAD.test(body))
  if (head) return HEAD.exec(head.body)?.[1]
  return linesOf(text).some(({ body }) => BEGIN.test(body)) ? '' : undefined
}

/** The kind of front matter that a text begins with, if it is one of ours. */
export function frontMatterKind(text: string): string | undefined {
  return frontMatterIn(linesOf(text))?.kind
}

/** @param renew sections to be written anew whatever the author did to them; `all` */
export function mergedDocument(old: string, generated: GeneratedDocument, renew: readonly string[] = []): Merged {
  const lines = linesOf(old)
  const isRenewed = (id: string): boolean => renew.includes(id) || renew.includes('all')
  const known = knownIds(lines)
  const front = mergedFrontMatter(lines, generated, isRenewed(FRONT_MATTER), known)
  const parts = partsOf(lines.slice(front.used))
  const byId = new Map(generated.sections.map((section) => [section.id, section]))
  const [edited, news]: [string[], string[]] = front.edited
    ? [[FRONT_MATTER], front.news ? [FRONT_MATTER] : []]
    : [[], []]
  const kept = parts.flatMap((part, at): readonly Part[] => {
    if (part.kind === 'text') return [part]
    const section = byId.get(part.id)
    // Of another version of Halligan: not ours to take away.
    if (!section) return [part]
    if (!part.isEdited || isRenewed(part.id)) return [{ ...part, ...asPart(section, part.lineEnd), renewed: true }]
    edited.push(part.id)
    const fresh = hashOf(innerOf(section))
    const isNoted = wasNoted(parts[at - 1], part.id)
    if (fresh !== part.hash || isNoted) news.push(part.id)
    return fresh === part.hash ? [part] : [...(isNoted ? [] : [newsNote(part)]), withHash(part, fresh)]
  })
  const mayAdd = (id: string): boolean => isRenewed(id) || (known !== undefined && !known.has(id))
  const placed = withNew(kept, generated.sections, mayAdd, lines[0]?.text.endsWith('\r\n') ? '\r\n' : '\n')
  const there = new Set(placed.flatMap((part) => (part.kind === 'block' ? [part.id] : [])))
  const text =
    front.text +
    withoutOldNotes(placed)
      .map(({ text }) => text)
      .join('')
  const ids = generated.sections.map(({ id }) => id)
  return {
    text: withKnown(text, generated.frontMatter ? [FRONT_MATTER, ...ids] : ids, front.used > 0 && front.text === ''),
    edited,
    news,
    missing: [
      ...(generated.frontMatter && front.text === '' ? [FRONT_MATTER] : []),
      ...ids.filter((id) => !there.has(id)),
    ],
  }
}

// Lines and their marks.

const HEAD = /^<!-- halligan:write-up ([\w-]+)((?: [a-z-]+)*) -->$/
const BEGIN = /^<!-- halligan:begin ([a-z-]+) ([0-9a-f]{16}) \{% raw %\} -->$/
const END = /^<!-- halligan:end ([a-z-]+) \{% endraw %\} -->$/
const FRONT_MARK = /^# halligan:front-matter ([a-z]+) ([0-9a-f]{16})$/

function headLine(incident: string, ids: readonly string[]): string {
  return `<!-- halligan:write-up ${[incident, ...ids].join(' ')} -->`
}

function beginLine(id: string, hash: string): string {
  return `<!-- halligan:begin ${id} ${hash} {% raw %} -->`
}

function endLine(id: string): string {
  return `<!-- halligan:end ${id} {% endraw %} -->`
}

function newsLine(id: string): string {
  return `<!-- halligan:news ${id}: you changed this section, and it was kept; the record has news for it since. Take this line out when that is done; --renew ${id} writes the section anew. -->`
}

/** Nothing that is generated may look like one of these lines, or end what Liquid leaves alone. */
function harmless(text: string): string {
  return text.replaceAll(/<!-- halligan:/g, '<!-- halligan :').replaceAll(/\{%(?=-?\s*endraw)/g, '{ %')
}

function blockOf(section: Section): string {
  const inner = innerOf(section)
  return `${beginLine(section.id, hashOf(inner))}\n${inner}${endLine(section.id)}\n`
}

/** What stands between the two lines of a section: whole lines, with a blank one at both ends, since kramdown ends no table at a comment. */
function innerOf({ text }: Section): string {
  return text === '' ? '' : `\n${harmless(text)}\n\n`
}

/** Of text as it stands in the document; an editor that writes other line ends has changed nothing. */
function hashOf(text: string): string {
  return sha256Hex(text.replaceAll('\r\n', '\n')).slice(0, 16)
}

interface Line {
  /** As it is, with its end. */
  readonly text: string
  /** Without its end. */
  readonly body: string
}

function linesOf(text: string): readonly Line[] {
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => ({ text: line, body: line.replace(/\r?\n$/, '') }))
}

// The parts of a document as it is found.

type Part = TextPart | BlockPart

interface TextPart {
  readonly kind: 'text'
  readonly text: string
}

interface BlockPart {
  readonly kind: 'block'
  readonly text: string
  readonly id: string
  /** Of the text when it was generated. */
  readonly hash: string
  readonly isEdited: boolean
  readonly lineEnd: string
  readonly renewed?: boolean
}

/** A block is a begin and the next mark, if that is its end; any other line is text, damaged marks among it. */
function partsOf(lines: readonly Line[]): readonly Part[] {
  const parts: Part[] = []
  for (let at = 0; at < lines.length;) {
    const length = blockLength(lines, at)
    const taken = lines.slice(at, at + Math.max(1, length))
    parts.push(length > 0 ? blockPart(taken) : { kind: 'text', text: taken[0]?.text ?? '' })
    at += taken.length
  }
  return parts
}

/** Lines of the block that begins here; 0 when none does. */
function blockLength(lines: readonly Line[], from: number): number {
  const [, id] = BEGIN.exec(lines[from]?.body ?? '') ?? []
  if (id === undefined) return 0
  const next = lines.findIndex(({ body }, at) => at > from && (BEGIN.test(body) || END.test(body)))
  return next > 0 && END.exec(lines[next]?.body ?? '')?.[1] === id ? next - from + 1 : 0
}

function blockPart(lines: readonly Line[]): BlockPart {
  const [first] = lines
  const [, id = '', hash = ''] = BEGIN.exec(first?.body ?? '') ?? []
  const inner = lines.slice(1, -1).map(({ text }) => text)
  return {
    kind: 'block',
    text: lines.map(({ text }) => text).join(''),
    id,
    hash,
    isEdited: hashOf(inner.join('')) !== hash,
    lineEnd: first?.text.endsWith('\r\n') ? '\r\n' : '\n',
  }
}

function asPart(section: Section, lineEnd: string): BlockPart {
  const text = blockOf(section).replaceAll('\n', lineEnd)
  return { kind: 'block', text, id: section.id, hash: hashOf(innerOf(section)), isEdited: false, lineEnd }
}

function withHash(part: BlockPart, hash: string): BlockPart {
  return { ...part, hash, text: part.text.replace(beginLine(part.id, part.hash), () => beginLine(part.id, hash)) }
}

function newsNote({ id, lineEnd }: BlockPart): TextPart {
  return { kind: 'text', text: `${newsLine(id)}${lineEnd}` }
}

function wasNoted(before: Part | undefined, id: string): boolean {
  return before?.kind === 'text' && before.text.trimEnd() === newsLine(id)
}

/** A note before a section that was written anew is done with. */
function withoutOldNotes(parts: readonly Part[]): readonly Part[] {
  return parts.filter((part, at) => {
    const next = parts[at + 1]
    return !(next?.kind === 'block' && next.renewed && wasNoted(part, next.id))
  })
}

/** Sections that are not there and may be: each after the one that it follows, or at the end. */
function withNew(
  parts: readonly Part[],
  sections: readonly Section[],
  mayAdd: (id: string) => boolean,
  lineEnd: string,
): readonly Part[] {
  let placed = [...parts]
  for (const [at, section] of sections.entries()) {
    if (placed.some((part) => part.kind === 'block' && part.id === section.id) || !mayAdd(section.id)) continue
    const before = sections.slice(0, at).map(({ id }) => id)
    const last = placed.findLastIndex((part) => part.kind === 'block' && before.includes(part.id))
    const after = last >= 0 ? last + 1 : placed.length
    const gap: TextPart = { kind: 'text', text: endsOpen(placed[after - 1]) ? lineEnd + lineEnd : lineEnd }
    placed = [...placed.slice(0, after), gap, asPart(section, lineEnd), ...placed.slice(after)]
  }
  return placed
}

function endsOpen(part: Part | undefined): boolean {
  return part !== undefined && !part.text.endsWith('\n')
}

/** The sections that were ever written into it; undefined when the line that says so is damaged: then nothing may be added. */
function knownIds(lines: readonly Line[]): ReadonlySet<string> | undefined {
  const head = lines.find(({ body }) => HEAD.test(body))
  return head && new Set((HEAD.exec(head.body)?.[2] ?? '').trim().split(' '))
}

/** The head line with the ids that were added; without the front matter when that was taken away by wish. */
function withKnown(text: string, ids: readonly string[], noFrontMatter: boolean): string {
  const lines = linesOf(text)
  const at = lines.findIndex(({ body }) => HEAD.test(body))
  const line = lines[at]
  const [, incident = '', before = ''] = HEAD.exec(line?.body ?? '') ?? []
  if (!line) return text
  const known = before.split(' ').filter((id) => id !== '')
  const all = [...known, ...ids.filter((id) => !known.includes(id))].filter(
    (id) => !noFrontMatter || id !== FRONT_MATTER,
  )
  const fresh = line.text.replace(line.body, () => headLine(incident, all))
  return lines.map(({ text }, index) => (index === at ? fresh : text)).join('')
}

// Front matter: comments of YAML in place of those of HTML.

function frontMatterBlock({ kind, yaml }: FrontMatter): string {
  return `---\n# halligan:front-matter ${kind} ${hashOf(`${yaml}\n`)}\n${yaml}\n---\n`
}

interface FoundFrontMatter {
  readonly kind: string
  readonly hash: string
  readonly isEdited: boolean
  /** Lines of the document that it takes. */
  readonly length: number
}

function frontMatterIn(lines: readonly Line[]): FoundFrontMatter | undefined {
  if (lines[0]?.body !== '---' && lines[0]?.body !== '\uFEFF---') return undefined
  const end = lines.findIndex(({ body }, at) => at > 0 && body === '---')
  const [, kind, hash] = FRONT_MARK.exec(lines[1]?.body ?? '') ?? []
  if (end < 0 || kind === undefined || hash === undefined) return undefined
  const yaml = lines.slice(2, end).map(({ text }) => text)
  return { kind, hash, isEdited: hashOf(yaml.join('')) !== hash, length: end + 1 }
}

interface MergedFrontMatter {
  readonly text: string
  /** Lines of the old document that it takes the place of. */
  readonly used: number
  readonly edited: boolean
  readonly news: boolean
}

function mergedFrontMatter(
  lines: readonly Line[],
  { frontMatter }: GeneratedDocument,
  isRenewed: boolean,
  known: ReadonlySet<string> | undefined,
): MergedFrontMatter {
  const found = frontMatterIn(lines)
  const there = lines.slice(0, found?.length ?? 0)
  const old = there.map(({ text }) => text).join('')
  const as = { used: there.length, edited: false, news: false }
  if (found?.isEdited && !isRenewed) {
    const news = frontMatter !== undefined && hashOf(`${frontMatter.yaml}\n`) !== found.hash
    return { ...as, text: old, edited: true, news }
  }
  // What begins with a front matter of its author needs no second one.
  const isFree = !/^\uFEFF?---$/.test(lines[0]?.body ?? '')
  const mayAdd = isFree && (isRenewed || (known !== undefined && !known.has(FRONT_MATTER)))
  if (!frontMatter || !(found || mayAdd)) return { ...as, text: '' }
  const mark = old.startsWith('\uFEFF') ? '\uFEFF' : ''
  const lineEnd = lines[0]?.text.endsWith('\r\n') ? '\r\n' : '\n'
  const block = `${frontMatterBlock(frontMatter)}${found ? '' : '\n'}`
  return { ...as, text: mark + block.replaceAll('\n', lineEnd) }
}
