import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { helpers } from '../collector.ts'
import { openFiles, type OpenFiles } from './open-files.ts'

/** One established or half-closed connection: its row of /proc/net/tcp, and the descriptor that holds it. */
interface Connection {
  readonly state: '01' | '08'
  readonly peer: string
}

/** The script of the probe over such connections of process 812, which listens on port 8080, and what is read from its answer. */
function held(connections: readonly Connection[]): OpenFiles {
  const listening = '   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 33 0 7'
  const rows = connections.map(
    ({ state, peer }, at) =>
      `   1: 0100007F:1F90 ${peer}:C000 ${state} 00000000:00000000 00:00000000 00000000 33 0 ${1000 + at}`,
  )
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-descriptors-'))
  try {
    mkdirSync(path.join(folder, '812/fd'), { recursive: true })
    connections.forEach((_, at) => symlinkSync(`socket:[${1000 + at}]`, path.join(folder, `812/fd/${at}`)))
    writeFileSync(path.join(folder, '812/limits'), LIMITS)
    const script = `${helpers}\nnet='${[listening, ...rows].join('\n')}'\n${openFiles.script}`
    const text = execFileSync('sh', { input: script, cwd: folder, encoding: 'utf8' })
    return openFiles.parse({ during: { atSeconds: 1, text: text.trimEnd() } }, { beganAtMs: 0 })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units     
Max processes             95482                95482                processes 
Max open files            20000                524288               files     
Max locked memory         65536                65536                bytes     
`

describe('the script of open-files', () => {
  const from = (peer: string, state: Connection['state'], number: number): readonly Connection[] =>
    Array.from({ length: number }, () => ({ state, peer }))
  const client = (at: number): string => at.toString(16).toUpperCase().padStart(8, '0')

  it('leaves out groups of one or two', () => {
    expect(held([...from(client(1), '01', 2), ...from(client(2), '01', 3)]).sockets).toMatchObject([
      { pid: 812, state: 'ESTABLISHED', localPort: 8080, count: 3 },
    ])
  })

  it('says its limits', () => {
    expect(held(from(client(1), '01', 3)).byPid.get(812)).toMatchObject({
      open: 3,
      softLimit: 20_000,
      threadsLimit: 95_482,
    })
  })

  it('keeps the largest groups of a busy server with thousands of clients', () => {
    const usual = Array.from({ length: 1_500 }, (_, at) => from(client(at), '01', 3)).flat()
    const { sockets } = held([...usual, ...from(client(0xff), '08', 500), ...usual])
    expect(sockets.length).toBeLessThanOrEqual(400)
    expect(sockets[0]).toMatchObject({ pid: 812, state: 'CLOSE_WAIT', count: 500 })
  })

  it('looks in what threads wait of one process alone: that at whose listener most connections wait', () => {
    const queues: readonly (readonly [pid: number, waiting: string])[] = [
      [700, '00000002'],
      [812, '00000E01'],
      [900, '000001E2'],
      [901, '00000001'],
    ]
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-listeners-'))
    try {
      for (const [pid] of queues) {
        mkdirSync(path.join(folder, `${pid}/fd`), { recursive: true })
        symlinkSync(`socket:[${pid}]`, path.join(folder, `${pid}/fd/3`))
        writeFileSync(path.join(folder, `${pid}/limits`), LIMITS)
        ;['futex_do_wait', 'futex_do_wait', '0'].forEach((channel, at) => {
          mkdirSync(path.join(folder, `${pid}/task/${pid + at}`), { recursive: true })
          writeFileSync(path.join(folder, `${pid}/task/${pid + at}/wchan`), channel)
        })
      }
      const rows = queues.map(
        ([pid, waiting]) => `   0: 00000000:1F90 00000000:0000 0A 00000000:${waiting} 00:00000000 00000000 33 0 ${pid}`,
      )
      const script = `${helpers}\nnet='${rows.join('\n')}'\n${openFiles.script}`
      const text = execFileSync('sh', { input: script, cwd: folder, encoding: 'utf8' })
      const { threadWaits } = openFiles.parse({ during: { atSeconds: 1, text: text.trimEnd() } }, { beganAtMs: 0 })
      expect([...threadWaits]).toEqual([
        [
          812,
          new Map([
            ['0', 1],
            ['futex_do_wait', 2],
          ]),
        ],
      ])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('tells the limits of more processes with a limited address space than awk can have files open', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-address-spaces-'))
    try {
      for (let pid = 1; pid <= 60; pid += 1) {
        mkdirSync(path.join(folder, `${pid}/fd`), { recursive: true })
        symlinkSync('/dev/null', path.join(folder, `${pid}/fd/0`))
        writeFileSync(
          path.join(folder, `${pid}/limits`),
          `${LIMITS}Max address space   1073741824   unlimited   bytes\n`,
        )
        writeFileSync(path.join(folder, `${pid}/statm`), '1000 500 300 1 0 400 0\n')
      }
      const script = `ulimit -n 40\n${helpers}\nnet= page=4\n${openFiles.script}`
      const text = execFileSync('sh', { input: script, cwd: folder, encoding: 'utf8' })
      const { byPid, addressSpaces } = openFiles.parse(
        { during: { atSeconds: 1, text: text.trimEnd() } },
        { beganAtMs: 0 },
      )
      expect([...byPid.values()].filter(({ softLimit }) => softLimit === 20_000)).toHaveLength(60)
      expect(addressSpaces).toHaveLength(60)
      expect(addressSpaces).toContainEqual({ pid: 7, bytes: 4_096_000, limitBytes: 1_073_741_824 })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

it('a deleted file that its process can only write to is told from one that it can read', () => {
  const text = `F 812 20 2 1024 0
D 812 4 /data/app.log
O 812 4
B 2097152 4096 fe00 77 0 812/fd/4
D 812 5 /data/table.db
B 1048576 2048 fe00 78 0 812/fd/5
O 812 50
U 0`
  expect(openFiles.parse({ during: { atSeconds: 1, text } }, { beganAtMs: 0 }).deleted).toEqual([
    { pid: 812, descriptor: 4, path: '/data/app.log', bytes: 2_097_152, onlyWritten: true },
    { pid: 812, descriptor: 5, path: '/data/table.db', bytes: 1_048_576 },
  ])
})
