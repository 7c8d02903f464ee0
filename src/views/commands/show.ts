import { terminalFilter } from '../../base/terminal-filter.ts'
import { endsOf } from '../../incidents/endings.ts'
import { piecesNamed } from '../../incidents/pieces.ts'
import type { AnyEntry, IncidentSummary } from '../../incidents/store.ts'
import { piecesWithBytes, showEntry, type ShownPiece } from '../../steps/show.ts'
import { outputStyle, print } from '../console.ts'
import { entryJson } from '../entry-line.ts'
import { entryScreen } from '../entry-screen.ts'
import { Problem } from '../problem.ts'
import type { Color } from '../style.ts'
import { theIncidentOrOnlyOne, type IncidentFlags } from '../the-incident.ts'
import { theStore } from '../the-store.ts'
import { theRedaction } from '../redaction.ts'

export interface ShowFlags extends IncidentFlags {
  readonly json?: boolean
  /** True: its only piece; else the words that name one. */
  readonly raw?: true | readonly string[]
  readonly color?: Color
}

/** Shows one entry in full, as JSON, or the bytes of a piece of its evidence. */
export async function show(number: string | undefined, flags: ShowFlags): Promise<number> {
  if (flags.json && flags.raw !== undefined)
    throw new Problem('--json and --raw exclude each other.', 'Give one of them.', 2)
  const { seq, words } = askedFor(number, flags.raw)
  const incident = await theIncidentOrOnlyOne(flags)
  if (flags.raw !== undefined) return showRaw(incident, seq, words)
  const store = await theStore()
  if (flags.json) {
    await print(entryJson(await entryOf(incident, seq)))
    return 0
  }
  const { redact } = await theRedaction()
  const view = await showEntry(store, incident.id, seq, redact)
  if (!view) throw noSuchEntry(incident, seq)
  await print(entryScreen(view, outputStyle(flags.color)))
  return 0
}

/** `show 12 --raw stdout` and `show --raw 12 stdout` are the same: the parser gives all words behind --raw to it. */
function askedFor(number: string | undefined, raw: ShowFlags['raw']): { readonly seq: number; readonly words: string } {
  const behind = raw === undefined || raw === true ? [] : raw
  const [text = '', ...words] = number === undefined ? behind : [number, ...behind]
  const seq = Number(text.replace(/^#/, ''))
  if (!/^#?\d{1,15}$/.test(text) || seq < 1)
    throw new Problem(
      text === '' ? 'Which entry?' : `"${text}" is no number of an entry.`,
      '`halligan timeline` shows them: halligan show 12',
      2,
    )
  return { seq, words: words.join(' ') }
}

async function entryOf(incident: IncidentSummary, seq: number): Promise<AnyEntry> {
  const [entry] = await (await theStore()).read(incident.id, { after: seq - 1, limit: 1 })
  if (entry?.seq !== seq) throw noSuchEntry(incident, seq)
  return entry
}

function noSuchEntry({ id, entries }: IncidentSummary, seq: number): Problem {
  return new Problem(`${id} has no entry #${seq}; the last one is #${entries}.`, 'halligan timeline')
}

async function showRaw(incident: IncidentSummary, seq: number, words: string): Promise<number> {
  const asked = await entryOf(incident, seq)
  const { entry, pieces } = await withPieces(incident, asked)
  const [piece] = pieces.length > 1 || words !== '' ? oneOf(pieces, words, entry.seq) : pieces
  if (!piece)
    throw new Problem(
      asked.payload === undefined
        ? `#${seq} of ${incident.id} was purged: nothing of it is kept.`
        : `#${seq} of ${incident.id} rests on no evidence.`,
      asked.payload === undefined ? '' : `halligan show ${seq} shows what it says.`,
    )
  if (!piece.bytes)
    throw new Problem(
      `The record has no ${piece.what} of #${entry.seq}.`,
      'halligan audit says whether the record is whole.',
    )
  await printRaw(piece.bytes)
  return 0
}

/** Of a command that has ended since, what it printed stands in the entry that tells so. */
async function withPieces(
  { id }: IncidentSummary,
  asked: AnyEntry,
): Promise<{ readonly entry: AnyEntry; readonly pieces: readonly ShownPiece[] }> {
  const store = await theStore()
  const pieces = await piecesWithBytes(store, asked)
  if (pieces.length > 0 || (asked.did !== 'ran' && asked.did !== 'shelled')) return { entry: asked, pieces }
  const entry = endsOf(await store.read(id)).get(asked.seq) ?? asked
  return { entry, pieces: await piecesWithBytes(store, entry) }
}

function oneOf(pieces: readonly ShownPiece[], words: string, seq: number): readonly ShownPiece[] {
  if (pieces.length === 0) return []
  const found = words === '' ? pieces : piecesNamed(words, pieces)
  if (new Set(found.map(({ evidence }) => evidence)).size === 1) return found
  const list = (found.length > 0 ? found : pieces).map((each) => `${pieces.indexOf(each) + 1} ${each.what}`)
  throw new Problem(
    found.length === 0
      ? `#${seq} has no evidence "${words}"; it has: ${list.join(', ')}.`
      : `Which piece of the evidence of #${seq}? ${list.join(', ')}.`,
    `halligan show ${seq} --raw 1, or words of its name.`,
    2,
  )
}

/** Byte for byte into a file or a pipe; on a terminal only text and colours, since what a box printed may be hostile to it. */
async function printRaw(content: Uint8Array): Promise<void> {
  if (!process.stdout.isTTY) return new Promise((resolve) => void process.stdout.write(content, () => resolve()))
  const text = terminalFilter('lines').push(Buffer.from(content).toString('utf8'))
  await print(`${text}\u001b[0m${text.endsWith('\n') ? '' : '\n'}`)
}
