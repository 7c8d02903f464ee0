import { localBox } from '../../boxes/local.ts'
import { openBox } from '../../boxes/open.ts'
import { selectBoxes } from '../../boxes/selection.ts'
import { safeText, wrap } from '../../base/safe-text.ts'
import { examineBox, examineConsole, type Examination } from '../../steps/doctor.ts'
import { terminalPrompt } from '../ask.ts'
import { configuration, outputStyle, print, sshNames } from '../console.ts'
import { Problem } from '../problem.ts'
import { paint, type Style } from '../style.ts'
import { version } from '../version.ts'

/** What this console, or a box, can and cannot do, and the package that would help. */
export async function doctor(
  name: string | undefined,
  flags: { readonly sudo?: boolean; readonly color?: boolean },
): Promise<number> {
  const style = outputStyle(flags.color === false)
  const examination = name === undefined ? await console() : await oneBox(name, flags.sudo ?? false)
  await print(report(examination, style))
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

async function oneBox(name: string, sudo: boolean): Promise<Examination> {
  const selection = selectBoxes([name], await configuration(), sshNames())
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
  const box = openBox(first, { sudo, prompt: process.stderr.isTTY ? terminalPrompt() : undefined })
  try {
    return await examineBox(box)
  } finally {
    await box.close()
  }
}

function report({ subject, abilities, failure }: Examination, style: Style): string {
  const head = paint(style, 'strong', safeText(subject))
  if (failure) return `${head}\n  ${safeText(failure.message)}\n  Try: ${safeText(failure.tryNext)}\n`
  const tones = { yes: 'ok', partly: 'warning', no: 'warning' } as const
  const lines = abilities.flatMap(({ what, able, said, helps }) => {
    const [first = '', ...rest] = wrap(
      `${safeText(what)}: ${safeText(said)}${helps === '' ? '' : `. Would help: ${safeText(helps)}`}`,
      style.columns - 10,
    )
    return [`  ${paint(style, tones[able], able.padEnd(6))}  ${first}`, ...rest.map((line) => `          ${line}`)]
  })
  return `${[head, ...lines].join('\n')}\n`
}
