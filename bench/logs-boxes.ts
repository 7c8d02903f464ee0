import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { startFleet } from '../test/boxes/fleet.ts'
import type { Benchmark } from './support/benchmark.ts'

const BOXES = 50
const LINES = 20_000
/** That the lines of each are spread over. Seconds. */
const SPAN_SECONDS = 1_000
const LOG = '/data/many.log'
/** Clocks of which a busy machine measures another skew are corrected by it. Milliseconds. */
const SKEW_MS = 2_000
/** How often the memory of the program is looked at; the kernel keeps its highest. Milliseconds. */
const LOOK_MS = 100
const main = path.resolve(import.meta.dirname, '../bin/halligan.cjs')

export const benchmark: Benchmark = {
  title: 'logs: one log of each of fifty boxes, merged',
  about:
    'One sshd in a network namespace stands for all of them, each a name of its own with logins of its own; each gives so many lines of 17 minutes. Both ends of all connections are on this machine. Fails unless all lines of all came, by time, ' +
    'with exit code 0. Needs root. Arguments: --boxes N (default 50), --lines N of each (default 20000; a second line of rows has a tenth, so that what each line costs can be told from what each box does).',
  run: async (args) => {
    const boxes = Number(args[args.indexOf('--boxes') + 1]) || BOXES
    const most = Number(args[args.indexOf('--lines') + 1]) || LINES
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-many-'))
    // Each box is one login: all come at once.
    const fleet = await startFleet({ boxes: ['web-1'], sshdExtra: 'MaxStartups 200' })
    try {
      const names = Array.from({ length: boxes }, (_, at) => `many-${at + 1}`)
      const config = path.join(folder, 'ssh_config')
      const address = await fleet.address('web-1')
      writeFileSync(config, names.map((name) => `Host ${name}\n  HostName ${address}\n`).join(''))
      appendFileSync(config, readFileSync(fleet.sshConfig))
      const rows = [
        '| way | boxes | lines | wall, s | highest memory of the console, MiB |',
        '| --- | --- | --- | --- | --- |',
      ]
      for (const lines of [most, Math.ceil(most / 10)]) {
        await fleet.run('web-1', writing(lines))
        const shown = await read(names, config, folder, ['--lines', '--raw'])
        checkMerged(shown.stdout, boxes * lines)
        rows.push(row('`--lines`', boxes, lines, shown))
        const compared = await read(names, config, folder, ['--compare', '2026-03-01 10:08Z', '--json'])
        rows.push(row('compared', boxes, lines, compared))
      }
      return [...rows, '', `Load average at the end: ${loadavg()[0]?.toFixed(1)}.`].join('\n')
    } finally {
      await fleet.down()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

function row(way: string, boxes: number, lines: number, { seconds, memoryKib }: Read): string {
  return `| ${way} | ${boxes} | ${boxes * lines} | ${seconds.toFixed(1)} | ${Math.round(memoryKib / 1024)} |`
}

/** Shell text that writes so many records, evenly over the time. */
function writing(lines: number): string {
  const perSecond = Math.ceil(lines / SPAN_SECONDS)
  return `awk 'BEGIN { for (i = 0; i < ${lines}; i++) { s = i / ${perSecond}; printf "2026-03-01T10:%02d:%02d.%03dZ %s request %d\\n", s / 60, s % 60, i % ${perSecond} * ${1000 / perSecond}, (i % 10 ? "INFO" : "ERROR"), i } }' >${LOG}`
}

interface Read {
  readonly stdout: string
  readonly seconds: number
  readonly memoryKib: number
}

async function read(boxes: readonly string[], config: string, home: string, flags: readonly string[]): Promise<Read> {
  const began = performance.now()
  const env = { ...process.env, HALLIGAN_SSH_CONFIG: config, HALLIGAN_HOME: home }
  const args = [main, 'logs', ...boxes, LOG, '--since', '2026-03-01 09:59Z', ...flags]
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  let memoryKib = 0
  const timer = setInterval(() => (memoryKib = Math.max(memoryKib, highest(child.pid ?? 0))), LOOK_MS)
  const code = await new Promise<number | null>((resolve) => {
    child.on('close', resolve)
  })
  clearInterval(timer)
  if (code !== 0) throw new Error(`halligan logs ended with ${code}: ${stderr.slice(0, 3000)}`)
  return { stdout: Buffer.concat(chunks).toString(), seconds: (performance.now() - began) / 1000, memoryKib }
}

/** VmHWM of proc_pid_status(5); 0 when it has gone. */
function highest(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

function checkMerged(text: string, wanted: number): void {
  const lines = text.split('\n').filter((line) => line !== '')
  if (lines.length !== wanted) throw new Error(`${lines.length} lines came, not ${wanted}`)
  const times = lines.map((line) => Date.parse(/2026-03-01T10:\d\d:\d\d\.\d{3}Z/.exec(line)?.[0] ?? ''))
  const late = times.findIndex((time, at) => at > 0 && !(time > (times[at - 1] ?? NaN) - SKEW_MS))
  if (late >= 0) throw new Error(`${lines[late]} stands behind ${lines[late - 1]}`)
}
