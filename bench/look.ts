import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { openBox } from '../src/boxes/open.ts'
import { lookAt, type BoxLook } from '../src/steps/look.ts'
import { redact } from '../test/redact.ts'
import { startFleet, type Fleet } from '../test/boxes/fleet.ts'
import type { Benchmark } from './support/benchmark.ts'
import { atRoundTrip } from './support/at-round-trip.ts'

/** The checklist "Linux performance analysis in 60,000 milliseconds", each command with its shortest sampling, one ssh login each. */
const SIXTY_SECONDS = [
  'uptime',
  'dmesg | tail',
  'vmstat 1 2',
  'mpstat -P ALL 1 1',
  'pidstat 1 1',
  'iostat -xz 1 2',
  'free -m',
  'sar -n DEV 1 1',
  'sar -n TCP,ETCP 1 1',
  'top -bn1',
]

const RUNS = 5
const main = path.resolve(import.meta.dirname, '../bin/halligan.cjs')

interface Row {
  readonly what: string
  /** Milliseconds beside the window, one for each run. */
  readonly extraMs: readonly number[]
  readonly boxCpuMs: readonly number[]
  readonly bytes: readonly number[]
}

export const benchmark: Benchmark = {
  title: 'look at one box over ssh',
  about:
    `Cold (a whole command, login included) and warm (the connection is there), few, 500 and 5,000 processes, round trips of 50 and 200 ms, against the
    60-seconds checklist by hand, and sos and ansible where they are installed. Needs root and sshd. Arguments: --quick leaves out 5,000 processes and peers.`.replaceAll(
      /\s+/g,
      ' ',
    ),
  run: async (args) => {
    const fleet = await startFleet({ boxes: ['web-1'] })
    const starved = await startFleet({ boxes: ['starved'], starved: true })
    try {
      return await measure(fleet, starved, args.includes('--quick'))
    } finally {
      await starved.down()
      await fleet.down()
    }
  },
}

async function measure(fleet: Fleet, starved: Fleet, quick: boolean): Promise<string> {
  process.env['HALLIGAN_SSH_CONFIG'] = starved.sshConfig
  const rows: Row[] = [
    await cold('starved (0.3 CPUs, 96 MiB, 100 processes, 64 descriptors, disks full), cold', 'starved'),
  ]
  process.env['HALLIGAN_SSH_CONFIG'] = fleet.sshConfig
  rows.push(await cold('few processes, cold', 'web-1'), ...(await warm('few processes', 'web-1')))
  const peerRows = quick ? [] : peers(fleet)
  await sleepers(fleet, 500)
  rows.push(await cold('500 processes, cold', 'web-1'), ...(await warm('500 processes', 'web-1')))
  for (const roundTripMs of [50, 200]) {
    const far = await atRoundTrip(fleet, roundTripMs, () =>
      warm(`500 processes, round trip ${roundTripMs} ms`, 'web-1'),
    )
    rows.push(...far.slice(0, 1))
  }
  if (!quick) {
    await sleepers(fleet, 4_500)
    rows.push(await cold('5,000 processes, cold', 'web-1'), ...(await warm('5,000 processes', 'web-1')))
  }
  const table = [
    '| what | beside the window, ms: min / median / max | CPU on the box, ms (mean) | received, KiB |',
    '| --- | --- | --- | --- |',
    ...rows.map(
      ({ what, extraMs, boxCpuMs, bytes }) =>
        `| ${what} | ${spread(extraMs)} | ${mean(boxCpuMs).toFixed(0)} | ${(median(bytes) / 1024).toFixed(1)} |`,
    ),
  ]
  const version = times(() => spawnSync(process.execPath, [main, '--version']))
  const notes = [
    `\`halligan --version\`: ${spread(version)} ms (a bare \`node -e 0\`: ${spread(times(() => spawnSync(process.execPath, ['-e', '0'])))} ms).`,
  ]
  return [
    ...table,
    '',
    ...(quick ? [] : ['| peer, on the box with few processes | wall, s |', '| --- | --- |', ...peerRows, '']),
    ...notes,
  ].join('\n')
}

