import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Attach } from '../src/boxes/attach.ts'
import { attachScript } from '../src/boxes/attach-script.ts'
import type { Inspector, Target } from '../src/evidence/inspect/inspector.ts'
import * as inspectors from '../src/evidence/inspectors/index.ts'

// Nothing that is sent to a box goes one of the ways that kill or freeze a process: test/live/deadly-ways.test.ts shows that they do.

const root = path.resolve(import.meta.dirname, '../src')
/** All that we ship, without comments: scripts are texts in it. */
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(?:ts|py|sh|java|js)$/.test(name) && !name.endsWith('.test.ts'))
  .map((name) => ({ name, text: withoutComments(readFileSync(path.join(root, name), 'utf8')) }))

describe('what is never sent to a box', () => {
  it.each([
    ['ltrace, whose end kills its target', /\bltrace\b(?!['"]?:)/],
    ['jhsdb, which freezes a JVM for seconds', /\bjhsdb\b/],
    ['code that is called under the GIL', /PyRun_SimpleString|PyGILState_Ensure/],
    ['a debugger under timeout, which sends SIGTERM', /\btimeout\b[^\n]{0,60}\bgdb\b/],
    [
      'a debugger that is made to call functions of its target',
      /-ex\s+'(?:call|print|p|compile)\b|`(?:call|compile) \$\{/,
    ],
    ['a tunnel, through which a runtime could be paused', /-o['", ]+LocalForward|['"]-L['"]|direct-tcpip/],
    ['SIGQUIT to a process', /kill\s+-(?:QUIT|3)\b/],
    [
      'a recording of Java on a disk, which ends the JVM when it is full',
      /JFR\.start (?![^\n]*disk=false)\w+=|disk=true/,
    ],
  ])('%s', (_way, pattern) => {
    expect(sources.length).toBeGreaterThan(300)
    expect(sources.filter(({ text }) => pattern.test(text)).map(({ name }) => name)).toEqual([])
  })

  it('the pause of a runtime, but by the client that runs on the box itself', () => {
    const pausing = sources.filter(({ text }) => /Debugger\.pause\b/.test(text)).map(({ name }) => path.dirname(name))
    expect([...new Set(pausing)]).toEqual(['evidence/inspectors/node/node-client'])
  })

  it('SIGUSR1, unless it was seen that the process handles it, or the process is our own', () => {
    const senders = sources.filter(({ text }) =>
      /kill\s+-(?:s\s+)?(?:SIG)?(?:USR1|10)\b|kill\([^)\n]*SIGUSR1/.test(text),
    )
    expect(senders.map(({ name }) => name).filter((name) => !(name in HANDLES_USR1))).toEqual([])
  })
})

/** How a script knows that whom it sends SIGUSR1 handles it. */
const HANDLES_USR1: Readonly<Record<string, string>> = {
  'boxes/command-script.ts': 'its own reader, which has a trap for it from its beginning',
  'evidence/inspectors/node/node-client/client.ts': 'the same, as it is sent',
  'evidence/inspectors/node/node-client/target.js':
    'the mask of caught signals of the target is looked at right before',
  'evidence/collector.ts': 'its own subshells, whose mask of caught signals is looked at first',
}

describe('a debugger', () => {
  const target = {
    process: {
      pid: 812,
      startTicks: 34,
      threadCount: 3,
      argv: ['x'],
      state: 'S',
      namespacePids: [812],
      executable: { kind: 'blind' },
      signals: { caught: 0n, blocked: 0n, ignored: 0n },
      residentBytes: 1_000_000,
      swapBytes: 0,
    },
    runtime: { kind: 'native', details: [] },
    box: { uid: 0, architecture: 'x86_64', tools: new Set() },
  } as unknown as Target
  const options = { timeoutMs: 15_000, samples: 2, betweenMs: 200, maxThreads: 64, maxFrames: 64 }
  const all: readonly Inspector<unknown>[] = Object.values(inspectors)

  it('is let at a process only by an inspector that says so to the guard', () => {
    const using = all.filter((inspector) => /(?:^|[\s;|&(])(?:gdb|lldb|dlv)\s/m.test(inspector.script(target, options)))
    expect(using.map(({ id }) => id)).toEqual(expect.arrayContaining(['gdb-stacks', 'gdb-locals']))
    expect(using.filter(({ attaches }) => attaches?.(target).tool !== 'debugger').map(({ id }) => id)).toEqual([])
  })

  it('is the only thing that gdb, strace and their like are, below a price of "pause"', () => {
    const priced = all.filter(({ attaches }) => attaches !== undefined)
    expect(priced.map(({ id }) => id)).toContain('eu-stack')
    const attaching = /(?:^|[\s;|&(])(?:gdb|strace|eu-stack|gstack|pstack|gcore)\s/m
    // perf samples by perf_event_open(2), or waits for tracepoints, and never stops its target; the guard holds its folder, and ends it.
    const cheaper = priced.filter((inspector) => inspector.price(target).price !== 'pause')
    expect(cheaper.map((each) => `${each.id} ${each.price(target).price}`).toSorted()).toEqual([
      'perf-crash slow',
      'perf-off-cpu slow',
      'perf-profile slow',
      'uprobe-snapshot slow',
    ])
    expect(cheaper.filter((each) => attaching.test(each.script(target, options)))).toEqual([])
    const unsaid = all.filter((each) => each.attaches === undefined && attaching.test(each.script(target, options)))
    expect(unsaid.map(({ id }) => id)).toEqual([])
  })

  it('is told to let go by SIGHUP, and killed only where the process stands still or is gone', () => {
    const attach: Attach = { targets: [{ pid: 812, startTicks: 34 }], tool: 'debugger', freezeSeconds: 3 }
    const limits = {
      heartbeatSeconds: 4,
      maxSeconds: 10,
      maxBytes: 1_000,
      stopSignal: 'TERM',
      graceSeconds: 3,
    } as const
    const script = attachScript('gdb', 'abc', limits, attach)
    expect(script).toContain('SIGNAL=HUP')
    expect(script).not.toMatch(/kill -(?:TERM|INT|15|2)\b/)
    const kills = script.split('\n').filter((line) => /kill -KILL \$pid/.test(line))
    expect(kills.map((line) => line.trim().replace(/\s*for pid in.*$/, ''))).toEqual([
      // A tool that changes no code.
      '[ $past -lt 30 ] ||',
      '[ $past -lt 30 ] || there ||',
      'if held; then',
    ])
  })
})

/** Lines of comments, and comments at the end of a line where what stands before is no part of an address. */
function withoutComments(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(^|[^:"'`\\])\/\/.*$/gm, '$1')
    .replaceAll(/^\s*#(?!!).*$/gm, '')
}
