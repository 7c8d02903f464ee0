import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { environment, halligan, MAIN, type Outcome } from './command.ts'
import { homes } from './homes.ts'
import { edited } from './records.ts'

// The commands about the record, as a person types them.

const home = homes()
let place = ''
let id = ''

beforeEach(() => {
  place = home()
  id = /Incident (\S+) is open/.exec(ran(['open', 'checkout returns 500s', '--box', 'web-1']).stdout)?.[1] ?? ''
  ran(['note', 'connection refused by orders-api on 10.0.0.7:5432'])
  ran(['note', 'typed the secret word hunter2xyz into the wrong window'])
})

function ran(args: readonly string[], into = place): Outcome {
  const outcome = halligan(into, args)
  expect(outcome, args.join(' ')).toMatchObject({ code: 0 })
  return outcome
}

describe('what is typed with a secret in it', () => {
  it('is said to be written without it', () => {
    const taken = 'halligan: (1 secret taken out)\n'
    expect(ran(['note', 'db password is hunter2']).stderr).toBe(taken)
    expect(ran(['note', 'db password is wrong']).stderr).toBe('')
    expect(ran(['hypothesis', 'add', 'root password hunter6 is used twice']).stderr).toBe(taken)
    expect(ran(['hypothesis', 'confirm', '1', 'the password is hunter7', '--by', '2']).stderr).toBe(taken)
    const opened = ran(['open', 'Passwort ist hunter5'])
    expect(opened.stderr).toBe(taken)
    expect(opened.stdout).not.toContain('hunter5')
  })
})

describe('halligan alone', () => {
  it('names what can be done next: without an incident, within one, and after it', () => {
    expect(ran([], home()).stdout).toContain('halligan open "what is broken"')
    const within = ran([]).stdout
    for (const command of ['note "..."', 'preserve ', 'hypothesis add', 'handover', 'close'])
      expect(within).toContain(`halligan ${command}`)
    ran(['close', '--cause', 'a leak'])
    expect(ran([]).stdout).toContain(`halligan write-up --incident ${id}`)
    ran(['write-up', '--incident', id, '--out', `${place}.md`])
    expect(ran([]).stdout).not.toContain(id)
  })
})

describe('small words', () => {
  it('fit what they say', () => {
    expect(ran(['list']).stdout).toContain('3 entries')
    const other = home()
    expect(ran(['open', 'x', '--since', '-25h'], other).stdout).toMatch(/\nIt began [-\d]+ [:\d]+ UTC, 1 d 1 h ago\.\n/)
    expect(ran(['list'], other).stdout).toContain('1 entry\n')
    writeFileSync(`${place}.txt`, 'a note\n')
    expect(halligan(place, ['import', `${place}.txt`])).toMatchObject({
      code: 1,
      stderr: `halligan: ${place}.txt is no Halligan export.\nTry: Nothing was imported. \`halligan export\` writes one: ID.jsonl.zst.\n`,
    })
    expect(halligan(place, ['run', 'web-1', 'ls', '-la']).stderr).toContain('put -- before the command')
    expect(halligan(place, ['run', 'web-1', 'ls']).stderr).toContain('halligan run web-1 -- ls')
    expect(ran(['status']).stdout).not.toMatch(/\n *\n/)
  })
})

