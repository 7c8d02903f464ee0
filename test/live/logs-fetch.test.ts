import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, it } from 'vitest'
import type { Box } from '../../src/boxes/box.ts'
import { openBox } from '../../src/boxes/open.ts'
import type { LogSource } from '../../src/evidence/logs/source.ts'
import type { LogFilter, LogWindow } from '../../src/evidence/logs/window.ts'
import { fetchLog } from '../../src/steps/logs/fetching/fetch.ts'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'

const ALL: LogFilter = { grep: [], not: [], fields: [], ignoreCase: false }
const T0 = Date.parse('2026-03-01T10:00:00.000Z')
const LINES = 40_000
const LOG = '/data/app.log'
/** Promised: nothing is left on a box after this. Milliseconds. */
const GONE_MS = 20_000
const SEED = 20_261_126

interface Place {
  readonly fleet: Fleet
  /** Read, and followed by a console that is killed. */
  readonly box: string
  /** Of another box, whose line is cut meanwhile. */
  readonly other: string
}

const FLAVOURS = [
  { flavour: 'sshd', why: missing('root', 'fleet') },
  { flavour: 'busybox', why: missing('root', 'fleet', 'busybox') },
] as const
const JOURNAL = missing('root', 'fleet', 'systemd')
const places = new Map<string, Place>()
const folder = mkdtempSync(path.join(tmpdir(), 'halligan-logs-'))

beforeAll(async () => {
  const wanted = [...FLAVOURS, { flavour: 'systemd', why: JOURNAL } as const].filter(({ why }) => why === undefined)
  const config = path.join(folder, 'ssh_config')
  writeFileSync(config, '')
  for (const { flavour } of wanted) {
    const [box, other] = [`${flavour}-1`, `${flavour}-2`]
    const boxes = flavour === 'systemd' ? [box] : [box, other]
    const fleet = await startFleet({ boxes, flavour })
    places.set(flavour, { fleet, box, other })
    appendFileSync(config, readFileSync(fleet.sshConfig, 'utf8').replace('Host *', `Host ${boxes.join(' ')}`))
  }
  process.env['HALLIGAN_SSH_CONFIG'] = config
})
afterAll(async () => {
  for (const { fleet } of places.values()) await fleet.down()
  rmSync(folder, { recursive: true, force: true })
})

describe.concurrent.each(FLAVOURS)('a log on a box of $flavour', { timeout: 90_000 }, ({ flavour, why }) => {
  const skipped = why ? ` (skipped: ${why})` : ''
  const place = (): Place => places.get(flavour) ?? unavailable(flavour)

  it(`gives a minute by a few reads, and filters on the box${skipped}`, async ({ expect, skip }) => {
    skip(why !== undefined)
    const { fleet, box: name } = place()
    await fleet.run(name, writing(LOG, LINES))
    const box = openBox(name)
    try {
      const source = await sourceOn(fleet, name, LOG)
      const minute = await fetched(box, source, { fromMs: T0 + 3_600_000, toMs: T0 + 3_660_000 })
      expect(minute.got).toBe(lines(14_400, 14_640))
      expect(minute.failure).toBeUndefined()
      expect(minute.report).toMatchObject({ skipped: [], windowBytes: minute.got.length })
      expect(minute.report.readBytes - minute.report.windowBytes).toBeLessThan(1_000_000)
      const filter = { ...ALL, grep: ['ERROR', 'request [0-9]+'], not: ['5$', '0{3}$'] }
      const errors = await fetched(box, source, {}, filter)
      expect(errors.got).toBe(lines(0, LINES, (at) => at % 10 === 0 && (at % 1000 !== 0 || at === 0)))
      expect(errors.report.skipped).toEqual([])
    } finally {
      await box.close()
    }
  })

  it(`is followed over a line that is cut, and nothing is left${skipped}`, async ({ expect, skip }) => {
    skip(why !== undefined)
    const { fleet, other } = place()
    const log = '/data/followed.log'
    await fleet.run(other, writing(log, 100))
    const follower = start(other, log)
    await follower.until('request 99\n')
    await fleet.run(other, `echo before >>${log}`)
    await follower.until('before\n')
    await fleet.link(other, 'down')
    await follower.noticed('Trying to go on')
    await fleet.run(other, `echo meanwhile >>${log}; mv ${log} ${log}.1; echo rotated >${log}`)
    await fleet.link(other, 'up')
    await follower.until('rotated\n')
    expect(follower.got()).toBe(`${lines(99, 100)}before\nmeanwhile\nrotated\n`)
    follower.kill()
    await nothingLeft(fleet, other, log)
  })

  it(`leaves nothing when the console is killed at any moment${skipped}`, async ({ expect, skip }) => {
    skip(why !== undefined)
    const { fleet, box } = place()
    const log = '/data/killed.log'
    await fleet.run(box, writing(log, 100))
    const moments = fc.sample(fc.integer({ min: 300, max: 3000 }), { numRuns: 4, seed: SEED })
    const heard = await Promise.all(
      moments.map(async (ms) => {
        const follower = start(box, log)
        await pause(ms)
        follower.kill()
        return follower.got().length
      }),
    )
    await nothingLeft(fleet, box, log)
    expect(heard).toHaveLength(4)
  })
})

