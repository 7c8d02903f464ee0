import { probe } from '../probe.ts'

/** Kernel function in which each process waits; absent for those that run. */
export type ProcessWaits = ReadonlyMap<number, string>

/** Up to here the shell reads the files faster itself than a tool is started for them. Count. */
const FEW_PROCESSES = 60

/**
 * In which function of the kernel does each process wait?
 *
 *   812/wchan:ep_poll                 <- waits for events: idle
 *   913/wchan:rpc_wait_bit_killable   <- waits for an NFS server
 *   914/wchan:0                       <- runs, or is not ours to see
 *
 * Source: proc_pid_wchan(5), which takes no lock that another may hold. Those that run are not sent. Read before all else, so that the end of the
 * window knows whom to look at again (process-wait-again).
 */
export const processWait = probe({
  id: 'process-wait',
  title: 'Wait channels',
  set: 'fast',
  moments: ['first'],
  limitSeconds: 4,
  prepare: `waits1=
set -- [0-9]*
if [ $# -gt ${FEW_PROCESSES} ]; then of_each wchan; waits1=$(exec grep -sE '^[A-Za-z_][A-Za-z0-9_.]*$' $names)
else
  for pid; do
    channel=; { read -r channel <$pid/wchan; } 2>/dev/null
    case $channel in [!A-Za-z_]* | *[!A-Za-z0-9_.]* | '') ;; *) waits1="$waits1
$pid/wchan:$channel";; esac
  done
fi`,
  lines: { of: '[0-9]*/wchan', matching: '^[A-Za-z_][A-Za-z0-9_.]*$', found: 'waits1' },
  parse: ({ first }): ProcessWaits =>
    new Map(
      [...(first?.text ?? '').matchAll(/^(\d+)\/wchan:(\w[\w.]*)$/gm)].map(([, pid, channel = '']) => [
        Number(pid),
        channel,
      ]),
    ),
})
