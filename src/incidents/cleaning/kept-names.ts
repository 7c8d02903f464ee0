/** Names that say nothing of whose they are. In small letters. */
export const KEPT_HOSTS: ReadonlySet<string> = new Set(
  'localhost local localhost.localdomain localhost4 localhost6 ip6-localhost ip6-loopback ip6-allnodes ip6-allrouters ip6-localnet ip6-mcastprefix broadcasthost info warn warning error debug trace fatal notice critical kernel'.split(
    ' ',
  ),
)

/** Users that a system or an image of a cloud comes with, and what is no person but a part of one. */
export const KEPT_USERS: ReadonlySet<string> = new Set(
  `root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats nobody _apt messagebus sshd systemd-network
  systemd-resolve systemd-timesync systemd-journal systemd-coredump systemd-oom polkitd postgres mysql redis nginx apache httpd http git docker
  node tomcat rabbitmq elasticsearch mongodb memcache haproxy postfix dovecot named ntp chrony _chrony dbus tss admin ubuntu debian centos fedora
  ec2-user core vagrant shutdown halt operator ftp rpc rpcuser nfsnobody sudo wheel adm tty disk utmp users user guest nogroup app deploy
  deployer service monitor monitoring jenkins runner ci build test www web halligan unknown none null true false self all you me
  system syslog kernel systemd message messageb postgre www-dat elastic rabbitm polkit`.split(/\s+/),
)

/** Names for networks of one's own, of which nobody is the owner (RFC 6762, RFC 8375, ICANN on `internal`, and what is usual). */
export const PRIVATE_SUFFIXES: readonly string[] = [
  'internal',
  'local',
  'localdomain',
  'lan',
  'corp',
  'home',
  'home.arpa',
  'intranet',
  'intra',
  'private',
  'priv',
]

/** Domains of clouds and examples: the names of their owners say nothing of the customer. */
export const NOBODYS_WORDS: ReadonlySet<string> = new Set(
  `example test invalid localhost local internal amazonaws aws azure windows cloudapp google googleusercontent appspot digitalocean hetzner
  linode vultr scaleway ovh cloud compute cluster svc heroku fly render github gitlab`.split(/\s+/),
)

/** Second levels below which others are registered: `shop.co.uk`. */
export const SECOND_LEVELS: ReadonlySet<string> = new Set([
  'co',
  'com',
  'org',
  'net',
  'ac',
  'gov',
  'edu',
  'gob',
  'or',
  'ne',
  'go',
])
