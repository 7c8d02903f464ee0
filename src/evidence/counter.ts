/**
 * By how much a counter of the kernel has grown. One that went backwards has wrapped (many have 32 bits: the milliseconds of diskstats
 * everywhere, most others on 32-bit machines), if that makes a small step of it; else it was reset, and counts from nothing: 0.
 */
export function growth(before: number, after: number): number {
  if (after >= before) return after - before
  const wrapped = after + WRAP - before
  return wrapped <= WRAP / 4 ? wrapped : 0
}

const WRAP = 2 ** 32
