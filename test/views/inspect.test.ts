import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { doingNow } from '../../src/findings/inspect/doing-now.ts'
import { inspectJson } from '../../src/views/inspect/inspect-json.ts'
import { inspectScreen } from '../../src/views/inspect/inspect-screen.ts'
import { choiceScreen } from '../../src/views/inspect/choice-screen.ts'
import { plainWidth, type Style } from '../../src/views/style.ts'
import { blind, seen } from '../../src/evidence/reading.ts'
import { expectGolden } from '../golden.ts'
import { inspectionOf, recordedState, someStacks, withThreads } from './inspections.ts'

const usual: Style = { columns: 80, color: false, unicode: true }
const wide: Style = { columns: 120, color: false, unicode: true }
const ascii: Style = { columns: 80, color: false, unicode: false }
const colour: Style = { columns: 80, color: true, unicode: true }

const deadlock = inspectionOf(recordedState())
const stacked = inspectionOf(recordedState(), someStacks())
const notOurs = inspectionOf(
  recordedState(({ process, memory }) => ({
    environment: blind('Permission denied', 'run with --sudo'),
    descriptors: blind('Permission denied', 'run with --sudo'),
    mappings: blind('Permission denied', 'run with --sudo'),
    noCalls: 'Permission denied',
    calls: new Map(),
    lockOwners: [],
    memory: { ...memory, mapped: [] },
    process: { ...process, executable: blind('Permission denied', 'run with --sudo') },
  })),
)
const choice = {
  ...deadlock,
  state: undefined,
  found: {
    count: 45,
    candidates: [
      { pid: 700, name: 'nginx', state: 'S', ppid: 1, threads: 1, startTicks: 1, commandLine: 'nginx: master process' },
      {
        pid: 701,
        name: 'nginx',
        state: 'S',
        ppid: 700,
        threads: 1,
        startTicks: 2,
        commandLine: 'nginx: worker process\u001b[2J',
      },
    ],
  },
}

const SCREENS: readonly (readonly [string, () => string])[] = [
  ['inspect.txt', () => inspectScreen(deadlock, usual, false)],
  ['inspect-wide.txt', () => inspectScreen(deadlock, wide, false)],
  ['inspect-ascii.txt', () => inspectScreen(deadlock, ascii, false)],
  ['inspect-colour.txt', () => inspectScreen(deadlock, colour, false)],
  ['inspect-details.txt', () => inspectScreen(deadlock, wide, true)],
  ['inspect-stacks.txt', () => inspectScreen(stacked, usual, false)],
  ['inspect-stacks-details.txt', () => inspectScreen(stacked, wide, true)],
  ['inspect-not-ours.txt', () => inspectScreen(notOurs, usual, false)],
  ['inspect-choice.txt', () => choiceScreen(choice, usual)],
  ['inspect.json', () => inspectJson(stacked)],
]

describe('a process, as a screen', () => {
  it.each(SCREENS)('%s is as it was read and found good', (name, screen) => {
    expectGolden(name, screen(), path.join(import.meta.dirname, '../fixtures/inspect-goldens'))
  })

  it.each([40, 60, 80, 140])('fits into %d columns', (columns) => {
    const style = { columns, color: true, unicode: true }
    const screens = [deadlock, stacked, notOurs].map((each) => inspectScreen(each, style, false))
    // Commands are never cut: they are there to be copied.
    const lines = [...screens, choiceScreen(choice, style)]
      .join('')
      .split('\n')
      .filter((line) => !line.includes('→'))
    expect(lines.filter((line) => plainWidth(line) > columns)).toEqual([])
  })

  it('tells no secret, whichever way', () => {
    for (const screen of SCREENS) expect(screen[1]()).not.toContain('hunter')
  })
})

