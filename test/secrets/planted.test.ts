import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withoutColours } from '../../src/incidents/redaction/colours.ts'
import { recorderOf } from '../../src/incidents/recorder.ts'
import { shellRecording } from '../../src/incidents/shell-recording.ts'
import { exportIncident } from '../../src/steps/export.ts'
import { tellStory } from '../../src/steps/write-up/tell.ts'
import { newWriteUp } from '../../src/views/write-up/document.ts'
import { page } from '../../src/views/write-up/page.ts'
import { homes } from '../record/homes.ts'
import { withStore } from '../record/records.ts'
import { findSecrets, redactThoroughly } from '../redact.ts'

// Wherever a secret stands in what people type and boxes answer, it is in none of the bytes that are written: the database, its evidence, the export,
// the Markdown, the page. Of fresh secrets in the forms that SECURITY.md and docs/record.md promise, without asking the rules first.

const INCIDENT = '20260102-bcdf'
const ALNUM = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789'
const HEX = '0123456789abcdef'

const of = (letters: string, length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...Array.from(letters)), { minLength: length, maxLength: length })
    .map((all) => all.join(''))
    // What is one letter over and over is a placeholder.
    .filter((text) => new Set(text).size >= Math.min(8, length / 2))
/** A password: letters and digits, long enough to stand nowhere by chance. */
const password = fc.tuple(of(ALNUM, 12), of('23456789', 2)).map(([text, digits]) => `${text}${digits}`)

interface Planted {
  readonly secret: string
  readonly line: string
}

const form = (secret: fc.Arbitrary<string>, ...lines: readonly string[]): fc.Arbitrary<Planted> =>
  fc
    .tuple(secret, fc.constantFrom(...lines))
    .map(([text, line]) => ({ secret: text, line: line.replaceAll('§', () => text) }))

const planted: fc.Arbitrary<Planted> = fc.oneof(
  form(
    password,
    'password=§',
    'DB_PASSWORD=§ ./start',
    '{"user": "orders", "password": "§"}',
    'db_password: §',
    "  password: '§'",
    'mysql -u root --password=§ orders',
    'PGPASSWORD=§ psql -h db-1',
    'https://shop.example/login?user=1&password=§&next=/',
    'postgres://orders:§@db-1:5432/orders',
    'amqp://guest:§@mq-1/',
    'curl -u admin:§ https://shop.example/',
    'spring.datasource.password=§',
    'client_secret=§',
    'api_key: "§"',
  ),
  // Names that go on behind the word.
  form(
    password,
    'DB_PASSWORD_PROD=§',
    'PASSWORD2=§',
    'password1: §',
    'STRIPE_SECRET_LIVE=§',
    'API_KEY_STAGING=§',
    'TOKEN_GITHUB=§',
    '{"passwordOld": "§"}',
    '{"apiKeyV2":"§"}',
    'spring.datasource.password.primary=§',
    'rotate --password-new § now',
    'user[password_confirmation]=§',
    'https://shop.example/join?password1=§&password2=§',
  ),
  form(
    of(ALNUM, 40),
    'Authorization: Bearer §',
    'authorization: token §',
    'curl -H "Authorization: Bearer §" https://x/',
  ),
  form(of(ALNUM, 32), 'Cookie: session=§; theme=dark', 'Set-Cookie: sid=§; HttpOnly'),
  form(
    of(ALNUM, 36).map((text) => `ghp_${text}`),
    '§',
    'git clone https://§@github.com/x/y',
    'export GH=§',
  ),
  form(
    of('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16).map((text) => `AKIA${text}`),
    'key id § used',
    'AWS_ACCESS_KEY_ID=§',
  ),
  form(
    of(ALNUM, 24).map((text) => `sk_live_${text}`),
    'stripe § failed',
  ),
  form(
    fc.tuple(of(ALNUM, 60), of(ALNUM, 43)).map(([claims, sign]) => `eyJhbGciOiJIUzI1NiJ9.eyJ${claims}.${sign}`),
    'jwt §',
    'GET /?t=§ 200',
  ),
  form(
    fc.tuple(of('abcdefghijkmnopqrstuvwxyz', 9), of('abcdefghijk', 8)).map(([who, at]) => `${who}@${at}.example.org`),
    'mail from § refused',
    'user § could not log in',
  ),
  form(of(HEX, 64), 'secret_key_base: §', 'SECRET_KEY=§'),
  form(
    of(ALNUM, 64),
    '-----BEGIN RSA PRIVATE KEY-----\n§\n-----END RSA PRIVATE KEY-----',
    '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n§\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----',
    '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: "x"\n§\n---- END SSH2 ENCRYPTED PRIVATE KEY ----',
    'Private-Lines: 1\n§\nPrivate-MAC: 0a1b2c',
  ),
)

/** Some have a colour that begins somewhere in them, as `grep --color=always` and `git diff --color=always` write it. */
const maybeColoured: fc.Arbitrary<Planted> = fc
  .tuple(planted, fc.option(fc.tuple(fc.nat({ max: 80 }), fc.nat({ max: 80 }))))
  .map(([{ secret, line }, places]) => {
    if (!places) return { secret, line }
    const [from = 0, to = 0] = places.map((place) => place % (line.length + 1)).toSorted((a, b) => a - b)
    return {
      secret,
      line: `${line.slice(0, from)}\u001b[01;31m\u001b[K${line.slice(from, to)}\u001b[m\u001b[K${line.slice(to)}`,
    }
  })

/** Some stand in a line without an end, as minified JSON does: behind so many characters. */
const maybeFar: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 127 * 1024, max: 129 * 1024 }).map((length) => 'lorem ipsum '.repeat(length / 12)),
  },
)

