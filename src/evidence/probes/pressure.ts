import { growth } from '../counter.ts'
import { filesOf, probe, NotThere, windowSeconds, type Sample } from '../probe.ts'

/** Share of time in percent in which some (or all) tasks waited for the resource. */
export interface Stall {
  readonly avg10: number
  readonly avg60: number
  readonly avg300: number
  /** Over the window of this look. */
  readonly window: number | undefined
}

export interface Pressure {
  /** Undefined where the kernel does not say; the probe is blind when all three are missing. */
  readonly cpu: ResourcePressure | undefined
  readonly memory: ResourcePressure | undefined
  readonly io: ResourcePressure | undefined
}

export interface ResourcePressure {
  readonly some: Stall
  readonly full: Stall | undefined
}

/**
 * How much time is lost waiting for CPU, memory or I/O?
 *
 *   some avg10=12.04 avg60=4.10 avg300=1.02 total=6032491      <- some tasks waited 12 % of the last 10 s
 *   full avg10=9.88 avg60=3.30 avg300=0.80 total=5120111       <- all of them at once: nothing got done
 *
 * `total` is in microseconds: its difference over the window is the share of this very second. `full` for cpu is not
 * defined for the whole system. Source: Documentation/accounting/psi.rst. Costs nothing of its own.
 */
export const pressure = probe({
  id: 'pressure',
  title: 'Pressure stall information',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 2,
  files: ['pressure/cpu', 'pressure/memory', 'pressure/io'],
  hint: 'the kernel may have none (CONFIG_PSI), or it is switched off (boot with psi=1)',
  parse: (samples): Pressure => {
    const latest = samples.last ?? samples.first
    const after = readLines(latest)
    const before = samples.first && samples.last ? readLines(samples.first) : undefined
    const seconds = windowSeconds(samples)
    const stall = (key: string): Stall | undefined => {
      const now = after.get(key)
      const then = before?.get(key)
      if (!now) return undefined
      const window = then && seconds ? Math.min(100, growth(then.total, now.total) / seconds / 10_000) : undefined
      return { avg10: now.avg10, avg60: now.avg60, avg300: now.avg300, window }
    }
    const of = (resource: string): ResourcePressure | undefined => {
      const some = stall(`${resource}:some`)
      return some ? { some, full: stall(`${resource}:full`) } : undefined
    }
    const pressures = { cpu: of('cpu'), memory: of('memory'), io: of('io') }
    if (!pressures.cpu && !pressures.memory && !pressures.io)
      throw new NotThere('the kernel gives no pressure stall information')
    return pressures
  },
})

interface Line {
  readonly avg10: number
  readonly avg60: number
  readonly avg300: number
  /** Microseconds since boot. */
  readonly total: number
}

function readLines(sample: Sample | undefined): ReadonlyMap<string, Line> {
  const text = [...filesOf(sample)].map(([name, lines]) => lines.replaceAll(/^/gm, `${name}:`)).join('\n')
  const form = /^pressure\/(\w+):(some|full) avg10=([\d.]+) avg60=([\d.]+) avg300=([\d.]+) total=(\d+)$/gm
  return new Map(
    [...text.matchAll(form)].map(([, resource, kind, avg10, avg60, avg300, total]) => [
      `${resource}:${kind}`,
      { avg10: Number(avg10), avg60: Number(avg60), avg300: Number(avg300), total: Number(total) },
    ]),
  )
}