describe('what a process does now', () => {
  const says = (...args: Parameters<typeof withThreads>): readonly string[] =>
    doingNow(withThreads(...args)).map(({ state, says: words }) => `${state}: ${words}`)

  it.each([
    [
      'idle',
      withThreads([{ waitChannel: 'ep_poll' }], {
        calls: new Map([[90, { says: 'waits for events of epoll 4 (epoll_wait)', key: 'e', waits: 'idle' }]]),
      }),
      'ok: It hardly uses CPU. It waits for events of epoll 4 (epoll_wait).',
    ],
    [
      'unseen',
      withThreads([{}], { noCalls: 'Permission denied' }),
      'unknown: It hardly uses CPU. It waits, for what could not be seen.',
    ],
    ['busy', withThreads([{ state: 'R', cpuMs: 291 }]), 'warning: It uses 97 % of one CPU.'],
    [
      'half busy',
      withThreads([{ state: 'R', cpuMs: 90 }, {}]),
      'ok: It uses 30 % of one CPU, thread 90 (worker) most of it.',
    ],
    [
      'starved',
      withThreads([{ state: 'R', cpuMs: 30, waitedMs: 270 }]),
      'warning: It could have run, but waited 90 % of the time for a CPU: too many want one, or its group is throttled.',
    ],
    [
      'hanging',
      withThreads([{ state: 'D', waitChannel: 'rpc_wait_bit_killable' }]),
      'warning: It waits uninterruptibly in rpc_wait_bit_killable; no signal ends that, SIGKILL neither.',
    ],
    [
      'stopped',
      withThreads([{ state: 'T' }]),
      'critical: It is stopped by a signal (SIGSTOP, or SIGTSTP of a terminal): it does nothing until somebody sends SIGCONT.',
    ],
  ])('%s', (_name, state, first) => {
    const [headline] = doingNow(state)
    expect(`${headline?.state}: ${headline?.says}`).toBe(first)
  })

  it('waiting for a lock on a file, which is named, as is who has it', () => {
    const descriptors = seen({
      open: 1,
      listed: [{ fd: 3, kind: 'file' as const, target: '/run/backup.lock', deleted: false, writable: true }],
    })
    const lock = { kind: 'FLOCK', holder: { pid: 812, name: 'backup' }, waiters: [90], inode: 131, fd: 3 }
    expect(says([{}], { descriptors, fileLocks: seen([lock]) })).toEqual([
      'warning: It waits for a lock on /run/backup.lock (FLOCK) that backup (812) has.',
    ])
    const own = { ...lock, holder: { pid: 90 }, waiters: [812, 813] }
    expect(says([{}], { descriptors, fileLocks: seen([own]) })).toEqual([
      'warning: It has a lock on /run/backup.lock (FLOCK) for which 2 others wait: 812, 813.',
    ])
  })

  it('held by a debugger, which is named', () => {
    const held = withThreads([{ state: 't' }])
    const [first] = doingNow({ ...held, process: { ...held.process, tracer: { pid: 913, name: 'gdb' } } })
    expect(first).toEqual({
      state: 'critical',
      says: 'It is held by gdb (913), which traces it: it stands still until that lets it go.',
    })
  })

  it('ended, with how, and who has to collect it', () => {
    const parents = [{ pid: 700, name: 'nginx' }]
    expect(says([{ state: 'Z' }], { exitCode: 11 + 128, parents })).toEqual([
      'warning: It has ended by signal 11 with a core dump, and nginx (700) has not collected it: nothing of it runs any more, only nginx (700) can take it away.',
    ])
  })

  it('a circle of locks is none while one of them moved, or waits for a limited time', () => {
    const state = recordedState()
    expect(doingNow(state)[0]?.says).toMatch(/^DEADLOCK/)
    const { process } = state
    const moved = {
      ...process,
      threads: process.threads.map((thread) => (thread.tid === 91 ? { ...thread, switches: 3 } : thread)),
    }
    expect(doingNow({ ...state, process: moved })[0]?.says).not.toMatch(/DEADLOCK/)
    const limited = new Map([...state.calls].map(([tid, call]) => [tid, { ...call, limited: true as const }]))
    expect(doingNow({ ...state, calls: limited })[0]?.says).not.toMatch(/DEADLOCK/)
  })

  it('a queue at one lock names who has it, and what that does', () => {
    const lock = {
      says: 'waits for a lock or a condition in the heap at 0x10',
      key: 'futex 16',
      waits: 'lock',
      address: 16n,
    } as const
    const calls = new Map([91, 92, 93].map((tid) => [tid, lock]))
    const [first] = says([{ name: 'boss', state: 'S', waitChannel: 'ep_poll' }, {}, {}, {}], {
      calls,
      lockOwners: [{ address: 16n, tid: 90, waitedFor: 'lock' }],
    })
    expect(first).toBe(
      'warning: 3 of 4 threads wait for one lock; thread 90 (boss) has it, and waits in ep_poll (events).',
    )
  })
})
