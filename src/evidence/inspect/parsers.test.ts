import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { callMeaning, type CallContext } from './call-meaning.ts'
import { changedFiles } from './changed-files.ts'
import { descriptorGroups, readDescriptors } from './descriptors.ts'
import { fileLockWaits } from './file-lock-waits.ts'
import { limitsIn } from './limits.ts'
import { lockOwner } from './lock-owners.ts'
import { mappingsIn, memoryOf, placeOf } from './memory-map.ts'
import { programFile } from './program-file.ts'
import { recognised, type Marks } from './recognise.ts'
import { filesByName, statLine } from './stat-line.ts'
import { subjectOf } from './subject.ts'
import { systemCall } from './system-call.ts'
import { systemCallName } from './system-call-names.ts'
import { readThreads } from './threads.ts'

const RUNS = { numRuns: 150 }
const anyText = fc.string({ unit: 'binary', maxLength: 200 })

describe('what is meant', () => {
  it.each([
    ['812', { by: 'pid', pid: 812 }],
    [':8080', { by: 'port', port: 8080 }],
    ['orders.service', { by: 'unit', unit: 'orders.service' }],
    ['orders-api', { by: 'name', name: 'orders-api' }],
    ['0', undefined],
    [':0', undefined],
    [':65536', undefined],
    ['', undefined],
    ['a\nb', undefined],
  ])('%j', (word, subject) => expect(subjectOf(word)).toEqual(subject))
})

describe('system calls', () => {
  it('are read with their registers, running, and outside of one', () => {
    const line = '202 0x7f3a5c001b30 0x80 0x2 0x0 0x0 0x0 0x7f3a5bffed20 0x7f3a5c8e1a06'
    expect(systemCall(line, 'x86_64')).toMatchObject({
      number: 202,
      name: 'futex',
      args: [0x7f3a5c001b30n, 0x80n, 2n, 0n, 0n, 0n],
    })
    expect(systemCall('98 0x1 0x0 0x2 0x0 0x0 0x0 0x1 0x2', 'aarch64')).toMatchObject({ name: 'futex' })
    expect(systemCall('running', 'x86_64')).toBe('running')
    expect(systemCall('-1 0x7ffd 0x7f3a', 'x86_64')).toBe('none')
    expect(systemCall('', 'x86_64')).toBeUndefined()
  })
  it.each([
    ['x86_64', 0, 'read'],
    ['x86_64', 232, 'epoll_wait'],
    ['x86_64', 281, 'epoll_pwait'],
    ['x86_64', 334, 'rseq'],
    ['x86_64', 441, 'epoll_pwait2'],
    ['x86_64', 449, 'futex_waitv'],
    ['aarch64', 22, 'epoll_pwait'],
    ['aarch64', 63, 'read'],
    ['aarch64', 73, 'ppoll'],
    ['aarch64', 84, 'sync_file_range'],
    ['aarch64', 202, 'accept'],
    ['aarch64', 260, 'wait4'],
    ['aarch64', 291, 'statx'],
    ['aarch64', 441, 'epoll_pwait2'],
    ['x86_64', 400, undefined],
    ['riscv64', 63, undefined],
  ])('%s %d is %s', (architecture, number, name) => expect(systemCallName(architecture, number)).toBe(name))
  it('take any text', () => {
    fc.assert(
      fc.property(anyText, (text) => void systemCall(text, 'x86_64')),
      RUNS,
    )
  })
})

const context: CallContext = {
  descriptors: new Map(
    (
      readDescriptors(
        'open 4\nlrwx------ 1 0 0 64 5 -> socket:[48122]\nlrwx------ 1 0 0 64 6 -> socket:[48123]\nl-wx------ 1 0 0 64 7 -> /data/app.log (deleted)\nlr-x------ 1 0 0 64 8 -> pipe:[9]\n',
        'tcp 48122 0200000A:A2F0 0700000A:1538 01 00000000:00000012\ntcp 48123 00000000:1F90 00000000:0000 0A 00000000:00000000\n',
      )?.listed ?? []
    ).map((each) => [each.fd, each]),
  ),
  mappings: mappingsIn('55d0c000-55d0d000 rw-p 00000000 00:00 0                                  [heap]\n'),
  polled: new Map([[0x100n, [5]]]),
  children: new Map([[913, 'worker']]),
}

function meaning(architecture: string, number: number, ...args: readonly number[]): string {
  const registers = [...args, 0, 0, 0, 0, 0, 0]
    .slice(0, 6)
    .map((each) => `0x${(BigInt(each) & 0xffff_ffff_ffff_ffffn).toString(16)}`)
  const call = systemCall([number, ...registers, '0x1', '0x2'].join(' '), architecture)
  return typeof call === 'object' ? callMeaning(call, context).says : String(call)
}

