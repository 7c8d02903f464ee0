import type { Boot, Pattern, Patterns } from '../pattern.ts'
import { alarmOf, isGrave } from './alarm.ts'

/**
 * Boots of boxes: those that the kernel's first line tells of (`Linux version 6.1.0 …`, which it writes once a boot: init/main.c), and those that are known
 * from the box itself. In order of time, each once.
 *
 * @param known by the clock of this console
 */
export function bootsOf(patterns: readonly Pattern[], known: readonly Boot[] = []): readonly Boot[] {
  const told = patterns.flatMap(({ samples }) =>
    samples
      .filter(({ atMs, event }) => !Number.isNaN(atMs) && isOfKernel(event.program) && FIRST_LINE.test(event.message))
      .map(({ box, atMs }): Boot => ({ box, atMs })),
  )
  const inOrder = [...known, ...told].toSorted((a, b) => a.atMs - b.atMs)
  return inOrder.filter(
    ({ box, atMs }, at) => !inOrder.slice(0, at).some((other) => other.box === box && atMs - other.atMs < SAME_BOOT_MS),
  )
}

/**
 * Tells whether a pattern belongs to boots: all of its records were written around them, and it says nothing that matters beyond them. What the kernel says
 * while it looks for devices is full of errors that nobody minds, so of it only grave words count; of others an error stays an error.
 */
export function partOfBoots({ boots = [] }: Pick<Patterns, 'boots'>): (pattern: Pattern) => boolean {
  if (boots.length === 0) return () => false
  const isWithin = (box: string, atMs: number): boolean =>
    Number.isNaN(atMs) || boots.some((boot) => boot.box === box && isAround(boot, atMs))
  return (pattern) => {
    const { sources, samples, firstAtMs, lastAtMs } = pattern
    if (Number.isNaN(firstAtMs) || samples.length === 0) return false
    const hasEnds = [firstAtMs, lastAtMs].every((atMs) => sources.some(({ box }) => isWithin(box, atMs)))
    return hasEnds && samples.every(({ box, atMs }) => isWithin(box, atMs)) && !tellsOfTrouble(pattern)
  }
}

/** The box goes down, or comes up, at that moment. */
export function isAround(boot: Boot, atMs: number, withinMs = 0): boolean {
  return atMs >= boot.atMs - STOPPING_MS - withinMs && atMs <= boot.atMs + STARTING_MS + withinMs
}

/** When the last line of it is written, at the latest. */
export function endOf(boot: Boot): number {
  return boot.atMs + STARTING_MS
}

/** When the first line of going down is written, at the earliest. */
export function beginningOf(boot: Boot): number {
  return boot.atMs - STOPPING_MS
}

/** Before it units are stopped, each for 90 s at most (`DefaultTimeoutStopSec`, systemd-system.conf(5)), and the firmware takes its time. */
const STOPPING_MS = 120_000
/** After it they are started, each for 90 s at most (`DefaultTimeoutStartSec`). */
const STARTING_MS = 120_000
/** Nothing boots twice within it; what is known of one boot from two places differs by less. */
const SAME_BOOT_MS = 10_000
const FIRST_LINE = /^Linux version \d/
/** `alarm.ts`: an error by its level, or words of one. */
const ERROR = 0.5

function tellsOfTrouble(pattern: Pattern): boolean {
  const isKernel = pattern.samples.every(({ event }) => isOfKernel(event.program))
  return isKernel ? isGrave(pattern.template) : alarmOf(pattern) >= ERROR
}

function isOfKernel(program: string | undefined): boolean {
  return program === 'kernel'
}
