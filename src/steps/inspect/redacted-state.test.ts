import { describe, expect, it } from 'vitest'
import type { CoreFile } from '../../evidence/inspect/core/core-file.ts'
import type { Crash } from '../../evidence/inspect/crash.ts'
import type { Local } from '../../evidence/inspect/frame.ts'
import type { Stacks } from '../../evidence/inspect/stacks.ts'
import type { Profile } from '../../evidence/inspect/profile.ts'
import type { Snapshot } from '../../evidence/inspect/snapshot.ts'
import type { ProcessState } from '../../evidence/inspect/state.ts'
import { seen } from '../../evidence/reading.ts'
import {
  redactedCore,
  redactedCrash,
  redactedProfile,
  redactedSnapshot,
  redactedStacks,
  redactedState,
} from './redacted-state.ts'

const redact = (text: string): string => text.replaceAll('hunter2', '‹secret›')

function stacksWith(...locals: readonly Local[]): Stacks {
  return {
    samples: [{ atMs: 0, threads: [{ tid: 1, frames: [{ function: 'login', locals }] }] }],
    notes: [],
  }
}

function localsOf(stacks: Stacks): readonly Local[] | undefined {
  return stacks.samples[0]?.threads[0]?.frames[0]?.locals
}

describe('what is shown of a process, without secrets', () => {
  it('has no value under a name of secrets, whichever way its stack was read, and says where there is none', () => {
    const stacks = stacksWith(
      { name: 'otp', value: '123456' },
      { name: 'user.sessionId', value: '"abc"' },
      { name: 'password.array[0]', value: '104' },
      { name: 'token', value: 'null' },
      { name: 'count', value: '3' },
    )
    expect(localsOf(redactedStacks(stacks, redact))).toEqual([
      { name: 'otp', value: '<masked>', masked: true },
      { name: 'user.sessionId', value: '<masked>', masked: true },
      { name: 'password.array[0]', value: '<masked>', masked: true },
      { name: 'token', value: 'null' },
      { name: 'count', value: '3' },
    ])
  })

  it('has no secret in the names of processes and threads, and in the folders of a process', () => {
    const threads = [
      { tid: 7, name: 'login hunter2' },
      { tid: 8, name: 'main' },
    ]
    const state = {
      process: {
        name: 'run hunter2',
        argv: ['./orders', 'hunter2'],
        threads,
        tracer: { pid: 3, name: 'gdb hunter2' },
        executable: seen({ path: '/srv/hunter2/orders', deleted: false }),
        workingFolder: seen('/srv/hunter2'),
        root: seen('/'),
      },
      environment: seen(['A=hunter2']),
      descriptors: seen({ count: 1, listed: [{ kind: 'file', target: '/srv/hunter2' }] }),
      calls: new Map([[7, { says: 'reads /srv/hunter2' }]]),
      changed: seen([{ path: '/srv/hunter2' }]),
      mappings: seen([{ path: '/srv/hunter2' }]),
      parents: [{ pid: 1, name: 'init hunter2' }],
      children: seen({ count: 1, listed: [{ pid: 9, name: 'ask hunter2', state: 'S' }] }),
      fileLocks: seen([{ holder: { pid: 9, name: 'ask hunter2' }, waiters: [7] }]),
    } as unknown as ProcessState
    const clean = redactedState(state, redact)
    expect(JSON.stringify([clean, [...clean.calls]])).not.toContain('hunter2')
    expect(clean.process.threads.map(({ name }) => name)).toEqual(['login ‹secret›', 'main'])
  })

  it('has no secret in what a stack says beside its frames: names, words, notes, deadlocks', () => {
    const told: Stacks = {
      samples: [
        {
          atMs: 0,
          threads: [{ tid: 1, name: 'login hunter2', frames: [], says: ['waits for hunter2'], cut: 'at hunter2' }],
          apart: [{ name: 'task hunter2', frames: [], says: ['awaits hunter2'], cut: 'at hunter2' }],
        },
      ],
      notes: ['"login hunter2" had ended'],
      deadlocks: ['"login hunter2" waits'],
    }
    expect(JSON.stringify(redactedStacks(told, redact))).not.toContain('hunter2')
  })

  it('has no secret in the names of threads of a snapshot and of a profile', () => {
    const hit = { atMs: 1, threadName: 'login hunter2', values: [], frames: [] }
    const snapshot = { hits: [hit], notes: ['hunter2'] } as unknown as Snapshot
    expect(JSON.stringify(redactedSnapshot(snapshot, redact))).not.toContain('hunter2')
    const profile: Profile = {
      of: 'cpu',
      unit: 'samples',
      tookMs: 1,
      stacks: [{ thread: 'login hunter2', frames: [{ function: 'login', own: true }], weight: 1 }],
      idle: 0,
      notes: ['hunter2'],
    }
    expect(JSON.stringify(redactedProfile(profile, redact))).not.toContain('hunter2')
  })

  it('has no secret in the arguments and the paths of a core', () => {
    const core: CoreFile = {
      path: '/var/crash/core',
      bytes: 1,
      writtenAtMs: 0,
      architecture: 'x86_64',
      process: { pid: 7, ppid: 1, uid: 0, name: 'run hunter2', commandLine: './orders hunter2' },
      signal: undefined,
      threads: [{ tid: 7, instruction: 1n, place: '/srv/hunter2/orders+0x1' }],
      files: [{ path: '/srv/hunter2/orders', start: 0n, end: 4096n }],
      program: '/srv/hunter2/orders',
      missingBytes: 0,
    }
    const clean = redactedCore(core, redact)
    expect(clean.files[0]?.path).toBe('/srv/‹secret›/orders')
    expect(
      [clean.program, clean.threads[0]?.place, clean.process?.commandLine, clean.process?.name].join(' '),
    ).not.toContain('hunter2')
  })

  it('has no secret in what a program says when it ends', () => {
    const crash: Crash = {
      captures: [{ why: { by: 'exception', says: 'Error: no login with hunter2' }, stacks: stacksWith() }],
      end: { by: 'exception', says: 'Error: no login with hunter2' },
      notes: ['hunter2'],
    }
    const clean = redactedCrash(crash, redact)
    expect(JSON.stringify(clean)).not.toContain('hunter2')
    expect(clean.captures[0]?.why).toEqual({ by: 'exception', says: 'Error: no login with ‹secret›' })
    expect(redactedCrash({ captures: [], notes: [], end: { by: 'exit', code: 3 } }, redact)).toEqual({
      captures: [],
      notes: [],
      end: { by: 'exit', code: 3 },
    })
  })
})