describe('what a call waits for', () => {
  it.each([
    [0, [5], 'reads fd 5: TCP 10.0.0.2:41712 to 10.0.0.7:5432, ESTABLISHED, 18 bytes not yet read (read)'],
    [1, [7], 'writes to fd 7: /data/app.log (deleted) (write)'],
    [43, [6], 'waits for the next connection on fd 6: TCP 0.0.0.0:8080, LISTEN (accept)'],
    [74, [7], 'waits for the disk, for fd 7: /data/app.log (deleted) (fsync)'],
    [202, [0x55d0c010, 0x80, 2], 'waits for a lock or a condition in the heap at 0x55d0c010'],
    [
      202,
      [0x55d0c010, 0x189, 0, 0x7ffd],
      'waits for a lock or a condition in the heap at 0x55d0c010, for a limited time',
    ],
    [202, [0x55d0c010, 0x81, 1], 'wakes who waits for a lock'],
    [
      7,
      [0x100, 1, -1],
      'waits for fd 5: TCP 10.0.0.2:41712 to 10.0.0.7:5432, ESTABLISHED, 18 bytes not yet read (poll)',
    ],
    [7, [0x200, 3, 1000], 'waits for events of 3 descriptors, at most 1000 ms (poll)'],
    [232, [4, 0, 64, -1], 'waits for events of epoll 4 (epoll_wait)'],
    [61, [913], 'waits for its child 913 (worker) to end (wait4)'],
    [61, [-1], 'waits for a child to end (wait4)'],
    [72, [7, 7], 'waits for a lock on fd 7: /data/app.log (deleted) (fcntl)'],
    [35, [], 'sleeps (nanosleep)'],
    [999, [], 'in system call 999'],
  ])('%d %j', (number, args, says) => expect(meaning('x86_64', number, ...args)).toBe(says))
})

describe('descriptors', () => {
  it('are told by kind, largest first', () => {
    expect(descriptorGroups([...context.descriptors.values()]).map(({ what, count }) => [what, count])).toEqual([
      ['TCP ESTABLISHED to 10.0.0.7:5432', 1],
      ['TCP listening on 0.0.0.0:8080', 1],
      ['deleted files in /data', 1],
      ['pipes', 1],
    ])
  })
  it('that were refused are not none', () => {
    expect(readDescriptors('denied\n', undefined)).toBeUndefined()
    expect(readDescriptors('open 0\n', undefined)).toEqual({ open: 0, listed: [] })
  })
  it('take any text', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, sockets) => {
        const read = readDescriptors(`open 3\n${text}`, sockets)
        descriptorGroups(read?.listed ?? [])
        expect(read?.open).toBe(3)
      }),
      RUNS,
    )
  })
})

describe('rows of stat', () => {
  it('keep a name with parentheses and newlines in it', () => {
    const row = statLine('9 (x) S 1\n(y) Z 1 1 1 0 -1 2097152 0 0 0 0 3 4 0 0 20 0 1 0 777 0 0')
    expect(row).toMatchObject({ pid: 9, name: 'x) S 1\n(y', state: 'Z', ticks: 7, startTicks: 777, kernelThread: true })
  })
  it('stay behind the name of their own file', () => {
    const files = filesByName('task/9/comm:a\ntask/9/comm:task/1/comm:init\n')
    expect([...files]).toEqual([['task/9/comm', 'a\ntask/1/comm:init']])
  })
  it('take any text', () => {
    fc.assert(
      fc.property(anyText, (text) => void [statLine(text), filesByName(text)]),
      RUNS,
    )
  })
})

describe('threads', () => {
  const first = '1000 2\ntask/9/schedstat:1000000 0 5\ntask/10/schedstat:0 0 1\n'
  const last =
    '1030 2\ntask/10/stat:10 (w:1) R 1 1 1 0 -1 0 0 0 0 0 3 4 0 0 20 0 2 0 777 0 0\ntask/9/stat:9 (main) S 1 1 1 0 -1 0 0 0 0 0 3 4 0 0 20 0 2 0 777 0 0\n' +
    'task/9/schedstat:1000000 0 5\ntask/10/schedstat:250000000 40000000 9\ntask/9/wchan:futex_wait_queue\ntask/10/wchan:0\ntask/10/syscall:running\n'
  const how = { pid: 9, architecture: 'x86_64', ticksPerSecond: 100 }
  it('have CPU over the window, the main thread first', () => {
    const read = readThreads(first, last, how)
    expect(read).toMatchObject({ count: 2, windowMs: 300, noCalls: undefined })
    expect(read.threads).toMatchObject([
      { tid: 9, name: 'main', cpuMs: 0, switches: 0, waitChannel: 'futex_wait_queue' },
      { tid: 10, name: 'w:1', cpuMs: 250, waitedMs: 40, switches: 8 },
    ])
  })
  it('without system calls say why', () => {
    expect(readThreads(first, last.replace(/task\/10\/syscall.*\n/, ''), how).noCalls).toBe('Permission denied')
    expect(readThreads(first, `${last.replace(/task\/10\/syscall.*\n/, '')}no-syscall\n`, how).noCalls).toMatch(
      /kernel/,
    )
  })
  it('take any text', () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => readThreads(a, b, how).windowMs >= 0),
      RUNS,
    )
  })
})

