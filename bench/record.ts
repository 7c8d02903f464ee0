import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { environment, MAIN } from '../test/record/command.ts'
import { killSometime, seeded, startWriter } from '../test/record/consoles.ts'
import { asCopy, FORGED_INCIDENT, forgedEntries, noted, OPENED, type Forged } from '../test/record/forge.ts'
import { faultsOf, withStore } from '../test/record/records.ts'
import type { Benchmark } from './support/benchmark.ts'

const RUNS = 31
const KILLS = 1000
const SEED = 20_261_125
const ENTRIES = 100_000
const FOLLOWED = 50
const INCIDENT = '20260102-bcdf'

export const benchmark: Benchmark = {
  title: 'the record: append, crash, and a long timeline',
  about:
    'One entry as a whole CLI process beside a bare Node; 20 processes that append 25 entries each; SIGKILL of a writer at seeded moments; a timeline of 100,000 ' +
    'entries; how soon `timeline --follow` shows what another process wrote. Arguments: a number of kills (default 1000), --seed N.',
  run: async (args) => {
    const kills = Number(args.find((arg) => /^\d+$/.test(arg)) ?? KILLS)
    const seed = args.includes('--seed') ? Number(args[args.indexOf('--seed') + 1]) || SEED : SEED
    const root = mkdtempSync(path.join(tmpdir(), 'bench-record-'))
    try {
      return [
        '| what | figure |',
        '| --- | --- |',
        ...processes(path.join(root, 'processes')),
        await twentyConsoles(path.join(root, 'twenty')),
        await killedConsoles(path.join(root, 'killed'), kills, seed),
        ...(await longTimeline(path.join(root, 'long'))),
        await followed(path.join(root, 'followed')),
      ].join('\n')
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  },
}

/** In turns, so that what else the machine does meets all of them. */
function processes(home: string): readonly string[] {
  timed(home, ['open', 'checkout returns 500s'])
  const commands: Readonly<Record<string, readonly string[]>> = {
    'a bare `node -e 0`': ['-e', '0'],
    '`halligan --version`': [MAIN, '--version'],
    '`halligan note`: one entry, on disk': [MAIN, 'note', 'restarted by hand'],
    '`halligan list`': [MAIN, 'list'],
  }
  const times = new Map(Object.keys(commands).map((name) => [name, [] as number[]]))
  for (let run = 0; run < RUNS; run++)
    for (const [name, command] of Object.entries(commands)) times.get(name)?.push(timedNode(home, command))
  return [...times].map(([name, each]) => `| ${name}, ms (min / median / max of ${RUNS}) | ${spread(each)} |`)
}

function timed(home: string, args: readonly string[]): number {
  return timedNode(home, [MAIN, ...args])
}

function timedNode(home: string, args: readonly string[]): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { env: environment(home), encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
  return performance.now() - start
}

async function twentyConsoles(home: string): Promise<string> {
  const start = performance.now()
  const consoles = Array.from({ length: 20 }, () => startWriter(home, INCIDENT, 25, { plain: true }))
  const ends = await Promise.all(consoles.map(({ ended }) => ended))
  const seconds = (performance.now() - start) / 1000
  const acknowledged = consoles.flatMap((each) => each.acknowledged())
  const faults = await faultsOf(home, INCIDENT, acknowledged)
  const failed = ends.filter(({ code }) => code !== 0).length
  // One of them opened it.
  const notes = acknowledged.length - 1
  return `| 20 processes × 25 entries into one incident, in a home that is not there yet | ${notes} of 500 written, ${failed} processes failed, ${faults.length} faults, ${seconds.toFixed(1)} s with 20 starts of Node |`
}

async function killedConsoles(home: string, kills: number, seed: number): Promise<string> {
  const random = seeded(seed)
  let acknowledged = 0
  const faults: string[] = []
  for (let round = 0; round < kills; round++) {
    // A new incident now and then, so that going through all of them stays short.
    const incident = `20260102-${String(Math.floor(round / 25)).padStart(4, '0')}`
    const writer = startWriter(home, incident, 100_000)
    await killSometime(writer, random)
    acknowledged += writer.acknowledged().length
    faults.push(...(await faultsOfOne(home, incident, writer.acknowledged())))
    if (round % 100 === 99) faults.push(...(await faultsOf(home, incident, [])))
  }
  faults.push(...(await faultsOf(home, INCIDENT, [])))
  return `| SIGKILL of a writer at ${kills} seeded moments (seed ${seed}) | ${acknowledged} entries acknowledged, ${faults.length} lost or broken${faults.length > 0 ? `: ${faults.slice(0, 3).join('; ')}` : ''} |`
}

/** Of the incident that was being written; all of the record is looked at now and then. */
async function faultsOfOne(
  home: string,
  incident: string,
  acknowledged: ReturnType<ReturnType<typeof startWriter>['acknowledged']>,
): Promise<readonly string[]> {
  if (acknowledged.length === 0) return []
  return withStore(home, async (store) => {
    const entries = await store.read(incident)
    const lost = acknowledged.filter(({ seq, hash }) => entries[seq - 1]?.hash !== hash)
    const broken = await store.audit(incident)
    return [
      ...lost.map(({ seq }) => `entry ${seq} was lost`),
      ...(broken ? [`entry ${broken.seq}: ${broken.why}`] : []),
    ]
  })
}

async function longTimeline(home: string): Promise<readonly string[]> {
  await withStore(home, (store) => store.adopt(asCopy(forgedEntries(manyEntries()).map((entry) => ({ entry })))))
  const size = Math.round(statSync(path.join(home, 'record.db')).size / 1024 ** 2)
  const line = `timeline of ${ENTRIES.toLocaleString('en')} entries (${size} MiB)`
  const of = ['--incident', FORGED_INCIDENT]
  const runs = Array.from({ length: 7 }, () => 0)
  const first: number[] = []
  const whole: number[] = []
  for (const _ of runs) {
    const { firstMs, wholeMs } = await piped(home, ['timeline', ...of])
    first.push(firstMs)
    whole.push(wholeMs)
  }
  const terminal = runs.map(() => onTerminal(home, ['timeline', ...of]))
  const last = runs.map(() => timed(home, ['timeline', '--last', '50', ...of]))
  const search = runs.map(() => timed(home, ['search', 'zanzibar']))
  const audit = runs.slice(0, 3).map(() => timed(home, ['audit']))
  return [
    `| ${line}: on a terminal, ms (min / median / max of 7) | ${spread(terminal)} |`,
    `| the same into a pipe: the first lines, ms | ${spread(first)} |`,
    `| the same into a pipe: all of it, ms | ${spread(whole)} |`,
    `| \`timeline --last 50\` of them, ms | ${spread(last)} |`,
    `| \`search\` in them, ms | ${spread(search)} |`,
    `| \`audit\` of them, ms (of 3) | ${spread(audit)} |`,
  ]
}

function* manyEntries(): Iterable<Forged> {
  yield OPENED
  for (let at = 2; at <= ENTRIES; at++) {
    const payload = {
      line: `tail -n 50 /var/log/orders-api/${at}.log`,
      exit: 0,
      state: 'ended',
      printedBytes: 4000,
      keptBytes: 4000,
      tookMs: 123,
      shown: `a line of a log that says something about request ${at}\nand another one of them`,
    }
    if (at % 3 === 0) yield { did: 'ran', payload, header: { box: 'web-1', identity: { hostname: 'web-1' } } }
    else
      yield noted(
        at % 1000 === 1
          ? 'zanzibar'
          : `note ${at} says something about the orders-api that fills a line or two of a terminal`,
      )
  }
}

async function piped(
  home: string,
  args: readonly string[],
): Promise<{ readonly firstMs: number; readonly wholeMs: number }> {
  const start = performance.now()
  const child = spawn(process.execPath, [MAIN, ...args], { env: environment(home) })
  let firstMs = 0
  child.stdout.on('data', () => (firstMs ||= performance.now() - start))
  await once(child, 'close')
  return { firstMs, wholeMs: performance.now() - start }
}

/** script(1) gives it a terminal that takes all at once. */
function onTerminal(home: string, args: readonly string[]): number {
  const command = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ')
  const start = performance.now()
  const { status } = spawnSync('script', ['-qec', command, '/dev/null'], {
    env: environment(home),
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error('the timeline on a terminal failed')
  return performance.now() - start
}

async function followed(home: string): Promise<string> {
  timed(home, ['open', 'checkout returns 500s'])
  const child = spawn(process.execPath, [MAIN, 'timeline', '--follow'], { env: environment(home) })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const shown = async (text: string): Promise<number> => {
    while (!said.includes(text)) await once(child.stdout, 'data')
    return performance.now()
  }
  await shown('opened')
  const times: number[] = []
  const random = seeded(SEED)
  await withStore(home, async (store) => {
    const [incident] = await store.list()
    for (let at = 0; at < FOLLOWED; at++) {
      await pause(random() * 200)
      const seen = shown(`number ${at}!`)
      await store.append(incident?.id ?? '', {
        at: new Date().toISOString(),
        by: 'amy@web-1',
        did: 'noted',
        payload: { text: `number ${at}!` },
      })
      const start = performance.now()
      times.push((await seen) - start)
    }
  })
  child.kill('SIGINT')
  await once(child, 'close')
  return `| \`timeline --follow\`: from acknowledged to shown, ms (min / median / max of ${FOLLOWED}) | ${spread(times)} |`
}

function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  return [0, Math.floor(sorted.length / 2), sorted.length - 1].map((at) => Math.round(sorted[at] ?? NaN)).join(' / ')
}