describe('the journal of a box', () => {
  it(
    `gives a unit's lines of a window${JOURNAL ? ` (skipped: ${JOURNAL})` : ''}`,
    { timeout: 60_000 },
    async ({ expect, skip }) => {
      skip(JOURNAL !== undefined)
      const { fleet, box: name } = places.get('systemd') ?? unavailable('systemd')
      const box = openBox(name)
      const run = (text: string): Promise<string> =>
        fleet.run(name, `systemd-run --quiet --wait --unit=shop sh -c '${text}'`)
      await run('echo too early')
      await pause(1100)
      const fromMs = Date.now()
      await run('echo in time; echo late >&2')
      await fleet.run(name, 'journalctl --sync')
      const source: LogSource = {
        box: name,
        id: 'unit:shop.service',
        kind: 'journal',
        unit: 'shop.service',
        files: [],
        found: 'unit',
        writers: [],
      }
      const { got, report, failure } = await fetched(
        box,
        source,
        { fromMs, toMs: Date.now() + 1000 },
        { ...ALL, not: ['systemd\\['] },
      )
      await box.close()
      expect(failure).toBeUndefined()
      expect(got).toMatch(
        /^<6>\d{10}\.\d{6} systemd-1 sh\[\d+\]: in time\n<6>\d{10}\.\d{6} systemd-1 sh\[\d+\]: late\n$/,
      )
      expect(report.skipped).toEqual([])
    },
  )
})

describe('the whole journal of a box', { timeout: 90_000 }, () => {
  const skipped = JOURNAL ? ` (skipped: ${JOURNAL})` : ''
  const place = (): Place => places.get('systemd') ?? unavailable('systemd')
  const source = (box: string): LogSource => ({
    box,
    id: 'journal',
    kind: 'journal',
    files: [],
    found: '',
    writers: [],
  })

  it(`tells priorities, and is asked for entries by any of their fields${skipped}`, async ({ expect, skip }) => {
    skip(JOURNAL !== undefined)
    const { fleet, box: name } = place()
    const box = openBox(name)
    const said =
      'printf "caf\\351 \\033[1mbold\\n" | systemd-cat -t tried -p crit; printf "a\\n  b\\n" | logger -t tried -p user.err'
    await fleet.run(name, `${said}; logger -t tried -p user.info fine; journalctl --sync`)
    const asked = async (fields: LogFilter['fields'], grep: readonly string[] = []): Promise<string> => {
      const { got, failure, report } = await fetched(box, source(name), {}, { ...ALL, fields, grep })
      expect([failure, report.skipped]).toEqual([undefined, []])
      return got.replaceAll(/\d{10}\.\d{6} systemd-1 tried\[\d+\]/g, 'TRIED')
    }
    const tried = { name: 'SYSLOG_IDENTIFIER', value: 'tried' }
    const [all, errors, errorsOfBoth, grepped] = [
      await asked([tried]),
      await asked([tried, { name: 'PRIORITY', value: '3' }]),
      await asked([tried, { name: 'PRIORITY', value: '3' }, { name: 'PRIORITY', value: '2' }]),
      await asked([tried], ['bold$']),
    ]
    await box.close()
    const critical = '<2>TRIED: caf\u00e9 \u001b[1mbold\n'
    expect(all).toBe(`${critical}<3>TRIED: a\n<3>TRIED:   b\n<6>TRIED: fine\n`)
    expect(errors).toBe('<3>TRIED: a\n<3>TRIED:   b\n')
    expect(errorsOfBoth).toBe(`${critical}${errors}`)
    expect(grepped).toBe(critical)
  })

  it(`is followed over its rotation and a line that is cut${skipped}`, async ({ expect, skip }) => {
    skip(JOURNAL !== undefined)
    const { fleet, box: name } = place()
    const write = (text: string, more = ':'): Promise<string> =>
      fleet.run(name, `logger -t followed -p user.err ${text}; ${more}`)
    await write('zero', 'journalctl --sync')
    const follower = start(name, 'journal:followed')
    await follower.until('zero\n')
    await write('one', 'journalctl --rotate')
    await write('two')
    await follower.until('two\n')
    await fleet.link(name, 'down')
    await follower.noticed('Trying to go on')
    await write('meanwhile', 'journalctl --rotate')
    await fleet.link(name, 'up')
    await follower.until('meanwhile\n')
    await follower.noticed('from the last line that came')
    await fleet.link(name, 'down')
    await follower.noticed('Trying to go on', 2)
    await fleet.run(name, 'journalctl --rotate; rm -f /var/log/journal/*/*@*')
    await write('afterwards')
    await fleet.link(name, 'up')
    await follower.until('afterwards\n')
    await follower.noticed('may be missing')
    follower.kill()
    expect(follower.got().replaceAll(/\d{10}\.\d{6} systemd-1 followed\[\d+\]/g, 'IT')).toBe(
      ['zero', 'one', 'two', 'meanwhile', 'afterwards'].map((word) => `<3>IT: ${word}\n`).join(''),
    )
  })
})