const noise = fc.stringMatching(/^[a-z]{0,8} [a-z ]{0,12}$/)

describe('a secret that was planted', () => {
  const home = homes()

  it('is in none of the bytes of the record, the export, the Markdown and the page', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            planted: maybeColoured,
            far: maybeFar,
            before: noise,
            where: fc.nat({ max: PLACES.length - 1 }),
          }),
          {
            minLength: 1,
            maxLength: 6,
          },
        ),
        async (plants) => {
          const folder = home()
          mkdirSync(folder)
          const texts = await writtenWith(folder, (record) =>
            plants.reduce(async (before, { planted: { line }, far, before: words, where }) => {
              await before
              // On a line of its own: what stands around it is no part of its form; and a key begins a line (RFC 7468, 3; RFC 4716, 3.2).
              const behind = line.includes('\n') ? '' : far
              await PLACES[where]?.(record, `${words}\n${behind}${line}\n`, line)
            }, Promise.resolve()),
          )
          for (const {
            planted: { secret },
          } of plants)
            for (const [name, text] of texts)
              expect(withoutColours(text).plain.includes(secret), `${secret} in ${name}`).toBe(false)
        },
      ),
      { numRuns: 60 },
    )
  }, 120_000)

  it('would be found if it were there', async () => {
    const folder = home()
    mkdirSync(folder)
    const told = 'this4is9no7secret'
    const texts = await writtenWith(folder, async (record) => {
      for (const place of PLACES) await place(record, `x\n${told}\n`, told)
    })
    expect(texts.filter(([, text]) => text.includes(told)).map(([name]) => name)).toEqual([
      'the database',
      'the evidence',
      'the export',
      'the Markdown',
      'the page',
    ])
  })
})

type Record = ReturnType<typeof recorderOf>
type Place = (record: Record, text: string, line: string) => Promise<unknown>

const box = 'web-1'
const ran = { price: 'change', printedBytes: 9, keptBytes: 9, state: 'ended', exit: 0 } as const
const conclusion = { state: 'warning', cleared: [], blind: [], findings: [] } as const

