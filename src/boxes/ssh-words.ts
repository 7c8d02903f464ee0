import type { SshWords } from './failures.ts'

/**
 * What OpenSSH says when it cannot enter, most telling first: an earlier row wins. Each wording was recorded from a real
 * ssh against a real sshd in that state (`failures.test.ts`), but for those of other versions, which are in its source.
 */
export const SSH_WORDS: readonly SshWords[] = [
  {
    kind: 'host-key-changed',
    words: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for (\S+) has changed|POSSIBLE DNS SPOOFING/,
    says: ({ input }) =>
      `its host key is another one than the key that is known${offending(input)}. It was not accepted. The key it shows now: ${/SHA256:\S+?(?=\.?\s|$)/.exec(input)?.[0] ?? 'not shown'}.`,
    tryNext: ({ destination }) =>
      `Either the box was reinstalled or somebody is in between. Compare the fingerprint by another way; only if it is right: \`ssh-keygen -R HOST\`, then \`ssh ${destination}\`.`,
  },
  {
    kind: 'host-key-unknown',
    words: /No \S+ host key is known for|Host key verification failed/,
    says: () => 'its host key is not known yet, and it was not accepted unseen.',
    tryNext: ({ destination }) =>
      `Connect once in a terminal (\`ssh ${destination}\`), compare the fingerprint, and accept it there.`,
  },
  {
    kind: 'bad-ssh-configuration',
    words:
      /.*Bad configuration option: .*|.*too long for Unix domain socket.*|Bad owner or permissions on .*|Can't open user config file .*|.*terminating, \d+ bad configuration options|.* line \d+: .*(?:bad|missing|unsupported|invalid|no argument|extra arguments|garbage).*|unix_listener: .*/i,
    says: ({ 0: said }) => `ssh does not accept its configuration: ${said.trim()}.`,
    tryNext: ({ destination }) =>
      `Correct the line; \`ssh -G ${destination}\` checks the configuration without connecting.`,
  },
  {
    kind: 'name-not-resolved',
    words: /Could not resolve hostname (\S+): (.*)|hostname contains invalid characters/,
    says: ({ 1: name, 2: why }) =>
      `the name ${name ?? 'of the host'} does not resolve (${why ?? 'invalid characters'}).`,
    tryNext: () =>
      'Is it spelled right? Is it an alias that your ~/.ssh/config lacks? Is the VPN up, and does DNS work (`getent hosts NAME`)?',
  },
  {
    kind: 'banner-timed-out',
    words: /Connection timed out during banner exchange|banner exchange: .*timed out/,
    says: () => 'the port accepts connections, but no sshd speaks there within the limit.',
    tryNext: () =>
      'The box is up but sshd hangs or the box is starved (CPU, memory, I/O). Try again with more time; use its console (cloud, IPMI) if it stays so.',
  },
  {
    kind: 'refused',
    words: /connect to (?:host|address) (\S+) port (\d+): Connection refused/,
    says: ({ 2: port }) => `the box is there, but nothing listens on port ${port}.`,
    tryNext: () => 'Is sshd running (on the box: `systemctl status ssh`)? Is it another port (`user@host:port`)?',
  },
  {
    kind: 'timed-out',
    words:
      /connect to (?:host|address) (\S+) port (\d+): (?:Connection|Operation) timed out|Connection to \S+ port \d+ timed out|Timeout, server .* not responding/,
    says: () => 'no answer at all: packets are dropped or the box is off.',
    tryNext: () =>
      'Is the box up (console, cloud)? Does a firewall or security group let port 22 through from here? Is the VPN up?',
  },
  {
    kind: 'unreachable',
    words: /connect to (?:host|address) (\S+) port (\d+): (.*)/,
    says: ({ 1: host, 3: why }) => `${host} cannot be reached (${why?.trim() || 'no reason given'}).`,
    tryNext: () =>
      'No way leads there, or a firewall rejects it. Is the box up, the address right, the VPN or route there (`ip route get ADDRESS`)?',
  },
  {
    kind: 'no-common-algorithm',
    words:
      /no matching (host key type|key exchange method|cipher|MAC|compression method|\S+) found\. Their offer: (.*)/i,
    says: ({ 1: what, 2: offer }) =>
      `ssh here and sshd there share no ${what} (it offers ${(offer ?? '').slice(0, 120)}).`,
    tryNext: () =>
      'An old sshd: allow what it offers for this host only in ~/.ssh/config (HostKeyAlgorithms, KexAlgorithms, Ciphers with +).',
  },
  {
    kind: 'throttled',
    words:
      /(?:kex|ssh)_exchange_identification: .*(?:closed by remote host|reset by peer|Connection reset)|Not allowed at this time/,
    says: () =>
      'sshd dropped the connection before the handshake: too many logins at once (MaxStartups), or this address is banned.',
    tryNext: () =>
      'It was tried again a few times. Wait a little; see MaxStartups, PerSourcePenalties, fail2ban and hosts.deny on the box.',
  },
  {
    kind: 'throttled',
    words: /Session open refused by peer|open failed: administratively prohibited/,
    says: () => 'sshd allows no further session on this connection (MaxSessions).',
    tryNext: () => 'Let what runs there end first, or raise MaxSessions in sshd_config.',
  },
  {
    kind: 'login-disabled',
    words:
      /.*(?:not permitted to log ?in|password has expired|required to change your password|account has expired|account is locked).*/i,
    says: ({ 0: said }) => `the login works, but the account is not let in: ${said.trim()}`,
    tryNext: ({ destination }) => `Log in by hand (\`ssh ${destination}\`) and do what it asks, or use another user.`,
  },
  {
    kind: 'permission-denied',
    words:
      /(?:(\S+): )?Permission denied \(([^)]*)\)|Too many authentication failures|Permission denied, please try again|agent refused operation/,
    says: ({ 1: who, 2: methods, input }) =>
      `sshd did not let ${who ?? 'this user'} in${methods ? ` (it would take: ${methods})` : ''}.${deniedBecause(input)}`,
    tryNext: ({ destination }) =>
      `Right user and key? \`ssh -v ${destination} true\` shows which keys are offered; \`ssh-add -l\` what the agent holds. An encrypted key needs the agent or a terminal.`,
  },
  {
    kind: 'no-shell',
    words: /.*(?:(?:shell|exec) request failed on channel|fork: .*unavailable|[Cc]annot fork|Cannot allocate memory).*/,
    says: ({ 0: said }) => `the login works, but the box could not start a shell: ${said.trim()}.`,
    tryNext: () =>
      'The box is out of processes or memory (pid limit, ulimit -u, OOM), or this key may not run commands. Try root, or its console.',
  },
  {
    kind: 'disk-full',
    words: /No space left on device/,
    says: () => 'no space is left on its disk, so the login could not finish.',
    tryNext: ({ destination }) =>
      `Free something first: \`ssh ${destination} 'df -h; df -i'\`, or log in as root (reserved blocks).`,
  },
  {
    kind: 'cut-off',
    words: /Control socket connect\(|mux_client_\S+: |master hello exchange/,
    says: () => 'the shared connection has ended.',
    tryNext: () => 'Run it again: it is opened anew.',
  },
  {
    kind: 'refused',
    words: /(?:Connection (?:closed|reset) by|Received disconnect from|Disconnected from) (\S+).*/,
    says: ({ 0: said }) => `sshd closed the connection during the login (${said.trim()}).`,
    tryNext: () =>
      'Look at the log of sshd on the box (`journalctl -u ssh`): AllowUsers, a ban, a locked account, or a starved box.',
  },
  {
    kind: 'unknown',
    words: /invalid format|Bad packet length|protocol version|Protocol major versions differ/i,
    says: () => 'what listens on that port does not speak SSH.',
    tryNext: () => 'Is it the right port (`user@host:port`)?',
  },
]

function offending(text: string): string {
  const at = /Offending \S+ key in (.*?):(\d+)/.exec(text)
  return at ? ` (${at[1]} line ${at[2]})` : ''
}

function deniedBecause(text: string): string {
  const missing = /Identity file (\S+) not accessible/.exec(text)
  if (/bad permissions|UNPROTECTED PRIVATE KEY/.test(text))
    return ' A private key was ignored because other users can read it (chmod 600).'
  if (missing) return ` The key file ${missing[1]} cannot be read.`
  if (/Too many authentication failures/.test(text))
    return ' Too many keys were offered: name the right one with IdentityFile and IdentitiesOnly yes.'
  if (/agent refused operation/.test(text)) return ' The agent refused to sign (locked, or a touch was not given).'
  return ''
}
