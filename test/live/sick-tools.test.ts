import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { lostConnection } from '../../src/boxes/failures.ts'
import { openSession } from '../../src/boxes/session.ts'
import { collectorScript, COLLECTION_LIMIT_SECONDS } from '../../src/evidence/collector.ts'
import * as checks from '../../src/findings/checks/index.ts'
import { conclude } from '../../src/findings/conclude.ts'
import { missing } from '../boxes/fleet.ts'
import { probesOf, readEvidence, type Evidence } from '../../src/evidence/evidence.ts'

// The collector on real shells, with tools of the box that hang, flood, lie, die or leave children behind: each blinds its own
// probes only, the whole ends within its limit, and nothing is left running.

const folder = mkdtempSync(path.join(tmpdir(), 'halligan-tools-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a sick tool does; `MARK` is found in the process list. */
const SICKNESSES = {
  hangs: 'exec sleep MARK',
  'ignores every polite signal': "trap '' TERM HUP INT USR1; while :; do sleep MARK; done",
  'leaves a child that keeps the pipe': 'sleep MARK & exit 0',
  'leaves a child that ignores signals and keeps the pipe': "(trap '' TERM HUP INT; sleep MARK; sleep MARK) & exit 0",
  floods: 'exec tr "\\0" x </dev/zero',
  'floods with bytes of all kinds': 'exec cat /dev/urandom',
  dies: 'kill -9 $$',
  'ends in an odd way': 'echo no such thing >&2; exit 99',
} as const
type Sickness = keyof typeof SICKNESSES

/** Probes that ask a tool; all others have to answer as if nothing were wrong. */
const ASKS: Readonly<Record<string, readonly string[]>> = {
  date: ['clock'],
  dmesg: ['kernel-log'],
  ss: ['sockets'],
  // The executables come with the walk of open-files.
  stat: ['filesystems', 'open-files', 'process-executable'],
  ls: ['open-files', 'process-executable', 'filesystems'],
  awk: [
    'open-files',
    'process-executable',
    'sockets',
    'cgroups',
    'process-stat',
    'hot-threads',
    'filesystems',
    'file-locks',
    'routes',
    'resolver',
  ],
}

/** On the machine that tests. */
const MAY_BE_BLIND = ['kernel-log', 'units', 'hot-threads']
/** What cannot have been taken for an answer. */
const MUST_BLIND: readonly Sickness[] = [
  'hangs',
  'ignores every polite signal',
  'floods',
  'floods with bytes of all kinds',
]

const asked = probesOf('fast')
const BOUNDARY = '5eed5eed5eed5eed'
let marks = 0

interface Looked {
  readonly evidence: Evidence
  readonly ok: boolean
}

const SHELLS = ['dash', 'bash', 'busybox sh', 'mksh', 'ksh93'].filter(
  (shell) => spawnSync(shell.split(' ')[0] ?? '', ['-c', ':']).error === undefined,
)

describe.concurrent.each(SHELLS)('tools that are sick, asked by %s', (shell) => {
  const pairs: readonly (readonly [string, Sickness])[] = [
    ['ss', 'hangs'],
    ['dmesg', 'ignores every polite signal'],
    ['date', 'leaves a child that keeps the pipe'],
    ['stat', 'leaves a child that ignores signals and keeps the pipe'],
    ['ls', 'floods'],
    ['ss', 'floods with bytes of all kinds'],
    ['dmesg', 'dies'],
    ['awk', 'ends in an odd way'],
    ['awk', 'hangs'],
  ]
  // ksh93 does not wait for the end of a pipe whose writer has ended, and never meets the child.
  const met = pairs.filter(([, sickness]) => shell !== 'ksh93' || !sickness.startsWith('leaves'))
  it.concurrent.each(met)('%s %s: only its own probes are blind', { timeout: 60_000 }, async (tool, sickness) => {
    const { evidence, ok } = await lookWith(shell, { [tool]: sickness })
    expect(ok).toBe(true)
    const blind = blindOf(evidence)
    expect(blind.filter((id) => !(ASKS[tool] ?? []).includes(id) && !MAY_BE_BLIND.includes(id))).toEqual([])
    // busybox runs its own tools, whatever the PATH.
    // ss is asked only when somebody waits to be accepted.
    if (shell !== 'busybox sh' && tool !== 'ss' && MUST_BLIND.includes(sickness))
      expect(blind).toEqual(expect.arrayContaining([ASKS[tool]?.[0]]))
  })

  it.concurrent.each(['cat', 'grep', 'head', 'sed', 'sleep'])(
    '%s hangs: it ends within the limit all the same',
    { timeout: 60_000 },
    async (tool) => {
      const { evidence } = await lookWith(shell, { [tool]: 'hangs' })
      expect(evidence.clock.kind).toBe('seen')
    },
  )
})

function blindOf(evidence: Evidence): readonly string[] {
  return Object.entries(evidence)
    .filter(([id, { kind }]) => kind !== 'seen' && asked.some((probe) => probe.id === id))
    .map(([id]) => id)
}

async function lookWith(shell: string, sick: Readonly<Record<string, Sickness>>): Promise<Looked> {
  marks += 1
  const mark = `30${process.pid}${String(marks).padStart(3, '0')}`
  const tools = path.join(folder, mark)
  mkdirSync(tools)
  for (const [name, sickness] of Object.entries(sick)) {
    const body = SICKNESSES[sickness].replaceAll('MARK', mark).replaceAll('sleep', sleepOf(tools))
    writeFileSync(path.join(tools, name), `#!/bin/sh\n${body}\n`)
    chmodSync(path.join(tools, name), 0o755)
  }
  const [program = 'sh', ...args] = shell.split(' ')
  const session = openSession({
    box: 'box',
    argv: [program, ...args],
    env: { PATH: `${tools}:${process.env['PATH']}` },
    explain: (ending) => lostConnection(ending, ending.stderr, 'box'),
  })
  const started = Date.now()
  const script = collectorScript(asked, { boundary: BOUNDARY, windowSeconds: 0.3, compression: 'gzip' })
  const result = await session.run(script, {
    what: 'look',
    timeoutMs: (COLLECTION_LIMIT_SECONDS + 10) * 1000,
    maxBytes: 64 * 1024 * 1024,
  })
  await session.close()
  // A safety limit, not a measurement: the limit of the collection, the console's patience and the end of the session.
  expect(Date.now() - started).toBeLessThan(45_000)
  expect(await gone(tools, mark)).toEqual([])
  return {
    evidence: readEvidence(result.stdout, BOUNDARY, asked, { beganAtMs: result.beganAtMs ?? started }),
    ok: result.ok,
  }
}

const why = missing('root')

describe.skipIf(why !== undefined)(`a box without /proc${why ? ` (skipped: ${why})` : ''}`, () => {
  it.each(['dash', 'bash', 'busybox sh'])('is not fine: nothing is ruled out that was not seen (%s)', async (shell) => {
    const hidden = path.join(folder, `no-proc-${shell.split(' ')[0]}`)
    writeFileSync(hidden, `#!/bin/sh\nexec unshare -m sh -c 'mount -t tmpfs none /proc; exec ${shell}'\n`)
    chmodSync(hidden, 0o755)
    const { evidence } = await lookWith(hidden, {})
    const { state, cleared } = conclude(Object.values(checks), evidence, { box: 'web-1' })
    expect(state).not.toBe('ok')
    // What is not from /proc: /sys, tools that ask the kernel or PID 1.
    const seen = [
      'cgroup-throttled',
      'cgroup-memory',
      'clock-off',
      'failed-units',
      'unit-restarting',
      'unit-stuck',
      'unit-not-reloaded',
      'service-stopped',
      'io-errors',
      'kernel-trouble',
      'oom-kills',
      'segmentation-faults',
      'name-servers',
    ]
    expect(cleared.map(({ check }) => check).filter((id) => !seen.includes(id))).toEqual([])
  })
})

/** A sleep of another name, since `sleep` itself may be sick. */
function sleepOf(tools: string): string {
  const place = path.join(tools, 'nap')
  try {
    symlinkSync('/bin/sleep', place)
  } catch {
    // It is there already.
  }
  return place
}

/** Processes of this scenario that are still there after at most 12 s (a session that hears nothing ends itself after 10). */
async function gone(tools: string, mark: string): Promise<readonly string[]> {
  for (let tries = 0; ; tries += 1) {
    const left = processesWith(tools, mark)
    if (left.length === 0) return []
    if (tries >= 120) {
      // Told to the test, which fails; not left to the machine.
      for (const line of left) process.kill(Number.parseInt(line, 10), 'SIGKILL')
      return left
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 100)
    })
  }
}

/** Those that have it in their command line, or in their environment, as all have that the session started, also the tools that flood. */
function processesWith(tools: string, mark: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim()
        const environment = readFileSync(`/proc/${pid}/environ`, 'latin1')
        const isOurs = line.includes(mark) || line.includes(tools) || environment.includes(`PATH=${tools}:`)
        return line !== '' && isOurs ? [`${pid} ${line}`] : []
      } catch {
        return []
      }
    })
}
