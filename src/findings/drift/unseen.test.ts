import { expect, it } from 'vitest'
import { readListing } from '../../evidence/drift/listing.ts'
import { unseenIn } from './unseen.ts'

const boundary = '0123456789abcdef0123456789abcdef'
const row = (mode: string, name: string): string => `5 ${mode} 1764166293 1764166294 0:0:./${name}//\n`
const unseen = (complaints: string, ...sections: readonly string[]): ((path: string) => boolean) =>
  unseenIn(
    readListing(
      Buffer.from(
        [...sections, `complaints\n${complaints}`, 'end\n'].map((each) => `\n${boundary} ${each}`).join(''),
        'latin1',
      ),
      boundary,
    ),
  )

it('what lies behind a link, in a closed folder or on another file system was not seen', () => {
  const isUnseen = unseen(
    'find ',
    'folders\n64 .//\n64 ./open//\n64 ./shut\nfolder//\n70 ./mnt//\n',
    'closed ./shut\nfolder//\n',
    `list\n${row('a1ff', 'link')}${row('81a4', 'file')}`,
  )
  expect(['link/a', 'shut\nfolder/a', 'mnt/a/b'].map(isUnseen)).toEqual([true, true, true])
  expect(['a', 'open/a', 'link', 'mnt', 'shut', 'linked/a'].map(isUnseen)).toEqual(Array(6).fill(false))
})

it('nothing was seen for sure where the deployed folder is closed, or a tool failed and no closed folder says why', () => {
  expect(unseen('find', 'folders\n64 .//\n', 'closed .//\n')('a')).toBe(true)
  expect(unseen('stat', 'folders\n64 .//\n')('a')).toBe(true)
  expect(unseen('', 'folders\n64 .//\n')('a')).toBe(false)
})
