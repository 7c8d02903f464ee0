import type { FindingDraft } from './check.ts'
import type { Finding, Resource } from './finding.ts'

export type RankedDraft = FindingDraft & { readonly check: string; readonly resource: Resource }

/**
 * Puts what burns most first, and a cause above its symptoms.
 *
 * 1. A critical finding scores 70 to 99, a warning 30 to 59, by how severe it is within its state.
 * 2. Of two findings of the same kind on the same subject the more severe one stays.
 * 3. A finding whose cause (the table below) burns too is its symptom: it keeps its state, says what it follows from,
 *    and scores just below that cause. A cause that is only a warning is lifted to just above its critical symptom:
 *    the person is sent to where the fire is, not to where the smoke is. A hedged finding is nobody's cause.
 */
export function rank(drafts: readonly RankedDraft[]): readonly Finding[] {
  const scored: Scored[] = withoutRepeats(drafts).map((draft) => ({ draft, score: baseScore(draft), cause: undefined }))
  for (const { cause, symptom, sameSubject, sameName } of CAUSES) {
    const causes = scored
      .filter(({ draft }) => draft.check === cause && !draft.hedged)
      .toSorted((a, b) => b.score - a.score)
    for (const item of scored.filter(({ draft }) => draft.check === symptom)) {
      const source = causes.find(
        ({ draft: { subject } }) =>
          (!sameSubject || subject.pid === item.draft.subject.pid) &&
          (!sameName || subject.name === item.draft.subject.name),
      )
      if (source && !item.cause && !follows(source, item)) item.cause = source
    }
  }
  // What burns below lifts all that is above it, then each is put below its cause: chains keep their order.
  for (const item of scored.toSorted((a, b) => depth(b) - depth(a)))
    if (item.cause) item.cause.score = Math.max(item.cause.score, Math.min(99, item.score + 1))
  for (const item of scored.toSorted((a, b) => depth(a) - depth(b)))
    if (item.cause) item.score = Math.min(item.score, item.cause.score - 1)
  return scored
    .map(({ draft, score, cause }) => finding(draft, score, cause?.draft.check))
    .toSorted((a, b) => b.score - a.score || a.check.localeCompare(b.check))
}

interface Scored {
  readonly draft: RankedDraft
  score: number
  cause: Scored | undefined
}

/** How many causes lie above it. */
function depth({ cause }: Scored): number {
  return cause ? 1 + depth(cause) : 0
}

/** Whether the one is, directly or through others, a symptom of the other. */
function follows(one: Scored, other: Scored): boolean {
  return one === other || (one.cause !== undefined && follows(one.cause, other))
}

interface Cause {
  readonly cause: string
  readonly symptom: string
  /** Only when both name the same process. */
  readonly sameSubject?: boolean
  /** Only when both name a program alike: the one that grows is not the one that was killed, but it may be killed in its turn. */
  readonly sameName?: boolean
  /** How the one brings the other about. */
  readonly why: string
}

