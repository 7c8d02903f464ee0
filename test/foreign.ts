import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * What in a recorded text is of another machine than a test box: paths, users, host names, processes and addresses that no box has. What
 * is recorded is published; the machine that recorded it is nobody's business.
 */
export function foreignWords(text: string): readonly string[] {
  return [
    ...found(
      text,
      /(?<![\w.~)\]}>*/-])\/(?!\/|\.\.)([\w.@+-]+)\/[\w./@+-]*/g,
      (folder) => !FOLDERS.has(folder) && !CGROUP.test(folder),
    ),
    ...found(text, /(?<![\w.])(?:\/home|\/Users|~)\/([\w.-]+)/g, (user) => !USERS.has(user) && !user.startsWith('.')),
    ...found(text, /\/root\/(\S+)/g, () => true),
    ...found(text, /^(?:hostname|"hostname":) "?([\w.-]+)/gm, (name) => !HOSTS.test(name)),
    ...found(text, /"hostname":"([^"]+)"/g, (name) => !HOSTS.test(name)),
    ...found(text, /^user (\S+)$/gm, (name) => !USERS.has(name)),
    ...found(text, /"user":"([^"]+)"/g, (name) => !USERS.has(name) && !name.startsWith('uid ')),
    ...found(text, /^\d+ \(([^\n]*)\) [A-Za-z] \d+ /gm, (name) => !PROCESSES.test(name)),
    ...found(text, /(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?![\d.])/g, (address) => !ADDRESSES.test(address)),
    ...found(text, /\b(pyenv|process_api|(?<!\/srv\/[\w./@-]*)node_modules|vitest|claude|code-server)\b/g, () => true),
    ...ownWords().filter((word) => new RegExp(`(?<![\\w-])${word.replaceAll(/\W/g, '\\$&')}(?![\\w-])`).test(text)),
  ]
}

function found(text: string, form: RegExp, isForeign: (word: string) => boolean): readonly string[] {
  return [...text.matchAll(form)].flatMap(([whole, word = '']) => (isForeign(word) ? [whole.trim()] : []))
}

/** Of a box, below which its groups are. */
const CGROUP = /^halligan-test-\d+-[\w-]+$/
const FOLDERS: ReadonlySet<string> = new Set(
  'api bin boot caf data dead dev etc home kubepods.slice lib lxc.payload.shop machine.slice mnt net none opt proc run sbin slow src srv sys system.slice tmp user.slice usr var docker shop test app'.split(
    ' ',
  ),
)
/** Of test/boxes, and of the systems in them. */
const USERS: ReadonlySet<string> = new Set(
  'root amy ann bob carl forced gone restricted nobody daemon _apt messagebus sshd systemd-journal'.split(' '),
)
const HOSTS = /^(?:(?:web|db|bb|sys|box)-\w+|4f1b2c3d4e5f|localhost)$/
/** Of the boxes, of what looks at them, of test/sick, and odd ones of scenes. */
const PROCESSES =
  /^(?:sshd|dropbear|systemd(?:-[\w-]+)?|dbus-daemon|sh|dash|bash|ash|busybox|cat|head|awk|mawk|grep|sed|sleep|sort|cut|tr|ls|stat|tail|dmesg|dd|gzip|zstd|perl|kthreadd|init|accept-queue-ov|close-wait-leak|cpu-spin|crash-loop|d-state|deadlock|deleted-open-fi|disk-writer|fd-leak|fork-storm|hot-thread|hot-loop|memory-leak|segmentation-fa|time-wait-flood|udp-overflow|zombie-pile-up|setpriv|a\) R \(b(?: c)?|7|gone|came|old|new|hot|orders-api|exe -> \(deleted|false)$/
/** Subnets of test boxes, loopback, documentation (RFC 5737) and private ones of examples. */
const ADDRESSES = /^(?:10\.|127\.|0\.0\.0\.0$|255\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.)/

/** Names that this very machine has: its host name and the people on it. Short ones are words of their own (vm, pi). */
function ownWords(): readonly string[] {
  const people = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter(([, , uid]) => Number(uid) >= 1000 && Number(uid) < 60_000)
    .map(([name = '']) => name)
  return [hostname(), ...people].filter((word) => word.length > 3 && !USERS.has(word) && !HOSTS.test(word))
}
