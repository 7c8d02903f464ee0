import type { Target } from '../../inspect/inspector.ts'
import type { InspectedProcess } from '../../inspect/process.ts'
import { proveTarget } from '../../inspect/prove-target.ts'

/**
 * Runs a command of jcmd on the target some times. A line `halligan-sample MS` stands before each answer; `halligan-no-jcmd` in place of all.
 */
export function jcmdScript(
  target: Target,
  command: string,
  { samples, betweenMs }: { readonly samples: number; readonly betweenMs: number },
): string {
  return `${proveTarget(target.process)}
${jcmdTools(target.process)}
[ -n "$jcmd" ] || { echo halligan-no-jcmd; exit 0; }
${jcmdSamples(command)}
samples ${samples} ${betweenMs / 1000}
halligan_proved
`
}

/** Shell text: `samples COUNT SECONDS` runs the command so often, with so much time in between. */
export function jcmdSamples(command: string): string {
  return `samples() {
  sample=0
  while [ $sample -lt $1 ]; do
    [ $sample = 0 ] || sleep $2
    read -r up rest </proc/uptime; echo; echo "halligan-sample \${up%.*}\${up#*.}0"
    halligan_jcmd ${command} 2>&1
    sample=$((sample + 1))
  done
}`
}

/** Its JVM is kept small, and writes no performance data. */
export const SMALL_JVM = '-Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData'

/**
 * Shell text that looks for the jcmd of the target and says how to run it: the one beside its own java (in its own files, where it is in a container), or the one in the
 * PATH; as its user, which JVMs before 11 ask for (without setpriv that is left out, and only the one in the PATH is run). It loads no agent that the session's environment names.
 *
 * Afterwards `$jcmd` is its path, or empty; `$as PROGRAM` runs a program as the target's user and among its files; `halligan_jcmd WORDS` asks the target, if it catches SIGQUIT right then.
 */
export function jcmdTools({ pid, uid, namespacePids, sameFiles }: InspectedProcess): string {
  const inside = namespacePids.at(-1) ?? pid
  const small = SMALL_JVM.replaceAll(/^| /g, ' -J').trim()
  return `unset JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS
java=$(readlink /proc/${pid}/exe) root=${sameFiles === false ? `/proc/${pid}/root` : ''}
group=$(sed -n 's/^Gid:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/${pid}/status) as= mine=
${
  sameFiles === false
    ? `as="nsenter -t ${pid} -m -p -S ${uid} -G $group --"`
    : `if [ "$(id -u)" = ${uid} ]; then mine=1
elif setpriv --reuid=${uid} --regid=$group --clear-groups true 2>/dev/null; then as="setpriv --reuid=${uid} --regid=$group --clear-groups"; fi`
}
# What lies beside its java its user may have put there: with the rights of that user alone, never with ours.
jcmd=
for each in "\${java%/*}/jcmd" "\${java%/*}/../../bin/jcmd"; do [ -z "$as$mine" ] || [ ! -x "$root$each" ] || { jcmd=$each; break; }; done
${sameFiles === false ? '' : '[ -n "$jcmd" ] || jcmd=$(readlink -f "$(command -v jcmd)")'}
halligan_jcmd() {
  grep -qs '^SigCgt:.*[4-7c-f]$' /proc/${pid}/status || { echo '${NO_QUIT}'; return 1; }
  $as "$jcmd" ${small} ${sameFiles === false ? inside : pid} "$@"
}`
}

/** Said in place of asking. jcmd sends SIGQUIT to whatever has the PID, and what has become another program by exec meanwhile, or the same one that only begins, would die of it. */
export const NO_QUIT = 'halligan-no-quit'

/** jcmd removes the file by which it asks to be let in, unless it is killed in between (AttachListener of HotSpot: in the working folder of the JVM, else in /tmp). */
export function jcmdCleanUp({ pid, namespacePids }: InspectedProcess): string {
  const inside = namespacePids.at(-1) ?? pid
  return `rm -f /proc/${pid}/cwd/.attach_pid${inside} /proc/${pid}/root/tmp/.attach_pid${inside}`
}
