import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeAll, describe, expect, it } from 'vitest'
import { evidenceId } from '../../src/incidents/entry.ts'
import { noOtherAccount } from '../accounts.ts'
import { environment, halligan, MAIN, mountsFail, onMounts, type Outcome } from './command.ts'
import { startWriter } from './consoles.ts'
import { homes } from './homes.ts'
import { withStore } from './records.ts'

// What can be wrong with the place of the record: each is said in words, with what to try, and nothing that was acknowledged is lost.

const home = homes()
let base = ''
let id = ''

beforeAll(() => {
  base = home()
  const { stdout } = halligan(base, ['open', 'checkout returns 500s'])
  id = /Incident (\S+) is open/.exec(stdout)?.[1] ?? ''
  expect(halligan(base, ['note', 'the first']).code).toBe(0)
})

function copied(): string {
  const copy = home()
  cpSync(base, copy, { recursive: true })
  return copy
}

const why = mountsFail()

describe.skipIf(why !== undefined)(`a disk${why ? ` (skipped: ${why})` : ''}`, () => {
  it('that is full: what is free is answered, and said not to be recorded; what is there can be read', () => {
    const said = onMounts(
      home(),
      `mount -t tmpfs -o size=400k none "$HOME_FOLDER"
      halligan open open "checkout returns 500s"
      halligan before note "before"
      dd if=/dev/zero of="$HOME_FOLDER/fill" bs=4k 2>/dev/null || true
      halligan note note "while it is full"
      halligan look look --window 0.2
      halligan timeline timeline
      halligan list list
      halligan export export "$HOME_FOLDER/x.zst"
      rm "$HOME_FOLDER/fill"
      halligan after note "after"
      halligan whole timeline
      halligan audit audit`,
    )
    expect(said['before']).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Noted in \S+ as #2\.\n$/) })
    expectFailed(
      said['note'],
      /^halligan: there is no room for the record in \S+record\.db \(.*\)\.\nTry: Free some space/,
    )
    expect(said['look']?.code).toBe(1)
    expect(said['look']?.stdout).toMatch(/ruled out \d+ of \d+ checks/)
    expect(said['look']?.stderr).toMatch(/^halligan: THIS WAS NOT RECORDED: there is no room .*\nTry: Free some space/)
    for (const name of ['timeline', 'list']) expect(said[name], name).toMatchObject({ code: 0, stderr: '' })
    expect(said['timeline']?.stdout).toMatch(/#1 .*\n.*#2 .*before\n$/)
    expectFailed(said['export'], /x\.zst could not be written \(.*no space.*\)\.\nTry: Name a file/i)
    expect(said['after']).toMatchObject({ code: 0, stdout: expect.stringMatching(/as #3\.\n$/) })
    expect(said['whole']?.stdout.split('\n')).toHaveLength(3 + 2)
    expect(said['audit']).toMatchObject({ code: 0, stdout: expect.stringMatching(/intact, 3 entries/) })
  }, 60_000)

  it('that becomes full while an incident is imported has nothing of it afterwards', () => {
    const folder = home()
    mkdirSync(folder)
    const source = path.join(folder, 'source')
    expect(halligan(source, ['open', 'a long one']).code).toBe(0)
    for (let at = 0; at < 3; at++) expect(halligan(source, ['note'], randomBytes(300_000).toString('hex')).code).toBe(0)
    expect(halligan(source, ['export', 'x.zst']).code).toBe(0)
    const said = onMounts(
      folder,
      `mount -t tmpfs -o size=1m none "$HOME_FOLDER"
      halligan open open "another"
      halligan import import x.zst
      halligan list list
      halligan note note "there is room for this"
      halligan audit audit`,
    )
    expectFailed(said['import'], /there is no room for the record/)
    expect(said['list']?.stdout.trim().split('\n')).toHaveLength(1 + 1)
    expect(said['note']).toMatchObject({ code: 0 })
    expect(said['audit']).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\S+ {2}intact, 2 entries/) })
  }, 60_000)

  it('that has not the room for the evidence of an import has nothing of it afterwards either', async () => {
    const folder = home()
    mkdirSync(folder)
    const source = path.join(folder, 'source')
    expect(halligan(source, ['open', 'one with evidence']).code).toBe(0)
    await withStore(source, async (store) => {
      const [{ id } = { id: '' }] = await store.list()
      for (let at = 0; at < 5; at++) {
        const bytes = randomBytes(5 * 1024 * 1024)
        const payload = { text: 'x', evidence: [evidenceId(bytes)] }
        const draft = { at: new Date().toISOString(), by: 'amy@web-1', did: 'noted', payload } as const
        await store.append(id, draft, { evidence: [bytes] })
      }
    })
    expect(halligan(source, ['export', 'x.zst']).code).toBe(0)
    const said = onMounts(
      folder,
      `mount -t tmpfs -o size=30m none "$HOME_FOLDER"
      halligan open open "another"
      halligan import import x.zst
      halligan list list
      halligan note note "there is room for this"
      halligan audit audit
      mount -o remount,size=100m "$HOME_FOLDER"
      halligan again import x.zst
      halligan whole audit`,
    )
    expectFailed(said['import'], /there is no room for the record/)
    expect(said['list']?.stdout.trim().split('\n')).toHaveLength(1 + 1)
    expect(said['note']).toMatchObject({ code: 0 })
    expect(said['audit']).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\S+ {2}intact, 2 entries/) })
    expect(said['again']).toMatchObject({ code: 0 })
    expect(said['whole']).toMatchObject({ code: 0 })
  }, 60_000)

  it('that is full before there is a record says so, and leaves nothing half made', () => {
    const said = onMounts(
      home(),
      `mount -t tmpfs -o size=40k none "$HOME_FOLDER"
      halligan open open "checkout returns 500s"
      ls "$HOME_FOLDER" >"$OUT/left"
      mount -o remount,size=4m "$HOME_FOLDER"
      halligan again open "checkout returns 500s"`,
    )
    expectFailed(said['open'], /there is no room for the record/)
    expect(said['again']).toMatchObject({ code: 0 })
  }, 60_000)

  it('that is read-only can be read from, also what a killed console left in the log', async () => {
    const folder = home()
    const place = path.join(folder, 'source')
    const writer = startWriter(place, '20260102-bcdf', 100_000)
    while (writer.acknowledged().length < 30) await new Promise((resolve) => setTimeout(resolve, 20))
    writer.child.kill('SIGKILL')
    await writer.ended
    const kept = writer.acknowledged().length
    const said = onMounts(
      folder,
      `mount -t tmpfs none "$HOME_FOLDER"
      cp source/record.db source/record.db-wal "$HOME_FOLDER"
      mount -o remount,ro "$HOME_FOLDER"
      export HALLIGAN_INCIDENT=20260102-bcdf
      halligan timeline timeline
      halligan list list
      halligan search search "note 7"
      halligan audit audit
      halligan note note x
      halligan look look --window 0.2
      halligan export export x.zst
      halligan purge purge 2 --why x --yes
      halligan open open "another"
      halligan import import x.zst`,
    )
    for (const name of ['timeline', 'list', 'search', 'audit'])
      expect(said[name], name).toMatchObject({ code: 0, stderr: '' })
    expect(said['timeline']?.stdout.split('\n').length).toBeGreaterThan(kept)
    expect(said['audit']?.stdout).toMatch(/^20260102-bcdf {2}intact/)
    const words = /the record in \S+record\.db cannot be opened or written \(.*\)\.\nTry: Look at its owner and mode/
    for (const name of ['note', 'purge', 'open', 'import']) expectFailed(said[name], words)
    expect(said['look']).toMatchObject({ code: 1, stdout: expect.stringMatching(/ruled out \d+ of/) })
    expect(said['look']?.stderr).toMatch(/^halligan: THIS WAS NOT RECORDED: the record in .* cannot be opened/m)
    // An export is made all the same, and that it could not be recorded is said.
    expect(said['export']).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^Exported 20260102-bcdf to x\.zst/),
    })
    expect(said['export']?.stderr).toMatch(/THIS WAS NOT RECORDED/)
  }, 60_000)

  it('that has no room for a copy either says what was wrong in the first place', () => {
    const folder = home()
    cpSync(base, path.join(folder, 'source'), { recursive: true })
    const said = onMounts(
      folder,
      `mount --bind . /mnt
      cd /mnt
      OUT=/mnt/out HALLIGAN_HOME=/mnt/home
      mount --bind source home
      mount -o remount,ro,bind home
      mount -t tmpfs -o size=16k none /tmp
      halligan timeline timeline`,
    )
    expectFailed(said['timeline'], /cannot be opened or written/)
  }, 60_000)
})

