import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isoLayout, linesOf, stamped } from '../../../../test/logs/lines.ts'
import { windowSearch } from './search.ts'
import { linesInWindow } from './window.ts'
import type { LogWindow } from '../window.ts'

const T0 = Date.parse('2026-03-01T10:00:00.000Z')

describe('the search for a window of time', () => {
  it('finds each line of any window, in logs that grow evenly or in bursts, with traces in between', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            count: fc.integer({ min: 1, max: 900 }),
            stepMs: fc.integer({ min: 0, max: 5_000 }),
            trace: fc.integer({ min: 0, max: 40 }),
          }),
          { minLength: 1, maxLength: 12 },
        ),
        fc.double({ min: -0.1, max: 1.1, noNaN: true }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        (bursts, from, length) => {
          let at = T0
          let text = ''
          for (const { count, stepMs, trace } of bursts) {
            text += stamped(
              at,
              count,
              stepMs,
              (nth) => `line ${nth}${nth % 97 === 5 ? '\n  at frame ()'.repeat(trace) : ''}`,
            )
            at += count * stepMs
          }
          const fromMs = T0 + Math.round(from * (at - T0))
          const window = { fromMs, toMs: fromMs + Math.round(length * (at - T0)) }
          expect(read(Buffer.from(text), window).got).toBe(linesOf(text, window.fromMs, window.toMs))
        },
      ),
      { numRuns: 100 },
    )
  })

  it('finds lines that swapped their places by no more than was seen elsewhere', () => {
    const swapped = stamped(T0, 60_000, 100).split(/(?<=\n)/)
    for (let at = 0; at + 7 < swapped.length; at += 10)
      [swapped[at], swapped[at + 7]] = [swapped[at + 7] ?? '', swapped[at] ?? '']
    const text = swapped.join('')
    const window = { fromMs: T0 + 3_000_000, toMs: T0 + 3_060_000 }
    const { got, found } = read(Buffer.from(text), window)
    expect(got).toBe(linesOf(text, window.fromMs, window.toMs))
    expect(found.slackMs).toBeGreaterThanOrEqual(600)
  })

  it('takes a log of 10 GB in three rounds and some tens of reads', () => {
    // No file: a block is made when it is asked for. A line of 100 bytes each 0.864 ms.
    const size = 10_000_000_000
    const line = (nth: number): string => `${new Date(T0 + Math.floor(nth * 0.864)).toISOString()} ${'x'.repeat(74)}\n`
    const window = { fromMs: T0 + 40_000_000, toMs: T0 + 40_060_000 }
    const search = windowSearch(size, window)
    let rounds = 0
    let probes = 0
    for (let asked = search.next(); asked.length > 0; asked = search.next()) {
      rounds += 1
      for (const probe of asked) {
        const first = Math.floor(probe.offset / 100)
        const text = Array.from({ length: 43 }, (_, at) => line(first + at)).join('')
        search.take(probe, Buffer.from(text).subarray(probe.offset % 100, (probe.offset % 100) + probe.bytes))
        probes += 1
      }
      search.read(isoLayout)
    }
    const { fromByte, toByte } = search.found()
    const exact = { from: (40_000_000 / 0.864) * 100, to: (40_060_000 / 0.864) * 100 }
    expect(rounds).toBeLessThanOrEqual(3)
    expect(fromByte).toBeLessThanOrEqual(exact.from)
    expect(toByte).toBeGreaterThanOrEqual(exact.to)
    expect(exact.from - fromByte + (toByte - exact.to) + probes * 4096).toBeLessThan(1_000_000)
  })

  it('ends whatever it is given: any bytes, none, times that say nothing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3_000_000 }),
        fc.infiniteStream(fc.constantFrom('', 'x', '\n', 'garbage\n', stamped(T0, 3, 1), stamped(0, 2, 9))),
        (size, answers) => {
          const search = windowSearch(size, { fromMs: T0, toMs: T0 + 1 })
          let asked = 0
          for (let probes = search.next(); probes.length > 0; probes = search.next()) {
            for (const probe of probes) {
              expect(probe.offset).toBeLessThan(size)
              search.take(probe, Buffer.from(answers.next().value ?? ''))
            }
            search.read(isoLayout)
            asked += probes.length
          }
          const { fromByte, toByte } = search.found()
          expect(asked).toBeLessThan(1_000)
          expect(fromByte).toBeGreaterThanOrEqual(0)
          expect(toByte).toBeLessThanOrEqual(size)
          expect(fromByte).toBeLessThanOrEqual(toByte)
        },
      ),
      { numRuns: 100 },
    )
  })
})

/** Searches a whole log, and reads what was found as the console does. */
function read(log: Buffer, window: LogWindow) {
  const search = windowSearch(log.length, window)
  for (let asked = search.next(); asked.length > 0; asked = search.next()) {
    for (const probe of asked) search.take(probe, log.subarray(probe.offset, probe.offset + probe.bytes))
    search.read(isoLayout)
  }
  const found = search.found()
  const lines = linesInWindow(isoLayout, window, false)
  const pieces = [...lines.push(log.subarray(found.fromByte, found.toByte)), ...lines.finish()]
  return { got: Buffer.concat(pieces).toString('latin1'), found }
}
