import { duration } from '../../base/format.ts'
import { check, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'

export const kernelTrouble = check({
  id: 'kernel-trouble',
  title: 'The kernel itself is in trouble',
  resource: 'kernel',
  about:
    'Hung tasks, lock-ups, stalls, oopses, machine checks: the kernel says that something below all services is broken, a driver, a file system, the hypervisor or the hardware. What follows on the services is a symptom.',
  needs: ['kernel-log', 'clock'],
  limits: {
    recentSeconds: { value: 3_600, unit: 's', why: 'within the hour it belongs to the fire' },
    oldSeconds: { value: 86_400, unit: 's', why: 'within the day it is worth a line' },
  },
  shown: { how: 'real sample', source: 'https://github.com/logrotate/logrotate/issues/232' },
  run: (seen, { recentSeconds, oldSeconds }, { box }) => {
    const log = seen['kernel-log']
    const findings = TROUBLES.flatMap(({ pattern, what, follows }): FindingDraft[] => {
      const lines = log.lines.filter(
        ({ text, atSeconds }) => pattern.test(text) && log.readAtSeconds - atSeconds <= oldSeconds && atSeconds > 0,
      )
      const last = lines.at(-1)
      if (!last) return []
      const ago = log.readAtSeconds - last.atSeconds
      const name = pattern.exec(last.text)?.groups?.['name']
      return [
        {
          state: ago <= recentSeconds ? 'critical' : 'warning',
          severity: Math.max(0, 1 - ago / (ago <= recentSeconds ? recentSeconds : oldSeconds)) * 0.8,
          title: `${what}${name ? ` (${name})` : ''}, ${duration(ago)} ago${lines.length > 1 ? `, ${lines.length} lines within a day` : ''}`,
          why: `${follows} The kernel said: ${last.text.slice(0, 200)}`,
          subject: { kind: 'box', name: name ?? what },
          measured: [{ what: 'lines of this kind within a day', value: lines.length, unit: 'count', source: 'dmesg' }],
          sinceMs:
            seen.clock.boxMs -
            seen.clock.skewMs -
            Math.round((log.readAtSeconds - (lines[0]?.atSeconds ?? last.atSeconds)) * 1000),
          next: [next(box, 'dmesg | tail -n 100', 'read it in its context')],
        },
      ]
    })
    return verdict(findings, 'no hung task, lock-up, oops or machine check within a day')
  },
})

/** Messages of kernel/hung_task.c, kernel/watchdog.c, kernel/rcu/tree_stall.h, arch/x86/kernel/dumpstack.c and cpu/mce. */
const TROUBLES: readonly { readonly pattern: RegExp; readonly what: string; readonly follows: string }[] = [
  {
    pattern: /task (?<name>\S+?):\d+ blocked for more than \d+ seconds/,
    what: 'A task hung in the kernel',
    follows: 'It waits for a disk, a server or a lock that does not come.',
  },
  {
    pattern: /soft lockup - CPU#\d+ stuck for \d+s! \[(?<name>[^:\]]+)/,
    what: 'A CPU was stuck in the kernel',
    follows: 'Nothing else ran on it; on a virtual machine the host may have paused it.',
  },
  {
    pattern: /(?:hard LOCKUP|Watchdog detected hard)/,
    what: 'A CPU was stuck with interrupts off',
    follows: 'A driver, the firmware or the hardware.',
  },
  {
    pattern: /rcu.*(?:self-detected stall|detected stalls)/,
    what: 'A CPU did not come back for long (RCU stall)',
    follows: 'It looped in the kernel, or the host did not run it.',
  },
  {
    pattern: /(?:kernel BUG at|BUG: unable to handle|Oops:|general protection fault, )/,
    what: 'The kernel ran into a bug of its own',
    follows: 'Locks of the task that died may be held for ever: plan a reboot.',
  },
  {
    pattern: /(?:Machine check events logged|\[Hardware Error\]|Uncorrected error)/,
    what: 'The hardware reported an error',
    follows: 'Memory, CPU or bus: move the work away from this machine.',
  },
]
