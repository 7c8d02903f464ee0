import type { Able, Target } from '../../inspect/inspector.ts'
import { proveTarget } from '../../inspect/prove-target.ts'
import { blind, garbled, type Reading } from '../../reading.ts'
import { jcmdTools } from './jcmd-script.ts'
import { jvmAble, jvmRefusal } from './jvm-attaching.ts'
import { JVM_FOLDER } from './jvm-folder.ts'
import { AGENT_JAR, SNAPSHOT_CLASSES } from './jvm-helper/classes.ts'

/** What the JVM may take to load the agent, to change what is to be changed, and to change it back. Seconds. */
const SPARE_SECONDS = 20
/** Of the JVMs that are not able to run class files of Java 11. */
const NEWEST_WITHOUT = 10

/** JEP 451. */
export const WARNED_RESIDUE = 'since JDK 21 four lines of warning on its standard error'

/** Whether our agent (jvm-helper) can be loaded into it. */
export function agentAble(target: Target): Able {
  const able = jvmAble(target)
  if (!able.able) return able
  const { argv } = target.process
  if (argv.includes('-XX:-EnableDynamicAgentLoading'))
    return {
      able: false,
      why: 'it was started with -XX:-EnableDynamicAgentLoading',
      hint: 'its stacks can be seen: --stacks',
    }
  const version = Number(/^(?:1\.)?(\d+)/.exec(target.runtime.version ?? '')?.[1] ?? NEWEST_WITHOUT + 1)
  return version > NEWEST_WITHOUT
    ? able
    : {
        able: false,
        why: `the agent is for JVMs from 11 on, and this one is ${version}`,
        hint: 'its stacks can be seen: --stacks',
      }
}

interface AgentWork {
  /** The file `request`, as halligan.Request reads it. */
  readonly request: string
  readonly forMs: number
  /** Begins the lines that are not of the agent. */
  readonly mark: string
  /** Keys of what the agent says at its end, as a regular expression. */
  readonly done: string
  /** How often it is looked at. Seconds. */
  readonly everySeconds: number
  /** Shell text before the agent is loaded, and after it said what it had to. */
  readonly before?: string
  readonly after?: string
}

/** Loads the agent, waits until it has come to its end, and prints its file `answer`. When it is asked to end it takes back what it changed, and says so. */
export function agentScript(target: Target, work: AgentWork): string {
  const { request, forMs, mark, done, everySeconds, before, after } = work
  const { pid, uid, sameFiles } = target.process
  const seconds = Math.ceil(forMs / 1000) + SPARE_SECONDS
  return `${proveTarget(target.process)}
${jcmdTools(target.process)}
[ -n "$jcmd" ] || { echo halligan-no-jcmd; exit 0; }
${JVM_FOLDER}
halligan_folder
[ -n "$folder" ] || { echo '${mark} no-folder'; exit 0; }
halligan_put request <<'halligan'
${Buffer.from(request).toString('base64')}
halligan
halligan_put agent.jar <<'halligan'
${AGENT_JAR}
halligan
halligan_put classes <<'halligan'
${SNAPSHOT_CLASSES}
halligan
: | halligan_put run
[ "$(halligan_get classes | wc -c)" = ${Buffer.from(SNAPSHOT_CLASSES, 'base64').length} ] || { echo '${mark} no-folder'; exit 0; }
${before ?? ''}
halligan_proved
halligan_jcmd JVMTI.agent_load $folder/agent.jar $folder >"$own/said" 2>&1
# Gone, or only not collected yet by its parent.
halligan_lives() { line=; { read -r line </proc/${pid}/stat; } 2>/dev/null; line=\${line##*") "}; case $line in ''|Z*|X*) return 1;; esac; }
# Once and for all, since in a container it could not be found any more when the JVM has ended; by a program with the rights of its user alone, from which it is taken over.
halligan_holds() { [ -f /proc/$holder/fd/0 ] || return; case $(readlink /proc/$holder/fd/0) in */answer) ;; *) return 1;; esac; }
halligan_open() {
  [ -s "$root$folder/answer" ] || return 0
  ${sameFiles === false ? `nsenter -t ${pid} -m -S ${uid} -G $group --` : '$as'} sh -c '[ -f "$0" ] && [ ! -h "$0" ] && exec sleep 3 <"$0"' $folder/answer </dev/null >/dev/null 2>&1 & holder=$! tries=0
  until halligan_holds || [ $tries -ge 20 ]; do sleep 0.1; tries=$((tries + 1)); done
  ! halligan_holds || { command exec 4</proc/$holder/fd/0 && answer=/proc/self/fd/4; }
  kill $holder; wait $holder
} 2>/dev/null
answer= tenths=0
until grep -qsE '"(${done})":' "$answer" || [ -s "$root$folder/failed" ] || { [ -z "$answer" ] && [ $tenths -ge 50 ]; } || [ $tenths -ge ${seconds * 10} ] || ! halligan_lives; do
  # The agent gives its classes back, and says so.
  [ ! -e "$own/ask-stop" ] || $as rm -f $folder/run
  [ -n "$answer" ] || halligan_open
  sleep ${everySeconds}; tenths=$((tenths + ${everySeconds * 10}))
done
[ -n "$answer" ] || halligan_open
[ -n "$answer" ] || { cat "$own/said"; halligan_get failed; } | sed 's/^/${mark} said /' | head -n 20
[ -z "$answer" ] || cat "$answer"
${after ?? ''}
halligan_proved
`
}

/** Why the agent said nothing. */
export function noAgent(raw: string, mark: string): Reading<never> {
  const lines = raw.split('\n')
  if (lines.includes(`${mark} no-folder`))
    return blind('there is no room for the agent on the box (/dev/shm, /tmp)', 'make room there')
  const said = lines.map((line) => (line.startsWith(`${mark} said `) ? line.slice(`${mark} said `.length) : line))
  const text = said.join('\n')
  if (/Dynamic agent loading is not enabled/i.test(text))
    return blind('the JVM lets no agent in: it was started with -XX:-EnableDynamicAgentLoading')
  return text.trim() === '' ? garbled('the agent did not answer', raw) : jvmRefusal(text)
}

export function hex(value: string): string {
  return Buffer.from(value).toString('hex')
}
