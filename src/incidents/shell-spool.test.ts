import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { noOtherAccount } from '../../test/accounts.ts'
import { castHeader } from './cast.ts'
import type { ConsoleProcess } from './console-process.ts'
import { lostShells, openSpool, spoolRemark } from './shell-spool.ts'

const CONSOLE = { host: 'laptop', pid: 4711 }
const OTHER = { host: 'laptop', pid: 4712 }
const nobodyLives = (): boolean => false
const header = castHeader({
  columns: 80,
  rows: 24,
  term: 'xterm',
  startedAtMs: 1_700_000_000_000,
  title: 'shell on web-1',
})
const remark = spoolRemark({
  incident: '20261125-k7qm',
  box: 'web-1',
  identity: { hostname: 'web-1', machineId: 'a'.repeat(32), bootId: 'b' },
  seq: 2,
})

describe('what a killed console leaves of a shell', () => {
  let home = ''
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'halligan-spool-'))
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  function killed(): void {
    const spool = openSpool(home, CONSOLE, 'abc')
    spool.write(`${header}# ${remark}\n[0.5, "o", "$ ls\\r\\n"]\n[0.1, "i", "ls\\r"]\n`)
    spool.write('[0.2, "o", "half of a li')
  }

  it.each([
    [0o700, 0o700, 0o600],
    [0o2770, 0o2770, 0o660],
    [0o770, 0o770, 0o660],
  ])('lies in a home of mode %o in a folder of mode %o, as a file of mode %o', (mode, folder, file) => {
    chmodSync(home, mode)
    const before = process.umask(0o027)
    killed()
    process.umask(before)
    const modeOf = (...names: readonly string[]): number => statSync(path.join(home, ...names)).mode & 0o7777
    expect(modeOf('shells')).toBe(folder)
    expect(modeOf('shells', readdirSync(path.join(home, 'shells'))[0] ?? '')).toBe(file)
  })

  it('is shared where the home is: a folder that was made for one account alone is opened for the group', () => {
    mkdirSync(path.join(home, 'shells'), { mode: 0o700 })
    chmodSync(home, 0o2770)
    killed()
    expect(statSync(path.join(home, 'shells')).mode & 0o7777).toBe(0o2770)
  })

  const noAccount = noOtherAccount(4243)
  it.skipIf(noAccount)(
    `can be written, and taken in, by a second account of the group${noAccount ? ` (skipped: ${noAccount})` : ''}`,
    () => {
      const GROUP = 4242
      chownSync(home, 0, GROUP)
      chmodSync(home, 0o2770)
      killed()
      const module = JSON.stringify(path.join(import.meta.dirname, 'shell-spool.ts'))
      const script = `
      import { lostShells, openSpool } from ${module}
      openSpool(${JSON.stringify(home)}, { host: 'laptop', pid: 1 }, 'def').write('x')
      const [shell] = lostShells(${JSON.stringify(home)}, { host: 'laptop', pid: 4799 }, ({ pid }) => pid === 1)
      console.log(shell?.commands[0]?.line)
      shell?.remove()`
      const asOther = { uid: 4243, gid: GROUP, encoding: 'utf8', cwd: '/' } as const
      const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], asOther)
      expect(`${stdout}${stderr}`).toBe('ls\n')
      expect(readdirSync(path.join(home, 'shells'))).toEqual(['laptop-1-def.cast'])
    },
  )

  it('is written down no further where the disk takes no more, and the session goes on', () => {
    // 4 KiB are the limit of a file in this process (ulimit counts halves of a KiB), where 10 lines of 1,000 bytes are written.
    const module = JSON.stringify(path.join(import.meta.dirname, 'shell-spool.ts'))
    const script = `
    import { openSpool } from ${module}
    const told = []
    const spool = openSpool(${JSON.stringify(home)}, { host: 'laptop', pid: 1 }, 'def', (why) => told.push(why))
    for (let line = 0; line < 10; line++) spool.write(String(line).repeat(999) + '\\n')
    const kept = Buffer.from(spool.read()).toString()
    console.log(JSON.stringify({ told, lines: kept.split('\\n').map((each) => each.length), lost: spool.broken()?.lostBytes }))
    spool.remove()`
    const limited = `trap '' XFSZ; ulimit -f 8; exec "$0" --input-type=module -e "$1"`
    const { stdout, stderr } = spawnSync('bash', ['-c', limited, process.execPath, script], { encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({
      told: [expect.stringMatching(/EFBIG/)],
      lines: [999, 999, 999, 999, 999, 999, 999, 999, 0],
      lost: 2_000,
    })
    expect(readdirSync(path.join(home, 'shells'))).toEqual([])
  })

  it('is found with its commands, without a last line that was cut off', () => {
    killed()
    const [shell, ...others] = lostShells(home, OTHER, nobodyLives)
    expect(others).toEqual([])
    expect(shell).toMatchObject({
      incident: '20261125-k7qm',
      box: 'web-1',
      seq: 2,
      columns: 80,
      tookMs: 600,
      commands: [{ at: '2023-11-14T22:13:20.600Z', line: 'ls' }],
    })
    expect(Buffer.from(shell?.cast ?? '').toString()).toMatch(/"ls\\r"\]\n$/)
    shell?.remove()
    expect(readdirSync(path.join(home, 'shells'))).toEqual([])
  })

  it('is nobody else’s while the console lives, while another one takes it in, and on another machine', () => {
    killed()
    expect(lostShells(home, OTHER, ({ pid }) => pid === CONSOLE.pid)).toEqual([])
    expect(lostShells(home, { ...OTHER, host: 'desktop' }, nobodyLives)).toEqual([])
    expect(lostShells(home, OTHER, nobodyLives)).toHaveLength(1)
    expect(lostShells(home, { ...OTHER, pid: 4713 }, ({ pid }) => pid === OTHER.pid)).toEqual([])
    // The one that took it in was killed as well.
    expect(lostShells(home, { ...OTHER, pid: 4713 }, nobodyLives)).toHaveLength(1)
  })

  it('is not kept from the record by a process that has the number of its console since, nor by one that has that of its taker', () => {
    const before = { ...CONSOLE, born: 'b00f.17' }
    const taker = { ...OTHER, born: 'b00f.18' }
    const after = { host: 'laptop', pid: 4713, born: 'b11f.19' }
    openSpool(home, before, 'abc').write(`${header}# ${remark}\n[0.5, "o", "$ ls\\r\\n"]\n`)
    const lives =
      (...alive: readonly ConsoleProcess[]) =>
      ({ pid, born }: ConsoleProcess) =>
        alive.some((each) => each.pid === pid && each.born === born)
    expect(lostShells(home, taker, lives(before))).toEqual([])
    expect(lostShells(home, taker, lives({ ...before, born: 'b11f.17' }))).toHaveLength(1)
    expect(lostShells(home, after, lives(taker))).toEqual([])
    expect(lostShells(home, after, lives({ ...taker, born: 'b11f.18' }))).toHaveLength(1)
  })

  it('stays where it is when it cannot be read', () => {
    killed()
    writeFileSync(path.join(home, 'shells', 'laptop-99-abc.cast'), 'no recording')
    writeFileSync(path.join(home, 'shells', 'a note.txt'), 'no recording')
    expect(lostShells(home, OTHER, nobodyLives)).toHaveLength(1)
    expect(readdirSync(path.join(home, 'shells'))).toHaveLength(3)
  })

  it('is not looked for in a fifo or behind a link that somebody put there, which stay', () => {
    killed()
    const shells = path.join(home, 'shells')
    const [name = ''] = readdirSync(shells)
    renameSync(path.join(shells, name), path.join(home, 'theirs'))
    symlinkSync('../theirs', path.join(shells, name))
    execFileSync('mkfifo', [path.join(shells, 'laptop-99-abc.cast')])
    expect(lostShells(home, OTHER, nobodyLives)).toEqual([])
    expect(readdirSync(shells).toSorted()).toEqual(['laptop-4711-abc.cast', 'laptop-99-abc.cast'])
  })

  it('is nothing where there was no shell', () => {
    expect(lostShells(home, OTHER, nobodyLives)).toEqual([])
  })
})
