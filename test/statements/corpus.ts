import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { LogEvent } from '../../src/evidence/logs/format.ts'
import type { Pattern } from '../../src/findings/logs/pattern.ts'
import { templateOf } from './template.ts'

export const corpus = path.resolve(import.meta.dirname, '../fixtures/statements')

/** A statement of the corpus, by what stands in its first line, and lines that it writes. */
export interface Written {
  readonly file: string
  readonly has: string
  readonly lines: readonly string[]
}

/** Programs of the corpus that are run, and in which order their statements write. */
const PROGRAMS: readonly {
  readonly file: string
  readonly argv: (file: string, folder: string) => readonly string[]
  readonly statements: readonly string[]
}[] = [
  {
    file: 'python/orders/gateway.py',
    argv: (file) => ['python3', file],
    statements: [
      'charging %d cents',
      '"amount of order',
      'payment of order',
      'connection {} handed',
      'refuses all payments',
      '"drained"',
    ],
  },
  {
    file: 'node/cart.mjs',
    argv: (file) => [process.execPath, file],
    statements: ['cart was locked', 'stock of article', 'could not reserve', '[cart] price service', 'voucher'],
  },
  {
    file: 'shell/backup.sh',
    argv: (file) => ['sh', file],
    statements: ['copy of volume', 'gigabytes are free', 'leaving out', 'wrote %d'],
  },
  {
    file: 'c/ledger.c',
    argv: (file, folder) => {
      execFileSync('gcc', ['-o', `${folder}/ledger`, file])
      return [`${folder}/ledger`]
    },
    statements: ['ledger opened', 'checksum of page', 'rolled back'],
  },
  {
    file: 'perl/mailer.pl',
    argv: (file) => ['perl', file],
    statements: ['delivering to', 'message of $mail', '"mailbox "', 'spool has'],
  },
]

