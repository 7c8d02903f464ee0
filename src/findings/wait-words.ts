/** The wait channel of a process in running text, with what it is for where that is known: `futex_wait_queue (a lock or a condition of its own)`. */
export function waitWords(channel: string): string {
  const meaning = MEANINGS.find(([pattern]) => pattern.test(channel))?.[1]
  return meaning ? `${channel} (${meaning})` : channel
}

const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/^futex/, 'a lock or a condition of its own'],
  [/^inet_csk_accept/, 'the next connection'],
  [/^(?:ep_poll|do_epoll_wait|poll_schedule|do_select|do_sys_poll)/, 'events'],
  [/^(?:hrtimer_nanosleep|do_nanosleep)/, 'a pause of its own'],
  [/^(?:do_wait|kernel_wait)/, 'a child process'],
  [/(?:pipe_read|pipe_write|pipe_wait)/, 'a pipe'],
  [/^(?:locks_lock|flock|posix_lock)/, 'a lock on a file'],
  [/^(?:sk_stream_wait_memory|sock_alloc_send|unix_wait_for_peer)/, 'the other end of a connection that does not read'],
  [/^wait_woken/, 'a TCP connection'],
]