/** Which condition brings which other about. Each pair with its mechanism; order matters where chains meet. */
export const CAUSES: readonly Cause[] = [
  {
    cause: 'deleted-open-file',
    symptom: 'disk-full',
    why: 'the space of a file without a name counts as used until it is closed',
  },
  { cause: 'disk-filling', symptom: 'disk-full', why: 'what grows has filled it' },
  { cause: 'mount-missing', symptom: 'disk-full', why: 'what was to go to another file system fills the one below' },
  { cause: 'mount-missing', symptom: 'disk-filling', why: 'what was to go to another file system fills the one below' },
  { cause: 'semaphores-exhausted', symptom: 'failed-units', why: 'a service that gets no semaphore does not start' },
  { cause: 'mount-missing', symptom: 'failed-units', why: 'a service without its data ends' },
  { cause: 'disk-full', symptom: 'failed-units', why: 'a service that cannot write ends' },
  { cause: 'disk-full', symptom: 'unit-restarting', why: 'a service that cannot write ends, and is started again' },
  { cause: 'io-errors', symptom: 'read-only-remount', why: 'a file system stops all writes after an error' },
  { cause: 'io-errors', symptom: 'iowait', why: 'requests to a failing disk are tried again for seconds' },
  { cause: 'io-errors', symptom: 'd-state-pile-up', why: 'tasks wait for requests that do not come back' },
  { cause: 'cgroup-io-limit', symptom: 'iowait', why: 'who is held back by the limit counts as waiting for a disk' },
  { cause: 'cgroup-io-limit', symptom: 'd-state-pile-up', why: 'who is held back by the limit is in state D' },
  { cause: 'disk-saturated', symptom: 'iowait', why: 'the queue before the disk is what the tasks wait in' },
  { cause: 'disk-saturated', symptom: 'd-state-pile-up', why: 'tasks wait uninterruptibly for the disk' },
  { cause: 'iowait', symptom: 'd-state-pile-up', why: 'tasks wait uninterruptibly for the disk' },
  { cause: 'memory-leak', symptom: 'memory-nearly-gone', why: 'what grows takes what was available' },
  { cause: 'memory-leak', symptom: 'swap-storm', why: 'what grows pushes the rest out' },
  { cause: 'memory-leak', symptom: 'memory-stall', why: 'reclaiming for what grows holds all others up' },
  { cause: 'memory-leak', symptom: 'oom-kills', sameName: true, why: 'in the end the kernel kills' },
  { cause: 'cgroup-memory', symptom: 'oom-kills', why: 'at the limit of the group the kernel kills in it' },
  { cause: 'shared-memory-orphans', symptom: 'memory-nearly-gone', why: 'what nobody frees is missing to the rest' },
  { cause: 'memory-nearly-gone', symptom: 'swap-storm', why: 'what does not fit is swapped' },
  { cause: 'memory-nearly-gone', symptom: 'memory-stall', why: 'pages are reclaimed and read again' },
  { cause: 'memory-nearly-gone', symptom: 'oom-kills', why: 'in the end the kernel kills' },
  { cause: 'swap-storm', symptom: 'iowait', why: 'each page that comes back is a read that somebody waits for' },
  { cause: 'swap-storm', symptom: 'disk-saturated', why: 'swapping fills the queue of the disk' },
  { cause: 'swap-storm', symptom: 'memory-stall', why: 'waiting for swapped pages is what the figure counts' },
  { cause: 'oom-kills', symptom: 'unit-restarting', why: 'a killed service is started again' },
  { cause: 'oom-kills', symptom: 'crash-loop', why: 'what is killed is started again, and grows again' },
  { cause: 'oom-kills', symptom: 'failed-units', why: 'a killed service has failed' },
  { cause: 'segmentation-faults', symptom: 'unit-restarting', why: 'a crashed service is started again' },
  { cause: 'segmentation-faults', symptom: 'crash-loop', why: 'what crashes at once is started again at once' },
  { cause: 'fork-storm', symptom: 'crash-loop', sameSubject: true, why: 'the same children, counted one by one' },
  { cause: 'fork-storm', symptom: 'cpu-saturated', why: 'starting and ending processes is work of the kernel' },
  { cause: 'fork-storm', symptom: 'process-limit', why: 'each takes a PID' },
  { cause: 'fork-storm', symptom: 'hot-thread', sameSubject: true, why: 'the parent is busy starting children' },
  { cause: 'silent-peer', symptom: 'thread-leak', sameSubject: true, why: 'each thread waits for a backend' },
  { cause: 'thread-leak', symptom: 'user-process-limit', sameSubject: true, why: 'each thread counts' },
  { cause: 'thread-leak', symptom: 'process-limit', why: 'each thread takes a PID' },
  { cause: 'lock-pile-up', symptom: 'process-pile-up', why: 'each new copy queues behind the lock' },
  { cause: 'd-state-pile-up', symptom: 'process-pile-up', why: 'copies that wait in the kernel do not end' },
  { cause: 'frozen-process', symptom: 'd-state-pile-up', why: 'under control groups v1 a frozen task is in state D' },
  { cause: 'frozen-process', symptom: 'lock-pile-up', sameSubject: true, why: 'a frozen process releases nothing' },
  { cause: 'stopped-process', symptom: 'lock-pile-up', sameSubject: true, why: 'a stopped process releases nothing' },
  { cause: 'process-pile-up', symptom: 'process-limit', why: 'each takes a PID' },
  { cause: 'cpu-steal', symptom: 'cpu-saturated', why: 'what the hypervisor takes is missing to the tasks' },
  { cause: 'cpu-saturated', symptom: 'hot-thread', sameSubject: true, why: 'the same work, thread by thread' },
  {
    cause: 'close-wait-leak',
    symptom: 'fd-exhaustion',
    sameSubject: true,
    why: 'each connection that is not closed keeps its descriptor',
  },
  {
    cause: 'close-wait-leak',
    symptom: 'descriptor-leak',
    sameSubject: true,
    why: 'each connection that is not closed keeps its descriptor',
  },
  {
    cause: 'descriptor-leak',
    symptom: 'fd-exhaustion',
    sameSubject: true,
    why: 'what is never closed fills the table',
  },
  { cause: 'descriptor-leak', symptom: 'open-file-table', why: 'each descriptor counts for the whole box' },
  {
    cause: 'fd-exhaustion',
    symptom: 'accept-queue-overflow',
    sameSubject: true,
    why: 'accept() fails without a free descriptor',
  },
  {
    cause: 'stopped-process',
    symptom: 'accept-queue-overflow',
    sameSubject: true,
    why: 'a stopped process accepts nothing',
  },
  { cause: 'stopped-process', symptom: 'not-reading', sameSubject: true, why: 'a stopped process reads nothing' },
  { cause: 'stopped-process', symptom: 'blocked-writer', why: 'a stopped process reads nothing' },
  { cause: 'frozen-process', symptom: 'blocked-writer', why: 'a frozen process reads nothing' },
  { cause: 'blocked-writer', symptom: 'not-reading', sameSubject: true, why: 'who waits to write reads nothing' },
  {
    cause: 'blocked-writer',
    symptom: 'accept-queue-overflow',
    sameSubject: true,
    why: 'who waits to write accepts nothing',
  },
  { cause: 'stopped-process', symptom: 'silent-peer', why: 'a local peer whose queue is full answers nobody' },
  { cause: 'accept-queue-overflow', symptom: 'silent-peer', why: 'a full queue swallows requests to connect' },
  { cause: 'interface-down', symptom: 'silent-peer', why: 'what is sent over it is lost' },
  { cause: 'interface-down', symptom: 'no-default-route', why: 'routes over an interface go with its link' },
  { cause: 'interface-down', symptom: 'name-servers', why: 'questions that are sent over it are lost' },
  { cause: 'no-default-route', symptom: 'silent-peer', why: 'what is sent to a gateway that does not answer is lost' },
  { cause: 'no-default-route', symptom: 'name-servers', why: 'name servers elsewhere are not reached' },
  { cause: 'failed-units', symptom: 'name-servers', why: 'a resolver on the box that has failed answers nobody' },
  { cause: 'failed-units', symptom: 'connections-refused', why: 'where a service has ended nobody listens' },
  { cause: 'service-stopped', symptom: 'name-servers', why: 'a resolver on the box that is stopped answers nobody' },
  { cause: 'service-stopped', symptom: 'connections-refused', why: 'where a service was stopped nobody listens' },
  { cause: 'unit-stuck', symptom: 'connections-refused', why: 'a service that is not up yet does not listen' },
  { cause: 'unit-restarting', symptom: 'connections-refused', why: 'while a service is down nobody listens' },
  { cause: 'crash-loop', symptom: 'connections-refused', why: 'what does not stay up does not listen' },
  { cause: 'interface-errors', symptom: 'silent-peer', why: 'what the interface loses is never confirmed' },
  { cause: 'silent-peer', symptom: 'tcp-retransmits', why: 'what is not confirmed is sent again' },
  {
    cause: 'silent-peer',
    symptom: 'not-reading',
    sameSubject: true,
    why: 'threads that wait for a backend read nothing',
  },
  { cause: 'syn-flood', symptom: 'tcp-retransmits', why: 'answers to requests that nobody confirms are sent again' },
  { cause: 'stopped-process', symptom: 'close-wait-leak', sameSubject: true, why: 'a stopped process closes nothing' },
  { cause: 'cpu-saturated', symptom: 'accept-queue-overflow', why: 'a program that does not get a CPU accepts late' },
  { cause: 'accept-queue-overflow', symptom: 'tcp-retransmits', why: 'clients that are dropped ask again' },
  {
    cause: 'syn-flood',
    symptom: 'tcp-retransmits',
    why: 'each answer that nobody confirms is sent up to five times again',
  },
  { cause: 'interface-errors', symptom: 'tcp-retransmits', why: 'what the interface loses is sent again' },
  { cause: 'stopped-process', symptom: 'udp-receive-errors', why: 'a stopped process reads nothing' },
]

function baseScore({ state, severity }: RankedDraft): number {
  const within = Math.round(29 * Math.min(1, Math.max(0, Number.isFinite(severity) ? severity : 0)))
  return (state === 'critical' ? 70 : 30) + within
}

function withoutRepeats(drafts: readonly RankedDraft[]): readonly RankedDraft[] {
  const best = new Map<string, RankedDraft>()
  for (const draft of drafts) {
    const key = [draft.check, draft.subject.kind, draft.subject.name, draft.subject.pid, draft.subject.tid].join('\n')
    const known = best.get(key)
    if (!known || baseScore(draft) > baseScore(known)) best.set(key, draft)
  }
  return [...best.values()]
}

function finding(
  { severity: _severity, hedged: _hedged, ...draft }: RankedDraft,
  score: number,
  symptomOf: string | undefined,
): Finding {
  return { ...draft, score, ...(symptomOf ? { symptomOf } : {}) }
}
