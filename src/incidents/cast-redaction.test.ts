import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CastEvent } from './cast.ts'
import { castRedaction } from './cast-redaction.ts'
import { findSecrets } from '../../test/redact.ts'

/** The output after redaction, from pieces as they came; the times have to stay. */
function redacted(pieces: readonly string[]): string {
  const redaction = castRedaction(findSecrets)
  const came: CastEvent[] = pieces.map((data, at) => ({ atMs: at * 10, code: 'o', data }))
  const out = [...came.flatMap((event) => redaction.push(event)), ...redaction.end()]
  expect(out.map(({ atMs }) => atMs)).toEqual(out.map(({ atMs }) => atMs).toSorted((a, b) => a - b))
  return out.map(({ data }) => data).join('')
}
const withoutControl = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- control characters are what it takes out
  text.replaceAll(/\u001b\[[0-?]*[ -/]*[@-~]/g, '').replaceAll(/[\u0000-\u001f]/g, '')

describe('redaction of a terminal', () => {
  it.each([
    ['in one piece', ['export password=hunter22secret\r\n']],
    ['key by key', [...Array.from('mysql -u root --password=hunter22secret'), '\r\n']],
    ['with colours of grep', ['\u001b[01;31m\u001b[Kpassword\u001b[m\u001b[K=hunter22secret\r\n']],
    ['behind a jump within the row', ['password=\u001b[20Ghunter22secret\r\n']],
    ['with a colour within', ['password=\u001b[32mhunter22\u001b[1msecret\u001b[0m\r\n']],
    ['over the edge of a row', ['$ export PGPASSW \rORD=hunter22sec \rret\r\n']],
    ['with the name mistyped and corrected', ['passwrod', '\b \b\b \b\b \b', 'ord=hunter22secret', '\r\n']],
    ['taken back afterwards', ['password=hunter22secret', '\b \b'.repeat(14), 'x\r\n']],
    [
      'with its name typed before it afterwards',
      ['hunter22secret\r', '\u001b[1@p\u001b[1@w=hunter22secret password=hunter22secret\r\n'],
    ],
    [
      'drawn by a full-screen program',
      [
        '\u001b[?1049h\u001b[2J\u001b[3;1H\u001b[33mpassword\u001b[0m: \u001b[35mhunter22secret\u001b[0m\u001b[4;1Hnext',
      ],
    ],
    ['at the end of the session', ['password=hunter22secret']],
    ['in the line behind its name', ['password: |\r\n', '  hunter22secret\r\n', 'next: 1\r\n']],
    ['in the line behind its name, in colours', ['"password"\u001b[0m:\u001b[m\r\n  "hunter', '22secret"\r\n}\r\n']],
  ])('takes out a secret %s', (_, pieces) => {
    const out = redacted(pieces)
    expect(withoutControl(out)).not.toMatch(/hunter22|22secret|secret$/)
    expect(out).toMatch(/\[redacted\]|‹secret:/)
  })

  it('keeps colours and what is no secret', () => {
    const out = redacted(['\u001b[1mpassword\u001b[0m=hunter22secret and \u001b[31mmore\u001b[0m\r\n'])
    expect(out.replace(/‹secret:password:\w{4}›/, 'MARK')).toBe(
      '\u001b[1mpassword\u001b[0m=MARK and \u001b[31mmore\u001b[0m\r\n',
    )
  })

  const body = ['MIIBSECRETSECRETabcdefgh', 'SECRETxyz0123456789+/abc', 'SECRETend=']
  const KEYS: readonly (readonly [string, readonly string[]])[] = [
    ['of PEM', ['-----BEGIN RSA PRIVATE KEY-----', ...body, '-----END RSA PRIVATE KEY-----']],
    ['of OpenPGP', ['-----BEGIN PGP PRIVATE KEY BLOCK-----', '', ...body, '-----END PGP PRIVATE KEY BLOCK-----']],
    [
      'of SSH2',
      [
        '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----',
        'Comment: "x"',
        ...body,
        '---- END SSH2 ENCRYPTED PRIVATE KEY ----',
      ],
    ],
    ['of PuTTY', ['Public-Lines: 1', 'AAAAB3NzaC1yc2E', 'Private-Lines: 3', ...body, 'Private-MAC: 0a1b']],
    [
      'of a diff in colours',
      ['-----BEGIN PRIVATE KEY-----', ...body, '-----END PRIVATE KEY-----'].map((line) => `\u001b[32m+${line}\u001b[m`),
    ],
    [
      'whose head grep found',
      ['-----BEGIN PRIVATE \u001b[01;31m\u001b[KKEY\u001b[m\u001b[K-----', ...body, '-----END PRIVATE KEY-----'],
    ],
    [
      'behind an echo',
      [
        '$ echo "-----BEGIN EC PRIVATE KEY-----',
        ...body.map((line) => `> ${line}`),
        '> -----END EC PRIVATE KEY-----" > key',
      ],
    ],
    ['that is cut off', ['-----BEGIN PRIVATE KEY-----', ...body]],
    [
      'of PuTTY that grep coloured',
      ['Private-L\u001b[01;31m\u001b[Kin\u001b[m\u001b[Kes: 3', ...body, 'Private-MAC: 0a1b2c3d'],
    ],
  ]

  it.each(KEYS)('takes out a private key %s, however it comes', (_, key) => {
    const text = ['$ cat key', ...key, '$ uptime', 'up 3 days', ''].join('\r\n')
    for (const pieces of [[text], text.match(/[^\n]*\n/g) ?? [], Array.from(text), text.match(/[^]{1,9}/g) ?? []]) {
      const out = redacted(pieces)
      expect(out).not.toContain('SECRET')
      expect(out.startsWith('$ cat key\r\n')).toBe(true)
      expect(out.endsWith('$ uptime\r\nup 3 days\r\n')).toBe(true)
    }
  })

  it('holds no line longer for the head of a key that nothing follows', () => {
    const redaction = castRedaction(findSecrets)
    redaction.push({ atMs: 1, code: 'o', data: 'see -----BEGIN PRIVATE KEY-----\r\n' })
    const out = redaction.push({ atMs: 2, code: 'o', data: 'and so on, line by line\r\n' })
    expect(out.map(({ data }) => data).join('')).toContain('and so on')
  })

  it('takes out a key that is longer than any', () => {
    const lines = Array.from({ length: 4_000 }, (_, at) => `SECRET${String(at).padStart(6, '0')}${'x'.repeat(52)}`)
    const out = redacted(
      ['-----BEGIN PGP PRIVATE KEY BLOCK-----', ...lines, '-----END PGP PRIVATE KEY BLOCK-----', '$ '].map(
        (line) => `${line}\r\n`,
      ),
    )
    expect(out).not.toContain('SECRET')
  })

  it('gives a line when it is over, and holds one that goes on', () => {
    const redaction = castRedaction(findSecrets)
    expect(redaction.push({ atMs: 1, code: 'o', data: '$ pass' })).toEqual([])
    expect(
      redaction
        .push({ atMs: 2, code: 'o', data: 'word=x\r\nnext' })
        .map(({ data }) => data)
        .join(''),
    ).toMatch(/^\$ password=‹secret:password:\w{4}›\r\n$/)
    expect(redaction.end()).toEqual([{ atMs: 2, code: 'o', data: 'next' }])
  })

  const LONG = 128 * 1024
  const SECRETS: readonly (readonly [string, string, string])[] = [
    ['password=', 'Zq9Xw3Lm7Kp2Rt5V', ' '],
    ['', ['ghp', 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3gH6'].join('_'), ' '],
    ['{"password":"', 'Zq9Xw3Lm7Kp2Rt5V', '"}'],
    ['password: ', 'Zq9Xw3Lm7Kp2Rt5V', ','],
    ['https://amy:', 'Zq9Xw3Lm7Kp2Rt5V', '@web-1/ '],
    ['Authorization: Bearer ', 'Zq9Xw3Lm7Kp2Rt5V'.repeat(400), ' '],
  ]

  it.each(SECRETS)(
    'takes a secret behind "%s" out of a line without an end, wherever it is cut',
    (name, secret, behind) => {
      fc.assert(
        fc.property(
          fc.constantFrom('lorem ipsum ', 'lorem,', '0123456789', '{"user":"amy","password":"Oth3rS3cret"},'),
          fc.integer({ min: -9_000, max: 400 }),
          fc.integer({ min: 1, max: 2 }),
          fc.nat(secret.length + 20),
          (filler, from, times, cut) => {
            const before = filler.repeat(Math.ceil((LONG * times) / filler.length)).slice(0, LONG * times + from)
            const text = `${before} ${name}${secret}${behind}${filler.repeat(900)}`
            const at = before.length + cut
            const out = redacted([text.slice(0, at), text.slice(at), filler.repeat(LONG / filler.length), '\r\n'])
            for (let piece = 0; piece + 6 <= Math.min(secret.length, 64); piece++)
              expect(out.includes(secret.slice(piece, piece + 6))).toBe(false)
            expect(out).not.toContain('Oth3r')
            expect(out.endsWith('\r\n')).toBe(true)
          },
        ),
        { numRuns: 5, endOnFailure: true },
      )
    },
    60_000,
  )

  it('changes nothing in a line without an end that has no secret, and holds no more of it than it has to', () => {
    const text = 'lorem ipsum; '.repeat(40_000)
    const redaction = castRedaction(findSecrets)
    const pieces = text.match(/[^]{1,4096}/g) ?? []
    let [given, longest] = ['', 0]
    let came = 0
    for (const [atMs, data] of pieces.entries()) {
      came += data.length
      given += redaction
        .push({ atMs, code: 'o', data })
        .map((event) => event.data)
        .join('')
      longest = Math.max(longest, came - given.length)
    }
    expect(longest).toBeLessThanOrEqual(LONG + 4096)
    given += redaction
      .end()
      .map((event) => event.data)
      .join('')
    expect(given).toBe(text)
  })

  it('keeps no half of a secret where the recording of the output ends', () => {
    for (const filler of ['', 'lorem ipsum '.repeat(9_000)]) {
      const redaction = castRedaction(findSecrets)
      const out = [
        ...redaction.push({ atMs: 0, code: 'o', data: `one line\r\n${filler}see ghp_aB3dE6gH9jK2m` }),
        ...redaction.cutOff().ready,
        ...redaction.end(),
      ]
      const text = out.map(({ data }) => data).join('')
      expect(text).toContain('one line\r\n')
      expect(text).not.toContain('ghp_')
      expect(text.length).toBeGreaterThan(filler.length * 0.9)
    }
  })

  it('finds a planted secret however the output is cut, and changes nothing without one', () => {
    const line = fc.stringMatching(/^[a-z ]{0,20}$/)
    fc.assert(
      fc.property(
        line,
        line,
        fc.array(fc.nat(200), { maxLength: 12 }),
        fc.boolean(),
        (before, after, cuts, isPlanted) => {
          const text = `${before}\r\n${isPlanted ? 'DB_PASSWORD=Pl4ntedSecret99' : 'nothing'} \u001b[1m${after}\u001b[0m\r\n$ `
          const places = [0, ...cuts.map((cut) => cut % text.length).toSorted((a, b) => a - b), text.length]
          const out = redacted(places.slice(1).map((place, at) => text.slice(places[at], place)))
          if (!isPlanted) {
            expect(out).toBe(text)
            return
          }
          expect(withoutControl(out)).not.toContain('Pl4nted')
          expect(out).toContain('DB_PASSWORD=')
        },
      ),
    )
  })
})