/** Where text comes from people and from boxes. */
const PLACES: readonly Place[] = [
  (record, text) => record.record(() => ({ did: 'noted', payload: { text } })),
  (record, text) =>
    record.record(() => ({
      did: 'noted',
      payload: { text: 'see the typed command', command: `halligan note ${text}` },
    })),
  (record, text, line) =>
    record.record(
      ([evidence = '']) => ({
        did: 'ran',
        box,
        payload: {
          ...ran,
          line,
          shown: text,
          evidence: [evidence],
          outputs: [{ from: 'stdout', evidence, printedBytes: 9, keptBytes: 9 }],
        },
      }),
      [Buffer.from(text)],
    ),
  // What is no text all the same has lines.
  (record, text) =>
    record.record(
      (evidence) => ({ did: 'ran', box, payload: { ...ran, line: 'dump', shown: '', evidence } }),
      [Buffer.concat([Buffer.from([0xff, 0, 10]), Buffer.from(text), Buffer.from([0xfe])])],
    ),
  (record, text, line) =>
    record.record(
      (evidence) => ({
        did: 'looked',
        box,
        payload: {
          ...conclusion,
          evidence,
          findings: [
            {
              check: 'runaway-cpu',
              state: 'warning',
              resource: 'cpu',
              score: 50,
              title: 'orders-api (812) burns a CPU',
              why: line,
              subject: { kind: 'process', name: 'orders-api', pid: 812, commandLine: line },
              measured: [{ what: 'CPU', value: 1, unit: 'cpus', source: line }],
              next: [{ command: `ssh web-1 'grep -r x'`, why: line, price: 'free' }],
            },
          ],
          failure: { kind: 'unknown', message: line, tryNext: text },
        },
      }),
      [Buffer.from(text)],
    ),
  (record, text, line) =>
    record.record(() => ({
      did: 'changed',
      box,
      payload: {
        what: line,
        price: 'change',
        diff: `--- a\n+++ b\n@@ -1 +1 @@\n-x\n${text.replaceAll(/^/gm, '+')}`,
        debt: true,
        undo: line,
      },
    })),
  (record, _, line) => record.record(() => ({ did: 'supposed', payload: { hypothesis: 1, text: line } })),
  // A shell session, in pieces as they come from a line.
  (record, text, line) =>
    shelled(record, line, (shell) => {
      for (const [at, piece] of (`$ ${text}`.replaceAll('\n', '\r\n').match(/[^]{1,7}/g) ?? []).entries())
        shell.output(at * 5, Buffer.from(piece))
    }),
  // Line by line, as it is typed or pasted and echoed, behind what asks for it.
  (record, _, line) =>
    shelled(record, 'cat > file', (shell) => {
      for (const [at, typed] of line.split('\n').entries()) {
        const asks = /^[^=]*[:=] */.exec(typed)?.[0] ?? ''
        shell.output(at * 200, Buffer.from(asks))
        shell.pressed(at * 200, Buffer.from('x'))
        shell.output(at * 200, Buffer.from(typed.slice(asks.length)))
        shell.pressed(at * 200, Buffer.from('\r'))
        shell.output(at * 200, Buffer.from('\r\n'))
      }
    }),
]

function shelled(
  record: Record,
  line: string,
  happens: (shell: ReturnType<typeof shellRecording>) => void,
): Promise<unknown> {
  let cast = ''
  const shell = shellRecording({
    columns: 200,
    rows: 24,
    startedAtMs: 1_795_000_000_000,
    title: 'web-1',
    term: 'xterm-256color',
    remark: 'a test',
    findSecrets,
    write: (part) => (cast += part),
  })
  happens(shell)
  const { commands } = shell.ended(10_000, 0)
  return record.record(
    ([evidence = '']) => ({
      did: 'shelled',
      box,
      payload: {
        state: 'ended',
        commands: [...commands, { atMs: 0, line }].map((each) => ({ at: '2026-01-02T03:04:05.678Z', line: each.line })),
        columns: 200,
        rows: 24,
        cast: evidence,
        evidence: [evidence],
      },
    }),
    [Buffer.from(cast)],
    { isRedacted: true },
  )
}

/** All that is written of an incident, by what it is. */
async function writtenWith(
  folder: string,
  write: (record: Record) => Promise<unknown>,
): Promise<readonly (readonly [string, string])[]> {
  const file = path.join(folder, 'incident.jsonl.zst')
  const texts = await withStore(folder, async (store) => {
    let at = 1_795_000_000_000
    const recorder = recorderOf({
      incident: INCIDENT,
      store: () => store,
      by: 'amy@laptop',
      typed: ['halligan'],
      redact: redactThoroughly,
      now: () => (at += 1_000),
    })
    await recorder.record(() => ({ did: 'opened', payload: { title: 'it burns', boxes: [box] } }))
    await write(recorder)
    const evidence: string[] = []
    for await (const item of store.copy(INCIDENT)) if ('bytes' in item) evidence.push(latin1(item.bytes))
    const [incident] = await store.list()
    const story = await tellStory(store, INCIDENT)
    if (!incident || !story) throw new Error('an incident was written')
    const markdown = newWriteUp(story, 'none')
    await exportIncident({ store, recorder, incident, file })
    return [
      ['the evidence', evidence.join('\n')],
      ['the Markdown', markdown],
      ['the page', page(markdown)],
    ] as const
  })
  const exported = latin1(zstdDecompressSync(readFileSync(file)))
  const database = readdirSync(folder).filter((name) => name.startsWith('record.db'))
  return [
    ['the database', database.map((name) => latin1(readFileSync(path.join(folder, name)))).join('\n')],
    ...texts.slice(0, 1),
    ['the export', exported],
    ...texts.slice(1),
  ]
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}
