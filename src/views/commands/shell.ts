import { hostname } from 'node:os'
import { bytes } from '../../base/format.ts'
import { randomHex } from '../../base/random.ts'
import { safeText } from '../../base/safe-text.ts'
import type { Box } from '../../boxes/box.ts'
import { openBox } from '../../boxes/open.ts'
import { selectBoxes, wantsSudo } from '../../boxes/selection.ts'
import { quoted } from '../../findings/next.ts'
import { usableSize } from '../../incidents/cast.ts'
import { thisConsole } from '../../incidents/console-process.ts'
import { openSpool } from '../../incidents/shell-spool.ts'
import { shellOn, type OpenShell, type ShellEnd } from '../../steps/shell.ts'
import { terminalPrompt } from '../ask.ts'
import { configuration, sshNames } from '../console.ts'
import { ENDED_BY } from '../two-steps.ts'
import { saidWhenQuiet } from '../said-when-quiet.ts'
import { withMeantBox } from '../meant-box.ts'
import { Problem, problemWords } from '../problem.ts'
import { rawTerminal } from '../../boxes/raw-terminal.ts'
import { typedWords } from '../author.ts'
import { beyondPolicyOf } from '../beyond-policy.ts'
import { recorderFor } from '../command-recorder.ts'
import { entriesOf } from '../recorder.ts'
import { sayRecorded } from '../said-recorded.ts'
import type { IncidentFlags } from '../the-incident.ts'
import { home } from '../the-store.ts'
import { theRedaction } from '../redaction.ts'

export interface ShellFlags extends IncidentFlags {
  readonly sudo?: boolean
  readonly offTheRecord?: boolean
  readonly anyway?: string
}

/** As with ssh(1): the shell could not be started, or its end was not seen. */
const NOT_DONE = 255

/** A full terminal session on a box, recorded; gives the exit code of its shell. */
export async function shell(name: string, flags: ShellFlags): Promise<number> {
  const settings = await configuration()
  const selection = selectBoxes([name], settings, sshNames())
  if (!selection.ok) throw new Problem(selection.message, selection.tryNext, 2)
  const [first = name] = selection.boxes
  if (selection.boxes.length > 1)
    throw new Problem(`${name} is ${selection.boxes.length} boxes.`, `halligan shell ${first}`, 2)
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new Problem('halligan shell needs a terminal.', `halligan run ${first} -- COMMAND needs none.`, 2)
  const beyond = beyondPolicyOf(first, 'change', settings, 'in a shell anything can be changed')
  const beyondPolicy = beyond?.sentence
  if (beyond && flags.anyway === undefined)
    throw new Problem(
      beyond.sentence,
      `halligan run ${first} --price ${beyond.allowed} -- COMMAND, or --anyway "why", which is recorded.`,
      255,
    )
  const sudo = flags.sudo ?? wantsSudo(first, settings)
  const recorder = await recorderFor(flags, typedWords())
  const { findSecrets, findMore } = await theRedaction()
  const stop = new AbortController()
  const box = openBox(first, { sudo, prompt: terminalPrompt(stop.signal) })
  const terminal = attached(box, { incident: recorder.incident, offTheRecord: flags.offTheRecord ?? false, stop })
  const leftOut = saidWhenQuiet(() => process.stderr.write(LEFT_OUT))
  try {
    const { columns, rows } = sizeHere()
    const end = await shellOn(box, {
      columns,
      rows,
      term: process.env['TERM'],
      sudo,
      recorder,
      entries: () => entriesOf(recorder),
      findSecrets,
      findMore,
      spool: (onBroken) => openSpool(home(), thisConsole(hostname()), randomHex(6), onBroken),
      // In the middle of whatever is on the screen, where the terminal turns no line feed into a new line.
      onBroken: (why) =>
        process.stderr.write(`\r\nhalligan: THE RECORDING HAS STOPPED, the shell goes on: ${safeText(why)}\r\n`),
      onLeftOut: () => leftOut.begin(),
      offTheRecord: flags.offTheRecord ?? false,
      anyway: flags.anyway,
      beyondPolicy,
      clocks: { wall: Date.now, steady: () => performance.now() },
      signal: stop.signal,
      onOpen: terminal.open,
      onOutput: (chunk) => {
        leftOut.shown()
        return terminal.output(chunk)
      },
    })
    leftOut.end()
    terminal.leave()
    const told = await withMeantBox(end, box.name, settings, recorder)
    return toldAfter(box.name, told, terminal.by(), recorder.incident)
  } finally {
    leftOut.end()
    terminal.leave()
    await box.close()
  }
}

