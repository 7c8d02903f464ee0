import { safeText } from '../../base/safe-text.ts'
import { knownBoxes } from '../../boxes/selection.ts'
import { boxOf } from '../../incidents/cleaning/index.ts'
import { exportIncident, type CleanOutcome, type CleanParts } from '../../steps/export.ts'
import { configuration, print, sshNames } from '../console.ts'
import { Problem } from '../problem.ts'
import { typedWords } from '../author.ts'
import { recorderInto } from '../recorder.ts'
import { sayRecorded } from '../said-recorded.ts'
import { theIncident, type IncidentFlags } from '../the-incident.ts'
import { home, theStore } from '../the-store.ts'

export interface ExportFlags extends IncidentFlags {
  readonly clean?: boolean
  /** `acme,orders`. */
  readonly hide?: string
}

/** As `newIncidentId` makes them; nobody calls a file so. */
const INCIDENT_ID = /^\d{8}-[0-9a-z]{4}$/

/** Writes the incident as one file. */
export async function exportTo(name: string | undefined, flags: ExportFlags): Promise<number> {
  if (flags.hide !== undefined && !flags.clean)
    throw new Problem('--hide is a part of --clean.', 'halligan export --clean --hide acme,orders', 2)
  if (name !== undefined && INCIDENT_ID.test(name))
    throw new Problem(
      `"${name}" is the name of an incident, and export takes that of a file.`,
      `halligan export --incident ${name}`,
      2,
    )
  const incident = await theIncident(flags)
  const file = name ?? `${incident.id}${flags.clean ? '.clean' : ''}.jsonl.zst`
  const store = await theStore()
  const recorder = await recorderInto(incident.id, store, typedWords())
  const clean = flags.clean ? await cleanParts(flags) : undefined
  const exported = await exportIncident({ store, recorder, incident, file, clean })
  await print(
    `Exported ${incident.id} to ${safeText(file)}: ${counted(exported.entries, 'entry', 'entries')}, head ${exported.head}.\n${
      exported.clean
        ? cleanWords(exported.clean)
        : 'It has host names, addresses and command lines in it: look before you send it to anybody, or export it with --clean.\n'
    }`,
  )
  return sayRecorded([exported.recorded], incident.id) ? 0 : 1
}

async function cleanParts({ hide = '' }: ExportFlags): Promise<CleanParts> {
  const settings = await configuration()
  const ofServices = Object.values(settings.services).flatMap(({ boxes = [], health }) =>
    health && URL.canParse(health) ? [...boxes, new URL(health).hostname] : boxes,
  )
  const written = [...knownBoxes(settings, []), ...ofServices]
  // An alias of the ssh configuration that is a mere word stands in texts for something else.
  const aliases = sshNames().filter((alias) => /[\d._-]/.test(alias))
  const hosts = [...written, ...aliases].flatMap((box) => boxOf(box).host ?? [])
  return {
    home: home(),
    hosts,
    hidden: hide
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  }
}

/** More are counted. */
const FOREIGN_SHOWN = 8

function cleanWords({ used, mapFile, leftOut, foreign }: CleanOutcome): string {
  const replaced = [
    counted(used('hosts'), 'host'),
    counted(used('domains'), 'domain'),
    counted(used('addresses'), 'address', 'addresses'),
    counted(used('hardware'), 'hardware address', 'hardware addresses'),
    counted(used('users'), 'user'),
    counted(used('ids'), 'machine or boot id'),
    counted(used('words'), 'word'),
  ].filter((words) => !words.startsWith('0 '))
  const names = foreign.slice(0, FOREIGN_SHOWN).map(safeText).join(', ')
  const more = foreign.length > FOREIGN_SHOWN ? ` and ${foreign.length - FOREIGN_SHOWN} more` : ''
  return [
    `Replaced: ${replaced.length === 0 ? 'nothing' : replaced.join(', ')}. What stands for what is in ${safeText(mapFile)}, which stays here.`,
    ...(leftOut === 0
      ? []
      : [`Left out: ${counted(leftOut, 'piece')} of evidence that ${leftOut === 1 ? 'is' : 'are'} no text.`]),
    ...(foreign.length === 0 ? [] : [`Hosts of addresses in it that may be yours, and stay: ${names}${more}.`]),
    'Names of services, files, databases, customers and hosts that nothing tells from other words stay, and so does what is encoded or packed within a text.',
    'Read it before you send it to anybody; --hide acme,acme.com takes out more.',
    '',
  ].join('\n')
}

function counted(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}