function unavailable(flavour: string): never {
  throw new Error(`no boxes of ${flavour} were started`)
}

/** Shell text that writes so many records, four a second. */
function writing(log: string, count: number): string {
  return `awk 'BEGIN { for (i = 0; i < ${count}; i++) { s = i / 4; printf "2026-03-01T%02d:%02d:%02d.%03dZ %s request %d\\n", 10 + s / 3600, s / 60 % 60, s % 60, i % 4 * 250, (i % 10 ? "INFO" : "ERROR"), i } }' >${log}`
}

function lines(from: number, to: number, wanted: (at: number) => boolean = () => true): string {
  return Array.from({ length: to - from }, (_, at) => from + at)
    .filter(wanted)
    .map((at) => `${new Date(T0 + at * 250).toISOString()} ${at % 10 ? 'INFO' : 'ERROR'} request ${at}\n`)
    .join('')
}

/** A console of its own that follows a log. */
function start(box: string, log: string) {
  const program = path.join(import.meta.dirname, 'follow-console.ts')
  const child = spawn(process.execPath, [program, box, log], { stdio: ['ignore', 'pipe', 'pipe'] })
  let got = ''
  let notices = ''
  child.stdout.on('data', (chunk: Buffer) => (got += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (notices += chunk.toString()))
  return {
    got: () => got,
    kill: () => child.kill('SIGKILL'),
    until: (text: string) =>
      eventually(
        () => got.includes(text),
        () => `${text} did not come; ${notices}; ${got.slice(-300)}`,
      ),
    noticed: (text: string, times = 1) =>
      eventually(
        () => notices.split(text).length > times,
        () => `no notice ${text}; ${notices}`,
      ),
  }
}

/** No process of the box has the log open. */
async function nothingLeft(fleet: Fleet, box: string, log: string): Promise<void> {
  const deadline = Date.now() + GONE_MS
  const look = `for each in /proc/[0-9]*/fd; do if ls -l $each 2>/dev/null | grep -q ' ${log}'; then echo $each; fi; done`
  for (;;) {
    const held = await fleet.run(box, look)
    if (held.trim() === '') return
    if (Date.now() > deadline) throw new Error(`the log is still open in ${held}`)
    await pause(250)
  }
}

async function sourceOn(fleet: Fleet, box: string, log: string): Promise<LogSource> {
  const [size, seconds] = (await fleet.run(box, `stat -c '%s %Y' ${log}`)).trim().split(' ').map(Number)
  const file = { path: log, bytes: size ?? 0, modifiedAtMs: (seconds ?? 0) * 1000 }
  return { box, id: log, kind: 'file', found: 'named', writers: [], files: [file] }
}

async function fetched(box: Box, source: LogSource, window: LogWindow, filter: LogFilter = ALL) {
  const chunks: Uint8Array[] = []
  const { report, failure } = await fetchLog(box, source, {
    window,
    filter,
    caps: { bytes: 100_000_000, seconds: 60 },
    time: { nowMs: T0 + 40_000_000, zone: 'UTC' },
    onBytes: (chunk) => void chunks.push(chunk.slice()),
    signal: new AbortController().signal,
  })
  return { got: Buffer.concat(chunks).toString('latin1'), report, failure }
}

async function eventually(condition: () => boolean, problem: () => string): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(problem())
    await pause(50)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
