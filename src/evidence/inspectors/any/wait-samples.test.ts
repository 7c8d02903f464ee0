import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Target } from '../../inspect/inspector.ts'
import { waitSamples } from './wait-samples.ts'

const target = {
  process: { pid: 812, startTicks: 5, name: 'orders', threadCount: 3, threads: [{ tid: 813, name: 'worker' }] },
  box: { architecture: 'x86_64', uid: 0 },
} as unknown as Target
const open = (fd5: string): string => `halligan-descriptors
open 2
lrwx------ 1 0 0 64 5 -> ${fd5}
lr-x------ 1 0 0 64 9 -> /data/parts/7

halligan-sockets
tcp 48122 0200000A:A2F0 0700000A:1538 01 00000000:00000000
`
const WHOLE = `
halligan-map
1000-9000 rw-p 00000000 00:00 0 [heap]

${open('socket:[48122]')}
halligan-waits
wait 98 813 S futex_do_wait 202 0x2000 0x80 -
wait 2 813 D folio_wait_bit_common 0 0x9 0x0 folio_wait_bit_common,filemap_read
wait 90 812 S wait_woken 45 0x5 0x0 -
wait 10 812 R - - 0x0 0x0 -
looks 100 1000 0

${open('socket:[48122]')}
halligan-end
`
const parse = (text: string) => waitSamples.parse(Buffer.from(text), target)

describe('what threads wait for, of any process', () => {
  it('is told by thread, with the kernel where one hangs in it', () => {
    const thread = { function: 'thread worker', own: false }
    const kernel = (called: string): object => ({ function: called, module: 'kernel', own: false })
    expect(parse(WHOLE)).toEqual({
      kind: 'seen',
      value: {
        of: 'off-cpu',
        unit: 'milliseconds',
        tookMs: 10_000,
        intervalUs: 100_000,
        stacks: [
          {
            thread: 'worker (813)',
            frames: [kernel('waits for a lock or a condition in the heap at 0x2000'), thread],
            weight: 9800,
          },
          {
            thread: 'worker (813)',
            frames: [
              kernel('folio_wait_bit_common'),
              kernel('filemap_read'),
              kernel('reads /data/parts/7 (read), in folio_wait_bit_common, and cannot be interrupted'),
              thread,
            ],
            weight: 200,
          },
          {
            thread: 'orders (812)',
            frames: [kernel('reads TCP to 10.0.0.7:5432 (recvfrom)'), { function: 'thread orders', own: false }],
            weight: 9000,
          },
        ],
        idle: 0,
        notes: [
          'which code of the program waits is not in it: --stacks shows where its threads are',
          'sampled: each look stands for 100 ms; on a CPU, or ready for one, for 1000 ms of all threads',
        ],
      },
    })
  })

  it('tells nothing of a descriptor that was given to something else meanwhile', () => {
    const at = WHOLE.lastIndexOf('socket:[48122]')
    const changed = `${WHOLE.slice(0, at)}/data/log${WHOLE.slice(at + 'socket:[48122]'.length)}`
    expect(JSON.stringify(parse(changed))).toContain('"reads a descriptor (recvfrom)"')
  })

  it('says when the process is gone, and when system calls could not be read', () => {
    expect(parse('halligan-target gone\n')).toMatchObject({ kind: 'blind', why: 'the process has ended' })
    expect(parse('halligan-target reused\n')).toMatchObject({ kind: 'blind' })
    const without = WHOLE.replaceAll(/ \d+ 0x\w+ 0x\w+ ([-\w,]+)$/gm, ' - 0x0 0x0 $1')
    expect(parse(without)).toMatchObject({
      value: { notes: expect.arrayContaining([expect.stringContaining('system calls could not be read')]) },
    })
  })

  it('is a profile or a word, wherever it is cut and whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.nat(WHOLE.length), (at) => {
        expect(['seen', 'garbled']).toContain(parse(WHOLE.slice(0, at)).kind)
      }),
      { numRuns: 100 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(waitSamples.parse(bytes, target).kind).toBe('garbled')
      }),
      { numRuns: 100 },
    )
  })

  it('is not for the threads of another user', () => {
    const other = { process: { ...target.process, uid: 0, state: 'S' }, box: { ...target.box, uid: 1000 } } as Target
    expect(waitSamples.able(other)).toMatchObject({ able: false, hint: 'run with --sudo' })
  })
})
