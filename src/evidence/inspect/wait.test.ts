import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { socketsIn } from './descriptors.ts'
import { waitFrame, type Wait } from './wait.ts'

const sockets = socketsIn(
  [
    'tcp 1 0200000A:A2F0 0700000A:1538 01 00000000:00000000',
    'tcp 2 0200000A:1F90 0900000A:C350 01 00000000:00000000',
    'tcp 3 00000000:1F90 00000000:0000 0A 00000000:00000000',
    'tcp 4 0100007F:C350 0100007F:C351 01 00000000:00000000',
    'unix 5 03 0001 /run/app.sock',
  ].join('\n'),
)
const says = (wait: Partial<Wait>, mappings?: Parameters<typeof waitFrame>[1]['mappings']): string =>
  waitFrame({ state: 'S', args: [], ...wait }, { architecture: 'x86_64', sockets, ...(mappings ? { mappings } : {}) })
    .function

describe('what a thread waits for', () => {
  it.each<[string, Partial<Wait>]>([
    ['waits for the GIL', { call: 202, isGil: true }],
    ['waits for a lock or a condition (futex)', { call: 202, args: [0n, 0x189n] }],
    ['reads TCP to 10.0.0.7:5432 (recvfrom)', { call: 45, args: [5n, 0n], open: 'socket:[1]' }],
    ['reads TCP from 10.0.0.9 to :8080 (recvfrom)', { call: 45, args: [6n, 0n], open: 'socket:[2]' }],
    ['reads TCP 127.0.0.1:50000 to 127.0.0.1:50001 (recvfrom)', { call: 45, args: [6n, 0n], open: 'socket:[4]' }],
    ['waits for TCP to 10.0.0.7:5432 (poll)', { call: 7, args: [0n, 1n], open: 'socket:[1]' }],
    ['waits for events of 12 descriptors (poll)', { call: 7, args: [0n, 12n] }],
    ['waits for events of epoll 4 (epoll_wait)', { call: 232, args: [4n, 0n], open: 'anon_inode:[eventpoll]' }],
    ['waits for the next connection on TCP 0.0.0.0:8080 (accept4)', { call: 288, args: [3n, 0n], open: 'socket:[3]' }],
    ['reads the unix socket /run/app.sock (recvfrom)', { call: 45, args: [7n, 0n], open: 'socket:[5]' }],
    ['reads a socket (read)', { call: 0, args: [7n, 0n], open: 'socket:[77]' }],
    ['reads a pipe (read)', { call: 0, args: [7n, 0n], open: 'pipe:[131]' }],
    ['sleeps (clock_nanosleep)', { call: 230, args: [1n, 0n] }],
    ['waits for its child 812 to end (wait4)', { call: 61, args: [812n, 0n] }],
    ['waits for a child to end (wait4)', { call: 61, args: [(1n << 64n) - 1n, 0n] }],
    ['is stopped, by a signal or a debugger', { state: 'T', call: 202, args: [0n, 0n] }],
    ['waits; for what could not be seen', {}],
    [
      'waits in the kernel, in folio_wait_bit_common, and cannot be interrupted',
      { state: 'D', channel: 'folio_wait_bit_common' },
    ],
    [
      'reads /data/parts/7 (read), in nfs_wait_bit_killable, and cannot be interrupted',
      { state: 'D', call: 0, args: [9n, 0n], open: '/data/parts/7', channel: 'nfs_wait_bit_killable' },
    ],
  ])('%s', (words, wait) => expect(says(wait)).toBe(words))

  it('tells locks apart by where they lie, where that is known', () => {
    const heap = {
      start: 0x1000n,
      end: 0x9000n,
      permissions: 'rw-p',
      offset: 0n,
      inode: 0,
      path: '[heap]',
      deleted: false,
    }
    expect(says({ call: 202, args: [0x2000n, 128n] }, [heap])).toBe(
      'waits for a lock or a condition in the heap at 0x2000',
    )
    expect(says({ call: 202, args: [0x2_0000n, 128n] }, [heap])).toBe('waits for a lock or a condition at 0x20000')
  })

  it('has a word for every call and every argument', () => {
    const any = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })
    fc.assert(
      fc.property(fc.nat(600), any, any, fc.option(fc.string(), { nil: undefined }), (call, first, second, open) => {
        expect(says({ call, args: [first, second], ...(open === undefined ? {} : { open }) })).not.toBe('')
      }),
      { numRuns: 200 },
    )
  })
})
