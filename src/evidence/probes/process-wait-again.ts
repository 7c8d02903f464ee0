import { probe, Unreadable } from '../probe.ts'

/** As many are read again at most; each takes a shell some hundredths of a millisecond. Count. */
const READ_AGAIN = 400

/** Of those that wait at the end of the window, as they did at its beginning, for another one to read or accept. */
export type ProcessWaitsAgain = ReadonlyMap<number, WaitAgain>

export interface WaitAgain {
  /** Kernel function. */
  readonly channel: string
  /** Whether its main thread has run in the window: then it got on, and waits anew. Undefined where the kernel does not count it. */
  readonly ran: boolean | undefined
}

const CHANNELS = [
  'pipe_write',
  'anon_pipe_write',
  'fifo_pipe_write',
  'unix_wait_for_peer',
  'sock_alloc_send_pskb',
  'sk_stream_wait_memory',
  'wait_woken',
]
  .map((channel) => `*:${channel}*`)
  .join(' | ')

/**
 * Which processes wait at the end of the window for somebody to read or accept?
 *
 *   812/wchan:anon_pipe_write 57 57  <- the pipe that it writes to is full; its main thread was given a CPU 57 times, at both ends of the window
 *   913/wchan:unix_wait_for_peer 4 9 <- the queue of a Unix socket is full: of datagrams (/dev/log), or of connections; it ran five times meanwhile
 *   914/wchan:sock_alloc_send_pskb   <- what it has sent over a Unix socket was not read
 *   915/wchan:wait_woken             <- waits for TCP, to send or to receive (sk_stream_wait_memory, sk_wait_data before Linux 3.19)
 *   end
 *
 * Together with the first sample (process-wait) it tells a wait that lasts from one that was met by chance; only those that waited so then are read
 * again. Both ends may fall into waits of a writer that gets on, slowly: how often it was given a CPU tells (third figure of schedstat; a kernel without
 * CONFIG_SCHED_INFO has none, or 0). A thread that sleeps in a write runs only when there is room again, or for a signal. pipe_write is called anon_pipe_write and fifo_pipe_write since Linux 6.15 (fs/pipe.c); before 5.5 both directions were pipe_wait, which
 * tells nothing. Sources: proc_pid_wchan(5), Documentation/scheduler/sched-stats.rst, net/unix/af_unix.c,
 * net/core/sock.c, net/core/stream.c. Starts no process.
 */
export const processWaitAgain = probe({
  id: 'process-wait-again',
  title: 'Wait channels, at the end',
  set: 'fast',
  moments: ['last'],
  limitSeconds: 4,
  together: true,
  evenLate: true,
  prepare: `
writers1= suspects=0
case $waits1 in ${CHANNELS}) for line in $waits1; do
  case $line in ${CHANNELS}) ;; *) continue;; esac
  [ $suspects -lt ${READ_AGAIN} ] || break
  suspects=$((suspects + 1)) ran=
  { read -r _ _ ran <"\${line%%/*}/schedstat"; } 2>/dev/null
  writers1="$writers1 \${line%%/*} \${ran:-0}"
done;; esac`,
  script: `
set -- $writers1
while [ $# -gt 1 ]; do
  channel= ran=
  { read -r channel <"$1/wchan"; read -r _ _ ran <"$1/schedstat"; } 2>/dev/null
  case $channel in [!A-Za-z_]* | *[!A-Za-z0-9_.]* | '') ;; *) echo "$1/wchan:$channel $2 \${ran:-0}";; esac
  shift 2
done
echo end`,
  parse: ({ last }): ProcessWaitsAgain => {
    const text = last?.text ?? ''
    if (!/(?:^|\n)end$/.test(text)) throw new Unreadable('the wait channels did not come to their end')
    return new Map(
      [...text.matchAll(/^(\d+)\/wchan:(\w[\w.]*)(?: (\d+) (\d+))?$/gm)].map(
        ([, pid, channel = '', before = '0', after = '0']) => [
          Number(pid),
          { channel, ran: before === '0' || after === '0' ? undefined : before !== after },
        ],
      ),
    )
  },
})
