import { count, percent } from '../../base/format.ts'
import type { ProcessState } from '../../evidence/inspect/state.ts'
import type { InspectedThread } from '../../evidence/inspect/thread.ts'
import type { State } from '../finding.ts'
import { deadlock } from './deadlock.ts'
import { threadDoes, threadGroups, type ThreadGroup } from './thread-groups.ts'

/** One thing that a process does now, in a sentence. */
export interface Headline {
  readonly state: State
  readonly says: string
}

/** A thread that uses so much of one CPU is at work, not waking up now and then. Percent. */
const BUSY_PERCENT = 20
/** A process that uses so much of one CPU is hardly ever waiting. Percent. */
const FULL_PERCENT = 90
/** A thread that waits for a CPU for so much of the time gets less than half of what it wants. Percent. */
const STARVED_PERCENT = 50
/** So many threads behind one lock are a queue, and no coincidence. Threads. */
const QUEUE = 3

/**
 * What a process does now, what matters most first: it has ended, is held, waits for itself, hangs in the kernel, burns, queues at a lock, waits for
 * others, or is idle. Pure; there is always one sentence at least.
 */
export function doingNow(state: ProcessState): readonly Headline[] {
  const ended = endedWords(state)
  if (ended) return [ended]
  const groups = threadGroups(state)
  const said = [
    ...stoppedWords(state),
    ...deadlockWords(state),
    ...uninterruptibleWords(groups, state),
    ...fileLockWords(state),
    ...busyWords(state),
    ...starvedWords(state),
    ...queueWords(groups, state),
    ...peerWords(groups, state),
  ]
  return said.length > 0 ? said : [idleWords(groups, state)]
}

function endedWords({ process, parents, exitCode, lost }: ProcessState): Headline | undefined {
  if (lost === 'gone')
    return { state: 'warning', says: 'It ended while it was looked at: what follows is what it did last.' }
  if (lost === 'reused')
    return {
      state: 'warning',
      says: 'It ended while it was looked at, and another process has its number now. What follows is of the first one.',
    }
  if (process.state !== 'Z' && process.state !== 'X') return undefined
  const [parent] = parents
  const who = parent ? `${parent.name} (${parent.pid})` : `its parent (${process.ppid})`
  return {
    state: 'warning',
    says: `It has ended${exitWords(exitCode)}, and ${who} has not collected it: nothing of it runs any more, only ${who} can take it away.`,
  }
}

/** As wait(2) gives it: the low 7 bits are the signal, the second byte the exit code. */
function exitWords(code: number | undefined): string {
  if (code === undefined) return ''
  const signal = code & 0x7f
  return signal === 0
    ? ` with exit code ${(code >> 8) & 0xff}`
    : ` by signal ${signal}${(code & 0x80) === 0 ? '' : ' with a core dump'}`
}

function stoppedWords({ process }: ProcessState): readonly Headline[] {
  const { tracer, threads } = process
  const by = tracer ? `${tracer.name || 'a process of another PID namespace'} (${tracer.pid})` : ''
  const held = threads.filter((thread) => thread.state === 't').length
  const stopped = threads.filter((thread) => thread.state === 'T').length
  if (held > 0)
    return [
      {
        state: 'critical',
        says: `${some(held, threads.length)} held by ${by}, which traces it: it stands still until that lets it go.`,
      },
    ]
  const traced: readonly Headline[] = tracer
    ? [{ state: 'warning', says: `It is traced by ${by}: nobody else can attach to it.` }]
    : []
  if (stopped === 0) return traced
  return [
    {
      state: 'critical',
      says: `${some(stopped, threads.length)} stopped by a signal (SIGSTOP, or SIGTSTP of a terminal): it does nothing until somebody sends SIGCONT.`,
    },
    ...traced,
  ]
}

function some(part: number, all: number): string {
  return part === all ? 'It is' : `${part} of its ${all} threads are`
}

function deadlockWords(state: ProcessState): readonly Headline[] {
  const circle = deadlock(state)
  if (circle.length === 0) return []
  const waits = circle.map(({ waiter, owner, address, waitedFor }) => {
    const lock = `the lock 0x${address.toString(16)}`
    if (waitedFor === 'end') return `${named(waiter)} waits for ${named(owner)} to end`
    return waiter.tid === owner.tid
      ? `${named(waiter)} waits for ${lock}, which it has itself`
      : `${named(waiter)} waits for ${lock} that ${named(owner)} has`
  })
  return [{ state: 'critical', says: `DEADLOCK: ${waits.join('; ')}. None of them will ever go on.` }]
}

function named({ tid, name }: InspectedThread): string {
  return `thread ${tid} (${name})`
}

function uninterruptibleWords(groups: readonly ThreadGroup[], { process }: ProcessState): readonly Headline[] {
  return groups
    .filter(({ waits }) => waits === 'uninterruptible')
    .slice(0, 2)
    .map((group) => ({
      state: 'warning',
      says: `${subjectOf(group, process.threads.length)} ${group.says}; no signal ends that, SIGKILL neither.`,
    }))
}

