import type { Failure, FailureKind, RunOptions } from './box.ts'
import type { Ending } from './child.ts'
import { commandForm, parseDestination } from './destination.ts'
import { SSH_WORDS } from './ssh-words.ts'

export type Abandoned = 'no-answer' | 'too-much-output' | 'cancelled'

/** A run that the console gave up itself. */
export function abandoned(why: Abandoned, box: string, { what, timeoutMs, maxBytes }: RunOptions): Failure {
  switch (why) {
    case 'no-answer':
      return {
        kind: why,
        message: `${box} did not finish "${what}" within ${timeoutMs / 1000} s.`,
        tryNext: `The box may be starved or the link stalled: try again with more time, or see whether \`${trial(box)}\` answers.`,
      }
    case 'too-much-output':
      return {
        kind: why,
        message: `${box} sent more than ${maxBytes} bytes for "${what}"; the rest was not read.`,
        tryNext: 'What was read before the limit is used.',
      }
    case 'cancelled':
      return {
        kind: why,
        message: `"${what}" on ${box} was interrupted; what was known by then is used.`,
        tryNext: 'Run it again to the end for the rest.',
      }
  }
}

/** What a failure to enter a box over ssh is about. */
export interface SshContext {
  readonly box: string
  /** As given to ssh, for commands that are suggested. */
  readonly destination: string
}

/**
 * OpenSSH's own words turned into a named failure. Total: any text gives some failure. ssh exits with 255 for everything
 * that is its own (ssh(1), EXIT STATUS), so the text decides; the wordings are of OpenSSH 7.4 to 10 and dropbear.
 */
export function sshFailure(ending: Ending, context: SshContext): Failure {
  const { spawnError, entered } = ending
  if (spawnError) {
    return {
      kind: 'client-missing',
      message: `ssh could not be started on this machine to reach ${context.box}: ${plain(spawnError.message)}.`,
      tryNext: 'Install the OpenSSH client (Debian: apt install openssh-client) and see that `ssh -V` works.',
    }
  }
  const words = heard(ending.stderr)
  if (entered) return lostConnection(ending, words, context.box)
  if (/UNKNOWN port 65535/.test(words)) return behindJump(ending, words, context)
  return entryFailure(ending, words, context)
}

function entryFailure(ending: Ending, words: string, context: SshContext): Failure {
  for (const row of SSH_WORDS) {
    const match = row.words.exec(words)
    if (match)
      return { kind: row.kind, message: `${context.box}: ${row.says(match)}`, tryNext: row.tryNext(context, match) }
  }
  return unframed(ending, words, context)
}

/** Through a jump host, ssh sees only that its connection closed; the words of the jump come before. */
function behindJump(ending: Ending, words: string, context: SshContext): Failure {
  const { box, destination } = context
  const beyond = /open failed: (?:connect failed|administratively prohibited|unknown channel type)(?:: (.*))?/.exec(
    words,
  )
  if (beyond || /stdio forwarding failed/.test(words)) {
    return {
      kind: 'behind-jump-host-failed',
      message: `The jump host was reached, but from there ${box} was not: ${beyond?.[1] ?? lastLine(words)}.`,
      tryNext: `The jump host answers, so look for ${box} itself: is it up, does its sshd run, does the jump host know its name? \`ssh -v ${destination}\` names the jump host.`,
    }
  }
  if (/^\s*Connection timed out during banner exchange\s*\n.*UNKNOWN port 65535/.test(words)) {
    return {
      kind: 'jump-host-failed',
      message: `The way to ${box} goes through a jump host or ProxyCommand, and nothing came back through it within the limit.`,
      tryNext: `Nothing is known about ${box} itself. Reach the jump host first (\`ssh -G ${destination} | grep -i proxy\` names it); if it answers, look for ${box} from there.`,
    }
  }
  const before = words
    .split('\n')
    .filter((line) => !/UNKNOWN port 65535|^kex_exchange_identification|^ssh_exchange_identification/.test(line))
  const text = before.join('\n').trim()
  if (!text) return entryFailure(ending, words.replace(/^.*UNKNOWN port.*$/m, ''), context)
  const inner = entryFailure({ ...ending, stderr: text, noise: '', code: 255 }, text, context)
  const keepsKind =
    inner.kind === 'host-key-changed' || inner.kind === 'host-key-unknown' || inner.kind === 'bad-ssh-configuration'
  return {
    kind: keepsKind ? inner.kind : 'jump-host-failed',
    message: `The way to ${box} goes through a jump host or ProxyCommand, and that failed: ${inner.message.replace(`${box}: `, '')}`,
    tryNext: `Nothing is known about ${box} itself. Reach the jump host first (\`ssh -G ${destination} | grep -i proxy\` names it). ${inner.tryNext}`,
  }
}

