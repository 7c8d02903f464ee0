/** Whose logs are wanted. */
export type LogSubject =
  | { readonly kind: 'pid'; readonly pid: number }
  /** A file, a folder or a glob (POSIX 2.13), as it was typed. */
  | { readonly kind: 'path'; readonly path: string }
  /** A unit of systemd, with its suffix. */
  | { readonly kind: 'unit'; readonly unit: string }
  | { readonly kind: 'process'; readonly name: string }
  | { readonly kind: 'container'; readonly name: string }
  | { readonly kind: 'journal' }
  | { readonly kind: 'kernel' }
  /** A word that may be the name of a unit, a process, a container, a program with a configuration that is known, or part of a path. */
  | { readonly kind: 'word'; readonly word: string }

/** What of a service of halligan.yaml says where it logs. */
export interface LoggingService {
  readonly units?: readonly string[] | undefined
  readonly processes?: readonly string[] | undefined
  readonly logs?: readonly string[] | undefined
}

/**
 * Reads what was typed behind the boxes: `812`, `/var/log/nginx`, `'/srv/*.log'`, `nginx.service`, `unit:nginx`, `container:web`, `kernel`, `journal`, `nginx`,
 * or a service of halligan.yaml, which stands for all that it names.
 */
export function logSubjects(
  words: readonly string[],
  services: Readonly<Record<string, LoggingService>> = {},
): readonly LogSubject[] {
  return words.flatMap((word) => {
    const service = Object.hasOwn(services, word) ? services[word] : undefined
    return service ? ofService(word, service) : [ofWord(word)]
  })
}

function ofService(name: string, { units = [], processes = [], logs = [] }: LoggingService): readonly LogSubject[] {
  const named: readonly LogSubject[] = [
    ...logs.map(ofWord),
    ...units.map((unit) => ({ kind: 'unit' as const, unit: withSuffix(unit) })),
    ...processes.map((process) => ({ kind: 'process' as const, name: process })),
  ]
  return named.length > 0 ? named : [{ kind: 'word', word: name }]
}

function ofWord(word: string): LogSubject {
  const [, kind, name = ''] = /^(unit|container|process|pid):([^]+)$/.exec(word) ?? []
  if (kind === 'unit') return { kind, unit: withSuffix(name) }
  if (kind === 'container' || kind === 'process') return { kind, name }
  if (PID.test(kind === 'pid' ? name : word)) return { kind: 'pid', pid: Number(kind === 'pid' ? name : word) }
  if (word === 'kernel' || word === 'journal') return { kind: word }
  if (/[/*?[]/.test(word)) return { kind: 'path', path: word }
  return UNIT.test(word) ? { kind: 'unit', unit: word } : { kind: 'word', word }
}

/** /proc/sys/kernel/pid_max is 4,194,304 at most (proc_sys_kernel(5)). */
const PID = /^\d{1,7}$/
/** systemd.unit(5). */
const UNIT = /\.(?:service|scope|socket|timer|mount|slice|target|path)$/

function withSuffix(unit: string): string {
  return UNIT.test(unit) ? unit : `${unit}.service`
}
