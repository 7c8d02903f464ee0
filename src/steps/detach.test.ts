import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JOB_LIMITS, readOutput } from './detach.ts'

const { endBytes } = JOB_LIMITS

/** As `readJobScript` prints it. */
function answer(beginning: string, end: string, rest: string, head = 'ended 0'): Buffer {
  return Buffer.from(`${head} ${beginning.length} ${end.length} ${rest} 3 0 0\n${beginning}${end}err`)
}

const lines = (bytes: number): string => `${'x'.repeat(98)}\n`.repeat(bytes / 99 + 1).slice(0, bytes)
const FULL = lines(endBytes)

describe('what came back of a detached command', () => {
  it('is all of it where it is', () => {
    expect(readOutput(answer('beginning', '', '0'))).toMatchObject({
      state: 'ended',
      exit: 0,
      stdout: { bytes: Buffer.from('beginning'), printedBytes: 9, keptBytes: 9, isAtLeast: false },
      stderr: { bytes: Buffer.from('err'), printedBytes: 3, keptBytes: 3 },
    })
  })

  it('is joined without a seam where both ends have all of it', () => {
    const read = readOutput(answer(FULL, FULL, String(FULL.length)))
    expect(read?.stdout).toMatchObject({ printedBytes: 2 * endBytes, keptBytes: 2 * endBytes, isAtLeast: false })
    expect(Buffer.from(read?.stdout.bytes ?? []).equals(Buffer.from(FULL + FULL))).toBe(true)
  })

  it('says how much was left out, in the figures and in between', () => {
    const printed = 22_888_896
    const { stdout } = readOutput(answer(FULL, FULL, String(printed - endBytes))) ?? {}
    expect(stdout).toMatchObject({ printedBytes: printed, isAtLeast: false })
    expect(stdout?.keptBytes).toBeLessThan(2 * endBytes)
    expect(Buffer.from(stdout?.bytes ?? []).toString()).toContain(
      `\n[halligan: ${printed - (stdout?.keptBytes ?? 0)} bytes are left out here]\n`,
    )
  })

  it.each([
    ['nobody counted, and the end is full', FULL, FULL, '-'],
    ['nobody counted, and the end is not written yet', FULL, '', '-'],
    ['something could not be written on the box', 'beginning', 'end', 'lost'],
  ])('is not known to be all where %s', (_when, beginning, end, rest) => {
    const { stdout } = readOutput(answer(beginning, end, rest)) ?? {}
    expect(stdout).toMatchObject({ printedBytes: beginning.length + end.length, isAtLeast: true })
    expect(Buffer.from(stdout?.bytes ?? []).toString()).toContain('an unknown number of bytes are left out here')
  })

  it.each([
    ['the beginning is not full', 'beginning', ''],
    ['the end is not full', FULL, 'end'],
  ])('is all of it where nobody counted, but %s', (_when, beginning, end) => {
    expect(readOutput(answer(beginning, end, '-'))?.stdout).toMatchObject({
      printedBytes: beginning.length + end.length,
      keptBytes: beginning.length + end.length,
      isAtLeast: false,
    })
  })

  it('is nothing where the answer is none, whatever it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('ended ', 'lost ', '-', '0', '1', '23', ' ', '\n') }), (text) => {
        const read = readOutput(Buffer.from(text))
        if (read) expect(text).toMatch(/^(?:ended|running|lost|stopped|timed-out) /)
        else expect(read).toBeUndefined()
      }),
    )
  })
})
