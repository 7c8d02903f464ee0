import { localBox } from '../../boxes/local.ts'
import { openBox } from '../../boxes/open.ts'
import { selectBoxes, wantsSudo } from '../../boxes/selection.ts'
import { examineBox, examineConsole, type Examination } from '../../steps/doctor.ts'
import { terminalPrompt } from '../ask.ts'
import { configuration, errorStyle, outputStyle, print, sshNames, waitingOutput } from '../console.ts'
import { Problem } from '../problem.ts'
import { doctorScreen } from '../doctor-screen.ts'
import { INTERRUPTED, stopOnInterrupt } from '../interrupt.ts'
import { version } from '../../base/version.ts'
import { waitingFor } from '../waiting.ts'

/** What this console, or a box, can and cannot do, and the package that would help. */
export async function doctor(
  name: string | undefined,
  flags: { readonly sudo?: boolean; readonly color?: boolean },
): Promise<number> {
  const style = outputStyle(flags.color === false)
  const examination = name === undefined ? await console() : await oneBox(name, flags.sudo)
  await print(doctorScreen(examination, style))
  if (examination.failure?.kind === 'cancelled') return INTERRUPTED
  return examination.failure ? 1 : 0
}

async function console(): Promise<Examination> {
  const local = localBox()
  try {
    return await examineConsole(local, { halligan: version, node: process.versions.node })
  } finally {
    await local.close()
  }
}

async function oneBox(name: string, sudo: boolean | undefined): Promise<Examination> {
  const settings = await configuration()
  const selection = selectBoxes([name], settings, sshNames())
  if (!selection.ok) throw new Problem(selection.message, selection.tryNext, 2)
  const [first = name] = selection.boxes
  if (selection.boxes.length > 1)
    throw new Problem(`${name} is ${selection.boxes.length} boxes.`, `doctor takes one, for example ${first}.`, 2)
  if (first.startsWith('recorded:'))
    throw new Problem(
      `${first} is a recording: it cannot be asked anything new.`,
      'Look at it with `halligan look`, or examine the box itself.',
      2,
    )
  const waiting = waitingFor([first], errorStyle(), 'ends it', waitingOutput())
  const stop = stopOnInterrupt()
  const prompt = waiting.around(process.stderr.isTTY ? terminalPrompt(stop.signal) : undefined)
  const box = openBox(first, { sudo: sudo ?? wantsSudo(first, settings), prompt })
  try {
    return await examineBox(box, stop.signal)
  } finally {
    waiting.stop()
    await box.close()
    stop.finish()
  }
}