function sizeHere() {
  return usableSize(process.stdout.columns, process.stdout.rows)
}

/** Joins the terminal of this process to the shell on the box while there is one. */
function attached(
  box: Box,
  {
    incident,
    offTheRecord,
    stop,
  }: { readonly incident: string | undefined; readonly offTheRecord: boolean; readonly stop: AbortController },
) {
  let by: NodeJS.Signals | undefined
  let leave = (): void => {}
  const hangUpBy = (act: () => void) => (signal: NodeJS.Signals) => {
    by ??= signal
    act()
  }
  const early = hangUpBy(() => stop.abort())
  for (const signal of SIGNALS) process.on(signal, early)
  leave = () => {
    for (const signal of SIGNALS) process.off(signal, early)
  }

  function open(shell: OpenShell): void {
    process.stderr.write(beginWords(box.name, shell.seq, incident, offTheRecord))
    const raw = rawTerminal()
    if (!raw) process.stderr.write('halligan: stty does not work here: keys are sent a line at a time.\n')
    const isMarked = shell.seq !== undefined && !offTheRecord
    if (isMarked) process.stdout.write(`${TITLE_PUSH}\u001b]0;REC ${safeText(box.name)} (halligan)\u0007`)
    const keys = (chunk: Uint8Array): void => shell.write(chunk)
    const size = (): void => {
      const { columns, rows } = sizeHere()
      shell.resize(columns, rows)
    }
    const hangUp = hangUpBy(shell.hangUp)
    for (const signal of SIGNALS) process.off(signal, early).on(signal, hangUp)
    // Whoever wanted out while it was being opened gets out now.
    if (by) shell.hangUp()
    process.stdin.on('data', keys).resume()
    process.stdout.on('resize', size)
    leave = () => {
      leave = () => {}
      for (const signal of SIGNALS) process.off(signal, hangUp)
      process.stdin.off('data', keys).pause()
      process.stdout.off('resize', size)
      if (isMarked) process.stdout.write(TITLE_POP)
      raw?.restore()
    }
  }

  return {
    open,
    output: (chunk: Uint8Array): void | Promise<void> =>
      process.stdout.write(chunk) ? undefined : new Promise((resolve) => process.stdout.once('drain', resolve)),
    leave: () => leave(),
    by: () => by,
  }
}

const LEFT_OUT =
  '\r\nhalligan: so much was printed that the recording leaves out the rest of it; what you type is still recorded.\r\n'
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** The stack of titles of xterm; others ignore it (ctlseqs, XTWINOPS 22 and 23). */
const TITLE_PUSH = '\u001b[22;0t'
const TITLE_POP = '\u001b[23;0t'

function beginWords(box: string, seq: number | undefined, incident: string | undefined, offTheRecord: boolean): string {
  if (offTheRecord) return `halligan: shell on ${safeText(box)}, off the record.\n`
  return seq === undefined
    ? `halligan: shell on ${safeText(box)}, not recorded: no incident is open (halligan open "what is broken").\n`
    : `halligan: RECORDING this shell on ${safeText(box)} into ${safeText(incident ?? '')} as #${seq}; of what you type only what the box shows. Ctrl-D ends it.\n`
}

function toldAfter(box: string, end: ShellEnd, by: NodeJS.Signals | undefined, incident: string | undefined): number {
  if (end.state === 'lost') process.stderr.write(lostWords(box))
  else if (end.failure) process.stderr.write(problemWords(end.failure))
  const last = end.recorded.at(-1)
  if (last?.how === 'recorded' && end.state !== 'not-started')
    process.stderr.write(`halligan: recording ended; halligan replay ${last.entry.seq} plays it.\n`)
  if (end.leftOutBytes > 0)
    process.stderr.write(`halligan: the recording leaves out ${bytes(end.leftOutBytes)} of what was printed.\n`)
  const kept = incident === undefined || sayRecorded(end.recorded, incident)
  if (by) return ENDED_BY[by] ?? NOT_DONE
  return end.exit === undefined || (end.exit === 0 && !kept) ? NOT_DONE : end.exit
}

/** It comes in the middle of a line. How exactly it was lost stands in the record, and tells nobody what to do. */
function lostWords(box: string): string {
  const words = problemWords({
    message: `The line to ${box} was lost, and the shell there with it: what ran in it ends within some seconds, what tmux or nohup keeps goes on.`,
    tryNext: `halligan look ${quoted(box)}, then halligan shell ${quoted(box)}`,
  })
  return `\r\n${words}`
}
