import { readPlain } from '../../base/plain-file.ts'
import { safeText } from '../../base/safe-text.ts'
import { readCast, usableSize, type Cast } from '../../incidents/cast.ts'
import { endsOf } from '../../incidents/endings.ts'
import type { AnyEntry } from '../../incidents/store.ts'
import { transcript } from '../../incidents/transcript.ts'
import { print } from '../console.ts'
import { INTERRUPTED } from '../interrupt.ts'
import { play } from '../player.ts'
import { Problem } from '../problem.ts'
import { rawTerminal } from '../../boxes/raw-terminal.ts'
import { theIncident, type IncidentFlags } from '../the-incident.ts'
import { theStore } from '../the-store.ts'

export interface ReplayFlags extends IncidentFlags {
  readonly print?: boolean
  readonly speed?: string
  readonly idleLimit?: string
}

/** A recording of a whole day is some 100 MB. Bytes. */
const FILE_LIMIT = 256 * 1024 * 1024

/** Plays a recorded shell in the terminal, or prints its text. */
export async function replay(what: string | undefined, flags: ReplayFlags): Promise<number> {
  const speed = numberOf(flags.speed, '--speed', 0.1, 100) ?? 1
  const idleLimitMs = (numberOf(flags.idleLimit, '--idle-limit', 0, 86_400) ?? 2) * 1000
  const { text, name } = what === undefined || /^#?\d+$/.test(what) ? await fromRecord(what, flags) : fromFile(what)
  const read = readCast(text)
  if (!read.ok)
    throw new Problem(
      `${name} is no recorded shell: ${read.why}.`,
      'halligan timeline shows the shells that were recorded.',
    )
  if (flags.print) {
    await print(
      transcript(read.cast)
        .map((line) => `${safeText(line)}\n`)
        .join(''),
    )
    return 0
  }
  if (!process.stdout.isTTY)
    throw new Problem('A recording is played in a terminal, and standard output is none.', '--print gives its text.')
  return (await playHere(read.cast, { speed, idleLimitMs, name })) ? INTERRUPTED : 0
}

/** Gives whether it was Ctrl-C that ended it. */
async function playHere(
  cast: Cast,
  { speed, idleLimitMs, name }: { readonly speed: number; readonly idleLimitMs: number; readonly name: string },
): Promise<boolean> {
  const { columns, rows } = usableSize(process.stdout.columns, process.stdout.rows)
  process.stderr.write(`halligan: playing ${name} (space pauses, q ends)\n`)
  if (columns < cast.columns || rows < cast.rows)
    process.stderr.write(
      `halligan: it was ${cast.columns} x ${cast.rows}, this terminal is ${columns} x ${rows}: what does not fit looks broken.\n`,
    )
  const keys = keysOf()
  const raw = process.stdin.isTTY ? rawTerminal() : undefined
  try {
    await play(cast, { speed, idleLimitMs, wait: keys.wait, write: (text) => void process.stdout.write(text) })
  } finally {
    keys.finish()
    raw?.restore()
  }
  process.stderr.write('\nhalligan: the recording ends here.\n')
  return keys.isInterrupted()
}

/** Space pauses and goes on, q and Ctrl-C end. */
function keysOf() {
  const is = { paused: false, over: false, interrupted: false }
  let wake = (): void => {}
  const pressed = (chunk: Buffer): void => {
    for (const key of chunk.toString('latin1')) {
      if (key === ' ') is.paused = !is.paused
      if (key === 'q' || key === '\u0003') is.over = true
      if (key === '\u0003') is.interrupted = true
    }
    wake()
  }
  process.stdin.on('data', pressed)
  const pauseUntilKey = (): Promise<void> => new Promise((resolve) => (wake = resolve))
  return {
    wait: async (milliseconds: number): Promise<boolean> => {
      const until = performance.now() + milliseconds
      while (!is.over && (is.paused || performance.now() < until)) {
        const { promise, resolve } = Promise.withResolvers<void>()
        const timer = is.paused ? undefined : setTimeout(resolve, Math.max(0, until - performance.now()))
        await Promise.race([promise, pauseUntilKey()])
        clearTimeout(timer)
      }
      return !is.over
    },
    isInterrupted: () => is.interrupted,
    finish: () => void process.stdin.off('data', pressed).pause(),
  }
}

function fromFile(file: string): { readonly text: string; readonly name: string } {
  try {
    return { text: readPlain(file, FILE_LIMIT).toString('utf8'), name: safeText(file) }
  } catch (error) {
    throw new Problem(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      'halligan replay NUMBER plays a shell of the record.',
    )
  }
}

async function fromRecord(
  what: string | undefined,
  flags: ReplayFlags,
): Promise<{ readonly text: string; readonly name: string }> {
  const incident = await theIncident(flags)
  const store = await theStore()
  const entries = await store.read(incident.id)
  const seq = what === undefined ? undefined : Number(what.replace('#', ''))
  const entry =
    seq === undefined
      ? entries.findLast(({ did, payload }) => (did === 'shelled' || did === 'debugged') && castOf(payload))
      : ofNumber(entries, seq)
  const cast = entry?.did === 'shelled' || entry?.did === 'debugged' ? entry.payload?.cast : undefined
  const bytes = cast === undefined ? undefined : await store.getEvidence(cast)
  if (!entry || !bytes)
    throw new Problem(
      seq === undefined ? `No shell is recorded in ${incident.id}.` : `#${seq} of ${incident.id} is no recorded shell.`,
      'halligan timeline shows what there is; halligan shell BOX records one.',
    )
  return {
    text: Buffer.from(bytes).toString('utf8'),
    name: `the ${entry.did === 'debugged' ? 'debugger' : 'shell'} on ${safeText(entry.box ?? '')} of ${entry.at.slice(0, 16).replace('T', ' ')} UTC (#${entry.seq})`,
  }
}

/** The number of the entry that it began with is as good as that of its end. */
function ofNumber(entries: readonly AnyEntry[], seq: number): AnyEntry | undefined {
  const ended = endsOf(entries).get(seq)
  return ended && castOf(ended.payload) ? ended : entries.find((entry) => entry.seq === seq)
}

function castOf(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && 'cast' in payload && payload.cast !== undefined
}

function numberOf(text: string | undefined, option: string, least: number, most: number): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN
  if (value >= least && value <= most) return value
  throw new Problem(`${option} takes a number from ${least} to ${most}, not "${text}".`, `${option} 2`, 2)
}
