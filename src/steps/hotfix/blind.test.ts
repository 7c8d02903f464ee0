import { expect, it } from 'vitest'
import { readListing } from '../../evidence/drift/listing.ts'
import { blindOf } from './blind.ts'

const listing = {
  ...readListing(new Uint8Array(0), '0123456789abcdef0123456789abcdef'),
  shut: ['', 'a\u00c3\u00bc'],
  elsewhere: ['mnt'],
  complaints: ['find'],
}

it('what could not be looked into is said, with how many files of the commit may lie there', () => {
  const unread = { path: 'mnt/a', what: 'unread' as const }
  expect(blindOf(listing, [unread, { ...unread, what: 'missing' }], false, 0).map(({ what }) => what)).toEqual([
    'the deployed folder itself',
    'what lies in aü',
    'what lies in mnt',
    'the whole list of the folder',
    '1 files of the commit',
    'files of packages',
  ])
})

it('how many names git was not asked about is said', () => {
  const blind = blindOf({ ...listing, shut: [], elsewhere: [], complaints: [] }, [], false, 3)
  expect(blind.map(({ what }) => what)).toEqual(['whether .gitignore names 3 more files', 'files of packages'])
})