describe('memory maps', () => {
  const text = `55d0b000-55d0c000 r-xp 00000000 fe:00 77                         /srv/a b (deleted)
55d0c000-55d0d000 rw-p 00000000 00:00 0                                  [heap]
7f00000000-7f00001000 rw-s 00000000 00:05 9                              /dev/shm/x
7f10000000-7f10001000 rw-p 00000000 00:00 0
7ffd0000-7ffd1000 rw-p 00000000 00:00 0                                  [stack]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`
  it('are summed by kind', () => {
    const mappings = mappingsIn(text)
    expect(mappings[0]).toMatchObject({ path: '/srv/a b', deleted: true, inode: 77 })
    const memory = memoryOf(
      mappings,
      new Map([['RssAnon', '100 kB']]),
      'Rss:  8 kB\nPss:  4 kB\nPrivate_Clean:  1 kB\nPrivate_Dirty:  2 kB\n',
    )
    expect(memory).toMatchObject({ anonymousBytes: 102_400, proportionalBytes: 4096, privateBytes: 3072 })
    expect(memory.mapped.map(({ kind, bytes }) => [kind, bytes])).toEqual(
      ['heap', 'stack', 'anonymous', 'file', 'shared', 'kernel'].map((kind) => [kind, 4096]),
    )
    expect(memoryOf([], new Map(), 'large\n').noSums).toMatch(/lock of its memory map/)
    expect([placeOf(0x55d0c123n, mappings), placeOf(0x1n, mappings)]).toEqual(['the heap', undefined])
  })
  it('take any text', () => {
    fc.assert(
      fc.property(anyText, (any) => void memoryOf(mappingsIn(any), new Map([['RssAnon', any]]), any)),
      RUNS,
    )
  })
})

describe('limits', () => {
  it('are bounds or none', () => {
    const text =
      'Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024                 4096                 files     \nMax nice priority         0                    0                    \nMax cpu time              unlimited            unlimited            seconds   \n'
    expect(limitsIn(text)).toEqual([
      { name: 'Max open files', soft: 1024, hard: 4096, unit: 'files' },
      { name: 'Max nice priority', soft: 0, hard: 0, unit: '' },
      { name: 'Max cpu time', soft: undefined, hard: undefined, unit: 'seconds' },
    ])
    fc.assert(
      fc.property(anyText, (any) => void limitsIn(any)),
      RUNS,
    )
  })
})

describe('who has a lock', () => {
  const threads = (own: number): number | undefined => (own === 91 ? 91 : undefined)
  const words = (...values: readonly number[]): Uint8Array => {
    const bytes = Buffer.alloc(16)
    for (const [at, value] of values.entries()) bytes.writeUInt32LE(value, at * 4)
    return bytes
  }
  it.each([
    ['a mutex of glibc', words(2, 1, 91), 'lock'],
    ['one of musl, or a robust one', words(0x8000_0000 + 91), 'lock'],
    ['a thread that is joined', words(91), 'end'],
  ])('%s', (_name, bytes, waitedFor) =>
    expect(lockOwner(16n, bytes, threads)).toEqual({ address: 16n, tid: 91, waitedFor }),
  )
  it.each([
    ['a mutex that nobody waits for', words(1, 1, 91)],
    ['a condition', words(2, 0, 7)],
    ['an owner that is no thread of it', words(2, 1, 92)],
    ['half of it', words(2, 1, 91).subarray(0, 12)],
  ])('%s: nobody', (_name, bytes) => expect(lockOwner(16n, bytes, threads)).toBeUndefined())
})

describe('locks on files', () => {
  it('are those that this process waits for, or that others wait for', () => {
    const locks =
      '1: FLOCK  ADVISORY  WRITE 812 00:2b:131 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 913 00:2b:131 0 EOF\n2: POSIX  ADVISORY  WRITE 5 00:2b:132 0 EOF\n2: -> POSIX  ADVISORY  WRITE 6 00:2b:132 0 EOF\n'
    expect(fileLockWaits(locks, 913, '131 fd/4\n', new Map())).toEqual([
      { kind: 'FLOCK', holder: { pid: 812 }, waiters: [913], inode: 131, fd: 4 },
    ])
    expect(fileLockWaits(locks, 77, '', new Map())).toEqual([])
    fc.assert(
      fc.property(anyText, (any) => void fileLockWaits(any, 1, any, new Map())),
      RUNS,
    )
  })
})

