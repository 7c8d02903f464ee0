import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leaksOf, samplesOf } from '../../../test/secrets/corpus.ts'
import { redactor } from './index.ts'
import { rules } from './rules.ts'

const redact = redactor({ key: Buffer.alloc(32, 7) })
const samples = (['seen', 'held-out', 'documented'] as const).flatMap((part) => samplesOf(part))

/** Pieces of which lines with secrets are made, and marks, and what may be taken for either. */
const PIECES: readonly string[] = [
  rules.flatMap(({ anchors }) => anchors).map((anchor) => anchor.replaceAll('0', '7')),
  [
    'password=',
    'token: ',
    '"secret": "',
    "'pwd' => '",
    '--api-key ',
    '-u a:b',
    ' -p',
    'Authorization: ',
    'Bearer ',
    'Basic ',
    'Cookie: a=b',
  ],
  [
    '://a:b@c',
    '://',
    '@',
    '@example.com',
    ':',
    '=',
    '"',
    "'",
    '\\',
    '\\"',
    '\\n',
    '\n',
    ' ',
    '\0',
    '\u001b[1m',
    '<password>',
    '</',
    'value=',
  ],
  [
    'hunter2',
    'ghp_',
    'AKIA',
    'A'.repeat(20),
    'a1'.repeat(18),
    '4111111111111111',
    'YW15OmFteQ==',
    'eyJhbGciOi',
    '.eyJzdWIi',
  ],
  [
    '‹secret:password:k7qx›',
    '‹secret:',
    '›',
    '‹',
    '[redacted]',
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
    'MIIEvQIBADANBgkqhkiG',
  ],
  ['{', '}', '(', ')', ',', ';', '&', '?', '#', '/', 'x', 'é', '😀', '\uD800', '\uFFFF'],
].flat()
const text = fc
  .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...PIECES) }, fc.string({ maxLength: 8 })), { maxLength: 30 })
  .map((pieces) => pieces.join(''))

describe('redactor, whatever the text', () => {
  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(text, (written) => {
        const once = redact(written)
        expect(redact(once)).toBe(once)
      }),
      { numRuns: 3_000 },
    )
  })

  it('keeps the lines apart: what is found in one does not depend on the others', () => {
    const line = text
      .map((written) => written.replaceAll('\n', ' '))
      .filter((written) => !/PRIVATE KEY|Private-Lines/.test(written))
      // Below what ends so the value of a name may stand (next-line.ts).
      .filter((written) => !/[:=>|\\+\-"'{[(]\s*$/.test(written))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
        expect(redact(lines.join('\n'))).toBe(lines.map(redact).join('\n'))
      }),
    )
  })

  it('leaves text without secrets as it is', () => {
    const word = fc.constantFrom(
      ...'the order 812 was shipped to web-1 at 10:14:03 in 0.25 s with status=200 and id 9f86d081 /srv/shop/x.js:12 [main] "GET / HTTP/1.1" é'.split(
        ' ',
      ),
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.constantFrom('\n', '\t', ', ', ': '))), (words) => {
        const written = words.join(' ')
        expect(redact(written)).toBe(written)
      }),
    )
  })
})

describe('a planted secret never appears in the output', () => {
  const surroundings = fc.array(
    fc.oneof(fc.constantFrom(...PIECES.filter((piece) => !piece.includes('PRIVATE'))), fc.string({ maxLength: 12 })),
    { maxLength: 8 },
  )
  const kinds = new Set(samples.flatMap(({ secrets }) => secrets.map(({ kind }) => kind)))

  it.each([...kinds])('%s, whatever the lines around it', (kind) => {
    const planted = samples.flatMap((sample) => sample.secrets.filter((secret) => secret.kind === kind))
    // What the corpus itself is allowed to miss is told there.
    const found = planted.filter(
      (secret) => leaksOf({ title: '', text: secret.context, secrets: [secret] }, redact(secret.context)).length === 0,
    )
    expect(found.length / planted.length).toBeGreaterThan(0.9)
    fc.assert(
      fc.property(fc.constantFrom(...found), surroundings, surroundings, (secret, before, after) => {
        const written = `${before.join('')}\n${secret.context}\n${after.join('')}`
        expect(leaksOf({ title: '', text: written, secrets: [secret] }, redact(written))).toEqual([])
      }),
    )
  })

  // What has a form of its own is found in the middle of a line as well.
  const tokens = samples
    .flatMap(({ secrets }) => secrets)
    .filter(({ text: secret }) => /^x ‹secret:[\w-]+:\w{4}› y$/.test(redact(`x ${secret} y`)))

  it('tokens, whatever stands beside them in their line', () => {
    expect(tokens.length).toBeGreaterThan(100)
    const beside = fc.string({ maxLength: 20 }).filter((written) => !/[\w‹›.~+-]/.test(written))
    fc.assert(
      fc.property(fc.constantFrom(...tokens), beside, beside, (secret, before, after) => {
        const written = `${before} ${secret.text} ${after}`
        expect(leaksOf({ title: '', text: written, secrets: [secret] }, redact(written))).toEqual([])
      }),
      { numRuns: 1_000 },
    )
  })
})

/** Characters of a line that has to be done within the time limit of a test; what takes quadratic time would take hours. */
const LONG = 1_000_000

describe('a line of a megabyte that is made to be slow ends', () => {
  it.each(rules.map((rule) => [rule.what, rule] as const))('%s', (_, rule) => {
    const anchors = (rule.anchors.length > 0 ? rule.anchors : ['a']).map((anchor) => anchor.replaceAll('0', '7'))
    const first = anchors[0] ?? ''
    const shapes = [
      ...anchors.slice(0, 6),
      `${first}=`,
      `${first} `,
      `${first}a`,
      `${first}"`,
      `${first}:a`,
      `${first}-`,
      `${first}_`,
      `${first}.`,
    ]
    for (const shape of shapes) expect(rule.find(shape.repeat(LONG / shape.length)).length).toBeGreaterThanOrEqual(0)
    for (const tail of ['a', ' ', '=', '"', '-', '7', 'a.', 'a=', ':', '\\'])
      expect(rule.find(first + tail.repeat(LONG / tail.length)).length).toBeGreaterThanOrEqual(0)
    expect(rule.find(`${first}${'7'.repeat(LONG)} x`).length).toBeGreaterThanOrEqual(0)
  })

  it.each([
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\n',
    '-----BEGIN PRIVATE KEY-----x-----END PRIVATE KEY-----',
    '-----BEGIN ',
    'Private-Lines: 9\n',
    '‹secret:a:aaaa›',
    '‹secret:',
    'password: |\n ',
    'password: |\n',
    ' password:',
    '[redacted] password=',
    ' ',
    '\0',
    '\\',
    '"',
  ])('all rules on %j', (piece) => {
    expect(redact(piece.repeat(LONG / piece.length)).length).toBeGreaterThan(0)
    expect(redact(`password ${piece.repeat(LONG / piece.length)}`).length).toBeGreaterThan(0)
  })
})
