import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { fileHash } from './file-hash.ts'
import { readListing } from './listing.ts'
import { listingScript } from './listing-script.ts'

const boundary = '0123456789abcdef0123456789abcdef'
const folder = mkdtempSync(path.join(tmpdir(), 'halligan-listing-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const listed = (root: string) =>
  readListing(
    execFileSync('sh', {
      input: listingScript({ folder: root, skipped: ['node_modules'], versionUrls: [], boundary }),
    }),
    boundary,
  )

/** All programs of this machine but curl, and a wget that never ends. */
const withWaitingWget = (): string => {
  const bin = path.join(folder, 'bin')
  mkdirSync(bin)
  for (const from of ['/usr/bin', '/bin'])
    for (const name of readdirSync(from))
      if (name !== 'curl' && name !== 'wget' && !existsSync(path.join(bin, name)))
        symlinkSync(path.join(from, name), path.join(bin, name))
  writeFileSync(path.join(bin, 'wget'), '#!/bin/sh\necho "$*"\nexec sleep 60\n', { mode: 0o755 })
  return bin
}

describe('the list of a deployed folder', () => {
  it('has every file with its hash, whatever its name', () => {
    const root = path.join(folder, 'odd')
    mkdirSync(path.join(root, 'a b'), { recursive: true })
    mkdirSync(path.join(root, 'node_modules/x'), { recursive: true })
    mkdirSync(path.join(root, '.git'))
    const names = [
      'plain',
      'a b/c d',
      `"it's"`,
      'new\nline',
      'back\\slash',
      '\\begin',
      'tab\t',
      'end\r',
      '-n',
      'ü',
      'a//b'.replace('//', '\\/\\'),
    ]
    for (const name of names.slice(0, -1)) writeFileSync(path.join(root, name), `content of ${name}`)
    writeFileSync(path.join(root, 'node_modules/x/y'), 'y')
    writeFileSync(path.join(root, 'REVISION'), 'abc1234\n')
    chmodSync(path.join(root, 'plain'), 0o750)
    symlinkSync('../else where\n', path.join(root, 'link'))
    const listing = listed(root)
    expect(listing).toMatchObject({
      folder: 'at',
      root,
      hash: 'sha256',
      whole: true,
      garbled: 0,
      shut: [],
      elsewhere: [],
      complaints: [],
      skipped: ['.git', 'node_modules'].toSorted().length ? expect.arrayContaining(['.git', 'node_modules']) : [],
    })
    const byPath = new Map(listing.files.map((each) => [Buffer.from(each.path, 'latin1').toString('utf8'), each]))
    expect([...byPath.keys()].toSorted()).toEqual([...names.slice(0, -1), 'REVISION', 'link'].toSorted())
    for (const name of names.slice(0, -1))
      expect(byPath.get(name)?.hash, name).toBe(fileHash('sha256', Buffer.from(`content of ${name}`)))
    expect(byPath.get('plain')).toMatchObject({ kind: 'file', mode: 0o750, owner: userInfo().username })
    expect(byPath.get('link')).toMatchObject({ kind: 'link', target: '../else where' })
    expect(listing.sections.get('file REVISION')).toBe('abc1234\n')
    expect(listing.identity).toMatch(/^hostname /)
  })

  it('says why a folder could not be entered', () => {
    expect(listed(path.join(folder, 'nothing')).folder).toBe('missing')
    writeFileSync(path.join(folder, 'file'), '')
    expect(listed(path.join(folder, 'file')).folder).toBe('file')
  })

  it('has come before a service is asked that hangs, and ends all the same', () => {
    const root = path.join(folder, 'hangs')
    mkdirSync(root)
    writeFileSync(path.join(root, 'a'), '')
    const url = 'http://127.0.0.1:1/version'
    const input = listingScript({ folder: root, skipped: [], versionUrls: [url], boundary })
    const answer = execFileSync('sh', { input, env: { ...process.env, PATH: withWaitingWget() } })
    const listing = readListing(answer, boundary)
    expect(listing).toMatchObject({ whole: true, complaints: [], files: [{ path: 'a' }] })
    expect(listing.sections.get(`url ${url}`)).toBe(`-q -t 1 -T 2 -O - ${url}\n`)
    expect(answer.indexOf(' list\n')).toBeLessThan(answer.indexOf(` url ${url}`))
  })

  it.each(['find', 'stat', 'xargs'])('says so where %s failed', (tool) => {
    const root = path.join(folder, `no-${tool}`)
    mkdirSync(path.join(root, 'bin'), { recursive: true })
    // xargs reads all first, or find would fail as well, now and then.
    const text = `#!/bin/sh\n${tool === 'xargs' ? 'cat >/dev/null' : ':'}\nexit 1\n`
    writeFileSync(path.join(root, 'bin', tool), text, { mode: 0o755 })
    const input = listingScript({ folder: root, skipped: [], versionUrls: [], boundary })
    const env = { ...process.env, PATH: `${root}/bin:${process.env['PATH']}` }
    const { complaints, whole } = readListing(execFileSync('sh', { input, env, stdio: 'pipe' }), boundary)
    expect({ complaints, whole }).toEqual({ complaints: [tool === 'find' ? 'find' : 'stat'], whole: true })
  })

  it('says which commit is checked out where the folder is a clone', () => {
    const root = path.join(folder, 'clone')
    mkdirSync(path.join(root, '.git/refs/heads'), { recursive: true })
    writeFileSync(path.join(root, '.git/HEAD'), 'ref: refs/heads/main\n')
    writeFileSync(path.join(root, '.git/packed-refs'), `# pack-refs\n${'b'.repeat(40)} refs/heads/main\n`)
    expect(listed(root).sections.get('head')).toBe(`${'b'.repeat(40)} refs/heads/main`)
    writeFileSync(path.join(root, '.git/refs/heads/main'), `${'a'.repeat(40)}\n`)
    expect(listed(root).sections.get('head')).toBe(`${'a'.repeat(40)} refs/heads/main`)
    writeFileSync(path.join(root, '.git/HEAD'), 'ref: refs/../../../etc/hostname\n')
    expect(listed(root).sections.get('head')).toBeUndefined()
  })
})

/** Parts of paths that programs like to choke on. */
const part = fc
  .array(
    fc.constantFrom(
      'a',
      'B',
      '.',
      ' ',
      '\n',
      '\\',
      "'",
      '"',
      ':',
      '\r',
      '\u0001',
      '\u00fc',
      '64',
      `\n${'f'.repeat(64)}  ./a`,
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((letters) => letters.join(''))
  .filter((text) => text !== '.' && text !== '..')
const names = fc.uniqueArray(
  fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
  { minLength: 1, maxLength: 8 },
)
const hashOf = (name: string): string => fileHash('sha256', name)
const stat = (name: string): string => `5 81a4 1764166293 1764166294 amy:www:./${name}//\n`
const gnu = (name: string): string =>
  /[\\\n\r]/.test(name)
    ? `\\${hashOf(name)}  ./${name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}\n`
    : `${hashOf(name)}  ./${name}\n`
const busybox = (name: string): string => `${hashOf(name)}  ./${name}\n`
const answer = (all: readonly string[], sum: (name: string) => string): Buffer =>
  Buffer.from(
    `\n${boundary} folder\nat /srv\n${boundary} tool\nsha256sum\n${boundary} list\n${all.map(stat).join('')}\n${boundary} hash\n${all.map(sum).join('')}\n${boundary} end\n`,
    'latin1',
  )

describe('the reader of the list', () => {
  it.each([
    ['GNU', gnu],
    ['busybox', busybox],
  ])('reads any names back, as the tools of %s write them', (_, sum) => {
    fc.assert(
      fc.property(names, (all) => {
        const listing = readListing(answer(all, sum), boundary)
        expect(listing).toMatchObject({ garbled: 0, whole: true })
        expect(listing.files.map(({ path: file, hash }) => [file, hash])).toEqual(
          all.map((name) => [name, hashOf(name)]),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('takes any bytes, and never names what lies outside of the folder', () => {
    const spoiled = fc.tuple(names, fc.nat(), fc.uint8Array({ maxLength: 12 })).map(([all, at, bytes]) => {
      const whole = answer(all, gnu)
      const cut = at % whole.length
      return Buffer.concat([whole.subarray(0, cut), bytes, whole.subarray(cut + bytes.length)])
    })
    fc.assert(
      fc.property(fc.oneof(spoiled, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        for (const { path: file } of readListing(bytes, boundary).files)
          expect(file.split('/').some((each) => each === '..' || each === '')).toBe(false)
      }),
      { numRuns: 200 },
    )
  })

  it('says of a file that could not be read that it has no hash', () => {
    const text = answer(['a', 'b', 'c'], (name) => (name === 'b' ? '' : gnu(name)))
    const { files, garbled } = readListing(text, boundary)
    expect(garbled).toBe(0)
    expect(files.map(({ hash }) => hash !== undefined)).toEqual([true, false, true])
  })
})
