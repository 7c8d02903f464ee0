import type { Box, Failure } from '../boxes/box.ts'
import { abilitiesScript, readAbilities, type Abilities } from '../evidence/abilities.ts'
import { noRecorder, type Recorded, type Recorder } from '../incidents/recorder.ts'
import { identityIn, IDENTITY_SCRIPT } from './machine.ts'

/** One thing that this console or a box can or cannot do. */
export interface Ability {
  readonly what: string
  readonly able: 'yes' | 'partly' | 'no'
  readonly said: string
  /** What would help, empty when nothing needs to: a package, an option. */
  readonly helps: string
}

export interface Examination {
  readonly subject: string
  readonly abilities: readonly Ability[]
  readonly failure: Failure | undefined
  readonly recorded: Recorded
}

const LIMITS = { timeoutMs: 10_000, maxBytes: 256 * 1024 } as const

/** Between what says which machine it is and what it can do. */
const ABILITIES = 'abilities:'

/** What a box can do for us, and the package that would help; recorded, with the machine that it is. Reads only. */
export async function examineBox(
  box: Box,
  { signal, recorder = noRecorder }: { readonly signal?: AbortSignal; readonly recorder?: Recorder } = {},
): Promise<Examination> {
  const script = `( ${IDENTITY_SCRIPT} )\necho ${ABILITIES}\n${abilitiesScript}`
  const result = await box.run(script, { what: 'doctor', ...LIMITS, ...(signal ? { signal } : {}) })
  const { failure } = result
  const [which = '', can = ''] = Buffer.from(result.stdout).toString('utf8').split(`\n${ABILITIES}\n`)
  const identity = identityIn(which, result.startedAtMs)
  const abilities = result.ok ? boxAbilities(readAbilities(can)) : []
  const said = abilities.map(({ helps, ...each }) => (helps === '' ? each : { ...each, helps }))
  const recorded = await recorder.record(() => ({
    did: 'examined',
    box: box.name,
    identity: identity.kind === 'seen' ? identity.value : undefined,
    payload: { abilities: said, failure, tookMs: result.durationMs },
  }))
  return { subject: box.name, abilities, failure, recorded }
}

/** What this console can do: the programs that it calls, asked through a shell on this machine. */
export async function examineConsole(
  local: Box,
  versions: { readonly halligan: string; readonly node: string },
): Promise<Examination> {
  const script = `printf 'ssh %s\\n' "$(ssh -V 2>&1 | head -n 1)"; for tool in docker podman; do command -v $tool; done; true`
  const result = await local.run(script, { what: 'doctor', ...LIMITS })
  const text = Buffer.from(result.stdout).toString('utf8')
  return {
    subject: 'this console',
    abilities: consoleAbilities(text, versions),
    failure: result.failure,
    recorded: { how: 'no-incident' },
  }
}

/** SSH_ASKPASS_REQUIRE came with OpenSSH 8.4 (release notes, 2020-09-27); passwords and host-key questions go through it. */
const ASKPASS_SINCE = 8.4

/** Pure part of examineConsole: `text` is what the script printed. */
export function consoleAbilities(
  text: string,
  versions: { readonly halligan: string; readonly node: string },
): readonly Ability[] {
  const ssh = /OpenSSH_(\d+\.\d+)/.exec(text)?.[1]
  const client = (name: string): Ability => {
    const found = new RegExp(`^(/.*/${name})$`, 'm').exec(text)?.[1]
    return ability(
      `reach containers as ${name}:NAME`,
      found ? 'yes' : 'no',
      found ?? `no ${name} on this machine`,
      found ? '' : `the ${name} client, if you need it`,
    )
  }
  return [
    ability('Halligan and Node', 'yes', `${versions.halligan} on Node ${versions.node}`),
    ssh
      ? ability('reach boxes over ssh', 'yes', `OpenSSH ${ssh}`)
      : ability('reach boxes over ssh', 'no', 'no OpenSSH client was found', 'install openssh-client'),
    ssh && Number(ssh) >= ASKPASS_SINCE
      ? ability('ask for passwords, passphrases and host keys', 'yes', `OpenSSH ${ssh} asks through the console`)
      : ability(
          'ask for passwords, passphrases and host keys',
          'no',
          `needs OpenSSH ${ASKPASS_SINCE}`,
          'use keys in an agent, and accept host keys with ssh first',
        ),
    client('docker'),
    client('podman'),
  ]
}