/** The box had answered before: whatever the words, the connection or its shell is gone. */
export function lostConnection({ signal, code, what }: Ending, words: string, box: string): Failure {
  const how = /Timeout, server .* not responding/.test(words)
    ? 'the link went silent (no answer to three keep-alives)'
    : /Broken pipe|Connection reset|closed by remote host|Connection closed by/.test(words)
      ? `the other side closed the connection (${lastLine(words)})`
      : /No space left on device/.test(words)
        ? 'no space is left on the box'
        : `its shell ended (${signal ?? `exit ${code}`}${words ? `: ${lastLine(words)}` : ', without a word'})`
  return {
    kind: /No space left on device/.test(words) ? 'disk-full' : 'cut-off',
    message: `${box} was cut off in the middle of "${what}": ${how}.`,
    tryNext:
      'What came before is used. Look again; if it ends at the same place, the box may kill shells (memory, limits, a reboot).',
  }
}

/** No boundary came and ssh itself did not complain: something other than a shell answered. */
function unframed({ code, noise, signal }: Ending, words: string, { box, destination }: SshContext): Failure {
  const said = lastLine(plainText(noise)) || lastLine(words)
  const quoted = said ? `: "${said}"` : ' and said nothing'
  if (code === 254 || /not available|not permitted|no ?login|disabled|maintenance/i.test(said)) {
    return {
      kind: 'login-disabled',
      message: `${box} lets this user in but gives no shell${quoted}.`,
      tryNext: `Use a user with a login shell (\`user@host\`), or see /etc/nologin and the user's shell in /etc/passwd on the box.`,
    }
  }
  if (code === 126 || code === 127 || /command not found|not found$|restricted|cannot execute/i.test(said)) {
    return {
      kind: 'no-shell',
      message: `${box} has no \`sh\` that this user may run${quoted} (exit ${code}).`,
      tryNext: `See what \`ssh ${destination} sh -c true\` says; Halligan needs a POSIX sh on the PATH of that user.`,
    }
  }
  if (noise.trim() || code === 0) {
    return {
      kind: 'forced-command',
      message: `${box} ran something else than the shell that was asked for (exit ${code})${quoted}.`,
      tryNext:
        'This key or user is tied to a command (command= in authorized_keys, ForceCommand in sshd_config). Use a key that may run a shell.',
    }
  }
  return {
    kind: 'unknown',
    message: `ssh to ${box} ended (${signal ?? `exit ${code}`}) before a shell answered${quoted}.`,
    tryNext: `See where \`ssh -v ${destination} true\` stops.`,
  }
}

/** One wording of OpenSSH and what it means. */
export interface SshWords {
  readonly kind: FailureKind
  readonly words: RegExp
  readonly says: (match: RegExpExecArray) => string
  readonly tryNext: (context: SshContext, match: RegExpExecArray) => string
}

/** `ESC [ … letter`, a control sequence (ECMA-48, 5.4). */
const ESCAPE_SEQUENCE = new RegExp(`${String.fromCharCode(27)}\\[[0-?]*[ -/]*[@-~]`, 'g')

function lastLine(text: string): string {
  return (text.trim().split('\n').at(-1) ?? '').trim().slice(0, 300)
}

/** One line of what a box said: without control characters, short. */
export function plain(text: string): string {
  return lastLine(plainText(text))
}

/** Of what was heard the end tells why. Characters. */
const HEARD_KEPT = 16 * 1024
/** The patterns look for a phrase anywhere in a line, which takes the square of its length: a banner of one line of 64 KiB took 40 s. Characters. */
const LINE_KEPT = 800

/** Standard error of a way to a box, made harmless to look into and to print: its last lines, of long ones both ends. */
export function heard(stderr: string): string {
  const lines = stderr.slice(-HEARD_KEPT).split('\n')
  return plainText(
    lines
      .map((line) =>
        line.length > LINE_KEPT ? `${line.slice(0, LINE_KEPT / 2)} … ${line.slice(-LINE_KEPT / 2)}` : line,
      )
      .join('\n'),
  )
}

/** What a box or ssh said, without what steers a terminal (C0, C1, escape sequences, bidirectional marks). */
export function plainText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(ESCAPE_SEQUENCE, '')
    .replaceAll(/(?!\n)[\p{Cc}\p{Cf}]/gu, ' ')
}

/** The command with which a person tries the same way by hand. */
function trial(box: string): string {
  if (box === 'local') return 'sh -c uptime'
  const container = /^(docker|podman):(.*)$/.exec(box)
  if (container) return `${container[1]} exec ${container[2]} uptime`
  const destination = parseDestination(box)
  return `ssh ${'kind' in destination ? box : commandForm(destination)} uptime`
}
