import { count, duration } from '../../base/format.ts'
import { check, verdict, type FindingDraft } from '../check.ts'
import { next, quoted } from '../next.ts'

export const segmentationFaults = check({
  id: 'segmentation-faults',
  title: 'A program crashes on bad memory accesses',
  resource: 'process',
  about:
    'The kernel logs a line when a program dies of SIGSEGV and the like; its supervisor starts it again and hides it. The same address each time is a bug; different ones in many programs are bad memory. "in NAME" is the library in which it happened.',
  needs: ['kernel-log', 'clock'],
  limits: {
    recentSeconds: { value: 3_600, unit: 's', why: 'within the hour it belongs to the fire' },
    often: { value: 5, unit: 'crashes', why: 'a crash may be bad luck; five of one program are a crash loop' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { recentSeconds, often }, { box }) => {
    const log = seen['kernel-log']
    const crashes = log.lines.flatMap(({ atSeconds, text }) => {
      const crash = log.readAtSeconds - atSeconds <= recentSeconds ? crashOf(text) : undefined
      return crash ? [{ ...crash, atSeconds, text }] : []
    })
    const findings = [...Map.groupBy(crashes, ({ name }) => name)].flatMap(([name, all]): FindingDraft[] => {
      const last = all.at(-1)
      if (!last) return []
      const ago = log.readAtSeconds - last.atSeconds
      return [
        {
          state: all.length >= often ? 'critical' : 'warning',
          severity: Math.min(1, all.length / 50),
          title: `${name} crashed ${count(all.length, 'time')} on bad memory accesses within an hour, last ${duration(ago)} ago`,
          why: `The kernel said: ${last.text.slice(0, 200)}`,
          subject: { kind: 'process', name, pid: last.pid },
          measured: [{ what: 'crashes within an hour', value: all.length, unit: 'count', source: 'dmesg' }],
          sinceMs:
            seen.clock.boxMs -
            seen.clock.skewMs -
            Math.round((log.readAtSeconds - (all[0]?.atSeconds ?? last.atSeconds)) * 1000),
          next: [next(box, `coredumpctl list -- ${quoted(name)}`, 'see whether a core file was kept')],
        },
      ]
    })
    return verdict(findings, 'no program crashed on a bad memory access within an hour')
  },
})

/** `orders-api[812]: segfault at 0 ip …` of the kernel log: who crashed; undefined for all other lines. */
export function crashOf(text: string): { readonly name: string; readonly pid: number } | undefined {
  const [, name, pid] = /^(?:traps: )?(.{1,15})\[(\d+)\]:? (?:segfault|general protection|trap \w+)/s.exec(text) ?? []
  return name === undefined ? undefined : { name, pid: Number(pid) }
}
