import { execFile } from 'node:child_process'
import type { Failure } from './box.ts'
import type { Destination } from './destination.ts'
import { sshFailure } from './failures.ts'

/** What `ssh -G` says that a name means: every key of ssh_config(5) with its resolved value, in lower case. */
export type SshConfiguration = ReadonlyMap<string, string>

/** `ssh -G` takes 7 ms; a `Match exec` in the configuration may take longer. Milliseconds. */
const RESOLVE_LIMIT_MS = 8_000

/** Arguments by which ssh finds the user's configuration, or the one that HALLIGAN_SSH_CONFIG names. */
export function configurationArguments(): readonly string[] {
  const file = process.env['HALLIGAN_SSH_CONFIG']
  return file ? ['-F', file] : []
}

export function destinationArguments({ host, port }: Destination): readonly string[] {
  return [...(port === undefined ? [] : ['-p', String(port)]), '--', host]
}

/** Asks ssh itself what its configuration makes of a name; connects to nothing. */
export function resolveSshConfiguration(box: string, destination: Destination): Promise<SshConfiguration | Failure> {
  const args = [...configurationArguments(), '-G', ...destinationArguments(destination)]
  return new Promise((resolve) => {
    execFile('ssh', args, { timeout: RESOLVE_LIMIT_MS, maxBuffer: 1024 * 1024 }, (error, stdout, stderr) => {
      if (!error) return resolve(parseSshConfiguration(stdout))
      const missing = typeof error.code === 'string' && error.code === 'ENOENT' ? error : undefined
      const code = typeof error.code === 'number' ? error.code : null
      const ending = {
        code,
        signal: error.signal ?? null,
        spawnError: missing,
        stderr,
        noise: '',
        entered: false,
        what: 'ssh -G',
      }
      const failure = sshFailure(ending, { box, destination: destination.host })
      resolve(failure.kind === 'unknown' ? { ...failure, kind: 'bad-ssh-configuration' } : failure)
    })
  })
}

function parseSshConfiguration(text: string): SshConfiguration {
  const values = new Map<string, string>()
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ')
    const key = line.slice(0, space).toLowerCase()
    if (space > 0 && !values.has(key)) values.set(key, line.slice(space + 1).trim())
  }
  return values
}
