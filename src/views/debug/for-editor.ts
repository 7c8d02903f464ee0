import { hostname } from 'node:os'
import { randomHex } from '../../base/random.ts'
import { safeText } from '../../base/safe-text.ts'
import type { Configuration } from '../../boxes/configuration.ts'
import { openBox } from '../../boxes/open.ts'
import { wantsSudo } from '../../boxes/selection.ts'
import { dapReader } from '../../evidence/debug/dap/message.ts'
import { DAP_PRICE } from '../../evidence/debug/gdb-dap.ts'
import type { PriceTag } from '../../evidence/inspect/inspector.ts'
import type { Subject } from '../../evidence/inspect/subject.ts'
import { thisConsole } from '../../incidents/console-process.ts'
import { openSpool } from '../../incidents/shell-spool.ts'
import { dapOn } from '../../steps/debug/dap.ts'
import type { DebugEnd } from '../../steps/debug/debug.ts'
import type { Accepted } from '../../steps/inspect/inspect.ts'
import { typedWords } from '../author.ts'
import { recorderFor } from '../command-recorder.ts'
import type { DebugFlags } from '../commands/debug.ts'
import { acceptedTag } from '../inspect/accepted-price.ts'
import { withMeantBox } from '../meant-box.ts'
import { entriesOf } from '../recorder.ts'
import { theRedaction } from '../redaction.ts'
import { sayRecorded } from '../said-recorded.ts'
import { home } from '../the-store.ts'
import { editorHere } from './editor-here.ts'
import { editorPolicy } from './editor-policy.ts'
import { endWords } from './end-words.ts'

export interface ForEditor {
  readonly box: string
  readonly subject: Subject
  readonly asked: string
  readonly limitSeconds: number
  readonly flags: DebugFlags
  readonly settings: Configuration
}

/**
 * `halligan debug … --dap`: standard input and output are an editor's. Everything for people goes to standard error, and nobody is asked anything: an editor shows no question.
 * Gives the exit code: 0 when the process is as it was.
 */
export async function debugForEditor(given: ForEditor): Promise<number> {
  const { box, limitSeconds, flags, settings } = given
  const policy = editorPolicy(box, settings, { price: DAP_PRICE, anyway: flags.anyway })
  const recorder = await recorderFor(flags, typedWords())
  const { findSecrets, findMore } = await theRedaction()
  const stop = new AbortController()
  const editor = editorHere(dapReader(), () => stop.abort())
  const opened = openBox(box, { sudo: flags.sudo ?? wantsSudo(box, settings), prompt: undefined })
  try {
    const debugging = dapOn(opened, {
      subject: given.subject,
      asked: given.asked,
      limits: { limitSeconds },
      recorder,
      entries: () => entriesOf(recorder),
      anyway: flags.anyway,
      beyondPolicy: policy.overridden,
      findSecrets,
      findMore,
      spool: (onBroken) => openSpool(home(), thisConsole(hostname()), randomHex(6), onBroken),
      onBroken: (why) => tell(`THE RECORDING HAS STOPPED, gdb goes on: ${why}`),
      onLeftOut: () => tell('so much was asked that the recording leaves out the rest of it.'),
      clocks: { wall: Date.now, steady: () => performance.now() },
      accepts: (tool, { process: { pid, name } }, tag) =>
        acceptedHere(given, `${tool.title}, on ${name} (${pid})`, { tag, refused: policy.refused }),
      toEditor: editor.say,
      onTick: () => {},
      words: (end) => wordsOf(end, given),
      signal: stop.signal,
    })
    editor.listen(debugging.fromEditor)
    const end = await withMeantBox(await debugging.end, opened.name, settings, recorder)
    const { text, exit } = endWords(end, opened.name, limitSeconds)
    process.stderr.write(text)
    const kept = recorder.incident === undefined || sayRecorded(end.recorded, recorder.incident)
    return exit === 0 && !kept ? 1 : exit
  } finally {
    await editor.leave()
    await opened.close()
  }
}

function tell(words: string): void {
  process.stderr.write(`halligan: ${safeText(words)}\n`)
}

async function acceptedHere(
  { box, flags }: ForEditor,
  what: string,
  { tag, refused }: { readonly tag: PriceTag; readonly refused: string | undefined },
): Promise<Accepted> {
  if (refused !== undefined) return { accepted: false, why: refused, hint: '--anyway "why", which is recorded' }
  return acceptedTag(box, what, tag, { accept: flags.accept, prompt: undefined })
}

function wordsOf(
  end: DebugEnd,
  { box, limitSeconds }: ForEditor,
): { readonly isClean: boolean; readonly words: string } {
  const { text, exit } = endWords(end, box, limitSeconds)
  return { isClean: exit === 0, words: text.replaceAll('\r', '').trim() }
}