describe('files that changed', () => {
  it('are deleted, written to, or put there later', () => {
    const rows = '100 100 root/lib/old.so\n2000 2000 root/srv/app.py\n2000 100 cwd/x.py\n'
    const mappings = mappingsIn(
      '1000-2000 r-xp 00000000 fe:00 7 /lib/gone.so (deleted)\n1000-2000 r-xp 00000000 00:01 7 /memfd:jit (deleted)\n',
    )
    expect(changedFiles(rows, mappings, { path: '/srv/bin', deleted: true }, 1_000_000)).toEqual([
      { path: '/srv/bin', how: 'deleted' },
      { path: '/lib/gone.so', how: 'deleted' },
      { path: '/srv/app.py', how: 'changed', atMs: 2_000_000 },
      { path: 'x.py', how: 'touched', atMs: 2_000_000 },
    ])
    fc.assert(
      fc.property(anyText, (any) => void changedFiles(any, [], undefined, 1)),
      RUNS,
    )
  })
})

describe('the runtime', () => {
  const marks = (executable: string | undefined, ...libraries: readonly string[]): Marks => ({
    executable,
    argv: [],
    mappings: mappingsIn(libraries.map((file) => `1000-2000 r-xp 00000000 fe:00 7 ${file}\n`).join('')),
    program: undefined,
    kernelThread: false,
    environment: new Map(),
    container: undefined,
  })
  it.each([
    ['/usr/bin/python3.11', [], 'cpython', '3.11'],
    ['/srv/venv/bin/python', ['/usr/lib/python3.9/lib-dynload/_json.cpython-39-x86_64-linux-gnu.so'], 'cpython', '3.9'],
    ['/opt/app/python', ['/opt/app/x.cpython-313-x86_64-linux-gnu.so'], 'cpython', '3.13'],
    ['/usr/sbin/uwsgi', ['/usr/lib/x86_64-linux-gnu/libpython3.12.so.1.0'], 'cpython', '3.12'],
    ['/usr/bin/node', [], 'node', undefined],
    ['/root/.nvm/versions/node/v20.20.2/bin/node', [], 'node', '20.20.2'],
    [
      '/usr/lib/jvm/java-17-openjdk-amd64/bin/java',
      ['/usr/lib/jvm/java-17-openjdk-amd64/lib/server/libjvm.so'],
      'jvm',
      '17',
    ],
    ['/usr/bin/ruby3.1', [], 'ruby', '3.1'],
    ['/usr/sbin/php-fpm8.2', [], 'php', '8.2'],
    [
      '/usr/share/dotnet/dotnet',
      ['/usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/libcoreclr.so'],
      'dotnet',
      '8.0.1',
    ],
    ['/bin/busybox', [], 'shell', undefined],
    ['/usr/sbin/nginx', ['/usr/lib/libc.so.6'], 'native', undefined],
  ])('%s %j is %s %s', (executable, libraries, kind, version) => {
    const runtime = recognised(marks(executable, ...libraries))
    expect([runtime.kind, runtime.version]).toEqual([kind, version])
  })
  it('of Go is known by its heap, or by its note', () => {
    expect(
      recognised({ ...marks('/srv/api'), mappings: mappingsIn('c000000000-c000400000 rw-p 00000000 00:00 0\n') }).kind,
    ).toBe('go')
    expect(
      recognised({ ...marks('/srv/api'), program: { static: true, stripped: true, go: true, architecture: 'x86_64' } }),
    ).toMatchObject({
      kind: 'go',
      details: ['static', 'stripped'],
    })
  })
  it('of a virtualenv and a container is said', () => {
    const runtime = recognised({
      ...marks('/usr/bin/python3.11'),
      argv: ['/srv/venv/bin/python'],
      container: 'ab'.repeat(32),
    })
    expect(runtime.details).toEqual(['virtualenv /srv/venv', 'in container abababababab'])
  })
})

describe('a program file', () => {
  it('is none in most bytes, and never fails', () => {
    expect(programFile(Buffer.from('#!/bin/sh\n'), Buffer.alloc(0))).toBeUndefined()
    const header = Buffer.alloc(64)
    header.write('\x7fELF\x02\x01', 'latin1')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.uint8Array({ maxLength: 300 }), (rest, tail) => {
        const head = Buffer.concat([header.subarray(0, 6), rest])
        const read = programFile(head, tail)
        expect(read === undefined).toBe(head.length < 64)
      }),
      RUNS,
    )
  })
})