/** Runs the programs twice, with values of their own, and tells which statement wrote which lines. */
export function ranPrograms(): readonly Written[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-statements-'))
  try {
    return PROGRAMS.flatMap(({ file, argv, statements }) => {
      const [program = '', ...rest] = argv(path.join(corpus, file), folder)
      const runs = ['1', '2'].map((run) =>
        messagesOf(
          execFileSync('sh', ['-c', 'exec 2>&1; exec "$@"', 'sh', program, ...rest, run], { encoding: 'utf8' }),
        ),
      )
      return statements.map((has, at) => ({ file, has, lines: runs.flatMap((lines) => lines[at] ?? []) }))
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A message of several lines is one. */
function messagesOf(output: string): readonly string[] {
  return output.replaceAll(',\nthe second', ', the second').trimEnd().split('\n')
}

/** What other languages write, by their manuals. */
export const BY_HAND: readonly Written[] = [
  {
    file: 'other/OrderService.java',
    has: 'Placing order',
    lines: ['Placing order 17 for acme in warehouse north', 'Placing order 18 for bolt in warehouse south'],
  },
  {
    file: 'other/OrderService.java',
    has: 'is blocked',
    lines: [
      'Customer acme is blocked, order 17 waits for a clerk',
      'Customer bolt is blocked, order 19 waits for a clerk',
    ],
  },
  {
    file: 'other/OrderService.java',
    has: 'out of stock',
    lines: ['Taking order 17 out of stock took 3 attempts', 'Taking order 21 out of stock took 3 attempts'],
  },
  {
    file: 'other/OrderService.java',
    has: 'warehouse lost',
    lines: ['warehouse lost the article of order 17', 'warehouse lost the article of order 18'],
  },
  {
    file: 'other/gateway.go',
    has: 'forwarding call',
    lines: ['forwarding call 7 to upstream 10.0.0.7', 'forwarding call 8 to upstream 10.0.0.9'],
  },
  { file: 'other/gateway.go', has: 'upstream is slow', lines: ['upstream is slow, opening the circuit breaker'] },
  {
    file: 'other/gateway.go',
    has: '"shedding"',
    lines: ['shedding 12 requests of the lowest class', 'shedding 40 requests of the lowest class'],
  },
  {
    file: 'other/gateway.go',
    has: 'while call',
    lines: ['gateway closed while call 7 was in flight to "a"', 'gateway closed while call 9 was in flight to "b"'],
  },
  {
    file: 'other/store.rs',
    has: 'compacting level',
    lines: ['compacting level 3 of shard users', 'compacting level 4 of shard carts'],
  },
  {
    file: 'other/store.rs',
    has: 'tombstones',
    lines: [
      'tombstones of shard users outnumber its live rows 3:1',
      'tombstones of shard carts outnumber its live rows 4:1',
    ],
  },
  {
    file: 'other/store.rs',
    has: 'write-ahead',
    lines: ['write-ahead log ends in the middle of record 3', 'write-ahead log ends in the middle of record 4'],
  },
  {
    file: 'other/Stock.cs',
    has: 'Counted',
    lines: ['Counted 12 pieces of pear in the morning', 'Counted 14 pieces of plum in the morning'],
  },
  {
    file: 'other/Stock.cs',
    has: 'Shelf of',
    lines: ['Shelf of pear holds fewer than 12 pieces', 'Shelf of plum holds fewer than 14 pieces'],
  },
  {
    file: 'other/Stock.cs',
    has: 'Scanner at',
    lines: [
      String.raw`Scanner at C:\dock\west has been silent for 3 minutes`,
      String.raw`Scanner at C:\dock\east has been silent for 9 minutes`,
    ],
  },
  {
    file: 'other/invoice.rb',
    has: 'Invoice of',
    lines: ['Invoice of 12.50 sent to acme', 'Invoice of 80 sent to bolt'],
  },
  {
    file: 'other/invoice.rb',
    has: 'Dunning',
    lines: [
      'Dunning letter for acme came back: address Elm St is unknown',
      'Dunning letter for bolt came back: address High St is unknown',
    ],
  },
  {
    file: 'other/invoice.rb',
    has: 'ArgumentError',
    lines: ['total -1 of an invoice must not be negative', 'total -8 of an invoice must not be negative'],
  },
  {
    file: 'other/session.php',
    has: 'was signed',
    lines: ['Session ab12 of ann was signed with an old key', 'Session cd34 of bob was signed with an old key'],
  },
  {
    file: 'other/session.php',
    has: 'Cannot unserialize',
    lines: ['Cannot unserialize session ab12 from redis', 'Cannot unserialize session cd34 from redis'],
  },
  {
    file: 'other/session.php',
    has: 'was throttled',
    lines: ['Login of ann from 10.0.0.7 was throttled', 'Login of bob from 10.0.0.9 was throttled'],
  },
  {
    file: 'other/Prices.kt',
    has: 'Loaded',
    lines: ['Loaded 12 prices from feed xetra', 'Loaded 40 prices from feed nyse'],
  },
  {
    file: 'other/Prices.kt',
    has: 'two currencies',
    lines: [
      'Feed xetra has prices in two currencies, keeping those of yesterday',
      'Feed nyse has prices in two currencies, keeping those of yesterday',
    ],
  },
  {
    file: 'other/Router.scala',
    has: 'no postcode',
    lines: ['Parcel 7 has no postcode, sending it to hub west', 'Parcel 9 has no postcode, sending it to hub east'],
  },
  {
    file: 'other/Router.scala',
    has: 'rejected',
    lines: ['Hub west rejected 3 parcels', 'Hub east rejected 8 parcels'],
  },
  {
    file: 'other/hotel.cpp',
    has: 'double booked',
    lines: ['room 12 is double booked by Smith', 'room 14 is double booked by Jones'],
  },
  {
    file: 'other/hotel.cpp',
    has: 'key card',
    lines: ['key card of guest Smith was refused at the lift', 'key card of guest Jones was refused at the lift'],
  },
  {
    file: 'other/hotel.cpp',
    has: 'minibar',
    lines: ['minibar of room 12 reports 3 bottles', 'minibar of room 14 reports 3 bottles'],
  },
]

/** A pattern as it would be mined from these messages. */
export function patternOf(
  messages: readonly string[],
  event: Partial<LogEvent> = {},
  severity?: Pattern['severity'],
): Pattern {
  return {
    template: templateOf(messages),
    severity,
    count: messages.length,
    counts: new Uint32Array(0),
    firstAtMs: 0,
    lastAtMs: 0,
    sources: [{ box: 'web-1', source: '/var/log/app.log', count: messages.length }],
    samples: messages.map((message) => ({
      box: 'web-1',
      source: '/var/log/app.log',
      text: message,
      atMs: 0,
      event: { message, ...event },
    })),
  }
}
