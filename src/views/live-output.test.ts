import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { liveOutput } from './live-output.ts'

function shown(boxes: readonly string[], isTTY: boolean, pieces: readonly (readonly [string, Uint8Array | string])[]) {
  const written: Buffer[] = []
  const output = {
    isTTY,
    write: (data: string | Uint8Array) => (written.push(Buffer.from(data as string)), true),
    once: () => undefined,
  }
  const live = liveOutput(boxes, { stdout: output, stderr: output })
  for (const [box, piece] of pieces) void live.take(box, 'stdout', Buffer.from(piece as string))
  for (const box of boxes) void live.ended(box)
  return Buffer.concat(written)
}

describe('output that is shown while it comes', () => {
  it('of one box goes into a pipe byte for byte', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array(), { maxLength: 10 }), (pieces) => {
        expect(
          shown(
            ['web-1'],
            false,
            pieces.map((piece) => ['web-1', piece]),
          ),
        ).toEqual(Buffer.concat(pieces))
      }),
    )
  })

  it('on a terminal shows text and colours, and does nothing else', () => {
    const hostile = '\u001b[31mred\u001b[0m \u001b]52;c;ZXZpbA==\u0007\u001b[2J\u001b[6nend\r\n'
    expect(shown(['web-1'], true, [['web-1', hostile]]).toString()).toBe('\u001b[31mred\u001b[0m end\r\n\u001b[0m')
  })

  it('keeps a character together on a terminal that came in two pieces', () => {
    const bytes = Buffer.from('ü\n')
    expect(
      shown(['web-1'], true, [
        ['web-1', bytes.subarray(0, 1)],
        ['web-1', bytes.subarray(1)],
      ]).toString(),
    ).toBe('ü\n\u001b[0m')
  })

  it('of several boxes says at each line whose it is, also of a last one without an end', () => {
    expect(
      shown(['web-1', 'db'], false, [
        ['web-1', 'one\ntw'],
        ['db', Buffer.from([0xff, 0x0a])],
        ['web-1', 'o\n50 %\r100 %\r\nlast'],
      ]),
    ).toEqual(Buffer.from('web-1 | one\ndb    | \xff\nweb-1 | two\nweb-1 | 50 % 100 %\nweb-1 | last\n', 'latin1'))
  })

  it('waits for a reader that is slow, and not for one that has gone', async () => {
    const listeners = new Map<string, () => void>()
    const output = {
      write: () => false,
      once: (event: string, listener: () => void) => void listeners.set(event, listener),
    }
    const live = liveOutput(['web-1'], { stdout: output, stderr: output })
    let isTaken = false
    const taken = Promise.resolve(live.take('web-1', 'stdout', Buffer.from('x'))).then(() => (isTaken = true))
    await Promise.resolve()
    expect(isTaken).toBe(false)
    listeners.get('drain')?.()
    await taken
    expect(isTaken).toBe(true)
  })
})