/** Pure part of examineBox. */
export function boxAbilities({ tools, facts }: Abilities): readonly Ability[] {
  const root = facts.get('uid') === '0'
  const install = installer(facts.get('os'))
  const tool = (name: string, what: string, debianPackage: string, without: Ability['able'] = 'no'): Ability => {
    const found = tools.get(name)
    return ability(what, found ? 'yes' : without, found ?? `no ${name} on the box`, found ? '' : install(debianPackage))
  }
  const asRoot = (what: string, allowed: boolean, refused: string): Ability =>
    ability(
      what,
      allowed ? 'yes' : 'partly',
      allowed ? (root ? 'as root' : 'this user may') : refused,
      allowed ? '' : 'log in as root, or use --sudo',
    )
  return [
    asRoot("see other users' descriptors, I/O and executables", root, 'only the processes of this user'),
    asRoot('read the kernel log', root || facts.get('dmesg-restricted') === '0', 'kernel.dmesg_restrict is set'),
    ability(
      'pressure stall information',
      facts.get('pressure') === 'yes' ? 'yes' : 'no',
      facts.get('pressure') === 'yes' ? '/proc/pressure' : 'the kernel has none (CONFIG_PSI, psi=1)',
    ),
    ability(
      'systemd units',
      facts.get('systemd') === 'yes' ? 'yes' : 'no',
      facts.get('systemd') === 'yes' ? 'systemd runs' : 'no systemd here; nothing is wrong with that',
    ),
    tools.has('zstd') ? tool('zstd', 'small answers', 'zstd') : tool('gzip', 'small answers', 'zstd'),
    tool('ss', 'the backlog of listening sockets', 'iproute2', 'partly'),
    tool('awk', 'join descriptors with sockets', 'mawk'),
    tool('lsof', 'follow up by hand: who holds a file', 'lsof'),
    tool('gdb', 'follow up by hand: look into a process', 'gdb'),
    tool('strace', 'follow up by hand: trace system calls', 'strace'),
    tool('perf', 'follow up by hand: profile', 'linux-perf'),
    asRoot(
      'attach to processes',
      root || facts.get('ptrace-scope') === '0' || !facts.has('ptrace-scope'),
      `kernel.yama.ptrace_scope is ${facts.get('ptrace-scope')}`,
    ),
  ]
}

function ability(what: string, able: Ability['able'], said: string, helps = ''): Ability {
  return { what, able, said, helps }
}

/** Names of the packages are Debian's; other distributions call some of them differently. */
const OTHER_NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  iproute2: { rhel: 'iproute', fedora: 'iproute', centos: 'iproute', rocky: 'iproute', almalinux: 'iproute' },
  'linux-perf': {
    ubuntu: 'linux-tools-generic',
    rhel: 'perf',
    fedora: 'perf',
    centos: 'perf',
    rocky: 'perf',
    almalinux: 'perf',
    alpine: 'perf',
  },
  mawk: { rhel: 'gawk', fedora: 'gawk', centos: 'gawk', rocky: 'gawk', almalinux: 'gawk', alpine: 'gawk' },
}

function otherName(debianPackage: string, os: string): string | undefined {
  const names = OTHER_NAMES[debianPackage] ?? {}
  // What a box calls its system may be any word, `constructor` too.
  return Object.hasOwn(names, os) ? names[os] : undefined
}

function installer(os: string | undefined): (debianPackage: string) => string {
  const command =
    os === 'alpine'
      ? 'apk add'
      : os !== undefined && ['rhel', 'fedora', 'centos', 'rocky', 'almalinux', 'amzn', 'ol'].includes(os)
        ? 'dnf install'
        : os === 'debian' || os === 'ubuntu'
          ? 'apt-get install'
          : 'install'
  return (debianPackage) => `${command} ${otherName(debianPackage, os ?? '') ?? debianPackage}`
}
