import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isClean, proofWords, readProof, REFUSED_BECAUSE, type Proof } from './proof.ts'

const NONCE = 'a1b2c3d4'
const told = (...lines: readonly string[]): string =>
  `\n${NONCE} proof\n${lines.map((l) => `${NONCE} ${l}\n`).join('')}`

describe('the proof of a guard', () => {
  it('says that nothing is left, and that the target is as it was', () => {
    const proof = readProof(
      told(
        'target 812 6220986 found=S after=R tracer=0 did=nothing exec=no',
        'tool gone -1000',
        'ended exited 0',
        'spool gone',
      ),
      NONCE,
    )
    expect(proof).toEqual({
      targets: [{ pid: 812, startTicks: 6_220_986, found: 'running', after: 'running' }],
      tool: 'gone',
      oomScore: -1000,
      left: [],
      spool: 'gone',
    } satisfies Proof)
    expect(proof && isClean(proof)).toBe(true)
    expect(proof && proofWords(proof)).toEqual([
      'Process 812 runs, traced by nobody.',
      'No file, no probe and no open port is left.',
    ])
    expect(proof && proofWords(proof, 'a thread "Attach Listener" and its socket')).toEqual([
      'Process 812 runs, traced by nobody.',
      'What stays: a thread "Attach Listener" and its socket.',
      'Beside that no file, no probe and no open port is left.',
    ])
  })

  it('says what is left, what was repaired, and what is worse than before', () => {
    const proof = readProof(
      told(
        'target 812 1 found=S after=t tracer=99 did=nothing exec=no',
        'target 813 1 found=T after=T tracer=0 did=stopped exec=yes',
        'left process 99',
        'left port 812 0100007F:240D',
        'left probe p:halligan/snap /srv/app:0x12b2',
        'left a thread "Attach Listener"',
        'tool stuck 0',
        'ended max-time -',
        'spool left /dev/shm/x',
      ),
      NONCE,
    )
    expect(proof && isClean(proof)).toBe(false)
    expect(proof && proofWords(proof)).toEqual([
      'The tool does not end. It was not killed, since that could kill its target; the guard goes on asking it.',
      'Process 812 stands in a stop of ptrace, and was running before, traced by 99.',
      'Process 813 is stopped, traced by nobody; it was stopped before, and the guard stopped it again; it runs another program than before.',
      'Left on the box: process 99.',
      'Left on the box: port 9229 of process 812.',
      'Left on the box: probe p:halligan/snap /srv/app:0x12b2.',
      'Left on the box: a thread "Attach Listener".',
    ])
  })

  it('has words for each refusal', () => {
    for (const why of REFUSED_BECAUSE) {
      const proof = readProof(told(`refused ${why} 7 8`, 'ended refused -', 'spool gone'), NONCE)
      expect(proof).toMatchObject({ tool: 'not-started', refused: { why, pid: 7, tracer: 8 } })
      expect(proof && proofWords(proof).join('')).toMatch(/^(Process 7 .*nothing was attached\.|[A-Z].*\.)$/)
    }
  })

  it('is not there when its end did not come', () => {
    expect(readProof(told('target 1 1 found=S after=S tracer=0 did=nothing exec=no', 'tool gone 0'), NONCE)).toBe(
      undefined,
    )
    expect(readProof('', NONCE)).toBe(undefined)
  })

  it('is clean only if each target is as it was, nobody traces it, and nothing is left', () => {
    const target = fc.record({
      pid: fc.nat(),
      found: fc.constantFrom('S', 'T'),
      after: fc.constantFrom('S', 'R', 'D', 'T', 't', 'gone'),
      by: fc.constantFrom(0, 0, 0, 99),
    })
    const whole = fc.record({
      targets: fc.array(target, { maxLength: 5 }),
      left: fc.array(fc.constantFrom('process 7', 'port 7 0100007F:1F90', 'probe p:x/y'), { maxLength: 2 }),
      tool: fc.constantFrom('gone', 'stuck'),
      spool: fc.constantFrom('gone', 'left x'),
    })
    fc.assert(
      fc.property(whole, ({ targets, left, tool, spool }) => {
        const lines = targets.map(
          ({ pid, found, after, by }) =>
            `target ${pid} 1 found=${found} after=${after} tracer=${by} did=nothing exec=no`,
        )
        const proof = readProof(
          told(...lines, ...left.map((each) => `left ${each}`), `tool ${tool} 0`, 'ended exited 0', `spool ${spool}`),
          NONCE,
        )
        const isAsItWas = targets.every(
          ({ found, after, by }) =>
            by === 0 && (after === 'gone' || (found === 'T') === (after === 'T')) && after !== 't',
        )
        const clean = isAsItWas && left.length === 0 && tool === 'gone' && spool === 'gone'
        expect(proof && isClean(proof)).toBe(clean)
      }),
      { numRuns: 200 },
    )
  })

  it('is read of any lines without an error, and bounded', () => {
    const line = fc.oneof(
      fc.string().map((text) => `left ${text}`),
      fc.constantFrom('tool gone 0', 'tool stuck -999', 'ended exited 0', 'spool gone', 'refused traced 1 2'),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 100 }), (lines) => {
        const proof = readProof(told(...lines), NONCE)
        if (proof) expect(proof.targets.length + proof.left.length).toBeLessThanOrEqual(128)
        expect(proof === undefined || proofWords(proof).every((words) => words !== '')).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})
