import { HASHED_BYTES } from '../../evidence/drift/listing-script.ts'
import type { Listing } from '../../evidence/drift/listing.ts'
import { utf8 } from '../../evidence/drift/path-text.ts'
import type { DriftedFile } from '../../findings/drift/compare.ts'
import type { BoxDrift } from './contract.ts'

const SUDO_IT = 'it may not be read: the same command with --sudo reads it'
const SUDO_THEY = 'they may not be read: the same command with --sudo reads them'
/** Folders that could not be looked into and are named each. */
const FOLDERS_NAMED = 10

/**
 * What could not be seen of a folder and of what runs there, and why.
 *
 * @param rulesUnknown git did not say which names are ignored
 * @param unasked names that it was not asked about, since there are too many
 */
export function blindOf(
  listing: Listing,
  drifted: readonly DriftedFile[],
  rulesUnknown: boolean,
  unasked: number,
): BoxDrift['blind'] {
  const unhashed = listing.files.filter(({ hash, kind }) => hash === undefined && kind === 'file')
  const large = unhashed.filter(({ sizeBytes }) => sizeBytes >= HASHED_BYTES)
  const hidden = Number(/^\d+/.exec(listing.sections.get('hidden') ?? '')?.[0] ?? 0)
  const shut = [...listing.sections.keys()].flatMap((name) =>
    name.startsWith('shut ') ? [name.slice('shut '.length)] : [],
  )
  return [
    ...(unhashed.length > large.length
      ? [{ what: `${unhashed.length - large.length} files of the folder`, why: SUDO_THEY }]
      : []),
    ...(large.length > 0
      ? [
          {
            what: `${large.length} files of the folder`,
            why: `they are larger than ${HASHED_BYTES / 1024 / 1024} MiB, and were not read: halligan run with sha256sum tells whether they are those of the repository`,
          },
        ]
      : []),
    ...(listing.garbled > 0
      ? [{ what: `${listing.garbled} pieces of the list`, why: 'they are in no form that is known' }]
      : []),
    ...(rulesUnknown
      ? [{ what: 'what .gitignore names', why: 'git could not say it: all that is in no commit is listed' }]
      : []),
    ...(unasked > 0
      ? [
          {
            what: `whether .gitignore names ${unasked} more files`,
            why: 'git is not asked for so many: they are listed',
          },
        ]
      : []),
    ...unseenOf(listing, drifted),
    ...(hidden > 0
      ? [
          {
            what: `${hidden} processes of other users`,
            why: 'where they run may not be read: the same command with --sudo reads it',
          },
        ]
      : []),
    ...shut.map((file) => ({ what: file, why: SUDO_IT })),
    { what: 'files of packages', why: 'dpkg and rpm are not asked yet: halligan run with dpkg -V or rpm -Va tells it' },
  ]
}

/** What the list could not have, and of which files of the commit nobody knows therefore whether they are there. */
function unseenOf({ shut, elsewhere, complaints }: Listing, drifted: readonly DriftedFile[]): BoxDrift['blind'] {
  const unseen = drifted.filter(({ what, box }) => what === 'unread' && !box).length
  const folder = (path: string): string => (path === '' ? 'the deployed folder itself' : `what lies in ${utf8(path)}`)
  return [
    ...shut.slice(0, FOLDERS_NAMED).map((path) => ({ what: folder(path), why: SUDO_IT })),
    ...elsewhere.slice(0, FOLDERS_NAMED).map((path) => ({
      what: folder(path),
      why: 'it is on another file system: with --path there it is compared by itself',
    })),
    ...(complaints.length > 0
      ? [
          {
            what: 'the whole list of the folder',
            why: `${complaints.join(' and ')} failed there: it may lack files. The same command once more, or with --sudo`,
          },
        ]
      : []),
    ...(unseen > 0
      ? [
          {
            what: `${unseen} files of the commit`,
            why: 'nobody could look where they lie (--sudo may), or it is behind a link (--path where that leads compares them)',
          },
        ]
      : []),
  ]
}
