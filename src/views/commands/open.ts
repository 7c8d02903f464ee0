import { randomBytes } from '../../base/random.ts'
import { duration } from '../../base/format.ts'
import { momentOf } from '../../base/moment.ts'
import { safeText } from '../../base/safe-text.ts'
import { knownBoxes, selectBoxes, unknownBoxes, type UnknownBox } from '../../boxes/selection.ts'
import { newIncidentId } from '../../incidents/incident-id.ts'
import { configuration, print, sshNames } from '../console.ts'
import { localTime, zoneOf } from '../local-time.ts'
import { Problem } from '../problem.ts'
import { typedWords } from '../author.ts'
import { recorderInto } from '../recorder.ts'
import { theDesk, wasShown } from '../the-desk.ts'
import { makeCurrent } from '../the-incident.ts'
import { theStore } from '../the-store.ts'
import { sayTakenOut } from '../taken-out.ts'

export interface OpenFlags {
  readonly box?: readonly string[]
  readonly service?: string
  readonly since?: string
}

/** Opens an incident and makes it the current one of this person. */
export async function open(title: string, flags: OpenFlags): Promise<number> {
  if (title.trim() === '') throw new Problem('The title is empty.', 'halligan open "checkout returns 500s"', 2)
  const sinceMs = flags.since === undefined ? undefined : momentOf(flags.since, Date.now())
  if (flags.since !== undefined && sinceMs === undefined)
    throw new Problem(
      `--since "${flags.since}" is no time.`,
      '--since 14:05, --since -30m or --since "2026-11-25 14:05"',
      2,
    )
  const boxes = await boxesNamed(flags)
  const incident = newIncidentId(Date.now(), randomBytes(4))
  const recorder = await recorderInto(incident, await theStore(), typedWords())
  const opened = {
    title,
    boxes,
    service: flags.service,
    since: sinceMs === undefined ? undefined : new Date(sinceMs).toISOString(),
  }
  // Should two consoles ever make the same id, the second must not write into the incident of the first.
  const recorded = await recorder.record(() => ({ did: 'opened', payload: opened }), [], { after: 0 })
  if (recorded.how === 'failed') throw recorded.problem
  if (recorded.how === 'no-incident') throw new Error('what is opened is recorded')
  const { entry } = recorded
  const said = entry.did === 'opened' ? entry.payload?.title : undefined
  const before = theDesk()
  makeCurrent(incident)
  wasShown(incident, [entry])
  const left =
    before.current === undefined
      ? ''
      : ` The one before, ${before.current}, stays open: halligan switch ${before.current}`
  const since = sinceMs === undefined ? '' : `It began ${localTime(sinceMs)} ${zoneOf(sinceMs)}, ${agoOf(sinceMs)}.\n`
  await print(
    `Incident ${incident} is open and current: ${safeText(said ?? title)}\n${since}From now on halligan records what you do in it.${left}\n`,
  )
  sayTakenOut(title, said)
  return 0
}

/** Also of a moment that is yet to come, as a date may be typed wrong. */
function agoOf(moment: number): string {
  const seconds = (Date.now() - moment) / 1000
  return seconds < -1 ? `which is in ${duration(-seconds)}` : `${duration(Math.max(0, seconds))} ago`
}

async function boxesNamed({ box = [], service }: OpenFlags): Promise<readonly string[]> {
  // A mistake in halligan.yaml does not keep anybody from opening an incident.
  if (box.length === 0 && service === undefined) return []
  const settings = await configuration()
  const known = service === undefined ? undefined : settings.services[service]
  if (service !== undefined && Object.keys(settings.services).length > 0 && !known)
    throw new Problem(
      `halligan.yaml has no service "${service}".`,
      `It has ${Object.keys(settings.services).join(', ')}.`,
      2,
    )
  const names = [...box.flatMap((each) => each.split(',')).filter((each) => each !== ''), ...(known?.boxes ?? [])]
  if (names.length === 0) return []
  const selection = selectBoxes(names, settings, sshNames())
  if (!selection.ok) throw new Problem(selection.message, selection.tryNext, 2)
  const ofServices = Object.values(settings.services).flatMap(({ boxes }) => boxes ?? [])
  warnOfUnknown(unknownBoxes(selection.boxes, [...knownBoxes(settings, sshNames()), ...ofServices]))
  return selection.boxes
}

/** Once it stands in the record it stays there; DNS may know it all the same. */
function warnOfUnknown(boxes: readonly UnknownBox[]): void {
  for (const { box, meant } of boxes) {
    const question = meant === undefined ? '' : `; did you mean ${safeText(meant)}?`
    process.stderr.write(
      `halligan: ${safeText(box)} is no box that I know${question || '.'} It is taken as it is, since DNS may know it.\n`,
    )
  }
}
