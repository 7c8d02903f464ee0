import type { InspectedProcess } from './process.ts'

/** Said instead of an answer by a script whose target is not what it was. A line of its own, the first of the output. */
const GONE = 'halligan-target gone'
const REUSED = 'halligan-target reused'

/**
 * Shell text that begins each inspector's script: it ends the script (exit 0) unless the PID still is the process that was inspected. A
 * process is told by its PID and its start time (field 22 of /proc/PID/stat; the name before it may have blanks and parentheses, so the
 * fields are counted from the last `)`). `halligan_proved` may be called again at the end.
 */
export function proveTarget({ pid, startTicks }: Pick<InspectedProcess, 'pid' | 'startTicks'>): string {
  return `
halligan_proved() {
  halligan_stat=$(cat /proc/${pid}/stat 2>/dev/null)
  [ -n "$halligan_stat" ] || { echo '${GONE}'; exit 0; }
  set -- \${halligan_stat##*") "}
  [ "\${20-}" = ${startTicks} ] || { echo '${REUSED}'; exit 0; }
}
halligan_proved
`
}

/** Whether the script found its target: `gone`, `reused`, or undefined when all is well. */
export function lostTarget(output: Uint8Array): 'gone' | 'reused' | undefined {
  const text = Buffer.from(output).toString('latin1')
  if (new RegExp(`^${GONE}$`, 'm').test(text)) return 'gone'
  if (new RegExp(`^${REUSED}$`, 'm').test(text)) return 'reused'
  return undefined
}

/** Why there is nothing of it, in the same words whichever way it was looked at. */
export function lostWords(lost: 'gone' | 'reused'): string {
  return lost === 'gone' ? 'the process has ended' : 'its PID belongs to another process now'
}
