import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openBox } from '../src/boxes/open.ts'
import type { Box } from '../src/boxes/box.ts'
import { fetchLog, type Fetched } from '../src/steps/logs/fetching/fetch.ts'
import { startFleet, type Fleet } from '../test/boxes/fleet.ts'
import type { Benchmark } from './support/benchmark.ts'
import { atRoundTrip } from './support/at-round-trip.ts'

const GIGABYTES = 10
const RUNS = 7
const FROM_MS = Date.parse('2026-03-01T00:00:00.000Z')
const DAY_SECONDS = 86_400
const MINUTE_MS = 60_000
const WHERE = '/var/log/large'
/** What is asked for, one each run: spread over the day. */
const MINUTES = [617, 3, 1437, 842, 333, 1111, 725]

export const benchmark: Benchmark = {
  title: 'one minute out of a large log over ssh',
  about:
    'A sorted access log of one day on a test box behind a real sshd, a minute of it: wall time of the fetch, bytes read on the box beyond the minute, at round trips of 0, 50 and ' +
    '200 ms; grep and awk for the same minute over the same ssh. Needs root and its size on the disk. Arguments: --gb N (default 10).',
  run: async (args) => {
    const gigabytes = Number(args[args.indexOf('--gb') + 1]) || GIGABYTES
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-window-'))
    let fleet: Fleet | undefined
    try {
      const bytes = writeLog(path.join(folder, 'access.log'), gigabytes * 1e9)
      const hook = path.join(folder, 'hook.sh')
      writeFileSync(hook, `#!/bin/sh\nmkdir -p "$1${WHERE}" && mount --bind ${folder} "$1${WHERE}"\n`)
      chmodSync(hook, 0o755)
      fleet = await startFleet({ boxes: ['web-1'], hook })
      return await measure(fleet, bytes, path.join(folder, 'access.log'))
    } finally {
      await fleet?.down()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

interface Row {
  readonly what: string
  readonly wallMs: readonly number[]
  readonly beyond: readonly number[]
  readonly probes: readonly number[]
  readonly bytes: readonly number[]
}

async function measure(fleet: Fleet, bytes: number, here: string): Promise<string> {
  process.env['HALLIGAN_SSH_CONFIG'] = fleet.sshConfig
  const rows: Row[] = []
  rows.push(await runs('connection open, nothing of the file in the page cache', bytes, { forget: true }))
  rows.push(await runs('connection open', bytes, {}))
  rows.push(await runs('login included', bytes, { login: true }))
  for (const roundTripMs of [50, 200]) {
    const name = `connection open, round trip ${roundTripMs} ms`
    rows.push(await atRoundTrip(fleet, roundTripMs, () => runs(name, bytes, {})))
  }
  const stamp = stampOf(FROM_MS / 1000 + (MINUTES[0] ?? 0) * 60).slice(0, -3)
  const peers = [
    peer(fleet, 'grep over ssh', `LC_ALL=C grep -F '[${stamp}:' ${WHERE}/access.log`),
    peer(fleet, 'awk over ssh', `LC_ALL=C awk 'index($0, "[${stamp}:")' ${WHERE}/access.log`),
  ]
  // The first minute that was fetched, each time, is the one that the peers look for.
  const expected = peers[0]?.bytes
  if (rows.some((row) => row.bytes[0] !== expected))
    throw new Error(`grep gave ${expected} bytes, the fetches gave ${rows.map((row) => row.bytes[0]).join(', ')}`)
  return [
    '| way | wall, ms: min / median / max | read on the box beyond the minute, kB: median / max | reads of the search: max | the minute, MB (mean) |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(
      ({ what, wallMs, beyond, probes, bytes: sent }) =>
        `| ${what} | ${spread(wallMs)} | ${(median(beyond) / 1e3).toFixed(0)} / ${(Math.max(...beyond) / 1e3).toFixed(0)} | ${Math.max(...probes)} | ${(mean(sent) / 1e6).toFixed(1)} |`,
    ),
    ...peers.map(
      (each) =>
        `| ${each.what} | ${each.wallMs.toFixed(0)} | ${((bytes - each.bytes) / 1e3).toFixed(0)} | – | ${(each.bytes / 1e6).toFixed(1)} |`,
    ),
    '',
    `A log of ${(bytes / 1e9).toFixed(2)} GB (${((statSync(here).blocks * 512) / 1e9).toFixed(2)} GB on the disk), ${RUNS} minutes spread over its day; of the first as many bytes came as grep gave.`,
  ].join('\n')
}

async function runs(what: string, size: number, { forget = false, login = false }): Promise<Row> {
  const found: { readonly fetched: Fetched; readonly wallMs: number; readonly bytes: number }[] = []
  let box = await entered(login)
  for (const minute of MINUTES) {
    if (login) {
      await box.close()
      box = openBox('web-1')
    }
    if (forget) writeFileSync('/proc/sys/vm/drop_caches', '1')
    found.push(await minuteOf(box, size, FROM_MS + minute * MINUTE_MS))
  }
  await box.close()
  return {
    what,
    wallMs: found.map(({ wallMs }) => wallMs),
    beyond: found.map(({ fetched }) => fetched.report.readBytes - fetched.report.windowBytes),
    probes: found.map(({ fetched }) => fetched.report.probes),
    bytes: found.map(({ bytes }) => bytes),
  }
}

async function entered(login: boolean): Promise<Box> {
  const box = openBox('web-1')
  if (!login) await box.run(':', { what: 'log in', timeoutMs: 30_000, maxBytes: 1000 })
  return box
}

async function minuteOf(box: Box, size: number, fromMs: number) {
  let bytes = 0
  const started = performance.now()
  const fetched = await fetchLog(
    box,
    {
      box: 'web-1',
      id: `${WHERE}/access.log`,
      kind: 'file',
      found: 'named',
      writers: [],
      files: [{ path: `${WHERE}/access.log`, bytes: size, modifiedAtMs: FROM_MS + DAY_SECONDS * 1000 }],
    },
    {
      window: { fromMs, toMs: fromMs + MINUTE_MS },
      filter: { grep: [], not: [], fields: [], ignoreCase: false },
      caps: { bytes: 1e9, seconds: 60 },
      time: { nowMs: FROM_MS + DAY_SECONDS * 1000, zone: 'UTC' },
      onBytes: (chunk) => {
        bytes += chunk.length
      },
      signal: new AbortController().signal,
    },
  )
  const { failure, report } = fetched
  if (failure || report.capped || report.skipped.length > 0 || bytes === 0) throw new Error(JSON.stringify(fetched))
  return { fetched, wallMs: performance.now() - started, bytes }
}

function peer(fleet: Fleet, what: string, command: string): { what: string; wallMs: number; bytes: number } {
  const started = performance.now()
  const { stdout } = spawnSync('ssh', ['-F', fleet.sshConfig, 'web-1', command], { maxBuffer: 1 << 30 })
  return { what, wallMs: performance.now() - started, bytes: stdout.length }
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** `01/Mar/2026:10:17:00`, as nginx and Apache write it. */
function stampOf(seconds: number): string {
  const iso = new Date(seconds * 1000).toISOString()
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)}`
}

const STAMP_BYTES = '01/Mar/2026:10:17:00'.length
/** More than one second has at 10 GB. */
const MOST_LINES = 4_000

/** An access log of a day, which grows three times as fast at noon as at midnight; gives its size. Each second has the first so many of the same lines. */
function writeLog(file: string, bytes: number): number {
  const bodies = Array.from({ length: MOST_LINES }, (_, at) => {
    const target = `/orders/${(at * 7919) % 100_000}/items?page=${at % 17}`
    return {
      before: `10.${at % 256}.${(at * 31) % 256}.${(at * 17) % 256} - - [`,
      after: ` +0000] "GET ${target} HTTP/1.1" ${at % 50 ? 200 : 502} ${(at * 97) % 9000} "-" "Mozilla/5.0 (X11; Linux x86_64)" ${(at % 900) / 1000}\n`,
    }
  })
  const ends: number[] = []
  const stamps: number[] = []
  let length = 0
  for (const { before, after } of bodies) {
    stamps.push(length + before.length)
    length += before.length + STAMP_BYTES + after.length
    ends.push(length)
  }
  const lines = Buffer.from(bodies.map(({ before, after }) => before + ' '.repeat(STAMP_BYTES) + after).join(''))
  const perSecond = bytes / (length / MOST_LINES) / DAY_SECONDS
  const descriptor = openSync(file, 'w')
  let written = 0
  let due = 0
  for (let second = 0; second < DAY_SECONDS; second += 1) {
    due += perSecond * (1 - Math.cos((2 * Math.PI * second) / DAY_SECONDS) / 2)
    const count = Math.min(MOST_LINES, Math.floor(due))
    due -= count
    const stamp = Buffer.from(stampOf(FROM_MS / 1000 + second))
    for (let at = 0; at < count; at += 1) lines.set(stamp, stamps[at])
    if (count > 0) written += writeSync(descriptor, lines, 0, ends[count - 1])
  }
  closeSync(descriptor)
  execFileSync('sync', [file])
  return written
}

function spread(values: readonly number[]): string {
  return [Math.min(...values), median(values), Math.max(...values)].map((value) => value.toFixed(0)).join(' / ')
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
