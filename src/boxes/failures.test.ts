import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FailureKind } from './box.ts'
import type { Ending } from './child.ts'
import { containerFailure } from './container.ts'
import { abandoned, plainText, sshFailure } from './failures.ts'
import { sudoFailure } from './sudo.ts'

const context = { box: 'web-1', destination: 'web-1' }

/** Recorded from OpenSSH 9.2 against real sshd in that state (test boxes 10.99.0.0/16): standard error, exit code, noise on standard output. */
const RECORDED: readonly (readonly [
  state: string,
  kind: FailureKind,
  stderr: string,
  code?: number,
  noise?: string,
])[] = [
  ['no such address', 'unreachable', 'ssh: connect to host 10.99.3.3 port 22: No route to host'],
  ['no such address, short limit', 'timed-out', 'ssh: connect to host 10.99.3.3 port 22: Connection timed out'],
  ['no route', 'unreachable', 'ssh: connect to host 10.99.3.3 port 22: Network is unreachable'],
  [
    'name unknown',
    'name-not-resolved',
    'ssh: Could not resolve hostname nosuchhost.invalid: Name or service not known',
  ],
  ['port closed', 'refused', 'ssh: connect to host 10.99.0.2 port 2222: Connection refused'],
  ['packets dropped', 'timed-out', 'ssh: connect to host 10.99.0.3 port 22: Connection timed out'],
  ['firewall rejects', 'unreachable', 'ssh: connect to host 10.99.0.3 port 22: No route to host'],
  [
    'sshd stopped',
    'banner-timed-out',
    'Connection timed out during banner exchange\nConnection to 10.99.0.4 port 22 timed out',
  ],
  [
    'host key changed',
    'host-key-changed',
    '@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\r\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\r\nIT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\r\nThe fingerprint for the ED25519 key sent by the remote host is\nSHA256:E4cECyGta/z3Lc7wgTCplZgSFVjvXujHOVqub9sFncE.\r\nOffending ED25519 key in ./fault/kh:4\r\nHost key for 10.99.0.5 has changed and you have requested strict checking.\r\nHost key verification failed.',
  ],
  [
    'host key unknown, strict',
    'host-key-unknown',
    'No ED25519 host key is known for 10.99.0.5 and you have requested strict checking.\r\nHost key verification failed.',
  ],
  ['host key unknown, ask without a person', 'host-key-unknown', 'Host key verification failed.'],
  ['wrong key', 'permission-denied', 'root@10.99.0.5: Permission denied (publickey,password,keyboard-interactive).'],
  [
    'key file missing',
    'permission-denied',
    'Warning: Identity file /nonexist not accessible: No such file or directory.\nroot@10.99.0.5: Permission denied (publickey,password,keyboard-interactive).',
  ],
  [
    'key file readable by all',
    'permission-denied',
    '@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @\nPermissions 0644 for \'enckey2\' are too open.\nThis private key will be ignored.\nLoad key "enckey2": bad permissions\nbob@10.99.0.6: Permission denied (publickey,password,keyboard-interactive).',
  ],
  [
    'agent with seven wrong keys',
    'permission-denied',
    'Received disconnect from 10.99.0.6 port 22:2: Too many authentication failures\nDisconnected from 10.99.0.6 port 22',
  ],
  [
    'no common host key algorithm',
    'no-common-algorithm',
    'Unable to negotiate with 10.99.0.5 port 22: no matching host key type found. Their offer: ssh-ed25519',
  ],
  [
    'no common key exchange',
    'no-common-algorithm',
    'Unable to negotiate with 10.99.0.5 port 22: no matching key exchange method found. Their offer: sntrup761x25519-sha512',
  ],
  ['bad option', 'bad-ssh-configuration', 'command-line: line 0: Bad configuration option: foo'],
  [
    'bad option in a file',
    'bad-ssh-configuration',
    '/home/ann/.ssh/config: line 3: Bad configuration option: hostnam\n/home/ann/.ssh/config: terminating, 1 bad configuration options',
  ],
  [
    'control path too long',
    'bad-ssh-configuration',
    'unix_listener: path "/tmp/xxxxxxxxxxxx" too long for Unix domain socket',
  ],
  [
    'jump host down',
    'jump-host-failed',
    'ssh: connect to host 10.99.3.3 port 22: No route to host\nkex_exchange_identification: Connection closed by remote host\nConnection closed by UNKNOWN port 65535',
  ],
  [
    'jump host denies',
    'jump-host-failed',
    'ann@10.99.0.2: Permission denied (publickey).\nkex_exchange_identification: Connection closed by remote host\nConnection closed by UNKNOWN port 65535',
  ],
  [
    'target behind the jump refuses',
    'behind-jump-host-failed',
    'channel 0: open failed: connect failed: Connection refused\nstdio forwarding failed\nkex_exchange_identification: Connection closed by remote host\nConnection closed by UNKNOWN port 65535',
  ],
  [
    'target behind the jump unreachable',
    'behind-jump-host-failed',
    'channel 0: open failed: connect failed: No route to host\nstdio forwarding failed\nkex_exchange_identification: Connection closed by remote host\nConnection closed by UNKNOWN port 65535',
  ],
  [
    'target unknown to the jump',
    'behind-jump-host-failed',
    'channel 0: open failed: connect failed: Temporary failure in name resolution\nstdio forwarding failed\nkex_exchange_identification: Connection closed by remote host\nConnection closed by UNKNOWN port 65535',
  ],
  [
    'too many logins at once',
    'throttled',
    'kex_exchange_identification: Connection closed by remote host\nConnection closed by 10.99.0.2 port 22',
  ],
  [
    'too many logins at once, reset',
    'throttled',
    'kex_exchange_identification: read: Connection reset by peer\nConnection reset by 10.99.0.2 port 22',
  ],
  [
    'too many logins at once behind a jump',
    'throttled',
    'kex_exchange_identification: Connection closed by remote host\nConnection closed by UNKNOWN port 65535',
  ],
  ['no more sessions', 'throttled', 'mux_client_request_session: session request failed: Session open refused by peer'],
  ['nologin shell', 'login-disabled', '', 1, 'This account is currently not available.\n'],
  ['/etc/nologin', 'login-disabled', 'maintenance at noon', 254],
  ['restricted shell without sh', 'no-shell', "rbash: line 1: sh: restricted: cannot specify `/' in command names", 1],
  ['no sh', 'no-shell', 'bash: line 1: sh: command not found', 127],
  ['forced command', 'forced-command', '', 0, 'only-this\n'],
  ['forced command that says nothing', 'forced-command', '', 0],
  [
    'a service that is no shell',
    'forced-command',
    'PTY allocation request failed on channel 0',
    1,
    "Hi ann! You've successfully authenticated, but shell access is off.\n",
  ],
  ['not an ssh server', 'unknown', 'Bad packet length 1349676916.'],
  ['out of processes', 'no-shell', 'shell request failed on channel 0'],
  ['disk full', 'disk-full', 'bash: cannot create temp file for here-document: No space left on device', 1],
  ['killed without a word', 'unknown', '', 255],
]

