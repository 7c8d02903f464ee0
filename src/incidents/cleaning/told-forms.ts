/** What a form tells of. */
export type Told = 'users' | 'hosts' | 'domains' | 'ids' | 'logins' | 'urls'

/** useradd(8): 32 characters; `.` and capitals stand in names of directories. */
const USER = String.raw`[A-Za-z_][\w.-]{0,31}`
const HOST = String.raw`[A-Za-z0-9_][\w.-]{0,252}`

/** Where programs tell who and what it is. Each form begins with a fixed text or at the beginning of a line. */
export const TOLD: readonly (readonly [Told, readonly RegExp[]])[] = [
  [
    'users',
    [
      // Folders; passwd(5) with the name of the person; environ(7).
      new RegExp(String.raw`(?:/home/|/Users/|\bC:\\+Users\\+)(?<name>${USER})`, 'g'),
      new RegExp(
        String.raw`^(?<name>${USER}):[^:\n]{0,99}:(?:[1-9]\d{3,4}|[1-9]\d{5,}):\d+:(?<person>[^:,\n]{0,80})[^:\n]*:/`,
        'gm',
      ),
      new RegExp(String.raw`\b(?:USER|LOGNAME|SUDO_USER|USERNAME)=["']?(?<name>${USER})`, 'g'),
      // sshd, PAM, sudo, su, systemd-logind, audit.
      new RegExp(
        String.raw`\b(?:(?:Accepted|Failed|Partial|Postponed) (?:password|publickey|hostbased|none|keyboard-interactive/pam|gssapi-with-mic) for(?: invalid user)?|[Ii]nvalid user|authenticating user|Disconnected from user) (?<name>${USER})(?= |$)`,
        'gm',
      ),
      new RegExp(String.raw`\bby (?<name>${USER})\(uid=`, 'g'),
      new RegExp(String.raw`\brhost=\S* +user=(?<name>${USER})`, 'g'),
      new RegExp(String.raw`^user (?<name>${USER})$`, 'gm'),
      new RegExp(String.raw`\bsession (?:opened|closed) for user (?<name>${USER})`, 'g'),
      new RegExp(String.raw`\bsudo(?:\[\d+\])?: +(?<name>${USER}) : `, 'g'),
      new RegExp(String.raw`\b(?:acct|ruser|auid|AUID|UID)="(?<name>${USER})"`, 'g'),
      new RegExp(String.raw`\b(?:New|Removed) session \S+ of user (?<name>${USER})`, 'g'),
      new RegExp(String.raw`\buid=\d+\((?<name>${USER})\)`, 'g'),
      // who, ls -l, ps -ef, ps aux, and what halligan preserves of processes; ps cuts long names (`christo+`).
      new RegExp(String.raw`^(?<name>${USER}) +(?:\S )?(?:pts/\d+|tty\w+|:\d) `, 'gm'),
      new RegExp(String.raw`^[-dlcbps][-rwxsStT]{9}[.+@]? +\d+ +(?<name>${USER}) `, 'gm'),
      new RegExp(String.raw`^(?<name>${USER})\+? +\d+ +\d+ +\d+ +\S+ +\S+ +\d+:\d\d`, 'gm'),
      new RegExp(String.raw`^(?<name>${USER})\+? +\d+ +\d+\.\d +\d+\.\d +\d+ +\d+ `, 'gm'),
      new RegExp(String.raw`^ *\d+ +\d+ +(?<name>${USER})\+? +[RSDZTtXIW][<NLsl+]* `, 'gm'),
    ],
  ],
  [
    'hosts',
    [
      // syslog in both forms (RFC 3164; RFC 5424 as journalctl and rsyslog write it), the identity of a look, hostnamectl, hosts(5).
      new RegExp(String.raw`^(?:<\d+>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?<name>${HOST}) [^\s:]+:`, 'gm'),
      new RegExp(
        String.raw`^(?:<\d+>\d )?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d) (?<name>${HOST}) (?:[^\s:=]+\[\d+\]|kernel):`,
        'gm',
      ),
      new RegExp(String.raw`^ *(?:hostname|Static hostname:) (?<name>${HOST})$`, 'gm'),
      new RegExp(String.raw`\bHOSTNAME=["']?(?<name>${HOST})`, 'g'),
      new RegExp(String.raw`"_HOSTNAME" ?: ?"(?<name>${HOST})"`, 'g'),
      new RegExp(
        String.raw`^[ \t]*(?=\S*[.:])(?<at>[0-9A-Fa-f.:]{3,45})(?<list>(?:[ \t]+(?=\S*[A-Za-z])(?=\S*[\d.-])${HOST}){1,20})[ \t]*(?:#.*)?$`,
        'gm',
      ),
      // A short name in an address is one of ours, as far as it looks like that of a machine.
      new RegExp(
        String.raw`\b[a-z][a-z0-9+.-]{0,20}://(?:[^\s/@"'<>]{0,200}@)?(?=[^\s:/"'<>?#]*[\d_-])(?<name>[A-Za-z][A-Za-z0-9_-]{0,62})(?=[:/\s"'<>?#,)]|$)`,
        'g',
      ),
      new RegExp(
        String.raw`(?<![\w.-])(?<name>[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.(?:internal|lan|corp|localdomain|intranet|home\.arpa))(?![\w-]|\.\w)`,
        'g',
      ),
      new RegExp(
        String.raw`(?<![\w.-])(?=[\w.]*[\d-])(?<name>[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.local)(?![\w-]|\.\w)`,
        'g',
      ),
    ],
  ],
  [
    'domains',
    [
      new RegExp(
        String.raw`^[ \t]*(?:search|domain|DNS Domain:|Domains=)[ \t]*(?<list>(?:[ \t]*[\w-]+(?:\.[\w-]+)+){1,20})[ \t]*$`,
        'gm',
      ),
    ],
  ],
  [
    'ids',
    [
      /^(?:machine|boot) (?<name>[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/gm,
      /\b_?(?:MACHINE_ID|BOOT_ID|machine-id|Machine ID|Boot ID|Boot)["']?[ :=]+["']?(?<name>[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-f])/g,
    ],
  ],
  ['logins', [new RegExp(String.raw`(?<![\w.-])(?<name>${USER}@${HOST})`, 'g')]],
  [
    'urls',
    [new RegExp(String.raw`\b[a-z][a-z0-9+.-]{0,20}://(?:[^\s/@"'<>]{0,200}@)?(?<name>[A-Za-z0-9][\w.-]{0,252})`, 'g')],
  ],
]
