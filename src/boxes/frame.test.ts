import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frameReader } from './frame.ts'

const BOUNDARY = '0123456789abcdef'

describe('frameReader', () => {
  it('finds noise, output and exit code however the stream is cut into chunks', () => {
    const piece = fc.uint8Array({ maxLength: 40 })
    fc.assert(
      fc.property(piece, piece, fc.nat(255), fc.array(fc.nat(12), { maxLength: 60 }), (noise, output, code, cuts) => {
        const marked = (text: string): Buffer => Buffer.from(`\n${BOUNDARY} ${text}\n`)
        const stream = Buffer.concat([noise, marked('begin 3'), output, marked(`end 3 ${code}`), Buffer.from('after')])
        expect(read(stream, cuts)).toEqual({ noise: hex(noise), output: hex(output), exitCode: code })
      }),
    )
  })

  it('never throws and never ends by itself on a stream without the marker', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (chunks) => {
        const reader = frameReader(BOUNDARY, 1)
        for (const chunk of chunks) expect(reader.push(chunk).state).toBe('before')
      }),
    )
  })

  it('reads a stream of pieces of markers the same way however it is cut, and makes up no byte', () => {
    const piece = fc.constantFrom(
      '\n',
      BOUNDARY,
      ' begin 3\n',
      ' end 3 ',
      '0\n',
      '999\n',
      'x',
      `\n${BOUNDARY} end 3`,
      `\n${BOUNDARY} begin 3\n`,
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.array(fc.nat(9), { maxLength: 60 }), (pieces, cuts) => {
        const stream = Buffer.from(pieces.join(''))
        const [once, often] = [read(stream, []), read(stream, cuts)]
        expect(often).toEqual(once)
        expect(stream.toString('hex')).toContain(once.output)
        expect(once.noise.length + once.output.length).toBeLessThanOrEqual(2 * stream.length)
      }),
      { numRuns: 500 },
    )
  })

  it('hands over a line at once, and holds back only what may become a marker', () => {
    const reader = frameReader(BOUNDARY, 1)
    reader.push(Buffer.from(`\n${BOUNDARY} begin 1\n`))
    expect(text(reader.push(Buffer.from('a line')).output)).toBe('a line')
    expect(text(reader.push(Buffer.from(`\n${BOUNDARY} en`)).output)).toBe('')
    expect(text(reader.push(Buffer.from('vy')).output)).toBe(`\n${BOUNDARY} envy`)
  })

  it('takes no marker of another request for its own', () => {
    const reader = frameReader(BOUNDARY, 12)
    expect(reader.push(Buffer.from(`\n${BOUNDARY} begin 1\n\n${BOUNDARY} end 1 0\n`)).state).toBe('before')
    expect(reader.push(Buffer.from(`\n${BOUNDARY} begin 12\nx\n${BOUNDARY} end 1 0\n`)).state).toBe('inside')
  })

  it('gives no exit code for a script that was stopped', () => {
    const step = frameReader(BOUNDARY, 1).push(Buffer.from(`\n${BOUNDARY} begin 1\n\n${BOUNDARY} end 1 stopped\n`))
    expect(step).toMatchObject({ state: 'ended', exitCode: undefined })
  })
})

function read(
  stream: Buffer,
  cuts: readonly number[],
): { noise: string; output: string; exitCode: number | undefined } {
  const reader = frameReader(BOUNDARY, 3)
  let [noise, output, position] = ['', '', 0]
  for (const cut of [...cuts, stream.length]) {
    const step = reader.push(stream.subarray(position, position + cut))
    position += cut
    output += hex(step.output)
    if (step.state === 'ended') return { noise: noise + hex(step.noise), output, exitCode: step.exitCode }
    noise += hex(step.noise)
  }
  return { noise, output, exitCode: undefined }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString()
}
