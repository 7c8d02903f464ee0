import { probe } from '../probe.ts'

/** Kernel function in which each process waits; absent for those that run. */
export type ProcessWaits = ReadonlyMap<number, string>

/**
 * In which function of the kernel does each process wait?
 *
 *   812/wchan:ep_poll                 <- waits for events: idle
 *   913/wchan:rpc_wait_bit_killable   <- waits for an NFS server
 *   914/wchan:0                       <- runs, or is not ours to see
 *
 * Source: proc_pid_wchan(5). Those that run are not sent.
 */
export const processWait = probe({
  id: 'process-wait',
  title: 'Wait channels',
  set: 'fast',
  moments: ['first'],
  limitSeconds: 4,
  lines: { of: '[0-9]*/wchan', matching: '^[A-Za-z_][A-Za-z0-9_.]*$' },
  parse: ({ first }): ProcessWaits =>
    new Map(
      [...(first?.text ?? '').matchAll(/^(\d+)\/wchan:(\w[\w.]*)$/gm)].map(([, pid, channel = '']) => [
        Number(pid),
        channel,
      ]),
    ),
})