async function cold(what: string, box: string): Promise<Row> {
  const looks = Array.from({ length: RUNS }, () => {
    const started = performance.now()
    const { stdout } = spawnSync(process.execPath, [main, 'look', box, '--json'], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    })
    const wall = performance.now() - started
    const answer: { boxes: { windowMs: number; cost: { boxCpuMs: number; bytesReceived: number } }[] } =
      JSON.parse(stdout)
    const look = answer.boxes[0]
    if (!look?.windowMs) throw new Error(`${box} did not answer: ${stdout.slice(0, 500)}`)
    return { extra: wall - look.windowMs, cpu: look.cost.boxCpuMs, bytes: look.cost.bytesReceived }
  })
  return {
    what,
    extraMs: looks.map(({ extra }) => extra),
    boxCpuMs: looks.map(({ cpu }) => cpu),
    bytes: looks.map(({ bytes }) => bytes),
  }
}

async function warm(what: string, name: string): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const compression of ['zstd', 'gzip'] as const) {
    const box = openBox(name, {})
    const looks: BoxLook[] = []
    for (let run = 0; run <= RUNS; run++)
      looks.push(await lookAt(box, { deep: false, windowSeconds: 1, compression, redact }))
    await box.close()
    const counted = looks.slice(1)
    rows.push({
      what: `${what}, warm, ${compression}`,
      extraMs: counted.map(({ tookMs, windowMs }) => tookMs - (windowMs ?? 0)),
      boxCpuMs: counted.map(({ boxCpuMs }) => boxCpuMs ?? NaN),
      bytes: counted.map(({ bytesReceived }) => bytesReceived),
    })
  }
  return rows
}

/** Processes that sleep, started inside the box; they end with it. */
async function sleepers(fleet: Fleet, count: number): Promise<void> {
  await fleet.run(
    'web-1',
    `i=0; while [ $i -lt ${count} ]; do sleep 100000 </dev/null >/dev/null 2>&1 & i=$((i + 1)); done`,
  )
}

function peers(fleet: Fleet): readonly string[] {
  const checklist = times(() => {
    for (const command of SIXTY_SECONDS) spawnSync('ssh', ['-F', fleet.sshConfig, 'web-1', command])
  }, 1)
  const missing = SIXTY_SECONDS.filter(
    (command) => spawnSync('ssh', ['-F', fleet.sshConfig, 'web-1', `command -v ${command.split(' ')[0]}`]).status !== 0,
  )
  const rows = [
    `| the 60-seconds checklist, ten commands over ssh${missing.length > 0 ? ` (not on the box: ${missing.map((command) => command.split(' ')[0]).join(', ')})` : ''} | ${seconds(checklist)} |`,
  ]
  const installed = (command: string): boolean => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0
  if (installed('sos'))
    rows.push(
      `| \`sos report --batch\` (on the measuring machine itself) | ${seconds(times(() => spawnSync('sos', ['report', '--batch', '--tmp-dir', '/tmp']), 1))} |`,
    )
  else rows.push('| `sos report --batch` | not installed in this run |')
  if (installed('ansible')) {
    const args = ['all', '-i', 'web-1,', '--ssh-common-args', `-F ${fleet.sshConfig}`, '-m', 'setup']
    rows.push(
      `| \`ansible -m setup\` (cold, then with its ControlPersist) | ${seconds(times(() => ansible(args), 2))} |`,
    )
  } else rows.push('| `ansible -m setup` | not installed in this run |')
  return rows
}

function ansible(args: readonly string[]): void {
  const { status, stdout } = spawnSync('ansible', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ansible did not reach the box: ${stdout}`)
}

function times(what: () => unknown, runs = RUNS): readonly number[] {
  return Array.from({ length: runs }, () => {
    const started = performance.now()
    what()
    return performance.now() - started
  })
}

function spread(values: readonly number[]): string {
  return [Math.min(...values), median(values), Math.max(...values)].map((value) => value.toFixed(0)).join(' / ')
}

function seconds(values: readonly number[]): string {
  return values.map((value) => (value / 1000).toFixed(1)).join(', ')
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}
