import { probe, Unreadable } from '../probe.ts'

/** Command line of each process, arguments joined by spaces, at most 300 bytes; kernel threads and zombies have none. */
export type ProcessCommands = ReadonlyMap<number, string>

/**
 * With which arguments was each process started?
 *
 *   812/cmdline:/usr/bin/java^@-jar^@orders.jar          <- NUL between arguments, sent as spaces
 *
 * A process may write anything here; newlines inside it come with the file name before each line, so none can pose as another
 * process. Reading takes the memory lock of the process, which may hang. Source: proc_pid_cmdline(5). Costs three processes.
 */
export const processCommand = probe({
  id: 'process-command',
  title: 'Command lines',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 3,
  script: "grep -sa '' [0-9]*/cmdline | tr '\\000' ' ' | cut -b 1-320",
  hint: 'a process may hold its memory lock: reading its command line hangs, as ps would',
  parse: ({ during }): ProcessCommands => {
    const commands = new Map<number, string>()
    // Split at newlines alone: for a regular expression other separators (\r, U+2028), which arguments may have, begin a line too.
    for (const line of (during?.text ?? '').split('\n')) {
      const [, pid, part = ''] = /^(\d+)\/cmdline:(.*)$/s.exec(line) ?? []
      if (pid === undefined) continue
      const before = commands.get(Number(pid))
      const whole = before === undefined ? part : `${before} ${part}`
      // Cut by bytes on the box, perhaps within a character.
      commands.set(
        Number(pid),
        whole
          .replace(/\uFFFD$/, '')
          .trimEnd()
          .slice(0, COMMAND_KEPT),
      )
    }
    // Our own shell is always there.
    if (commands.size === 0) throw new Unreadable('no line of /proc/PID/cmdline')
    return commands
  },
})

/** Characters; enough to tell two services of one interpreter apart. */
const COMMAND_KEPT = 300
