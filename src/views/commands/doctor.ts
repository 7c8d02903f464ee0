import { localBox } from '../../boxes/local.ts'
import { openBox } from '../../boxes/open.ts'
import { selectBoxes, wantsSudo } from '../../boxes/selection.ts'
import type { Configuration } from '../../boxes/configuration.ts'
import type { Recorder } from '../../incidents/recorder.ts'
import { examineBox, examineConsole, type Examination } from '../../steps/doctor.ts'
import { terminalPrompt } from '../ask.ts'
import { configuration, errorStyle, outputStyle, print, sshNames, waitingOutput } from '../console.ts'
import { withMeantBox } from '../meant-box.ts'
import { Problem } from '../problem.ts'
import { doctorScreen } from '../doctor-screen.ts'
import { INTERRUPTED, stopOnInterrupt } from '../interrupt.ts'
import { typedWords } from '../author.ts'
import { recorderFor } from '../command-recorder.ts'
import { sayRecorded } from '../said-recorded.ts'
import type { IncidentFlags } from '../the-incident.ts'
import { version } from '../../base/version.ts'
import type { Color, Style } from '../style.ts'
import { waitingFor } from '../waiting.ts'

export interface DoctorFlags extends IncidentFlags {
  readonly sudo?: boolean
  readonly color?: Color
}

/** What this console, or a box, can and cannot do, and the package that would help. */
export async function doctor(name: string | undefined, flags: DoctorFlags): Promise<number> {
  const style = outputStyle(flags.color)
  if (name === undefined) return shown(await console(), style)
  const settings = await configuration()
  const box = boxNamed(name, settings)
  const recorder = await recorderFor(flags, typedWords())
  const examined = await oneBox(box, flags.sudo ?? wantsSudo(box, settings), recorder)
  const examination = await withMeantBox(examined, box, settings, recorder)
  const code = await shown(examination, style)
  return sayRecorded([examination.recorded], recorder.incident) ? code : code || 1
}

async function shown(examination: Examination, style: Style): Promise<number> {
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

function boxNamed(name: string, settings: Configuration): string {
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
  return first
}

async function oneBox(first: string, sudo: boolean, recorder: Recorder): Promise<Examination> {
  const waiting = waitingFor([first], errorStyle(), 'ends it', waitingOutput())
  const stop = stopOnInterrupt()
  const prompt = waiting.around(process.stderr.isTTY ? terminalPrompt(stop.signal) : undefined)
  const box = openBox(first, { sudo, prompt })
  try {
    return await examineBox(box, { signal: stop.signal, recorder })
  } finally {
    waiting.stop()
    await box.close()
    stop.finish()
  }
}
