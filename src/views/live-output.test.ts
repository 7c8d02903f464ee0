import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventEmitter } from 'node:events'
import { liveOutput } from './live-output.ts'

function shown(boxes: readonly string[], isTTY: boolean, pieces: readonly (readonly [string, Uint8Array | string])[]) {
  const written: Buffer[] = []
  const output = {
    isTTY,
    write: (data: string | Uint8Array) => (written.push(Buffer.from(data as string)), true),
    on: () => undefined,
    off: () => undefined,
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

  it('on a terminal ends a line that was left open, before our own words stand behind it', () => {
    expect(shown(['web-1'], true, [['web-1', 'abc']]).toString()).toBe('abc\u001b[0m\n')
    expect(shown(['web-1'], true, [['web-1', 'abc\n']]).toString()).toBe('abc\n\u001b[0m')
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
})

describe('a reader that is slow', () => {
  /** Takes nothing until it drains. */
  function slowReader() {
    const reader = new EventEmitter()
    const output = {
      write: () => false,
      on: reader.on.bind(reader),
      off: reader.off.bind(reader),
    }
    const listeners = (): number => reader.listenerCount('error') + reader.listenerCount('drain')
    return { reader, output, listeners }
  }
  const boxes = Array.from({ length: 12 }, (_, at) => `web-${at}`)

  it('is waited for', async () => {
    const { reader, output } = slowReader()
    const live = liveOutput(['web-1'], { stdout: output, stderr: output })
    let isTaken = false
    const taken = Promise.resolve(live.take('web-1', 'stdout', Buffer.from('x'))).then(() => (isTaken = true))
    await Promise.resolve()
    expect(isTaken).toBe(false)
    reader.emit('drain')
    await taken
    expect(isTaken).toBe(true)
  })

  it('is waited for each time without another listener, by many boxes too', async () => {
    const { reader, output, listeners } = slowReader()
    const live = liveOutput(boxes, { stdout: output, stderr: output })
    const before = listeners()
    for (let stall = 0; stall < 20; stall += 1) {
      const all = Promise.all(boxes.map((box) => Promise.resolve(live.take(box, 'stdout', Buffer.from('line\n')))))
      expect(listeners()).toBe(before)
      reader.emit('drain')
      await all
    }
    live.close()
    expect(listeners()).toBe(0)
  })

  it('that goes holds nobody up', async () => {
    const { reader, output } = slowReader()
    const live = liveOutput(boxes, { stdout: output, stderr: output })
    const all = Promise.all(boxes.map((box) => Promise.resolve(live.take(box, 'stdout', Buffer.from('line\n')))))
    reader.emit('error', new Error('EPIPE'))
    await all
    expect(live.take('web-1', 'stdout', Buffer.from('line\n'))).toBeUndefined()
    live.close()
  })
})
