import { describe, expect, it } from 'vitest'
import { nothingNamed } from './blind.ts'
import { readFoundFiles } from './rows.ts'

const named = { kind: 'path', path: '/srv/app.log' } as const

describe('a log that was named and not found', () => {
  const none = readFoundFiles('seconds 1\nend\n')

  it('is said not to be there, where all was looked at', () => {
    expect(nothingNamed([named], none)).toEqual([
      { what: '/srv/app.log', why: 'there is no log of that name', hint: expect.any(String) },
    ])
  })

  it('is not said to be missing where nothing answered: that is said already', () => {
    expect(nothingNamed([named], undefined)).toEqual([])
  })

  it('is not said twice, where it hung or is a folder without logs', () => {
    expect(nothingNamed([named], { ...none, hung: ['/srv/app.log'] })).toEqual([])
    expect(nothingNamed([named], { ...none, empty: ['/srv/app.log'] })).toEqual([])
  })
})
