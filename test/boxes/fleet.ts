import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import path from 'node:path'

/**
 * Boxes for live tests: real sshd (or dropbear) in namespaces of this machine, see fleet.sh.
 *
 *   const fleet = await startFleet({ boxes: ['web-1'] })
 *   process.env.HALLIGAN_SSH_CONFIG = fleet.sshConfig
 *   await fleet.run('web-1', 'fill something')        // inside the box, without ssh
 *   await fleet.down()
 *
 * Each call makes a fleet of its own name and subnet, so that test files may run side by side.
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
  kill(box: string): Promise<void>
  start(box: string): Promise<void>
  newHostKey(box: string): Promise<void>
  /** Address of a box on the fleet's network. */
  address(box: string): Promise<string>
  down(): Promise<void>
}

export interface FleetOptions {
  readonly boxes: readonly string[]
  readonly flavour?: 'sshd' | 'systemd' | 'busybox'
  /** A talkative and slow login. */
  readonly chatty?: boolean
  /** Few descriptors and processes, full /data and /tmp. */
  readonly starved?: boolean
  /** Lines for sshd_config. */
  readonly sshdExtra?: string
  /** A program that is run as `hook ROOT BOX` before each box starts. */
  readonly hook?: string
}

const script = path.join(import.meta.dirname, 'fleet.sh')

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const name = `t-${randomBytes(4).toString('hex')}`
  const environment = {
    ...process.env,
    ...(options.chatty ? { CHATTY: '1' } : {}),
    ...(options.starved ? { STARVED: '1' } : {}),
    ...(options.sshdExtra ? { SSHD_EXTRA: options.sshdExtra } : {}),
    ...(options.hook ? { HOOK: options.hook } : {}),
  }
  const call = (...args: readonly string[]): Promise<string> => execute(script, args, environment)
  const folder = `/run/halligan-test/${name}`
  // A test that dies must not leave boxes behind for the next one.
  process.once('exit', () => execFileSync(script, ['down', name], { stdio: 'ignore' }))
  try {
    await call('up', name, options.flavour ?? 'sshd', ...options.boxes)
  } catch (error) {
    await call('down', name)
    throw error
  }
  const nothing = async (...args: readonly string[]): Promise<void> => {
    await call(...args)
  }
  return {
    sshConfig: path.join(folder, 'ssh_config'),
    folder,
    run: (box, text) => call('run', name, box, 'sh', '-c', text),
    leave: (box, text) => {
      const child = execFile(script, ['run', name, box, 'sh', '-c', text], { env: environment })
      child.on('error', () => {})
      child.unref()
    },
    link: (box, state) => nothing('link', name, box, state),
    kill: (box) => nothing('kill', name, box),
    start: (box) => nothing('start', name, box),
    newHostKey: (box) => nothing('new-host-key', name, box),
    address: async (box) =>
      /^hostname (\S+)$/m.exec(
        await execute('ssh', ['-F', path.join(folder, 'ssh_config'), '-G', box], process.env),
      )?.[1] ?? '',
    down: () => nothing('down', name),
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
export type Need = 'root' | 'fleet' | 'busybox' | 'gcc' | 'systemd' | 'podman' | 'nft' | 'tmux'

const PROGRAMS: Readonly<Record<Exclude<Need, 'root' | 'systemd'>, readonly string[]>> = {
  fleet: ['ip', 'unshare', 'nsenter', 'ssh', 'ssh-keygen', 'debootstrap'],
  busybox: ['busybox', 'dropbear', 'dropbearconvert'],
  gcc: ['gcc'],
  podman: ['podman'],
  nft: ['nft'],
  tmux: ['tmux'],
}

/** Why a test that needs these cannot run here; undefined when it can. For `it.skipIf` and the note of the skip. */
export function missing(...needs: readonly Need[]): string | undefined {
  const reasons = needs.flatMap((need): readonly string[] => {
    if (need === 'root') return process.getuid?.() === 0 ? [] : ['needs root']
    if (need === 'systemd')
      return existsSync('/sys/fs/cgroup/unified/cgroup.procs') || existsSync('/sys/fs/cgroup/cgroup.procs')
        ? []
        : ['needs a cgroup v2 mount']
    return PROGRAMS[need].filter((program) => !onPath(program)).map((program) => `needs ${program}`)
  })
  return reasons.length > 0 ? reasons.join(', ') : undefined
}

function onPath(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin']
  return folders.some((folder) => existsSync(path.join(folder, program)))
}
