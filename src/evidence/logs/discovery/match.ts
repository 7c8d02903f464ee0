import type { Candidate } from './sources.ts'
import type { LogSubject } from './subject.ts'

/** What is known of processes, to tell a unit or a container by one of its processes. */
export interface KnownProcesses {
  readonly names: ReadonlyMap<number, string>
  readonly units: ReadonlyMap<number, string>
}

/** Whether a subject means this log. */
export function means(subject: LogSubject, candidate: Candidate, processes: KnownProcesses): boolean {
  const { source } = candidate
  switch (subject.kind) {
    case 'path':
      return candidate.isNamed
    case 'pid':
      return ofProcesses([subject.pid], candidate, processes)
    case 'unit':
      return candidate.units.includes(subject.unit)
    case 'process':
      return (
        ofProcesses(pidsOf(subject.name, processes), candidate, processes) ||
        candidate.processNames.includes(subject.name)
      )
    case 'container':
      return candidate.containers.includes(subject.name)
    case 'journal':
      return source.id === 'journal'
    case 'kernel':
      return source.kind === 'kernel'
    case 'word':
      return meansWord(subject.word, candidate, processes)
  }
}

/** What they hold open, what their units write to the journal, what their containers write. */
function ofProcesses(pids: readonly number[], candidate: Candidate, { units }: KnownProcesses): boolean {
  return pids.some((pid) => {
    const unit = units.get(pid)
    return (
      candidate.pids.includes(pid) || (unit !== undefined && isOfOneService(unit) && candidate.units.includes(unit))
    )
  })
}

/** A login session, and the manager of a user's own units, have no log that is one program's. */
function isOfOneService(unit: string): boolean {
  return !/^(?:session-|user@|init\.scope)/.test(unit)
}

/** What the kernel keeps of the name of a process (proc_pid_comm(5)). Bytes. */
const NAME_BYTES = 15

function pidsOf(name: string, { names }: KnownProcesses): readonly number[] {
  const kept = Buffer.from(name).subarray(0, NAME_BYTES).toString('utf8')
  return [...names].flatMap(([pid, each]) => (each === kept ? [pid] : []))
}

/** Names that one program has. */
const ALIASES: Readonly<Record<string, string>> = {
  apache2: 'apache',
  httpd: 'apache',
  postgres: 'postgresql',
  mysqld: 'mysql',
  mariadb: 'mysql',
  mariadbd: 'mysql',
  'redis-server': 'redis',
}

function meansWord(word: string, candidate: Candidate, processes: KnownProcesses): boolean {
  const lower = word.toLowerCase()
  const program = Object.hasOwn(ALIASES, lower) ? ALIASES[lower] : lower
  return (
    candidate.programs.some((each) => each === program) ||
    candidate.units.some((unit) => unit.replace(/(?:@.*)?\.[a-z]+$/, '').toLowerCase() === lower) ||
    candidate.containers.some((name) => name.toLowerCase() === lower) ||
    ofProcesses(pidsOf(word, processes), candidate, processes) ||
    candidate.paths.some((path) =>
      path
        .toLowerCase()
        .split('/')
        .some((part) => part === lower || startsAs(part, lower)),
    )
  )
}

/** `orders` begins `orders-api.log` and `orders.log.1`, not `orderservice.log`. */
function startsAs(part: string, word: string): boolean {
  return part.startsWith(word) && /^[._@-]/.test(part.slice(word.length))
}
