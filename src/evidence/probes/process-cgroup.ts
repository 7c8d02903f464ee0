import { NotThere, probe } from '../probe.ts'

export interface ProcessCgroup {
  /** Path below the cgroup root (v2, else the systemd hierarchy or the longest of the v1 ones). */
  readonly path: string
  /** systemd unit, `orders-api.service`; undefined outside one. */
  readonly unit: string | undefined
  /** Container id, first 12 hex digits; undefined outside one. */
  readonly container: string | undefined
}

/**
 * To which service or container does each process belong?
 *
 *   812/cgroup:0::/system.slice/orders-api.service
 *   913/cgroup:0::/system.slice/docker-4f1b….scope
 *   914/cgroup:4:memory:/docker/4f1b…              <- v1: one line for each controller
 *
 * Source: cgroups(7), proc_pid_cgroup(5). Lines of the root group are not sent.
 */
export const processCgroup = probe({
  id: 'process-cgroup',
  title: 'Units and containers of processes',
  set: 'fast',
  moments: ['first'],
  limitSeconds: 4,
  lines: {
    of: '[0-9]*/cgroup',
    matching: '^[0-9]+:(|name=systemd|([a-z_]+,)*(memory|cpu|pids)(,[a-z_]+)*):/.',
    there: 'self/cgroup',
  },
  parse: ({ first }): ReadonlyMap<number, ProcessCgroup> => {
    const paths = new Map<number, string[]>()
    const text = first?.text ?? ''
    if (!/^there self\/cgroup$/m.test(text)) throw new NotThere('the kernel has no control groups')
    for (const line of text.split('\n')) {
      // The kernel says so of a group that was removed while a process (a zombie) is left in it.
      const [, pid, path = ''] = /^(\d+)\/cgroup:\d+:[^:]*:(\/.*?)(?: \(deleted\))?$/s.exec(line) ?? []
      if (pid === undefined) continue
      const known = paths.get(Number(pid)) ?? []
      known.push(path)
      paths.set(Number(pid), known)
    }
    return new Map([...paths].map(([pid, found]) => [pid, describe(found)]))
  },
})

function describe(paths: readonly string[]): ProcessCgroup {
  const path = paths.toSorted((a, b) => Number(hasUnit(b)) - Number(hasUnit(a)) || b.length - a.length)[0] ?? '/'
  const container = paths.map(containerOf).find((id) => id !== undefined)
  return { path, unit: container ? undefined : unitOf(path), container }
}

function hasUnit(path: string): boolean {
  return unitOf(path) !== undefined
}

/** The innermost service or scope; a user's own services lie below user@1000.service. Sessions of logins are no services. */
function unitOf(path: string): string | undefined {
  const units = path.split('/').filter((part) => /\.(?:service|scope|socket|mount)$/.test(part))
  // A name that the kernel could take for one of its own files has an underscore before it; \x2d is part of a unit's name.
  const innermost = units.at(-1)?.replace(/^_/, '')
  return innermost && !/^(?:session-.*|init)\.scope$/.test(innermost) ? innermost : undefined
}

/** docker, containerd, CRI-O, podman and kubepods all end in 64 hex digits, with or without a prefix and `.scope`. */
function containerOf(path: string): string | undefined {
  return /(?:^|[/:-])([0-9a-f]{64})(?:\.scope)?(?=\/|$)/.exec(path)?.[1]?.slice(0, 12)
}
