import { probe, Unreadable } from '../probe.ts'

export interface Identity {
  readonly hostname: string
  /** machine-id(5), 32 hex digits; empty where the box has none (a minimal container). */
  readonly machineId: string
  /** /proc/sys/kernel/random/boot_id. */
  readonly bootId: string
  readonly os: string
  readonly kernel: string
  readonly arch: string
  readonly cpus: number
  readonly memoryBytes: number
  readonly user: string
  readonly uid: number
}

/**
 * Which machine is this? Asked first, and compared with the box that was meant before anything that touches it.
 *
 *   hostname web-1
 *   machine 5f2c1f0e6b0a4e6f9a0d6c1b7a3e2d11
 *   boot 0b7a9e34-6a55-4d0e-8a57-3f4c2a3f4f61
 *   os Debian GNU/Linux 12 (bookworm)
 *   kernel 6.1.0-18-amd64
 *   arch x86_64
 *   cpus 2
 *   memory 4015456          <- MemTotal in kB
 *   uid 0
 *   user root
 *
 * Sources: machine-id(5), os-release(5), proc_sys_kernel(5), uname(1). Costs no process, or one (uname) before Linux 6.1.
 */
export const identity = probe({
  id: 'identity',
  title: 'Identity',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 2,
  together: true,
  script: `
read -r name <sys/kernel/hostname; printf 'hostname %s\\n' "$name"
for file in /etc/machine-id /var/lib/dbus/machine-id; do
  [ -r $file ] && { read -r id <$file; printf 'machine %s\\n' "$id"; break; }
done
read -r id <sys/kernel/random/boot_id; printf 'boot %s\\n' "$id"
for file in /etc/os-release /usr/lib/os-release; do
  [ -r $file ] || continue
  while IFS= read -r line; do case $line in PRETTY_NAME=*) printf 'os %s\\n' "\${line#*=}";; esac; done <$file
  break
done
read -r release <sys/kernel/osrelease; printf 'kernel %s\\n' "$release"
if [ -r sys/kernel/arch ]; then read -r arch <sys/kernel/arch; else arch=$(uname -m); fi; printf 'arch %s\\n' "$arch"
cpus=0; while read -r word _; do case $word in cpu[0-9]*) cpus=$((cpus + 1));; intr) break;; esac; done <stat
printf 'cpus %s\\n' $cpus
while read -r word value _; do case $word in MemTotal:) printf 'memory %s\\n' "$value"; break;; esac; done <meminfo
uid=; while read -r word value _; do case $word in Uid:) uid=$value; break;; esac; done <self/status
printf 'uid %s\\n' "$uid"
while IFS=: read -r name _ id _; do [ "$id" = "$uid" ] && { printf 'user %s\\n' "$name"; break; }; done </etc/passwd || printf 'user %s\\n' "$(id -un 2>/dev/null)"
:`,
  parse: ({ during }): Identity => {
    const fields = new Map(
      (during?.text ?? '').split('\n').map((line) => {
        const space = line.indexOf(' ')
        return [line.slice(0, space), line.slice(space + 1, space + 1 + VALUE_KEPT)] as const
      }),
    )
    const text = (name: string): string => {
      const value = fields.get(name)
      if (!value) throw new Unreadable(`the answer has no "${name}"`)
      return value
    }
    const whole = (name: string): number => {
      const value = text(name)
      if (!/^\d+$/.test(value)) throw new Unreadable(`"${name}" is not a number`)
      return Number(value)
    }
    const uid = whole('uid')
    return {
      hostname: text('hostname'),
      machineId: /^[0-9a-f]{32}$/.exec(fields.get('machine') ?? '')?.[0] ?? '',
      bootId: text('boot'),
      os: unquoted(fields.get('os') ?? '') || 'Linux',
      kernel: text('kernel'),
      arch: text('arch'),
      cpus: whole('cpus'),
      memoryBytes: whole('memory') * 1024,
      user: fields.get('user') || `uid ${uid}`,
      uid,
    }
  },
})

/** Host names have at most 64 bytes, names of systems some words. Characters. */
const VALUE_KEPT = 300

/** os-release(5): values may be quoted as in a shell. */
function unquoted(value: string): string {
  return value.replace(/^(["'])(.*)\1$/, '$2').replaceAll(/\\(.)/g, '$1')
}
