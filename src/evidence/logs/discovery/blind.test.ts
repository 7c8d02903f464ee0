import { describe, expect, it } from 'vitest'
import { nothingNamed } from './blind.ts'
import { readFoundFiles } from './rows.ts'
import { fileCandidates } from './sources.ts'

const named = { kind: 'path', path: '/srv/app.log' } as const

describe('a log that was named and not found', () => {
  const none = readFoundFiles('seconds 1\nend\n')

  it('is said not to be there, where all was looked at', () => {
    expect(nothingNamed([named], none)).toEqual([
      { what: '/srv/app.log', why: 'there is no log of that name', hint: '--list shows all', isUnmet: true },
    ])
  })

  it('is said with the names that are nearest to it', () => {
    const candidates = fileCandidates('web-1', {
      ...none,
      files: ['/var/log/shop/orders.log', '/var/log/shop/orders-mail.log', '/var/log/dpkg.log'].map((path, at) => ({
        path,
        identity: `8:${at}`,
        bytes: 10,
        modifiedAtMs: 0,
        mode: 0o644,
        group: 0,
        rank: 0,
        isNamed: false,
      })),
    } as never)
    const hints = (word: string): readonly string[] =>
      nothingNamed([{ kind: 'word', word }], none, candidates).map(({ hint }) => hint)
    expect(hints('ordres')).toEqual(['the nearest names are orders; --list shows all'])
    expect(hints('orders-api')).toEqual(['the nearest names are orders; --list shows all'])
    expect(hints('mail')).toEqual(['the nearest names are orders-mail; --list shows all'])
    expect(hints('billing')).toEqual(['--list shows all'])
  })

  it('is not said to be missing where nothing answered: that is said already', () => {
    expect(nothingNamed([named], undefined)).toEqual([])
  })

  it('is not said twice, where it hung or is a folder without logs', () => {
    expect(nothingNamed([named], { ...none, hung: ['/srv/app.log'] })).toEqual([])
    expect(nothingNamed([named], { ...none, empty: ['/srv/app.log'] })).toEqual([])
  })
})