describe('sshFailure', () => {
  it.each(RECORDED.map(([state, kind, stderr, code = 255, noise = '']) => ({ state, kind, stderr, code, noise })))(
    'names the state "$state" as $kind',
    ({ kind, stderr, code, noise }) => {
      const failure = sshFailure(ending({ stderr, code, noise }), context)
      expect(failure.kind).toBe(kind)
      expect(failure.message).toContain('web-1')
      expect(failure.tryNext.length).toBeGreaterThan(20)
      expect(failure.message).not.toMatch(/undefined|\r|\n/)
    },
  )

  it('says where the known key stands and which key the box shows now', () => {
    const changed = RECORDED.find(([state]) => state === 'host key changed')
    const { message } = sshFailure(ending({ stderr: changed?.[2] ?? '' }), context)
    expect(message).toContain('./fault/kh line 4')
    expect(message).toContain('SHA256:E4cECyGta/z3Lc7wgTCplZgSFVjvXujHOVqub9sFncE.')
  })

  it('blames no sshd for a way through a jump host that nothing comes back through', () => {
    const stderr = 'Connection timed out during banner exchange\r\nConnection to UNKNOWN port 65535 timed out\r\n'
    const failure = sshFailure(ending({ stderr, code: 255 }), context)
    expect(failure.kind).toBe('jump-host-failed')
    expect(`${failure.message} ${failure.tryNext}`).not.toMatch(/sshd|accepts connections/)
  })

  it('names the line of the configuration that ssh does not understand', () => {
    const stderr =
      '/home/ann/.ssh/config line 2: no argument after keyword "hostname"\n/home/ann/.ssh/config: terminating, 2 bad configuration options'
    expect(sshFailure(ending({ stderr, code: 255 }), context)).toMatchObject({
      kind: 'bad-ssh-configuration',
      message: expect.stringContaining('line 2: no argument after keyword "hostname"'),
    })
  })

  it('calls every end after the first answer a cut-off, with the reason that ssh gave', () => {
    const said = (stderr: string): string => sshFailure(ending({ stderr, entered: true }), context).message
    expect(said('Timeout, server 10.99.0.6 not responding.')).toContain('went silent')
    expect(said('Connection to 10.99.0.6 closed by remote host.')).toContain('other side closed')
    expect(said('client_loop: send disconnect: Broken pipe')).toContain('other side closed')
    expect(said('')).toContain('without a word')
    expect(sshFailure(ending({ stderr: 'x: No space left on device', entered: true }), context).kind).toBe('disk-full')
  })

  it('says what to install when there is no ssh', () => {
    const failure = sshFailure(ending({ spawnError: new Error('spawn ssh ENOENT'), code: null }), context)
    expect(failure).toMatchObject({ kind: 'client-missing', tryNext: expect.stringContaining('openssh-client') })
  })
})

