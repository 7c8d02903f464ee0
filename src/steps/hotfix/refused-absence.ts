import type { Box, Failure } from '../../boxes/box.ts'
import { goneScript, readGone, type Absence } from '../../evidence/drift/gone.ts'
import type { Listing } from '../../evidence/drift/listing.ts'
import type { Chosen } from './chosen-files.ts'
import { goneByHand } from './by-hand.ts'
import { refusal } from './refusal.ts'

/** A slow disk, a box under load. Milliseconds. */
const ASK_MS = 60_000

/** That the list does not have a file is not enough for a commit that removes it: the box is asked for each. */
export async function refusedAbsence(
  box: Box,
  { root }: Listing,
  chosen: readonly Chosen[],
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const absent = chosen.filter((each) => !each.box).map((each) => each.path)
  if (absent.length === 0) return undefined
  const asked = { what: 'look for files that are gone', timeoutMs: ASK_MS, maxBytes: 1024 * 1024, signal }
  const { stdout, failure } = await box.run(goneScript(root, absent), asked)
  const words = readGone(stdout, absent.length)
  const at = words.findIndex((each) => each !== 'gone')
  const word = words[at]
  if (word === undefined || word === 'gone') return undefined
  const [why, tryNext] = NOT_GONE[word]
  return (
    failure ??
    refusal(
      `Nobody can say that ${absent[at]} is gone from ${root} on ${box.name}: ${why}.`,
      tryNext ?? goneByHand(box.name, root, absent[at] ?? ''),
    )
  )
}

/** Why, and what to try; without the latter somebody has to look. */
const NOT_GONE: Readonly<Record<Exclude<Absence, 'gone'>, readonly [string, string?]>> = {
  there: ['it lies there, and the list did not have it', 'The same command once more: it lists the folder anew.'],
  link: ['it lies behind a symbolic link'],
  'no-folder': ['a folder on the way to it has become a file'],
  shut: ['a folder on the way to it may not be read', 'The same command with --sudo looks as root.'],
  elsewhere: ['a folder on the way to it is another file system'],
  unsure: ['the box did not say it', 'The same command once more.'],
}
