import { lstatSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { createWhole } from '../../base/whole-file.ts'
import { collapsedOf, readCollapsed } from '../../evidence/inspect/profile-files/collapsed.ts'
import { pprofOf } from '../../evidence/inspect/profile-files/pprof.ts'
import { readSpeedscope, speedscopeOf } from '../../evidence/inspect/profile-files/speedscope.ts'
import type { Profile } from '../../evidence/inspect/profile.ts'
import type { Reading } from '../../evidence/reading.ts'
import { callTree } from '../../findings/inspect/profile.ts'
import type { ShownProfile } from '../../steps/inspect/inspection.ts'
import { Problem } from '../problem.ts'
import { flameGraphSvg } from './flame-graph-svg.ts'

type Writer = (shown: ShownProfile, title: string) => string | Uint8Array

/** By the ending of its name. */
const WRITERS: Readonly<Record<string, Writer>> = {
  '.speedscope.json': ({ profile }, title) => speedscopeOf(profile, title),
  '.collapsed': ({ profile }) => collapsedOf(profile),
  '.folded': ({ profile }) => collapsedOf(profile),
  '.pb.gz': ({ profile, startedAtMs }) => pprofOf(profile, startedAtMs),
  '.svg': ({ profile }, title) => flameGraphSvg(callTree(profile.stacks), title, profile.unit),
}

const READERS: Readonly<Record<string, (text: string) => Reading<Pick<Profile, 'stacks' | 'idle'>>>> = {
  '.speedscope.json': readSpeedscope,
  '.collapsed': readCollapsed,
  '.folded': readCollapsed,
}

/** Profiles of minutes are some megabytes. Bytes. */
const MOST_READ = 64 * 1024 * 1024

/** Before anything is paid for: whether a profile can be written to that file. */
export function mustBeProfileFile(file: string): void {
  if (endingOf(file, WRITERS) === undefined)
    throw new Problem(
      `--output tells the format by the ending of the file, and ${path.basename(file)} has none of ${Object.keys(WRITERS).join(', ')}.`,
      'For example --output cart.speedscope.json, or --output cart.svg.',
      2,
    )
  if (lstatSync(file, { throwIfNoEntry: false }))
    throw new Problem(`${file} is there already.`, 'Name another file; nothing was looked at.')
  const folder = path.dirname(path.resolve(file))
  if (!lstatSync(folder, { throwIfNoEntry: false }))
    throw new Problem(`There is no folder ${folder}.`, 'Make it, or name another file; nothing was looked at.')
}

/** Writes it whole or not at all, for its owner to read, and in the place of nothing. */
export function writeProfile(file: string, shown: ShownProfile, title: string): void {
  const write = WRITERS[endingOf(file, WRITERS) ?? '']
  if (!write) throw new Problem(`${file} has no ending of a profile.`, '', 2)
  let isWritten: boolean
  try {
    isWritten = createWhole(file, write(shown, title), 0o600)
  } catch (error) {
    throw new Problem(
      `${file} could not be written (${error instanceof Error ? error.message : String(error)}).`,
      'Name a file in a folder that you may write to; --json has the profile, too.',
    )
  }
  if (!isWritten) throw new Problem(`${file} is there already.`, 'It was made meanwhile, and was left as it is.')
}

/** The earlier profile of `--compare`. */
export function readProfile(file: string): Pick<Profile, 'stacks' | 'idle'> {
  const read = READERS[endingOf(file, READERS) ?? '']
  if (!read)
    throw new Problem(
      `--compare reads ${Object.keys(READERS).join(', ')}, and ${path.basename(file)} is none of them.`,
      'Write the first profile with --output before.speedscope.json.',
      2,
    )
  const reading = read(textOf(file))
  if (reading.kind === 'seen') return reading.value
  throw new Problem(
    `${file} is no profile that can be read: ${reading.why}.`,
    'Write one with --output before.speedscope.json.',
  )
}

function textOf(file: string): string {
  try {
    const found = lstatSync(file)
    if (!found.isSymbolicLink() && !found.isFile()) throw new Error('it is no file')
    if (found.size > MOST_READ) throw new Error(`it is larger than ${MOST_READ / 1024 / 1024} MiB`)
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Problem(
      `${file} could not be read (${error instanceof Error ? error.message : String(error)}).`,
      'Name a profile that --output wrote.',
    )
  }
}

function endingOf(file: string, known: object): string | undefined {
  const name = path.basename(file).toLowerCase()
  return Object.keys(known).find((ending) => name.endsWith(ending) && name.length > ending.length)
}
