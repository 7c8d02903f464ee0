import { join } from 'node:path'
import { shellQuoted } from '../base/shell-quoted.ts'
import type { Box, Failure } from './box.ts'
import { openAskpass, type Askpass } from './askpass.ts'
import type { Ending, Transport } from './child.ts'
import { commandForm, parseDestination, type Destination } from './destination.ts'
import { sshFailure } from './failures.ts'
import { privateFolder, type PrivateFolder } from './private-folder.ts'
import type { Prompt } from './prompt.ts'
import { failedBox } from './failed.ts'
import { shellBox } from './shell-box.ts'
import {
  configurationArguments,
  destinationArguments,
  resolveSshConfiguration,
  type SshConfiguration,
} from './ssh-configuration.ts'
import { withSudo, type SudoLogin } from './sudo.ts'

export interface SshOptions {
  /** Asks the person at the console; undefined: nobody is asked (BatchMode). */
  readonly prompt?: Prompt | undefined
  readonly sudo?: SudoLogin | undefined
  /** For the TCP connection and the banner. Milliseconds; default 8,000. */
  readonly connectTimeoutMs?: number | undefined
  /** ssh asks the box this often whether it is still there, and gives up after three silent ones. Seconds; default 3. */
  readonly keepAliveSeconds?: number | undefined
}

const CONNECT_TIMEOUT_MS = 8_000
/** 3 × 3: a cut cable is noticed after about 12 s, and a slow link is borne. */
const KEEP_ALIVE_SECONDS = 3

/**
 * A box over the user's own OpenSSH: configuration, jumps, agents, certificates and known hosts are ssh's. One master
 * connection that this program owns carries the main session; side sessions go over it and never log in by themselves
 * (`ProxyCommand=false`). A changed host key is refused whatever the configuration says.
 */
export function sshBox(name: string, options: SshOptions = {}): Box {
  const destination = parseDestination(name)
  if ('kind' in destination) return failedBox(name, 'ssh', destination)
  const login = sshLogin(name, destination, options)
  return shellBox({ name, kind: 'ssh', sideNeedsMain: true, ...login })
}

function sshLogin(name: string, destination: Destination, options: SshOptions) {
  const warnings = new Set<string>()
  let folder: PrivateFolder | undefined
  let askpass: Askpass | undefined
  let masters = 0
  const withShell = (transport: Transport): Transport => (options.sudo ? withSudo(transport, options.sudo) : transport)
  const explain = (ending: Ending): Failure => sshFailure(ending, { box: name, destination: commandForm(destination) })

  async function main(): Promise<Transport | Failure> {
    const configuration = await resolveSshConfiguration(name, destination)
    if ('kind' in configuration) return configuration
    try {
      folder ??= privateFolder()
      if (options.prompt) askpass ??= await openAskpass(name, folder.path, options.prompt)
    } catch (error) {
      return noFolder(name, error)
    }
    masters += 1
    const transport: Transport = {
      box: name,
      argv: ['ssh', ...masterArguments(socket(), configuration, options), ...destinationArguments(destination), 'sh'],
      // Nobody is asked in the dark either: a jump host's ssh knows nothing of BatchMode, but of this.
      env: askpass?.env ?? { SSH_ASKPASS_REQUIRE: 'never' },
      asking: () => askpass?.asking() ?? false,
      joinsArguments: true,
      onStderr: (text) => askpass?.askedHostKey() || noteNewHostKey(text, name, warnings),
      explain,
    }
    return withShell(transport)
  }

  // A new master gets a new socket: the one of a master that died may still lie there.
  const socket = (): string => join(folder?.path ?? '', String(masters))

  /** Over the connection of the main session; `-T` without a terminal, `-tt` with one though our own input is none. */
  function beside(terminal: '-T' | '-tt', words: readonly string[]): Transport {
    const argv = [
      ...configurationArguments(),
      '-S',
      socket(),
      terminal,
      ...SIDE_ARGUMENTS,
      ...destinationArguments(destination),
      ...words,
    ]
    return { box: name, argv: ['ssh', ...argv], joinsArguments: true, explain }
  }
  const side = async (): Promise<Transport> => withShell(beside('-T', ['sh']))
  const terminal = async (command: string): Promise<Transport> => beside('-tt', ['sh', '-c', shellQuoted(command)])

  async function onClose(): Promise<void> {
    askpass?.close()
    folder?.remove()
  }
  return { main, side, terminal, onClose, warnings: () => [...warnings] }
}

/** Never a second login: without the master's socket there is no way to the box. */
const SIDE_ARGUMENTS = [
  '-x',
  '-a',
  '-o',
  'ControlMaster=no',
  '-o',
  'ProxyCommand=false',
  '-o',
  'RemoteCommand=none',
  '-o',
  'LogLevel=INFO',
  '-o',
  'BatchMode=yes',
] as const

function masterArguments(socket: string, configuration: SshConfiguration, options: SshOptions): readonly string[] {
  const connectSeconds = Math.max(1, Math.ceil((options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS) / 1_000))
  const settings = [
    'ControlPersist=no',
    `ServerAliveInterval=${options.keepAliveSeconds ?? KEEP_ALIVE_SECONDS}`,
    'ServerAliveCountMax=3',
    `ConnectTimeout=${connectSeconds}`,
    // Forwards of the configuration are for the user's own terminal; here they would fail on a port that is taken.
    'ClearAllForwardings=yes',
    'RemoteCommand=none',
    'PermitLocalCommand=no',
    // Below INFO ssh hides `Timeout, server not responding`; with QUIET it says nothing at all.
    'LogLevel=INFO',
    options.prompt ? 'BatchMode=no' : 'BatchMode=yes',
    ...strictness(configuration),
  ]
  return [
    ...configurationArguments(),
    '-M',
    '-S',
    socket,
    '-T',
    '-x',
    '-a',
    ...settings.flatMap((setting) => ['-o', setting]),
  ]
}

/** `no` and `off` let a changed key pass (ssh_config(5)); accept-new takes a new one, as such a user wants, and no changed one. */
function strictness(configuration: SshConfiguration): readonly string[] {
  const value = configuration.get('stricthostkeychecking')
  return value === 'false' || value === 'no' || value === 'off' ? ['StrictHostKeyChecking=accept-new'] : []
}

function noteNewHostKey(text: string, name: string, warnings: Set<string>): void {
  const added = /Permanently added '([^']*)' \((\S+)\) to the list of known hosts/.exec(text)
  if (added)
    warnings.add(
      `${name}: its host key (${added[2]}) was new and was accepted unseen, because your ssh configuration says so (StrictHostKeyChecking).`,
    )
}

function noFolder(name: string, error: unknown): Failure {
  return {
    kind: 'client-missing',
    message: `${name} was not tried: ${error instanceof Error ? error.message : String(error)}.`,
    tryNext: 'Is /tmp or XDG_RUNTIME_DIR of this machine full or not writable?',
  }
}
