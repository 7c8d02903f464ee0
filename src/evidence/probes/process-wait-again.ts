import { probe, Unreadable } from '../probe.ts'

/** Kernel function in which a process waits at the end of the window, where that is for another one to read or accept. */
export type ProcessWaitsAgain = ReadonlyMap<number, string>

/**
 * Which processes wait at the end of the window for somebody to read or accept?
 *
 *   812/wchan:anon_pipe_write        <- the pipe that it writes to is full
 *   913/wchan:unix_wait_for_peer     <- the queue of a Unix socket is full: of datagrams (/dev/log), or of connections
 *   914/wchan:sock_alloc_send_pskb   <- what it has sent over a Unix socket was not read
 *   915/wchan:wait_woken             <- waits for TCP, to send or to receive (sk_stream_wait_memory, sk_wait_data before Linux 3.19)
 *   end
 *
 * Together with the first sample (process-wait) it tells a wait that lasts from one that was met by chance. pipe_write is called anon_pipe_write and
 * fifo_pipe_write since Linux 6.15 (fs/pipe.c); before 5.5 both directions were pipe_wait, which tells nothing. Sources: proc_pid_wchan(5),
 * net/unix/af_unix.c, net/core/sock.c, net/core/stream.c. Read by the process that reads process-io, so it starts none.
 */
export const processWaitAgain = probe({
  id: 'process-wait-again',
  title: 'Wait channels, at the end',
  set: 'fast',
  moments: ['last'],
  limitSeconds: 4,
  lines: {
    of: '[0-9]*/wchan',
    matching:
      '^((anon_|fifo_)?pipe_write|unix_wait_for_peer|sock_alloc_send_pskb|sk_stream_wait_memory|wait_woken)(\\.[a-z0-9.]+)?$',
  },
  parse: ({ last }): ProcessWaitsAgain => {
    const text = last?.text ?? ''
    if (!/(?:^|\n)end$/.test(text)) throw new Unreadable('the walk over /proc/PID/wchan did not come to its end')
    return new Map(
      [...text.matchAll(/^(\d+)\/wchan:(\w[\w.]*)$/gm)].map(([, pid, channel = '']) => [Number(pid), channel]),
    )
  },
})