const noAccount = noOtherAccount()

describe.skipIf(noAccount)(`a folder that one may only read${noAccount ? ` (skipped: ${noAccount})` : ''}`, () => {
  it('can be read from', async () => {
    const place = copied()
    chmodSync(path.dirname(place), 0o755)
    chmodSync(place, 0o755)
    for (const file of readdirSync(place)) chmodSync(path.join(place, file), 0o644)
    const { ended, stdout } = as(54_001, place, ['timeline', '--incident', id])
    await ended
    expect(stdout()).toMatch(/#2 .*the first\n$/)
  })

  it('of which not even the name may be read says so', async () => {
    const place = copied()
    chownSync(place, 54_002, 54_002)
    chmodSync(path.dirname(place), 0o755)
    chmodSync(place, 0o700)
    const { ended, stderr } = as(54_001, place, ['list'])
    expect(await ended).toBe(1)
    expect(stderr()).toMatch(/cannot be opened or written/)
  })

  function as(uid: number, place: string, args: readonly string[]) {
    const child = spawn(
      'setpriv',
      [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', process.execPath, MAIN, ...args],
      { env: environment(place), cwd: '/' },
    )
    const said = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()))
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    return { ended, stdout: () => said.stdout, stderr: () => said.stderr }
  }
})

describe('a record that a hung process holds', () => {
  it('can be read; what writes gives up in the end, and says who to look for', () => {
    const place = copied()
    const holder = new DatabaseSync(path.join(place, 'record.db'))
    holder.exec('BEGIN IMMEDIATE')
    try {
      expect(halligan(place, ['timeline'])).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/#2 .*the first\n$/),
      })
      const look = halligan(place, ['look', '--window', '0.2'])
      expect(look).toMatchObject({ code: 1, stdout: expect.stringMatching(/ruled out \d+ of/) })
      expect(look.stderr).toContain(`halligan: THIS WAS NOT RECORDED: process ${process.pid} holds the record in `)
      expect(look.stderr).toContain(`Try: If it hangs, end it: \`kill ${process.pid}\``)
    } finally {
      holder.exec('ROLLBACK')
      holder.close()
    }
    expect(halligan(place, ['note', 'x']).code).toBe(0)
  }, 60_000)
})

