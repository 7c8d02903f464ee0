import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import path from 'node:path'

/**
 * Boxes for live tests: real sshd (or dropbear) in namespaces of this machine, see fleet.sh.
 *
 *   const why = missing('root', 'fleet')
 *   describe.skipIf(why !== undefined)(`a full disk${why ? ` (skipped: ${why})` : ''}`, () => {
 *     const fleet = await startFleet({ boxes: ['web-1'] })
 *     process.env['HALLIGAN_SSH_CONFIG'] = fleet.sshConfig
 *     await fleet.run('web-1', 'dd if=/dev/zero of=/data/full')  // inside the box, without ssh
 *     await fleet.down()
 *
 * Each call makes a fleet of its own name and subnet, so that test files may run side by side. If the process of a test is
 * killed, its fleet is ended by the next one that starts.
 */
export interface Fleet {
  /** Path of an ssh configuration that knows the boxes by name, their host keys and the key to log in with. */
  readonly sshConfig: string
  /** Folder of the fleet, with `known_hosts`, `id` and `boxes/NAME/`. */
  readonly folder: string
  /** Runs shell text inside a box; gives standard output; throws on a non-zero exit. */
  run(box: string, script: string): Promise<string>
  /** Starts shell text inside a box and leaves it running; it ends with the box. */
  leave(box: string, script: string): void
  link(box: string, state: 'up' | 'down'): Promise<void>
  /** From now on the box is reached through others only (`ProxyJump`). */
  hide(box: string): Promise<void>
  kill(box: string): Promise<void>
  start(box: string): Promise<void>
  newHostKey(box: string): Promise<void>
  /** Fills a file system of the box: /data (64 MiB), /tmp (64 MiB) or another folder. */
  fillDisk(box: string, folder?: string): Promise<void>
  /** Address of a box on the fleet's network. */
  address(box: string): Promise<string>
  down(): Promise<void>
}

export interface FleetOptions {
  readonly boxes: readonly string[]
  readonly flavour?: 'sshd' | 'systemd' | 'busybox' | 'trixie'
  /** A talkative and slow login. */
  readonly chatty?: boolean
  /** 0.3 processors, 96 MiB, 100 processes, 64 descriptors a process; /data and /tmp are full. */
  readonly starved?: boolean
  /** The boxes see the processes of this machine, by their numbers there, and its tracefs: probes of the kernel know no others. */
  readonly sharedPids?: boolean
  /** Lines for sshd_config. */
  readonly sshdExtra?: string
  /** A program that is run as `hook ROOT BOX` before each box starts. */
  readonly hook?: string
}

const script = path.join(import.meta.dirname, 'fleet.sh')

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const name = `t-${randomBytes(4).toString('hex')}`
  const environment = environmentOf(options)
  const call = (...args: readonly string[]): Promise<string> => execute(script, args, environment)
  const act = async (...args: readonly string[]): Promise<void> => {
    await call(...args)
  }
  const folder = `/run/halligan-test/${name}`
  const atExit = (): unknown => execFileSync(script, ['down', name], { stdio: 'ignore' })
  const down = async (): Promise<void> => {
    await call('down', name)
    process.removeListener('exit', atExit)
  }
  process.once('exit', atExit)
  try {
    await call('up', name, options.flavour ?? 'sshd', ...options.boxes)
  } catch (error) {
    await down()
    throw error
  }
  return {
    sshConfig: path.join(folder, 'ssh_config'),
    folder,
    run: (box, text) => call('run', name, box, 'sh', '-c', text),
    leave: (box, text) =>
      spawn(script, ['run', name, box, 'sh', '-c', text], { env: environment, stdio: 'ignore' })
        .on('error', () => {})
        .unref(),
    link: (box, state) => act('link', name, box, state),
    hide: (box) => act('hide', name, box),
    kill: (box) => act('kill', name, box),
    start: (box) => act('start', name, box),
    newHostKey: (box) => act('new-host-key', name, box),
    fillDisk: (box, where = '/data') => act('fill-disk', name, box, where),
    address: async (box) =>
      /^hostname (\S+)$/m.exec(
        await execute('ssh', ['-F', path.join(folder, 'ssh_config'), '-G', box], process.env),
      )?.[1] ?? '',
    down,
  }
}

function environmentOf({ chatty, starved, sharedPids, sshdExtra, hook }: FleetOptions): NodeJS.ProcessEnv {
  return {
    ...process.env,
    OWNER: String(process.pid),
    ...(chatty ? { CHATTY: '1' } : {}),
    ...(starved ? { STARVED: '1' } : {}),
    ...(sharedPids ? { SHARED_PIDS: '1' } : {}),
    ...(sshdExtra ? { SSHD_EXTRA: sshdExtra } : {}),
    ...(hook ? { HOOK: hook } : {}),
  }
}

function execute(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${path.basename(file)} ${args.join(' ')}: ${stderr.trim() || error.message}`))
      else resolve(stdout)
    })
  })
}

/** What a live test may need of this machine. */
export type Need =
  | 'root'
  | 'fleet'
  | 'busybox'
  | 'gcc'
  | 'g++'
  | 'gdb'
  | 'perf'
  | 'systemd'
  /** A box of that newer Debian: its root file system is there, or the mirror of this machine has the suite. */
  | 'trixie'
  | 'podman'
  | 'nft'
  | 'tmux'
  | 'shellcheck'
  | 'zsh'
  | 'fish'
  | 'chromium'
  | 'git'

const PROGRAMS: Readonly<Record<Exclude<Need, 'root' | 'systemd' | 'trixie'>, readonly string[]>> = {
  fleet: ['ip', 'unshare', 'nsenter', 'ssh', 'ssh-keygen', 'debootstrap'],
  busybox: ['busybox', 'dropbear', 'dropbearconvert'],
  gcc: ['gcc'],
  'g++': ['g++'],
  gdb: ['gdb'],
  perf: ['perf', 'unshare'],
  podman: ['podman'],
  nft: ['nft'],
  tmux: ['tmux'],
  shellcheck: ['shellcheck'],
  zsh: ['zsh'],
  fish: ['fish'],
  chromium: ['chromium'],
  git: ['git'],
}

/** Why a test that needs these cannot run here; undefined when it can. The reason goes into the title: `… (skipped: REASON)`. */
export function missing(...needs: readonly Need[]): string | undefined {
  const reasons = needs.flatMap((need): readonly string[] => {
    if (need === 'root') return process.getuid?.() === 0 ? [] : ['needs root']
    if (need === 'systemd')
      return existsSync('/sys/fs/cgroup/unified/cgroup.procs') || existsSync('/sys/fs/cgroup/cgroup.procs')
        ? []
        : ['needs a cgroup v2 mount']
    if (need === 'trixie')
      return spawnSync(script, ['has', 'trixie'], { stdio: 'ignore' }).status === 0
        ? []
        : ['needs a mirror that has the suite trixie']
    const absent = PROGRAMS[need].filter((program) => !onPath(program)).map((program) => `needs ${program}`)
    return need === 'fleet' && absent.length === 0 && !mayMakeNamespaces() ? ['needs leave to make namespaces'] : absent
  })
  return reasons.length > 0 ? reasons.join(', ') : undefined
}

function onPath(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin']
  return folders.some((folder) => existsSync(path.join(folder, program)))
}

/** Not in most containers, even as root. */
function mayMakeNamespaces(): boolean {
  const kinds = ['--net', '--mount', '--pid', '--ipc', '--uts', '--cgroup', '--time']
  return spawnSync('unshare', [...kinds, '--fork', 'true'], { stdio: 'ignore' }).status === 0
}
