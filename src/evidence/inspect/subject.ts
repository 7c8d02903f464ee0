/** Which process is meant, as it was typed behind the box. */
export type Subject =
  | { readonly by: 'pid'; readonly pid: number }
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'unit'; readonly unit: string }
  | { readonly by: 'port'; readonly port: number }

/** Kernels of 64 bits count up to here (PID_MAX_LIMIT, include/linux/threads.h). */
const HIGHEST_PID = 4_194_304
const HIGHEST_PORT = 65_535
/** No file name is longer (NAME_MAX, limits.h). Characters. */
const LONGEST_NAME = 255

/** `812` is a PID, `:8080` a port, `orders.service` a unit of systemd, all else a name; undefined for what can be none of them. */
export function subjectOf(word: string): Subject | undefined {
  if (/^\d+$/.test(word)) {
    const pid = Number(word)
    return pid > 0 && pid <= HIGHEST_PID ? { by: 'pid', pid } : undefined
  }
  if (/^:\d+$/.test(word)) {
    const port = Number(word.slice(1))
    return port > 0 && port <= HIGHEST_PORT ? { by: 'port', port } : undefined
  }
  // A newline would be two patterns to grep.
  if (word === '' || word.length > LONGEST_NAME || /[\0\n/]/.test(word.replace(/^.*\//, ''))) return undefined
  if (/\.(?:service|scope|slice|socket)$/.test(word)) return { by: 'unit', unit: word }
  return { by: 'name', name: word }
}

/** `the name orders-api`, `port 8080`. */
export function subjectWords(subject: Subject): string {
  if (subject.by === 'pid') return `PID ${subject.pid}`
  if (subject.by === 'port') return `port ${subject.port}`
  return subject.by === 'unit' ? `unit ${subject.unit}` : `the name ${subject.name}`
}
