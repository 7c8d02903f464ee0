import type { ChildProcess } from 'node:child_process'
import { randomHex } from '../base/random.ts'
import type { Failure } from './box.ts'
import type { Transport } from './child.ts'
import { heard, plain } from './failures.ts'
import type { Prompt } from './prompt.ts'

export interface SudoLogin {
  /** Asks a person for the password; undefined: nobody can be asked, so sudo is told not to (`sudo -n`). */
  readonly prompt?: Prompt | undefined
  /** Keeps the password between the sessions of one box, in memory only. */
  readonly secret: Secret
}

interface Secret {
  value: string | undefined
}

/** A PAM module that asks in its own words shows no marker: give up after this long without one, nobody being asked. Milliseconds. */
const SILENCE_MS = 20_000

/**
 * The same transport, its shell root's. The password is sent only when sudo asks with our own random words, and nothing
 * else before root's shell has said that it is there: a user who needs no password would otherwise feed it to that shell.
 * It travels over standard input only, never in an argument, the environment or the record.
 */
export function withSudo(transport: Transport, sudo: SudoLogin, silenceMs: number = SILENCE_MS): Transport {
  const nonce = randomHex(12)
  const asking = { now: false }
  const shell = `echo ${nonce}+; exec sh`
  const how = sudo.prompt || sudo.secret.value !== undefined ? `-S -p ${nonce}:` : '-n'
  // Root needs no sudo, and a box where everybody is root often has none.
  const script = `[ "$(id -u)" = 0 ] && { ${shell}; }; exec sudo ${how} sh -c "${shell}"`
  // ssh hands its words to the login shell as one line: quoted once more there.
  const remote = transport.joinsArguments ? [`sh -c '${script}'`] : ['sh', '-c', script]
  return {
    ...transport,
    argv: [...transport.argv.slice(0, -1), ...remote] as unknown as Transport['argv'],
    asking: () => asking.now || (transport.asking?.() ?? false),
    login: (child) => converse(child, { transport, sudo, nonce, asking, silenceMs }),
  }
}

interface Conversation {
  readonly transport: Transport
  readonly sudo: SudoLogin
  readonly nonce: string
  readonly asking: { now: boolean }
  readonly silenceMs: number
}

function converse(
  child: ChildProcess,
  { transport, sudo, nonce, asking, silenceMs }: Conversation,
): Promise<Failure | undefined> {
  const { box } = transport
  return new Promise((resolve) => {
    let out = ''
    let errors = ''
    let answered = 0
    const onSilence = (): void => {
      // A person who is asked, here or by ssh before, takes the time that it takes.
      if (asking.now || transport.asking?.()) silence.refresh()
      else end(sudoFailure(box, `no known question within ${silenceMs / 1000} s. ${errors}`, null))
    }
    const silence = setTimeout(onSilence, silenceMs)
    const onOut = (chunk: Buffer): void => {
      out = (out + chunk.toString('latin1')).slice(-4096)
      if (out.includes(`${nonce}+`)) end(undefined)
    }
    const onError = (chunk: Buffer): void => {
      errors = (errors + chunk.toString('utf8')).slice(-16_384)
      if (errors.split(`${nonce}:`).length - 1 > answered) void answer()
    }
    // A transport that ends before any sudo spoke (no login at all) explains itself; sudo's own end is explained here.
    const onClose = (code: number | null): void =>
      end(/sudo/.test(errors) || answered > 0 ? sudoFailure(box, errors.replaceAll(`${nonce}:`, ''), code) : undefined)

    async function answer(): Promise<void> {
      answered += 1
      if (answered > 1) {
        sudo.secret.value = undefined
        return end(failure('sudo-password-wrong', box))
      }
      asking.now = true
      const password =
        sudo.secret.value ??
        (await sudo
          .prompt?.({ box, kind: 'sudo-password', text: `sudo password on ${box}: `, secret: true })
          .catch(() => undefined))
      asking.now = false
      silence.refresh()
      if (password === undefined) return end(failure('sudo-password-needed', box))
      sudo.secret.value = password
      child.stdin?.write(`${password}\n`)
    }

    function end(result: Failure | undefined): void {
      clearTimeout(silence)
      child.stdout?.off('data', onOut)
      child.stderr?.off('data', onError)
      child.off('close', onClose)
      resolve(result)
    }

    child.stdout?.on('data', onOut)
    child.stderr?.on('data', onError)
    child.on('close', onClose)
  })
}

/** sudo's own words turned into a named failure; with `-n` it says the same for "needs a password" and "not allowed". */
export function sudoFailure(box: string, stderr: string, code: number | null): Failure {
  const words = heard(stderr)
  if (/incorrect password|Sorry, try again/.test(words)) return failure('sudo-password-wrong', box)
  if (/password is required|terminal is required|no tty present/.test(words))
    return failure('sudo-password-needed', box)
  if (/(?:sudo|exec): .*not found|sudo: (?:command )?not found|sudo: Permission denied/.test(words) || code === 127)
    return failure('sudo-missing', box)
  return { ...failure('sudo-refused', box), message: `sudo on ${box} refused: ${plain(words) || `exit ${code}`}` }
}

type SudoKind = 'sudo-password-wrong' | 'sudo-password-needed' | 'sudo-missing' | 'sudo-refused'

function failure(kind: SudoKind, box: string): Failure {
  const says: Record<SudoKind, readonly [string, string]> = {
    'sudo-password-wrong': [
      `sudo on ${box} did not accept the password.`,
      'Run it again and type the password of your user on that box; repeated wrong ones may lock the account.',
    ],
    'sudo-password-needed': [
      `sudo on ${box} wants a password, or does not allow this user; nobody could be asked here.`,
      'Run it in a terminal, or without --sudo (what needs root is then said to be unseen). `sudo -l` on the box shows what is allowed.',
    ],
    'sudo-missing': [`There is no usable sudo on ${box}.`, 'Log in as root (`root@host`), or run without --sudo.'],
    'sudo-refused': [
      `sudo on ${box} refused.`,
      'See `sudo -l` on the box: the user must be allowed to run sh, without requiretty.',
    ],
  }
  const [message, tryNext] = says[kind]
  return { kind, message, tryNext }
}
