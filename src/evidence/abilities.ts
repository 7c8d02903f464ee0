/**
 * What a box can and cannot do for us: which tools it has, what its kernel lets this user see. One script, read only,
 * for `halligan doctor BOX`. Lines: `tool NAME PATH`, `fact NAME VALUE`.
 *
 * Sources: kernel.yama.ptrace_scope (Documentation/admin-guide/LSM/Yama.rst), kernel.dmesg_restrict and
 * perf_event_paranoid (Documentation/admin-guide/sysctl/kernel.rst). Whether sudo lets us in is not tried: a refusal is written to the box's log.
 */
export const abilitiesScript = `
for tool in zstd gzip awk ss dmesg systemctl journalctl sudo lsof rg gdb strace perf bpftrace tcpdump docker podman; do
  found=$(command -v $tool 2>/dev/null) && printf 'tool %s %s\\n' $tool "$found"
done
fact() { [ ! -r "$2" ] || printf 'fact %s %s\\n' $1 "$(cat "$2")"; }
fact kernel /proc/sys/kernel/osrelease
fact ptrace-scope /proc/sys/kernel/yama/ptrace_scope
fact dmesg-restricted /proc/sys/kernel/dmesg_restrict
fact perf-paranoid /proc/sys/kernel/perf_event_paranoid
[ -e /proc/pressure/cpu ] && echo 'fact pressure yes' || echo 'fact pressure no'
[ -d /run/systemd/system ] && echo 'fact systemd yes' || echo 'fact systemd no'
printf 'fact uid %s\\n' "$(id -u)"
[ ! -r /etc/os-release ] || sed -n 's/^ID="\\{0,1\\}\\([a-z0-9._-]*\\).*/fact os \\1/p' /etc/os-release
true
`

export interface Abilities {
  /** Name to path. */
  readonly tools: ReadonlyMap<string, string>
  readonly facts: ReadonlyMap<string, string>
}

/** Total: lines of another form are skipped. */
export function readAbilities(text: string): Abilities {
  const tools = new Map<string, string>()
  const facts = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, kind, name = '', value = ''] = /^(tool|fact) (\S+) (.*)$/.exec(line) ?? []
    if (kind === 'tool') tools.set(name, value)
    if (kind === 'fact') facts.set(name, value)
  }
  return { tools, facts }
}
