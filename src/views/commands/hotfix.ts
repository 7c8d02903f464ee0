import { inParallel } from '../../base/in-parallel.ts'
import { safeText } from '../../base/safe-text.ts'
import { localBox } from '../../boxes/local.ts'
import { BOXES_AT_ONCE, openBox } from '../../boxes/open.ts'
import { selectBoxes, wantsSudo } from '../../boxes/selection.ts'
import type { Configuration } from '../../boxes/configuration.ts'
import { oddOnesOut } from '../../findings/drift/odd-one-out.ts'
import { hasDrift, isStale, type BoxDrift } from '../../steps/hotfix/contract.ts'
import { driftOf } from '../../steps/hotfix/drift.ts'
import { recordDrift } from '../../steps/hotfix/record-drift.ts'
import { openRepository } from '../../steps/hotfix/repository.ts'
import { terminalPrompt } from '../ask.ts'
import { typedWords } from '../author.ts'
import { recorderFor } from '../command-recorder.ts'
import { configuration, errorStyle, outputStyle, print, sshNames, waitingOutput } from '../console.ts'
import { deploymentOf } from '../hotfix/deployment.ts'
import { driftJson } from '../hotfix/drift-json.ts'
import { driftScreen } from '../hotfix/drift-screen.ts'
import { INTERRUPTED, stopOnInterrupt } from '../interrupt.ts'
import { withMeantBox } from '../meant-box.ts'
import { Problem } from '../problem.ts'
import { theRedaction } from '../redaction.ts'
import { sayRecorded } from '../said-recorded.ts'
import type { Color } from '../style.ts'
import { home } from '../the-store.ts'
import type { IncidentFlags } from '../the-incident.ts'
import { waitingFor } from '../waiting.ts'

export interface DriftFlags extends IncidentFlags {
  readonly path?: string
  readonly repo?: string
  readonly commit?: string
  readonly all?: boolean
  readonly failOn?: 'drift'
  readonly sudo?: boolean
  readonly json?: boolean
  readonly color?: Color
}

export interface AdoptFlags extends IncidentFlags {
  readonly path?: string
  readonly repo?: string
  readonly service?: string
  readonly commit?: string
  readonly branch?: string
  readonly message?: string
  readonly large?: boolean
  readonly sudo?: boolean
}

/** `halligan hotfix` alone, or with a word that is none of its commands. */
export function hotfixWithout([word]: readonly string[]): Problem {
  const said = word === undefined ? 'A command of hotfix is needed.' : `hotfix has no command "${word}".`
  return new Problem(said, 'halligan hotfix drift BOX, or halligan hotfix adopt BOX PATH', 2)
}

/** What runs on boxes against what the repository says; gives the exit code. */
export async function drift(words: readonly string[], flags: DriftFlags): Promise<number> {
  const settings = await configuration()
  const { boxes: names, service } = boxesAndService(words, settings)
  const { path, repository, units, versionUrls } = deploymentOf(service, flags, settings)
  if (path === undefined)
    throw new Problem(
      'Nobody says where the code lies on the box.',
      `--path /srv/shop, or path: of a service in halligan.yaml.`,
      2,
    )
  const recorder = await recorderFor(flags, typedWords())
  const { redact } = await theRedaction()
  const stop = stopOnInterrupt()
  const waiting = waitingFor(names, errorStyle(), 'ends it', waitingOutput())
  const prompt = waiting.around(process.stderr.isTTY ? terminalPrompt(stop.signal) : undefined)
  const local = localBox()
  const boxes = names.map((name) => openBox(name, { sudo: flags.sudo ?? wantsSudo(name, settings), prompt }))
  try {
    const options = {
      path,
      repository: openRepository(local, repository, home(), stop.signal),
      commit: flags.commit,
      versionUrls,
      units,
      all: flags.all ?? false,
      redact,
      signal: stop.signal,
    }
    const drifts = await inParallel(boxes, BOXES_AT_ONCE, async (box) =>
      withMeantBox(await driftOf(box, options), box.name, settings, recorder),
    )
    const recorded = []
    for (const each of drifts) recorded.push(await recordDrift(each, recorder))
    waiting.stop()
    const odd = oddOnesOut(drifts.map(comparable))
    await print(
      flags.json
        ? driftJson(drifts, odd)
        : driftScreen(drifts, odd, { service, ...flags }, outputStyle(flags.color), Date.now()),
    )
    const kept = sayRecorded(recorded, recorder.incident)
    if (stop.signal.aborted) return INTERRUPTED
    if (!kept || drifts.some(({ failure }) => failure)) return 1
    return flags.failOn !== undefined && drifts.some(hasDrift) ? BAD_NEWS : 0
  } finally {
    waiting.stop()
    stop.finish()
    await Promise.all([local, ...boxes].map((box) => box.close()))
  }
}

const BAD_NEWS = 3

function comparable({ box, expected, files, processes, settings }: BoxDrift) {
  return {
    box,
    commit: expected?.commit.id,
    differences: [
      ...files.map(({ path, what, diff, modes }) => JSON.stringify([path, what, diff, modes])),
      ...processes
        .filter(isStale)
        .map(({ name, runsDeleted, older }) => JSON.stringify([name, runsDeleted, older.map(({ path }) => path)])),
      ...settings.map(({ file, text }) => JSON.stringify([file, text])),
    ],
  }
}

/** The last word is a service where halligan.yaml has one of that name; without a box its own boxes are meant. */
function boxesAndService(
  words: readonly string[],
  settings: Configuration,
): { readonly boxes: readonly string[]; readonly service: string | undefined } {
  const last = words.at(-1)
  const isService = last !== undefined && Object.hasOwn(settings.services, last)
  const asked = isService ? words.slice(0, -1) : words
  const own = isService ? (settings.services[last]?.boxes ?? []) : []
  const named = asked.length > 0 ? asked : own
  if (named.length === 0)
    throw new Problem('A box is needed.', 'halligan hotfix drift web-1 --path /srv/shop --repo ~/src/shop', 2)
  const selection = selectBoxes(named, settings, sshNames())
  if (!selection.ok) throw new Problem(selection.message, selection.tryNext, 2)
  const recording = selection.boxes.find((name) => name.startsWith('recorded:'))
  if (recording !== undefined)
    throw new Problem(`${safeText(recording)} is a recording of a look: no files are in it.`, 'Name the box itself.', 2)
  return { boxes: selection.boxes, service: isService ? last : undefined }
}
