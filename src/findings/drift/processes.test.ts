import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readListing, type BoxFile, type Listing } from '../../evidence/drift/listing.ts'
import { folderProcesses } from './processes.ts'

/** Booted at noon; the process started 100 s later. */
const BOOT = Date.parse('2026-11-26T12:00:00Z')
const STARTED = BOOT + 100_000

function file(path: string, modifiedAtMs: number, more: Partial<BoxFile> = {}): BoxFile {
  return {
    path,
    kind: 'file',
    sizeBytes: 1,
    mode: 0o644,
    modifiedAtMs,
    changedAtMs: modifiedAtMs,
    owner: 'amy',
    group: 'amy',
    ...more,
  }
}

const stat = (name: string, startTicks = 10_000): string =>
  `812 (${name}) S 1 812 812 0 -1 4194560 100 0 0 0 5 5 0 0 20 0 1 0 ${startTicks} 1000000 200 ${Array(28).fill(0).join(' ')}\n`
const link = (what: string, to: string): string => `lrwxrwxrwx 1 amy amy 0 Nov 26 12:02 /proc/812/${what} -> ${to}\n`

function listing(sections: Readonly<Record<string, string>>, files: readonly BoxFile[] = []): Listing {
  return {
    ...readListing(new Uint8Array(0), '0123456789abcdef0123456789abcdef'),
    root: '/srv/shop',
    files,
    sections: new Map(
      Object.entries({
        clock: `${BOOT / 1000 + 500}\n500.00 900.10\n100\n`,
        'process 812': stat('node'),
        'links 812': link('cwd', '/srv/shop') + link('exe', '/usr/bin/node'),
        'arguments 812': 'node server.js ',
        'cgroup 812': '0::/system.slice/shop.service\n',
        ...sections,
      }),
    ),
  }
}

describe('a process of the deployed folder', () => {
  it('is told with its unit, its command line and when it started', () => {
    expect(folderProcesses(listing({}))).toEqual([
      {
        pid: 812,
        name: 'node',
        commandLine: 'node server.js',
        startedAtMs: STARTED,
        unit: 'shop.service',
        runsDeleted: undefined,
        older: [],
      },
    ])
  })

  it.each([
    ['its folder', '/srv/shop', '/usr/bin/node', 'node x', true],
    ['a folder below', '/srv/shop/lib', '/usr/bin/node', 'node x', true],
    ['its program', '/', '/srv/shop/start', 'start', true],
    ['an argument', '/', '/usr/bin/node', 'node /srv/shop/server.js', true],
    ['a folder whose name begins alike', '/srv/shop2', '/srv/shop-old/start', 'node /srv/shopping', false],
    ['a folder of that name elsewhere', '/data/srv/shop', '/usr/bin/node', 'node x', false],
    ['nothing', '/', '/usr/bin/node', 'node x', false],
  ])('has %s there', (_what, cwd, exe, words, is) => {
    const links = link('cwd', cwd) + link('exe', exe)
    expect(folderProcesses(listing({ 'links 812': links, 'arguments 812': words }))).toHaveLength(is ? 1 : 0)
  })

  it.each([
    ['/srv/shop/start (deleted)', '/srv/shop/start'],
    ['/srv/shop/a (deleted) b (deleted)', '/srv/shop/a (deleted) b'],
    ['/srv/shop/start', undefined],
    ['/srv/shop/(deleted)', undefined],
  ])('whose program is %s runs what was removed: %s', (exe, runsDeleted) => {
    const [told] = folderProcesses(listing({ 'links 812': link('cwd', '/srv/shop') + link('exe', exe) }))
    expect(told?.runsDeleted).toBe(runsDeleted)
  })

  it('started before what was written later, the last one first; not before what was there, was only touched, or is no file', () => {
    const files = [
      file('later.js', STARTED + 5_000),
      file('two\nlines.js', STARTED + 9_000),
      file('in-the-same-second.js', STARTED + 1_000),
      file('before.js', STARTED - 1_000),
      file('moved-here.js', STARTED - 1_000, { changedAtMs: STARTED + 9_000 }),
      file('link', STARTED + 9_000, { kind: 'link' }),
    ]
    expect(folderProcesses(listing({}, files))[0]?.older).toEqual([
      { path: 'two\nlines.js', atMs: STARTED + 9_000 },
      { path: 'later.js', atMs: STARTED + 5_000 },
    ])
  })

  it.each([
    ['', 'no clock'],
    [`${BOOT / 1000 + 500}\n500.00 900.10\n0\n`, 'no ticks in a second'],
    [`${BOOT / 1000 + 500}\n500.00`, 'half a clock'],
  ])('has nothing against it where the box tells no time (%j: %s)', (clock) => {
    const [told] = folderProcesses(listing({ clock }, [file('later.js', STARTED + 5_000)]))
    expect(told).toMatchObject({ startedAtMs: undefined, older: [] })
  })

  it('may call itself as it likes', () => {
    const [told] = folderProcesses(listing({ 'process 812': stat('a) R 1 (b\nc') }))
    expect(told).toMatchObject({ name: 'a) R 1 (b\nc', startedAtMs: STARTED })
  })

  it('is in a scope, or in nothing of systemd: it has no unit', () => {
    for (const cgroup of ['0::/user.slice/session-3.scope\n', '', '0::/system.slice/shop.service.d\n'])
      expect(folderProcesses(listing({ 'cgroup 812': cgroup }))[0]?.unit).toBe(undefined)
    const nested = '1:name=systemd:/system.slice/shop.service/worker\n'
    expect(folderProcesses(listing({ 'cgroup 812': nested }))[0]?.unit).toBe('shop.service')
  })

  it('is none where the kernel said nothing of it, and no text of a box breaks it', () => {
    expect(folderProcesses(listing({ 'process 812': '' }))).toEqual([])
    const odd = fc.string({ unit: fc.constantFrom('8', ' ', '(', ')', '\n', '/', 'S', '>', '-', 'é'), maxLength: 60 })
    fc.assert(
      fc.property(odd, odd, odd, odd, (process, links, cgroup, clock) => {
        const sections = { 'process 812': process, 'links 812': links, 'cgroup 812': cgroup, clock }
        expect(Array.isArray(folderProcesses(listing(sections)))).toBe(true)
      }),
    )
  })
})