describe('times', () => {
  it('are those of whoever reads, and every screen says whose', () => {
    const there = (args: readonly string[]): string =>
      spawnSync(process.execPath, [MAIN, ...args], {
        cwd: path.dirname(place),
        env: { ...environment(place), TZ: 'Asia/Kolkata' },
        encoding: 'utf8',
      }).stdout
    expect(there(['list'])).toMatch(/\n {2}times are UTC\+5:30\n$/)
    expect(there(['timeline'])).toMatch(/^ +times are UTC\+5:30\n/)
    expect(there(['status'])).toMatch(/since \d\d:\d\d UTC\+5:30 \(/)
    expect(there(['search', 'refused'])).toMatch(/:\d\d UTC\+5:30 {2}amy/)
    // For a ticket, which is read elsewhere.
    expect(there(['status', '--markdown'])).toMatch(/since \d{4}-\d\d-\d\d \d\d:\d\d UTC \(/)
    expect(there(['timeline', '--json'])).not.toContain('5:30')
  })
})

describe('halligan search', () => {
  it('lists where the words stand, with the line that has them', () => {
    const { stdout } = ran(['search', 'refused', 'orders'])
    expect(stdout).toMatch(
      /^\S+ #2 {4}[-\d]+ [:\d]+ UTC {2}amy@web-1 {2}connection refused by orders-api on 10\.0\.[\d.]*\.\.\.\n$/,
    )
    expect(stdout.startsWith(id)).toBe(true)
    // What the first line has no room for stands below it.
    expect(ran(['search', '5432']).stdout).toMatch(/\n {4}connection refused by orders-api on 10\.0\.0\.7:5432\n$/)
  })

  it('says that nothing was found, and that there is more than it shows', () => {
    expect(ran(['search', 'zanzibar']).stdout).toBe(
      'No entry has all of: zanzibar\nThe last word may be the beginning of one; fewer words find more.\n',
    )
    expect(ran(['search', 'halligan', '--limit', '2']).stdout).toMatch(/\nThere are more: --limit shows them/)
  })

  it('keeps to one incident where one is named', () => {
    ran(['open', 'another: connection refused'])
    expect(ran(['search', 'refused', '--json']).stdout.trim().split('\n')).toHaveLength(2)
    const [hit, ...rest] = ran(['search', 'refused', '--json', '--incident', id]).stdout.trim().split('\n')
    expect(rest).toEqual([])
    expect(JSON.parse(hit ?? '')).toMatchObject({ incident: id, seq: 2, did: 'noted' })
  })
})

describe('halligan audit', () => {
  it('says that all is as it was written, with the heads, and exits with 0', () => {
    const head = /head ([0-9a-f]{64})$/m.exec(ran(['audit']).stdout)?.[1] ?? ''
    expect(ran(['audit', id]).stdout).toBe(`${id}  intact, 3 entries, head ${head}\n`)
    expect(ran(['audit', '--head', head.slice(0, 12)]).stdout).toContain(
      `Head ${head.slice(0, 12)} is entry #3 of ${id}.`,
    )
    expect(JSON.parse(ran(['audit', '--json']).stdout)).toEqual({
      schema: 'halligan.audit/1',
      intact: true,
      incidents: [{ id, entries: 3, head }],
      record: [],
    })
  })

  it('names the first broken entry, and exits with 3', () => {
    edited(place, (database) => database.exec("UPDATE entries SET by = 'eve@web-1' WHERE seq = 2"))
    const outcome = halligan(place, ['audit'])
    expect(outcome).toEqual({
      code: 3,
      stdout: `${id}  BROKEN at #2: its header was changed after it was written\n`,
      stderr: '',
    })
    expect(JSON.parse(halligan(place, ['audit', '--json']).stdout)).toMatchObject({
      intact: false,
      incidents: [{ id, broken: { seq: 2 } }],
    })
    // What was changed can be read all the same.
    expect(ran(['timeline']).stdout).toMatch(/#2 .*eve@web-1/)
  })

  it('sees that the end was cut off, by a head that somebody noted or by the rows', () => {
    const head = /head ([0-9a-f]{64})$/m.exec(ran(['audit']).stdout)?.[1] ?? ''
    edited(place, (database) =>
      database.exec(
        'DELETE FROM payloads WHERE entry = 3; DELETE FROM search WHERE rowid = 3; DELETE FROM entries WHERE id = 3',
      ),
    )
    const outcome = halligan(place, ['audit', '--head', head])
    expect(outcome.code).toBe(3)
    expect(outcome.stdout).toMatch(/intact, 2 entries/)
    expect(outcome.stdout).toContain('The record itself: Entries were taken out: 3 were written, 2 are here.')
    expect(outcome.stdout).toContain(`Head ${head} is GONE`)
  })
})

describe('halligan purge', () => {
  it('takes out what an entry says, and says what stays', () => {
    const file = `${place}.early.zst`
    ran(['export', file])
    const { stdout } = ran(['purge', '#3', '--why', 'a password was in it', '--yes'])
    expect(stdout).toMatch(/^What #3 said is out of the record\. It stays:\n/)
    expect(stdout).toMatch(/its number, time, kind, who wrote it.* \(#5 says that it was purged and why\)\n/)
    expect(stdout).toContain(`  - what the export ${file} (#4) has of it\n`)
    expect(stdout).toMatch(/backups, snapshots/)
    expect(ran(['timeline']).stdout).toMatch(/#3 .*noted \(purged\)\n.*\n.*#5 .*purged #3: a password was in it\n$/)
    expect(ran(['audit']).stdout).toMatch(/intact, 5 entries/)
    for (const name of readdirSync(place)) expect(readFileSync(path.join(place, name)).includes('hunter2x')).toBe(false)
  })
})

describe('halligan purge, of what others say too', () => {
  const WHY = ['--why', 'a password was in it', '--yes']

  it('refuses a reason that repeats what is purged', () => {
    const outcome = halligan(place, ['purge', '3', '--why', 'Hunter2xyz was in it', '--yes'])
    expect(outcome).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('repeats "hunter2xyz"') })
    expect(ran(['timeline']).stdout).not.toContain('purged')
  })

  it('takes both halves of a command, and says in the tombstones that it is over', () => {
    ran(['run', 'local', '--price', 'free', '--', 'echo swordfish9'])
    const { stdout } = ran(['purge', '4', ...WHY])
    expect(stdout).toMatch(
      /^What #4 and #5 said is out of the record, with 1 piece of evidence\. Both told of the same\./,
    )
    expect(stdout).toContain('(#6 and #7 say that it was purged and why)')
    const tombstone = (number: string): unknown => JSON.parse(ran(['show', number, '--json']).stdout).payload
    expect(tombstone('6')).toMatchObject({ seq: 4, over: true })
    expect(tombstone('7')).toMatchObject({ seq: 5, of: 4 })
    for (const name of readdirSync(place))
      expect(readFileSync(path.join(place, name)).includes('swordfish9')).toBe(false)
    expect(ran(['audit']).stdout).toMatch(/intact, 7 entries/)
  })

  it('names the entries that still say it', () => {
    ran(['note', 'hunter2xyz is what I typed'])
    ran(['run', 'local', '--price', 'free', '--', "printf 'hunter%s\\n' 2xyz"])
    const { stdout } = ran(['purge', '3', ...WHY])
    expect(stdout).toContain('#4 still says it: halligan purge 4\n')
    expect(stdout).toMatch(/#6 still says it.*: halligan purge 6\n/)
    expect(stdout).not.toContain('hunter2xyz')
  })

  it('of a note says nothing of an end', () => {
    ran(['purge', '3', ...WHY])
    expect(JSON.parse(ran(['show', '4', '--json']).stdout).payload).toEqual({
      command: expect.stringContaining('halligan purge 3'),
      seq: 3,
      why: 'a password was in it',
    })
    expect(halligan(place, ['purge', '3', ...WHY])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('before'),
    })
    expect(halligan(place, ['purge', '4', ...WHY])).toMatchObject({ code: 1, stderr: expect.stringContaining('stays') })
    expect(halligan(place, ['purge', '77', ...WHY])).toMatchObject({ code: 1, stderr: expect.stringContaining('#77') })
  })
})

describe('halligan export and import', () => {
  it('carry the incident to another home, closed or not, and say so in it', () => {
    ran(['look', '--window', '0.2'])
    const { stdout, stderr } = ran(['export', 'fire.jsonl.zst'])
    const file = path.join(path.dirname(place), 'fire.jsonl.zst')
    const head = /5 entries, head ([0-9a-f]{64})\./.exec(stdout)?.[1]
    expect(stderr).toBe(`halligan: recorded in ${id} as #5.\n`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const lines = zstdDecompressSync(readFileSync(file)).toString().trim().split('\n')
    expect(lines[0]).toBe('{"schema":"halligan.export/1"}')
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ end: { entries: 5, evidence: 1, head } })
    const away = home()
    const imported = ran(['import', file], away)
    expect(imported.stdout).toBe(
      `Imported ${id} from ${file}: 5 of 5 entries are new, 1 piece of evidence.\nIts chain verifies; the head is ${head}. To work on it: halligan switch ${id}\n`,
    )
    expect(ran(['audit'], away).stdout).toBe(`${id}  intact, 5 entries, head ${head}\n`)
    expect(ran(['timeline', '--incident', id], away).stdout).toBe(ran(['timeline']).stdout)
    expect(ran(['import', file], away).stdout).toMatch(/is here already, with all 5 entries/)
    // What was written there comes back, since the export itself is in the file.
    ran(['note', 'from there', '--incident', id], away)
    ran(['export', 'back.zst', '--incident', id], away)
    expect(ran(['import', path.join(path.dirname(away), 'back.zst')]).stdout).toMatch(/2 of 7 entries are new/)
  })

  it('record nothing where nothing could be written', () => {
    expect(halligan(place, ['export', id])).toMatchObject({
      code: 2,
      stderr: `halligan: "${id}" is the name of an incident, and export takes that of a file.\nTry: halligan export --incident ${id}\n`,
    })
    const outcome = halligan(place, ['export', '/proc/no/such/folder'])
    expect(outcome).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/could not be written/) })
    expect(ran(['timeline', '--last', '1']).stdout).toMatch(/#3 /)
    writeFileSync(`${place}.there`, '')
    expect(halligan(place, ['export', `${place}.there`])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is there already/),
    })
    expect(ran(['timeline', '--last', '1']).stdout).toMatch(/#3 /)
  })

  it('refuse what was tampered with, and import nothing', () => {
    const file = `${place}.zst`
    ran(['export', file])
    const bytes = readFileSync(file)
    writeFileSync(file, bytes.subarray(0, bytes.length / 2))
    const away = home()
    const outcome = halligan(away, ['import', file])
    expect(outcome).toMatchObject({ code: 1, stdout: '' })
    expect(outcome.stderr).toMatch(
      /^halligan: the copy of the incident is not as it was written: it is cut off.*\nTry: Nothing was imported\./,
    )
    expect(ran(['list'], away).stdout).toMatch(/There are no incidents yet/)
  })
})

describe('halligan timeline', () => {
  it('shows the last ones, all in a pipe, and JSON', () => {
    expect(ran(['timeline', '--last', '1']).stdout).toMatch(
      /^ +times are UTC\n +#3 .*hunter2xyz into the wrong window\n$/,
    )
    expect(ran(['timeline', '--last', '99']).stdout.trim().split('\n')).toHaveLength(4)
    const lines = ran(['timeline', '--json']).stdout.trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([1, 2, 3])
  })

  it('follows what others write until Ctrl-C, and holds nobody up', async () => {
    const child = spawn(process.execPath, [MAIN, 'timeline', '--follow', '--last', '1'], { env: environment(place) })
    let said = ''
    const shown = (text: string): Promise<void> =>
      new Promise((resolve) => {
        child.stdout.on('data', (chunk: Buffer) => {
          said += chunk.toString()
          if (said.includes(text)) resolve()
        })
      })
    await shown('hunter2xyz')
    const seen = shown('written meanwhile')
    ran(['note', 'written meanwhile'])
    await seen
    ran(['purge', '3', '--why', 'x', '--yes'])
    child.kill('SIGINT')
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(130)
    expect(said.split('\n').filter((line) => line !== '').length).toBeGreaterThanOrEqual(2)
  })
})
