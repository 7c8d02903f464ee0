import { isPlaceholder } from './placeholder.ts'
import { eachMatch, HIDDEN, type Rule, type Span } from './rule.ts'

/**
 * Options that take a secret, behind the name of their program: one letter means something else to others. A blank stands for blanks
 * or NUL (cmdline of proc(5)), ` ?` for none as well.
 */
const PROGRAMS: readonly (readonly [anchors: readonly string[], name: RegExp, option: string])[] = [
  // Joined to -p; alone it asks. find(1) has -print and -path for files of these names.
  [['mysql', 'mariadb'], /\b(?:mysql|mariadb)/, String.raw`-p(?!rint0?\b|ath\b|erm\b|rune\b)`],
  [['sshpass'], /\bsshpass/, '-p ?'],
  [['redis-cli', 'valkey-cli'], /\b(?:redis|valkey)-cli/, '-a ?'],
  [['mongo'], /\bmongo/, '-p '],
  [['ldap'], /\bldap/, '-w ?'],
  [[' login -', 'docker login', 'podman login', 'registry login'], /\blogin/, '-p '],
  [['twine'], /\btwine/, '-p '],
  [['sqlcmd', 'ipmitool', 'mosquitto_', 'bcp '], /\b(?:sqlcmd|ipmitool|mosquitto_|bcp\b)/, '-P ?'],
  [['zip '], /\b(?:un)?zip\b/, '-P ?'],
  [[' 0z ', '/0z ', ':0z ', '0za ', '0zr ', '0zz ', '0z a -', '0z x -'], /\b7z[arz]?\b/, '-p'],
  [['ncftp', 'rdesktop'], /\b(?:ncftp|rdesktop)/, '-p '],
  [['freerdp'], /freerdp/, '/p:'],
  [['lftp'], /\blftp/, String.raw`-u [^\s,]{1,80},`],
  [['openssl'], /\bopenssl/, '-(?:k|pass(?:in|out)?) (?:pass:)?'],
  [['ssh-keygen'], /\bssh-keygen/, '-[NP] ?'],
  [['snmp'], /\bsnmp\w*/, '-[AXc] ?'],
  [['smbclient', 'rpcclient', 'smbmap'], /\b(?:smbclient|rpcclient|smbmap)/, String.raw`-U ?["']?[^\s%"']{1,120}%`],
  [['curl'], /\bcurl/, String.raw`(?:-u|-U|--user|--proxy-user)(?: ?|=)["']?[^\s:"'\0]{1,256}:`],
  [
    ['http -a', 'http --auth', 'https -a', 'https --auth'],
    /\bhttps? /,
    String.raw`(?:-a|--auth)(?: |=)["']?[^\s:"'\0]{1,256}:`,
  ],
  [['useradd', 'usermod'], /\buser(?:add|mod)/, '-p '],
  [['htpasswd'], /\bhtpasswd/, String.raw`-\w*b\w* [^\s\0]{1,256} [^\s\0]{1,256} `],
  [['rabbitmqctl'], /\brabbitmqctl/, String.raw`(?:add_user|change_password|authenticate_user) [^\s\0]{1,256} `],
  [['mysqladmin'], /\bmysqladmin/, 'password '],
  [['net use'], /\bnet use/, String.raw`/user:[^\s\0]{1,256} `],
  [['net user '], /\bnet user/, String.raw`net user [^\s\0/]{1,256} (?!\/)(?=[^\s\0]{1,256} \/add)`],
  [['smbclient'], /\bsmbclient/, String.raw`\/\/[\w.-]{1,253}\/[\w$.-]{1,80} (?!-)`],
  [['wpa_passphrase'], /\bwpa_passphrase/, String.raw`wpa_passphrase ["']?[^\s\0"']{1,64}["']? `],
  [['vault login'], /\bvault/, 'login (?!-)(?:token=)?'],
  [['add-authtoken'], /\bngrok/, 'add-authtoken '],
  // What stands before a pipe, or in a here-string, goes to the program on its other side.
  [
    ['chpasswd'],
    /^(?=.*\|\s*(?:sudo )?(?:\/[\w/]{1,40}\/)?chpasswd)/,
    String.raw`(?:echo|printf) (?:-\w{1,4} )?["']?[^\s:"']{1,80}:`,
  ],
  [['sudo -'], /^(?=.*\|\s*sudo -\w*S)/, String.raw`(?:echo|printf) ["']?`],
  [['sudo -'], /\bsudo -\w*S/, String.raw`<<< ?["']?`],
  [['pass insert'], /\bpass insert/, String.raw`<<< ?["']?`],
  [['-stdin'], /^(?=.*-stdin\b)/, String.raw`(?:echo|printf) (?:-n )?["']?`],
]

export const programs: readonly Rule[] = PROGRAMS.map(([anchors, name, option]) => {
  const form = optionForm(option)
  return {
    what: `${anchors[0]?.trim()} ${option}`,
    anchors,
    find: (line) => {
      const from = name.exec(line)?.index
      return from === undefined ? [] : valuesOf(line, form, from)
    },
  }
})

const USER_OPTION = optionForm(String.raw`(?:-u|--user)(?: |=)["']?[^\s:"'\0]{1,256}:(?!\d+(?:[\s\0]|$))`)

/** After `-u` and `--user` of any program: a name, a colon and a password; digits are a user and a group. */
export const userOption: Rule = {
  what: '-u user:password',
  anchors: ['-u ', '-u\0', '--user'],
  find: (line) => valuesOf(line, USER_OPTION, 0),
}

function optionForm(option: string): RegExp {
  const source = option.replaceAll(
    / (\??)/g,
    (_, optional: string) => String.raw`[ \t\0]${optional === '' ? '+' : '*'}`,
  )
  return new RegExp(String.raw`(?:^|[\s\0:"'(])${source}`, 'g')
}

const PLAIN = new RegExp(String.raw`[^\s"'\0\u001b${HIDDEN}]+`, 'y')
const IN_QUOTES: Readonly<Record<string, RegExp>> = {
  '"': new RegExp(`[^"${HIDDEN}]+`, 'y'),
  "'": new RegExp(`[^'${HIDDEN}]+`, 'y'),
}

/** The values behind an option, each up to the quote that was opened before it or to the next blank. */
function valuesOf(line: string, option: RegExp, from: number): readonly Span[] {
  const spans: Span[] = []
  eachMatch(option, line, from, (match) => {
    const at = match.index + match[0].length
    // The quote that stands before the option was opened around more than it.
    const opened = /(?!^)["']/.exec(match[0])?.[0] ?? ''
    const opens = opened === '' && (line[at] === '"' || line[at] === "'") ? (line[at] ?? '') : ''
    const start = at + opens.length
    const form = IN_QUOTES[opened || opens] ?? PLAIN
    form.lastIndex = start
    const text = form.exec(line)?.[0] ?? ''
    if (text === '' || isPlaceholder(text)) return undefined
    spans.push({ start, end: start + text.length, kind: 'password' })
    return start + text.length
  })
  return spans
}
