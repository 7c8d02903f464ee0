import { probe, Unreadable } from '../probe.ts'

/** As many are read again at most; each takes a shell some hundredths of a millisecond. Count. */
const READ_AGAIN = 400

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
 * Together with the first sample (process-wait) it tells a wait that lasts from one that was met by chance; only those that waited so then are read
 * again. pipe_write is called anon_pipe_write and fifo_pipe_write since Linux 6.15 (fs/pipe.c); before 5.5 both directions were pipe_wait, which
 * tells nothing. Sources: proc_pid_wchan(5), net/unix/af_unix.c, net/core/sock.c, net/core/stream.c. Starts no process.
 */
export const processWaitAgain = probe({
  id: 'process-wait-again',
  title: 'Wait channels, at the end',
  set: 'fast',
  moments: ['last'],
  limitSeconds: 4,
  together: true,
  script: `
case $waits1 in *pipe_write* | *unix_wait_for_peer* | *sock_alloc_send_pskb* | *sk_stream_wait_memory* | *wait_woken*) ;; *) echo end; return;; esac
read_again=0
for line in $waits1; do
  case $line in
    *:pipe_write* | *:anon_pipe_write* | *:fifo_pipe_write* | *:unix_wait_for_peer* | *:sock_alloc_send_pskb* | *:sk_stream_wait_memory* | *:wait_woken*) ;;
    *) continue;;
  esac
  [ $read_again -lt ${READ_AGAIN} ] || break
  read_again=$((read_again + 1)) channel=
  { read -r channel <"\${line%%:*}"; } 2>/dev/null
  case $channel in [!A-Za-z_]* | *[!A-Za-z0-9_.]* | '') ;; *) echo "\${line%%:*}:$channel";; esac
done
echo end`,
  parse: ({ last }): ProcessWaitsAgain => {
    const text = last?.text ?? ''
    if (!/(?:^|\n)end$/.test(text)) throw new Unreadable('the wait channels did not come to their end')
    return new Map(
      [...text.matchAll(/^(\d+)\/wchan:(\w[\w.]*)$/gm)].map(([, pid, channel = '']) => [Number(pid), channel]),
    )
  },
})