describe('what is no record', () => {
  const files: readonly (readonly [string, (place: string) => void, RegExp])[] = [
    ['noise', (file) => writeFileSync(file, Buffer.alloc(9000, 'noise')), /is damaged, or no record of Halligan/],
    ['one that was cut', (file) => cut(file, 5000), /is damaged, or no record of Halligan/],
    ['a header only', (file) => cut(file, 100), /was cut to 100 bytes/],
    ['half a header', (file) => cut(file, 50), /was cut to 50 bytes, or is no record of Halligan/],
    ['an empty file', (file) => cut(file, 0), /was cut to 0 bytes/],
    [
      'a database of another program',
      other,
      /is a database of another program\.\nTry: Set HALLIGAN_HOME to another folder/,
    ],
    [
      'one of a newer version',
      newer,
      /was written by a newer Halligan \(form 99, this one knows \d+\)\.\nTry: Use that newer/,
    ],
    ['one without its tables', emptied, /is damaged|could not be used/],
  ]

  it.each(files)('%s is refused, and left as it is', (_, make, said) => {
    const place = copied()
    const file = path.join(place, 'record.db')
    make(file)
    const before = readFileSync(file)
    for (const args of [
      ['timeline', '--incident', id],
      ['list'],
      ['note', 'x', '--incident', id],
      ['audit'],
      ['open', 'x'],
    ]) {
      const outcome = halligan(place, args)
      expectFailed(outcome, /^halligan: /)
      expect(outcome.stderr, args.join(' ')).toMatch(said)
      expect(outcome.stderr).not.toMatch(/this is a bug/)
    }
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('a folder in its place is refused', () => {
    const place = home()
    mkdirSync(path.join(place, 'record.db'), { recursive: true })
    expectFailed(halligan(place, ['list']), /^halligan: .*record\.db/)
  })

  it('a home that is a file is refused', () => {
    const place = home()
    writeFileSync(place, '')
    expectFailed(halligan(place, ['open', 'x']), /cannot be opened or written/)
  })

  it('a log without its record is not written into a new one', () => {
    const place = home()
    mkdirSync(place)
    writeFileSync(path.join(place, 'record.db-wal'), 'entries')
    expectFailed(halligan(place, ['list']), /record\.db is gone, but its log .*record\.db-wal is there/)
  })

  function cut(file: string, bytes: number): void {
    writeFileSync(file, readFileSync(file).subarray(0, bytes))
  }
  function other(file: string): void {
    writeFileSync(file, '')
    change(file, 'CREATE TABLE entries (id); PRAGMA user_version = 1')
  }
  function newer(file: string): void {
    change(file, 'PRAGMA user_version = 99')
  }
  function emptied(file: string): void {
    change(file, 'DROP TABLE payloads')
  }
  function change(file: string, sql: string): void {
    const database = new DatabaseSync(file)
    database.exec(sql)
    database.close()
  }
})

describe('a fifo, which would be waited for without end,', () => {
  /** With an end that no signal can be deaf to. */
  function ended(place: string, ...args: readonly string[]): Outcome {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
      cwd: path.dirname(place),
      encoding: 'utf8',
      env: environment(place),
      timeout: 30_000,
      killSignal: 'SIGKILL',
    })
    return { code: status, stdout, stderr }
  }
  const fifo = (): string => {
    const name = home()
    execFileSync('mkfifo', [name])
    return name
  }

  it.each(['import', 'replay'])('is refused by %s', (command) => {
    expectFailed(ended(copied(), command, fifo()), /cannot be read.*it is not a regular file/)
  })

  it('among the shells of a shared home holds up nobody', () => {
    const place = copied()
    mkdirSync(path.join(place, 'shells'))
    execFileSync('mkfifo', [path.join(place, 'shells', `${hostname()}-999999-abc.cast`)])
    expect(ended(place, 'list')).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('what is asked of it', () => {
  it.each([
    [['timeline', '--incident', 'nowhere'], 1, /There is no incident "nowhere"\.\nTry: `halligan list`/],
    [['audit', 'nowhere'], 1, /There is no incident "nowhere"/],
    [['export', '--incident', 'nowhere'], 1, /There is no incident "nowhere"/],
    [['switch', 'nowhere'], 1, /There is no incident "nowhere"/],
    [['purge', '9', '--why', 'x', '--yes'], 1, /has no entry #9\.\nTry: `halligan timeline` lists them/],
    [['purge', 'x', '--why', 'x', '--yes'], 2, /"x" is no number of an entry/],
    [['purge', '1', '--why', ' ', '--yes'], 2, /--why is empty/],
    [['purge', '1'], 2, /required option '--why <reason>' not specified/],
    [
      ['purge', '1', '--why', 'x'],
      2,
      /This would purge #1 of \S+, by amy@web-1: opened: checkout returns 500s\nTry: There is nobody to ask/,
    ],
    [['import', 'no-such-file'], 1, /no-such-file cannot be read \(ENOENT/],
    [['audit', '--head', 'xyz'], 2, /--head takes the hash of an entry/],
    [['search', '***'], 2, /There is no word to search for/],
    [['search', 'x', '--limit', '0'], 2, /--limit takes a number/],
    [['timeline', '--last', '-1'], 2, /--last takes a number/],
    [['note', ''], 2, /The note is empty/],
  ])('%j is answered with what is wrong', (args, code, said) => {
    const outcome = halligan(copied(), args)
    expect(outcome).toMatchObject({ code, stdout: '' })
    expect(outcome.stderr).toMatch(said)
  })

  it('two gigabytes on standard input are no note', async () => {
    const place = copied()
    const child = spawn('sh', ['-c', 'head -c 2G /dev/zero | "$@"', 'sh', process.execPath, MAIN, 'note'], {
      env: environment(place),
    })
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(1)
    expect(stderr).toMatch(/The note on standard input is larger than 1 MiB/)
    expect(halligan(place, ['timeline']).stdout.split('\n')).toHaveLength(3 + 1)
  })

  it('notes of any bytes are kept as text', () => {
    const place = copied()
    expect(halligan(place, ['note', 'a\u0001b\u001b[31m \ud83d\ude00']).code).toBe(0)
    expect(halligan(place, ['note'], '\u0000\u0007 and more').code).toBe(0)
    expect(halligan(place, ['timeline']).stdout).toMatch(/a\\x01b\\x1b\[31m 😀\n.*\\x00\\x07 and more\n$/)
    expect(halligan(place, ['audit'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/intact, 4 entries/) })
  })
})

function expectFailed(outcome: Outcome | undefined, said: RegExp): void {
  expect(outcome).toMatchObject({ code: 1, stdout: '' })
  expect(outcome?.stderr).toMatch(said)
}
