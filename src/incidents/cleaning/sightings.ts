import { addressSpans, addressWords, isMapped, writtenAddress, type Address } from './address.ts'
import { withHardware, withHosts, withIds, withNames, type CleanMap, type Substitutes } from './clean-map.ts'
import { hardwareName, hardwareSpans } from './hardware-address.ts'
import { KEPT_HOSTS } from './kept-names.ts'
import { withAddresses } from './networks.ts'

/** What texts show by the form in which it stands there. Grows as texts are shown. */
export interface Sightings {
  see(text: string): void
  /** The map with all of it. */
  addedTo(map: CleanMap): CleanMap
  /** Hosts of addresses on the net (`https://api.example.org/`) of which this map has no substitute: whose they are nobody can tell. */
  foreign(map: CleanMap): readonly string[]
}

export function sightings(): Sightings {
  const addresses = new Map<string, Address>()
  const sets = {
    hardware: new Set<string>(),
    ids: new Set<string>(),
    users: new Set<string>(),
    hosts: new Set<string>(),
    domains: new Set<string>(),
    /** Names with dots, whatever they are; `user@host`; hosts in URLs. */
    dotted: new Set<string>(),
    logins: new Set<string>(),
    urls: new Set<string>(),
  }
  return {
    see: (text) => {
      for (const { start, end } of hardwareSpans(text)) sets.hardware.add(hardwareName(text.slice(start, end)))
      for (const { start, end } of addressSpans(text)) {
        const address = plainAddress(text.slice(start, end))
        if (address) addresses.set(addressWords(address), address)
      }
      for (const [each] of text.matchAll(DOTTED)) if (each.length <= LONGEST_NAME) sets.dotted.add(each.toLowerCase())
      for (const [kind, forms] of TOLD)
        for (const form of forms) for (const { groups = {} } of text.matchAll(form)) add(sets[kind], groups)
    },
    addedTo: (map) => {
      const named = withNames(map, { hosts: [...sets.hosts], domains: [...sets.domains], users: [...sets.users] })
      const known = withNames(named, { ...knownFrom(sets.logins, named), domains: [] })
      const below = [...sets.dotted].flatMap((name) => hostBelow(name, known.domains) ?? [])
      const all = withIds(withHardware(withHosts(known, below), [...sets.hardware]), [...sets.ids])
      return { ...all, addresses: withAddresses(all.addresses, [...addresses.values()]) }
    },
    foreign: (map) =>
      [...sets.urls].filter(
        (name) =>
          name.includes('.') && !writtenAddress(name) && !isBelowOne(name, map) && !Object.hasOwn(map.domains, name),
      ),
  }
}

/** Of IPv4 also where it is written as one of IPv6. */
export function plainAddress(text: string): Address | undefined {
  const address = writtenAddress(text)?.address
  return address && isMapped(address) ? address.slice(12) : address
}

type Told = 'users' | 'hosts' | 'domains' | 'ids' | 'logins' | 'urls'
/** Of a name with its domain (RFC 1035, 2.3.4). Characters. */
const LONGEST_NAME = 253
/** Whose last part begins with a letter, as no number does. */
const DOTTED =
  /(?<![A-Za-z0-9_]|[A-Za-z0-9_-]\.)[A-Za-z0-9_][A-Za-z0-9_-]{0,62}(?:\.[A-Za-z0-9_-]{1,63}){0,20}\.[A-Za-z][A-Za-z0-9-]{0,62}/g
/** useradd(8): 32 characters; `.` and capitals stand in names of directories. */
const USER = String.raw`[A-Za-z_][\w.-]{0,31}`
const HOST = String.raw`[A-Za-z0-9_][\w.-]{0,252}`

/** Where programs tell who and what it is. Each form begins with a fixed text or at the beginning of a line. */
const TOLD: readonly (readonly [Told, readonly RegExp[]])[] = [
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
        String.raw`\b(?:(?:password|publickey|hostbased|none|keyboard-interactive/pam|gssapi-with-mic) for(?: invalid user)?|[Ii]nvalid user|authenticating user|Disconnected from user) (?<name>${USER})(?= |$)`,
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
      // who, ls -l, ps -ef, ps aux, and what halligan preserves of processes.
      new RegExp(String.raw`^(?<name>${USER}) +(?:\S )?(?:pts/\d+|tty\w+|:\d) `, 'gm'),
      new RegExp(String.raw`^[-dlcbps][-rwxsStT]{9}[.+@]? +\d+ +(?<name>${USER}) `, 'gm'),
      new RegExp(String.raw`^(?<name>${USER}) +\d+ +\d+ +\d+ +\S+ +\S+ +\d+:\d\d`, 'gm'),
      new RegExp(String.raw`^(?<name>${USER}) +\d+ +\d+\.\d +\d+\.\d +\d+ +\d+ `, 'gm'),
      new RegExp(String.raw`^ *\d+ +\d+ +(?<name>${USER}) +[RSDZTtXIW][<NLsl+]* `, 'gm'),
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

function add(set: Set<string>, { name, person, list, at }: Readonly<Record<string, string | undefined>>): void {
  if (at !== undefined && !plainAddress(at)) return
  for (const each of [name, person, ...(list ?? '').split(/\s+/)]) {
    const trimmed = (each ?? '')
      .replace(/[.-]+$/, '')
      .trim()
      .toLowerCase()
    if (trimmed.length >= SHORTEST) set.add(trimmed)
  }
}

/** What a text shows in passing and is shorter is more often something else. Characters. */
const SHORTEST = 2

/** Of `amy@web-7` one that is known tells of the other. */
function knownFrom(
  logins: Iterable<string>,
  map: CleanMap,
): { readonly users: readonly string[]; readonly hosts: readonly string[] } {
  const users: string[] = []
  const hosts: string[] = []
  for (const login of logins) {
    const at = login.lastIndexOf('@')
    const [user, host] = [login.slice(0, at), login.slice(at + 1)]
    const isHost =
      Object.hasOwn(map.hosts, host) ||
      Object.hasOwn(map.domains, host) ||
      isBelowOne(host, map) ||
      plainAddress(host) !== undefined
    if (isHost || KEPT_HOSTS.has(host)) users.push(user)
    else if ((Object.hasOwn(map.users, user) || user === 'root') && !NO_HOST.test(host)) hosts.push(host)
  }
  return { users, hosts }
}

/** `user@1000.service` is a unit of systemd, `root@notty` a session of sshd. */
const NO_HOST = /\.(?:service|slice|scope|timer|socket|target|mount|device)$|^(?:notty|pts|tty\w*|internal-sftp)$/

/** What a name is called below the longest domain of the map that it is in. */
export function hostBelow(name: string, domains: Substitutes): string | undefined {
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1))
    if (Object.hasOwn(domains, name.slice(dot + 1))) return name.slice(0, dot)
  return undefined
}

function isBelowOne(name: string, map: CleanMap): boolean {
  return hostBelow(name, map.domains) !== undefined
}