function subjectOf({ threads }: ThreadGroup, all: number): string {
  const [first] = threads
  if (all === 1 || !first) return 'It'
  return threads.length === 1 ? named(first) : `${threads.length} of ${all} threads:`
}

function fileLockWords({ fileLocks, process, descriptors }: ProcessState): readonly Headline[] {
  if (fileLocks.kind !== 'seen') return []
  const open = descriptors.kind === 'seen' ? descriptors.value.listed : []
  return fileLocks.value.slice(0, 2).map(({ kind, holder, waiters, fd }): Headline => {
    const path = open.find((each) => each.fd === fd)?.target
    const file = fd === undefined ? 'a file' : (path ?? `fd ${fd}`)
    if (holder?.pid === process.pid)
      return {
        state: 'warning',
        says: `It has a lock on ${file} (${kind}) for which ${count(waiters.length, 'other process waits', 'others wait')}: ${waiters.slice(0, 5).join(', ')}.`,
      }
    const who = holder ? `${holder.name ?? 'process'} (${holder.pid}) has` : 'somebody unseen has'
    return { state: 'warning', says: `It waits for a lock on ${file} (${kind}) that ${who}.` }
  })
}

function busyWords({ process, windowMs }: ProcessState): readonly Headline[] {
  if (windowMs === 0) return []
  const share = (ms: number): number => (ms / windowMs) * 100
  const all = share(process.threads.reduce((sum, { cpuMs = 0 }) => sum + cpuMs, 0))
  const busy = process.threads
    .filter(({ cpuMs = 0 }) => share(cpuMs) >= BUSY_PERCENT)
    .toSorted((a, b) => (b.cpuMs ?? 0) - (a.cpuMs ?? 0))
  if (busy.length === 0 && all < BUSY_PERCENT) return []
  const [top] = busy
  const who =
    process.threads.length === 1 || !top
      ? ''
      : busy.length === 1
        ? `, ${named(top)} most of it`
        : `, in ${busy.length} threads; ${named(top)} uses ${percent(share(top.cpuMs ?? 0))}`
  return [{ state: all >= FULL_PERCENT ? 'warning' : 'ok', says: `It uses ${percent(all)} of one CPU${who}.` }]
}

function starvedWords({ process, windowMs }: ProcessState): readonly Headline[] {
  const [thread] = process.threads.toSorted((a, b) => (b.waitedMs ?? 0) - (a.waitedMs ?? 0))
  const waited = windowMs === 0 ? 0 : ((thread?.waitedMs ?? 0) / windowMs) * 100
  if (!thread || waited < STARVED_PERCENT) return []
  const who = process.threads.length === 1 ? 'It' : capital(named(thread))
  const often = percent(Math.min(waited, 100))
  return [
    {
      state: 'warning',
      says: `${who} could have run, but waited ${often} of the time for a CPU: too many want one, or its group is throttled.`,
    },
  ]
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function queueWords(groups: readonly ThreadGroup[], state: ProcessState): readonly Headline[] {
  const all = state.process.threads.length
  return groups
    .filter(({ waits, threads, waitedFor }) => waits === 'lock' && waitedFor === 'lock' && threads.length >= QUEUE)
    .slice(0, 2)
    .flatMap(({ threads, owner }): Headline[] => {
      if (!owner) return []
      const group = groups.find((each) => each.threads.includes(owner))
      const what = group?.says ?? threadDoes(owner, state).says
      return [
        {
          state: 'warning',
          says: `${threads.length} of ${all} threads wait for one lock; ${named(owner)} has it, and ${what}.`,
        },
      ]
    })
}

/** What a shell does is what the command does that it waits for. */
function awaited({ says }: ThreadGroup, { children }: ProcessState): string {
  if (!says.startsWith('waits for a child') || children.kind !== 'seen') return ''
  const [child, ...others] = children.value.listed.filter(({ state }) => state !== 'Z')
  return child && others.length === 0 ? `: ${child.name} (${child.pid})` : ''
}

function peerWords(groups: readonly ThreadGroup[], state: ProcessState): readonly Headline[] {
  return groups
    .filter(({ waits }) => waits === 'peer' || waits === 'disk' || waits === 'child')
    .slice(0, 3)
    .map((group) => ({
      state: 'ok',
      says: `${subjectOf(group, state.process.threads.length)} ${group.says}${awaited(group, state)}.`,
    }))
}

function idleWords(groups: readonly ThreadGroup[], { process, noCalls, runtime }: ProcessState): Headline {
  const [first, ...others] = groups.toSorted((a, b) => b.threads.length - a.threads.length)
  if (!first) return { state: 'unknown', says: 'What its threads do could not be seen.' }
  const all = process.threadCount
  const many = all === 1 ? `It ${first.says}` : `${first.threads.length} of ${all} threads: ${first.says}`
  const main = others.find(({ threads }) => threads.some(({ tid }) => tid === process.pid))
  const says = `It hardly uses CPU. ${many}${main ? `; its main thread: ${main.says}` : ''}.`
  const isSeen = runtime.kind === 'kernel' || (noCalls === undefined && first.waits !== 'unknown')
  return { state: isSeen ? 'ok' : 'unknown', says }
}
