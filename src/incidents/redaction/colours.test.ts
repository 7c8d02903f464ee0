import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findSecrets, redact, redactThoroughly } from '../../../test/redact.ts'
import { leaksOf, samplesOf } from '../../../test/secrets/corpus.ts'
import { redactedBytes } from './bytes.ts'
import { applied } from '../change.ts'
import { withoutColours } from './colours.ts'

const red = (text: string): string => `\u001b[01;31m\u001b[K${text}\u001b[m\u001b[K`
const TOKEN = `ghp_${'aB3dE5fG7h'.repeat(4).slice(0, 36)}`
const KEY = [
  '-----BEGIN PRIVATE KEY-----',
  'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjSECRET',
  'SECRETy+/abcdefghijklmnopqrstuvwxyz0123456789ABC',
  '-----END PRIVATE KEY-----',
]

describe('a text in colours', () => {
  it('is a diff with a key whose header is short', () => {
    const key = [
      '---- BEGIN SSH2 PRIVATE KEY ----',
      'Comment: "x"',
      ...KEY.slice(1, 3),
      '---- END SSH2 PRIVATE KEY ----',
    ]
    for (const line of [(each: string) => `+${each}`, (each: string) => red(`+${each}`)])
      expect(redact(key.map(line).join('\n'))).not.toContain('SECRET')
  })

  it.each([
    ['whose name grep has found', `${red('password=')}hunter2secret`, /^[^]*password=[^]*‹secret:password:\w{4}›$/],
    ['whose name is in pieces', `pass${red('word')}=hunter2secret`, /=‹secret:password:\w{4}›$/],
    ['with a token in pieces', `x ${TOKEN.slice(0, 9)}${red(TOKEN.slice(9, 20))}${TOKEN.slice(20)} y`, / y$/],
    [
      'as a log spells them',
      String.raw`{"log":"\u001b[32mpassword\u001b[0m: \u001b[1mhunter2secret\u001b[0m"}`,
      /"\}$/,
    ],
    ['as rsyslog spells them', '#033[32mpassword#033[0m=#033[1mhunter2secret#033[0m', /#033\[0m$/],
    ['as terminfo puts them back', '\u001b[1mpassword\u001b(B\u001b[m=hunter2secret', /›$/],
    [
      'that is a key in a diff',
      KEY.map((line) => `\u001b[32m+\u001b[m\u001b[32m${line}\u001b[m`).join('\n'),
      /‹secret:private-key:\w{4}›/,
    ],
  ])('loses its secret: %s', async (_, text, form) => {
    for (const out of [
      redact(text),
      await redactThoroughly(text),
      Buffer.from(await redactedBytes(Buffer.from(text), redactThoroughly)).toString(),
    ]) {
      expect(withoutColours(out).plain).not.toMatch(/hunter2|secret$|SECRET|aB3dE5/)
      expect(out).toMatch(form)
      expect(redact(out)).toBe(out)
    }
  })

  it('keeps its colours, and what is no secret', () => {
    const out = redact(
      '\u001b[1mpassword\u001b[0m=\u001b[32mhunter2\u001b[1msecret\u001b[0m and \u001b[31mmore\u001b[0m',
    )
    expect(out.replace(/‹secret:password:\w{4}›/, 'MARK')).toBe(
      '\u001b[1mpassword\u001b[0m=\u001b[32mMARK\u001b[1m\u001b[0m and \u001b[31mmore\u001b[0m',
    )
  })

  it('has the marks that it has without them', () => {
    const marks = (text: string): readonly string[] => text.match(/‹[^›]*›/g) ?? []
    const plain = KEY.join('\n')
    expect(marks(redact(KEY.map(red).join('\n')))).toEqual(marks(redact(plain)))
  })
})

const sequence = fc.constantFrom(
  '\u001b[31m',
  '\u001b[0m',
  '\u001b[K',
  '\u001b[m\u001b[K',
  '\u001b[38;5;196m',
  '\u001b[38:2::1:2:3m',
  '\u001b(B\u001b[m',
)
const planted = (['seen', 'held-out', 'documented'] as const)
  .flatMap((part) => samplesOf(part))
  .flatMap(({ secrets }) => secrets)
  // What the corpus itself is allowed to miss is told there.
  .filter(
    (secret) => leaksOf({ title: '', text: secret.context, secrets: [secret] }, redact(secret.context)).length === 0,
  )

/** The text with a sequence at each of some places. */
function coloured(text: string, inserted: readonly (readonly [number, string])[]): string {
  const at = new Map(inserted.map(([place, escape]) => [place % (text.length + 1), escape]))
  return Array.from({ length: text.length + 1 }, (_, place) => (at.get(place) ?? '') + (text[place] ?? '')).join('')
}

describe('colours at any places', () => {
  const places = fc.array(fc.tuple(fc.nat({ max: 10_000 }), sequence), { maxLength: 12 })

  it('let no planted secret through', () => {
    expect(planted.length).toBeGreaterThan(500)
    fc.assert(
      fc.property(fc.constantFrom(...planted), places, (secret, inserted) => {
        fc.pre(withoutColours(secret.context).plain === secret.context)
        const out = withoutColours(redact(coloured(secret.context, inserted))).plain
        expect(leaksOf({ title: '', text: secret.context, secrets: [secret] }, out)).toEqual([])
        expect(out).toBe(redact(secret.context))
      }),
      { numRuns: 3_000 },
    )
  })

  it('stay where nothing is found', () => {
    fc.assert(
      fc.property(fc.string(), places, (text, inserted) => {
        const written = coloured(text, inserted)
        const { plain, written: back } = withoutColours(written)
        expect(applied(written, back([]))).toBe(written)
        if (findSecrets(plain).length === 0) expect(redact(written)).toBe(written)
      }),
    )
  })

  it.each(['\u001b[', '\u001b[1', '\u001b[1m', '\\u001b[1mpassword=x1', '^[[', '\u001b[0m\n'])(
    'take linear time: a megabyte of %j',
    (piece) => {
      expect(redact(piece.repeat(1_000_000 / piece.length)).length).toBeGreaterThan(0)
    },
  )
})
