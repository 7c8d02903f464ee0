import { describe, expect, it } from 'vitest'
import { readListing, type Listing, type Setting } from '../../evidence/drift/listing.ts'
import { changedSettings, deployedAt } from './settings.ts'

const DEPLOYED = Date.parse('2026-11-26T12:00:00Z')

function setting(file: string, modifiedAtMs = DEPLOYED - 1): Setting {
  return { file, modifiedAtMs, owner: 'root', text: 'x' }
}

function whyOf(
  one: Setting,
  units: readonly string[] = ['shop.service'],
  at: number | undefined = DEPLOYED,
): string | undefined {
  const [told, ...others] = changedSettings([one], units, at)
  expect(others).toEqual([])
  return told?.why
}

describe('a setting beside the code', () => {
  it.each([
    ['/etc/systemd/system/shop.service.d/limits.conf', 'changes how shop.service runs'],
    ['/run/systemd/system/shop.service.d/50-cpu.conf', 'changes how shop.service runs'],
    ['/etc/systemd/system/shop@.service.d/limits.conf', undefined],
    ['/etc/systemd/system/shop.service', undefined],
    ['/etc/systemd/system/myshop.service.d/limits.conf', undefined],
    ['/etc/systemd/system/shop.service.d/sub/limits.conf', undefined],
    ['/etc/systemd/system/shop.service.wants/limits.conf', undefined],
  ])('%s is a drop-in of a unit that runs there: %s', (file, why) => {
    expect(whyOf(setting(file))).toBe(why)
  })

  it('of a unit counts whenever it was written, and whether or not a deploy is known', () => {
    const file = '/etc/systemd/system/shop.service.d/limits.conf'
    for (const at of [0, DEPLOYED, DEPLOYED + 1]) expect(whyOf(setting(file, at))).toMatch(/changes how/)
    expect(changedSettings([setting(file)], ['shop.service'], undefined)).toHaveLength(1)
    expect(changedSettings([setting(file, DEPLOYED + 1)], [], DEPLOYED)).toEqual([])
  })

  it.each([
    ['a second later', 1_000, 'written after the deploy'],
    ['in the same moment', 0, undefined],
    ['before', -1_000, undefined],
  ])('of cron counts when it was written %s than the deploy', (_when, afterMs, why) => {
    expect(whyOf(setting('/etc/cron.d/shop', DEPLOYED + afterMs))).toBe(why)
  })

  it('of cron does not count where nobody knows when the code came', () => {
    expect(changedSettings([setting('/etc/cron.d/shop', DEPLOYED + 1)], ['shop.service'], undefined)).toEqual([])
  })

  it('that may not be read is told all the same', () => {
    const unread = { ...setting('/var/spool/cron/crontabs/amy', DEPLOYED + 1), text: undefined }
    expect(changedSettings([unread], [], DEPLOYED)).toEqual([{ ...unread, why: 'written after the deploy' }])
  })
})

describe('when the code came', () => {
  const listing = (sections: Readonly<Record<string, string>>): Listing => ({
    ...readListing(new Uint8Array(0), '0123456789abcdef0123456789abcdef'),
    sections: new Map(Object.entries(sections)),
  })

  it('is when the file that says so was written', () => {
    expect(deployedAt(listing({ 'dated REVISION': `${DEPLOYED / 1000}`, 'dated VERSION': '1' }), [1, 2])).toBe(DEPLOYED)
  })

  it.each([
    ['dated REVISION', 'yesterday'],
    ['dated REVISION', `${DEPLOYED / 1000} `],
    ['updated REVISION', `${DEPLOYED / 1000}`],
  ])('is not told by a section %s with %j', (name, text) => {
    expect(deployedAt(listing({ [name]: text }), [3, 1, 2])).toBe(2)
  })

  it('is else when the middle one of the files that are as they should be came there', () => {
    expect(deployedAt(listing({}), [9_000, 1_000, 5_000])).toBe(5_000)
    expect(deployedAt(listing({}), [])).toBe(undefined)
  })
})
