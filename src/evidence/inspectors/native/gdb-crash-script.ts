import { GDB_COMMAND } from '../../gdb/gdb.ts'
import { gdbAlone } from '../../gdb/gdb-alone.ts'

export interface Watch {
  readonly pid: number
  /** Names of signals at which it is stopped. */
  readonly stopping: readonly string[]
  /** Of these it has a handler: it may go on. */
  readonly handled: readonly number[]
  readonly maxFrames: number
  readonly isAarch64: boolean
  /** One line of shell that is run at a stop, once the stacks are printed: it only reads. */
  readonly atStop?: string
}

/** si_code of a stop at an exec: SIGTRAP | PTRACE_EVENT_EXEC << 8 (ptrace(2)). */
const EXEC_CODE = 5 | (4 << 8)
/** After so many stops gdb lets go: a process that handles a signal over and over would crawl. */
const MOST_STOPS = 3

/**
 * Shell text that writes `watch.gdb` into the folder of the guard, where it goes with it.
 *
 * - Where a C library ends the process (`_exit`) is looked up in its file before anything is attached, and is an address: no library has to be read while the process stands still.
 * - SIGTRAP stays as gdb has it (stop, not passed on): passed on, the breakpoint itself would kill the process of SIGTRAP. One that the process ran into by itself is handed to it at the end.
 * - At a stop the libraries are read, the stacks of all threads are printed, and gdb lets go; the signal reaches the process then. Only one that it has a handler for is waited on after that.
 * - At an exec all breakpoints are taken out and gdb lets go: the address means something else in the new program.
 */
export function watchScript({ pid, stopping, handled, maxFrames, isAarch64, atStop }: Watch): string {
  const status = isAarch64 ? String.raw`\$x0` : String.raw`\$rdi`
  const isHandled = handled.length === 0 ? '0' : handled.map((number) => String.raw`\$number == ${number}`).join(' || ')
  return `
# In a library or a program: the address at which it has _exit, in the file.
exit_in() { ${gdbAlone(`${GDB_COMMAND} -ex 'info address _exit' "$1"`)} | sed -n 's/.* \\(at\\|address\\) \\(0x[0-9a-f]\\{1,16\\}\\)[ .].*/\\2/p' | head -n 1; }
where=
# Paths of the target are words here, and no patterns.
set -f
set -- $(awk '$3 ~ /^0+$/ && $6 ~ /\\/(libc\\.so\\.6|libc-2\\.[0-9]+\\.so|ld-musl-[a-z0-9_]+\\.so\\.1|libc\\.musl-[a-z0-9_]+\\.so\\.1)$/ { split($1, ends, "-"); print ends[1], $6; exit }' /proc/${pid}/maps 2>/dev/null)
if [ $# = 2 ]; then
  at=$(exit_in "/proc/${pid}/root$2"); [ -z "$at" ] || where="0x$1 + $at"
else
  set -- $(awk '{ split($1, ends, "-"); print ends[1]; exit }' /proc/${pid}/maps 2>/dev/null)
  at=$(exit_in /proc/${pid}/exe); [ -z "$at" ] || where="$at < 0x\${1:-0} ? 0x\${1:-0} + $at : $at"
fi
set +f
unwatched=; [ -n "$where" ] || unwatched='echo @@ no-exit\\n'
cat >"$folder/watch.gdb" <<END_OF_WATCH
set language c
handle all nostop noprint pass
handle SIGINT nostop noprint pass
handle SIGTRAP stop print nopass
${stopping.length === 0 ? '' : `handle ${stopping.join(' ')} stop print pass`}
set \\$stops = 0
set \\$own_trap = 0
set \\$exits_at = 0
attach ${pid}
\${where:+set \\$exits_at = $where}
\${where:+break *($where)}
$unwatched
catch exec
echo @@ armed\\n
while \\$stops < ${MOST_STOPS}
  set \\$stops = \\$stops + 1
  continue
  if \\$_thread == 0
    set \\$stops = 99
  else
    set \\$number = \\$_siginfo.si_signo
    set \\$exiting = \\$number == 5 && \\$exits_at != 0 && \\$pc == \\$exits_at
    if \\$number == 5 && \\$_siginfo.si_code == ${EXEC_CODE}
      delete
      echo @@ exec\\n
      set \\$stops = 99
    else
      if \\$exiting
        printf "@@ exit %d\\n", (int) ${status}
      else
        printf "@@ signal %d %d %lu %d %u\\n", \\$number, \\$_siginfo.si_code, (unsigned long) \\$_siginfo._sifields._sigfault.si_addr, \\$_siginfo._sifields._kill.si_pid, \\$_siginfo._sifields._kill.si_uid
      end
      thread
      set sysroot target:
      sharedlibrary
      thread apply all -c -- interpreter-exec mi3 "-stack-list-frames 0 ${maxFrames}"
      echo @@ locals\\n
      thread apply all -c -- frame apply ${maxFrames} -q -c interpreter-exec mi3 "-stack-list-variables --all-values"
      echo @@ end\\n
      ${atStop === undefined ? '' : `shell ${atStop}`}
      set \\$own_trap = \\$number == 5 && !\\$exiting
      if \\$exiting || \\$number == 5 || !(${isHandled})
        set \\$stops = 99
      end
    end
  end
end
delete
if \\$own_trap
  handle SIGTRAP pass
end
detach
END_OF_WATCH
`
}
