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
 * Source: proc_pid_wchan(5). Costs one process.
 */
export const processWait = probe({
  id: 'process-wait',
  title: 'Wait channels',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 4,
  script: "grep -s '[^0]' [0-9]*/wchan; :",
  parse: ({ during }): ProcessWaits =>
    new Map(
      [...(during?.text ?? '').matchAll(/^(\d+)\/wchan:(\w[\w.]*)$/gm)].map(([, pid, channel = '']) => [
        Number(pid),
        channel,
      ]),
    ),
})
