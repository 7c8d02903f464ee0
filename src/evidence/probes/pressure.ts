import { probe, Unreadable } from '../probe.ts'

/** Share of time in percent in which some (or all) tasks waited for the resource. Documentation/accounting/psi.rst. */
export interface Stall {
  readonly avg10: number
  readonly avg60: number
  readonly avg300: number
  /** Over the window of this look. */
  readonly window: number | undefined
}
export interface Pressure {
  /** Undefined where the kernel has no PSI (CONFIG_PSI, psi=1): said by the probe as blind when all three are missing. */
  readonly cpu: { readonly some: Stall; readonly full: Stall | undefined } | undefined
  readonly memory: { readonly some: Stall; readonly full: Stall | undefined } | undefined
  readonly io: { readonly some: Stall; readonly full: Stall | undefined } | undefined
}

export const pressure = probe({
  id: 'pressure',
  title: 'Pressure stall information',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): Pressure => {
    throw new Unreadable('UNWRITTEN')
  },
})