describe('sudoFailure', () => {
  it.each([
    ['sudo-password-needed', 'sudo: a password is required', 1],
    ['sudo-password-needed', 'sudo: a terminal is required to read the password; either use the -S option', 1],
    ['sudo-password-wrong', 'Sorry, try again.\nsudo: no password was provided\nsudo: 1 incorrect password attempt', 1],
    ['sudo-refused', 'nosu is not in the sudoers file.', 1],
    ['sudo-refused', 'sudo: sorry, you must have a tty to run sudo', 1],
    ['sudo-missing', 'sh: 1: exec: sudo: not found', 127],
    ['sudo-missing', 'sh: 1: exec: sudo: Permission denied', 126],
  ])('gives %s for "%s"', (kind, stderr, code) => {
    expect(sudoFailure('web-1', stderr, code)).toMatchObject({ kind, message: expect.stringContaining('web-1') })
  })
})

/** Wordings from the sources of Docker (daemon/exec.go, cli) and Podman (libpod/define/errors.go). */
describe('containerFailure', () => {
  it.each([
    ['container-not-found', 'Error response from daemon: No such container: api', 1],
    ['container-not-found', 'Error: no container with name or ID "api" found: no such container', 125],
    ['container-not-found', 'Error response from daemon: container 4d1f is not running', 1],
    [
      'container-not-found',
      'Error: can only create exec sessions on running containers: container state improper',
      255,
    ],
    [
      'engine-not-running',
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      1,
    ],
    [
      'engine-not-running',
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
      1,
    ],
    [
      'no-shell',
      'OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH: unknown',
      126,
    ],
    ['unknown', '', 1],
  ])('gives %s for "%s"', (kind, stderr, code) => {
    expect(containerFailure(ending({ stderr, code }), 'docker', 'api')).toMatchObject({
      kind,
      message: expect.stringContaining('docker'),
    })
  })
})

describe('any words at all', () => {
  it('give some failure, never a throw, and nothing that steers a terminal', () => {
    const word = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...RECORDED.map(([, , stderr]) => stderr)))
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 4 }),
        fc.string(),
        fc.option(fc.nat(255)),
        fc.boolean(),
        (words, noise, code, entered) => {
          const how = ending({ stderr: words.join('\n'), noise, code, entered })
          for (const failure of [
            sshFailure(how, context),
            containerFailure(how, 'podman', 'api'),
            sudoFailure('web-1', how.stderr, code),
          ]) {
            expect(failure.kind).toMatch(/^[a-z-]+$/)
            expect(failure.message + failure.tryNext).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u)
          }
        },
      ),
    )
  })

  it('are looked through to the end, however long a line is', () => {
    const pieces = [
      'a',
      ' ',
      'line 1: ',
      'connect to host ',
      'Permission denied (',
      'Offending a key in ',
      '\u001B[',
      '\u001B]',
    ]
    for (const piece of pieces) {
      const stderr = piece.repeat(Math.ceil(65_536 / piece.length))
      const failures = [
        sshFailure(ending({ stderr, noise: stderr }), context),
        containerFailure(ending({ stderr }), 'podman', 'api'),
        sudoFailure('web-1', stderr, 1),
      ]
      // It fits a screen: nobody reads a line of 64 KiB.
      for (const { message } of failures) expect(message.length).toBeLessThan(2_000)
    }
  })

  it('tell the same below a banner that is one endless line', () => {
    const stderr = `${'x'.repeat(60_000)}\nroot@10.99.0.5: Permission denied (publickey).`
    expect(sshFailure(ending({ stderr }), context)).toMatchObject({ kind: 'permission-denied' })
  })

  it('give the same failure, or one of the rest, when they are cut anywhere', () => {
    fc.assert(
      fc.property(fc.constantFrom(...RECORDED), fc.nat(2_000), fc.nat(2_000), ([, , stderr, code = 255], from, to) => {
        const part = stderr.slice(from % (stderr.length + 1), to)
        expect(sshFailure(ending({ stderr: part, code }), context).message).not.toBe('')
      }),
    )
  })

  it('lose their escape sequences', () => {
    expect(plainText('\u001B[31mred\u001B[0m \u202Etxt\u0007')).toBe('red  txt ')
  })
})

describe('abandoned', () => {
  it('says what, where and what to try for each way', () => {
    const options = { what: 'look', timeoutMs: 3_000, maxBytes: 10 }
    expect(abandoned('no-answer', 'docker:api', options)).toMatchObject({
      message: expect.stringContaining('3 s'),
      tryNext: expect.stringContaining('docker exec api uptime'),
    })
    expect(abandoned('no-answer', 'amy@web-1:2222', options).tryNext).toContain('`ssh -p 2222 amy@web-1 uptime`')
    expect(abandoned('too-much-output', 'web-1', options).message).toContain('10 bytes')
    expect(abandoned('cancelled', 'web-1', options).message).toContain('interrupted')
  })
})

function ending(part: Partial<Ending>): Ending {
  return {
    code: 255,
    signal: null,
    spawnError: undefined,
    stderr: '',
    noise: '',
    entered: false,
    what: 'look',
    ...part,
  }
}
