import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { noOtherAccount } from './accounts.ts'

// The commands as they are typed: each in a process of its own, over one record.

const main = path.resolve(import.meta.dirname, '../bin/halligan.cjs')
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'halligan-typed-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Said {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** As one person types it. */
function halligan(
  args: readonly string[],
  who = 'alice@laptop',
  more: { readonly uid?: number; readonly gid?: number } = {},
): Promise<Said> {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: path.join(folder, 'user'),
      HALLIGAN_HOME: path.join(folder, 'home'),
      HALLIGAN_BY: who,
      LC_ALL: 'C.UTF-8',
      COLUMNS: '100',
    },
    ...more,
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (piece: Buffer) => (out += piece.toString()))
  child.stderr.on('data', (piece: Buffer) => (err += piece.toString()))
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }))
  })
}

describe('opening an incident', () => {
  it('warns of a box that nothing knows, and takes it as it is', async () => {
    writeFileSync(path.join(folder, 'halligan.yaml'), 'groups:\n  checkout: [web-1, web-2]\n')
    const said = await halligan(['open', 'checkout returns 500s', '--box', 'web1,web-2'])
    expect(said).toMatchObject({
      code: 0,
      err: 'halligan: web1 is no box that I know; did you mean web-1? It is taken as it is, since DNS may know it.\n',
    })
    expect((await halligan(['status'])).out).toContain('nobody has looked at web1, web-2 yet')
  }, 30_000)

  it('offers a box of the incident for a name that leads nowhere', async () => {
    expect((await halligan(['open', 'checkout returns 500s', '--box', 'cache-1.invalid'])).code).toBe(0)
    const looked = await halligan(['look', 'cache1.invalid'])
    expect(looked.out).toContain('Did you mean cache-1.invalid?')
  })
})

describe('an incident, from its opening to its end', () => {
  it('is handed over, taken over, caught up with, and closed once the cause is known', async () => {
    expect((await halligan(['open', 'checkout returns 500s'])).code).toBe(0)
    expect((await halligan(['hypothesis', 'add', 'the', 'pool'])).out).toContain('Hypothesis 1')
    expect((await halligan(['note', 'affected: card payments'])).code).toBe(0)
    for (const lacking of [[], ['1'], ['x', 'why'], ['1', 'why'], ['1', 'why', '--by', 'x']]) {
      const { code, err } = await halligan(['hypothesis', 'rule-out', ...lacking])
      expect({ code, err }).toMatchObject({
        code: 2,
        err: expect.stringMatching(/^halligan: .*\nTry: halligan hypothesis rule-out 1 "[^"]+" --by 3\n$/),
      })
    }
    expect((await halligan(['hypothesis', 'add'])).err).toMatch(/missing\.\nTry: halligan hypothesis add "[^"]+"\n$/)
    expect((await halligan(['hypothesis'])).err).toMatch(/\nTry: halligan hypothesis add "[^"]+"\n$/)
    expect((await halligan(['hypothesis', 'ruleout', '1'])).err).toMatch(/\nTry: halligan hypothesis rule-out\n$/)
    expect(await halligan(['hypothesis', 'rule-out', '1', 'why', '--by', '77'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('has no entry #77'),
    })
    expect((await halligan(['hypothesis', 'rule-out', '1', 'p99', 'is', '3 ms', '--by', '#3'])).code).toBe(0)
    const contradicted = await halligan(['hypothesis', 'confirm', '1', 'it is', '--by', '3'])
    expect(contradicted.out).toContain('THAT CONTRADICTS #4, where alice@laptop ruled it out: p99 is 3 ms')
    expect((await halligan(['hypothesis', 'rule-out', '1', 'no', '--by', '3'])).code).toBe(0)

    const handed = await halligan(['handover', '--to', 'bob', 'watch', 'the pool'])
    expect(handed.code).toBe(0)
    expect(handed.out).toMatch(/card payments[^]*ruled out +1 the pool: no\n +by #3/)
    expect(handed.err).toMatch(/recorded in \S+ as #7/)
    const taken = await halligan(['take-over'], 'bob@desk')
    expect(taken).toMatchObject({ code: 0, err: expect.stringContaining('you have') })
    expect(taken.out).toContain('you have it since')
    expect((await halligan(['take-over'], 'bob@desk')).err).toContain('you have it already')

    const refused = await halligan(['close'], 'bob@desk')
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('nothing says what the cause was') })
    const closed = await halligan(['close', '--cause', 'a socket leak'], 'bob@desk')
    expect(closed).toMatchObject({ code: 0, out: expect.stringContaining('is closed') })
    const again = await halligan(['close', '--incident', /\d{8}-\w{4}/.exec(closed.out)?.[0] ?? ''])
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('closed already, by bob@desk') })
    expect(await halligan(['status'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /No incident is open here[^]*which is closed \("[^"]+"\), and halligan reopen \d{8}-\w{4}/,
      ),
    })
    expect(await kindsIn(closed.out)).toEqual([
      'opened',
      'supposed',
      'noted',
      'ruled-out',
      'confirmed',
      'ruled-out',
      'handed-over',
      'took-over',
      'closed',
    ])
  }, 60_000)

  it('is closed by one of eight who do so at once, and each other is told by whom', async () => {
    const opened = await halligan(['open', 'checkout returns 500s'])
    const id = /Incident (\S+) is open/.exec(opened.out)?.[1] ?? ''
    const people = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => `${name}@desk`)
    const said = await Promise.all(people.map((who) => halligan(['close', '--incident', id, '--cause', who], who)))
    const winners = said.filter(({ code }) => code === 0)
    expect(winners).toHaveLength(1)
    const winner = people[said.findIndex(({ code }) => code === 0)]
    for (const { code, err } of said.filter((each) => each.code !== 0)) {
      expect(code).toBe(1)
      expect(err).toMatch(new RegExp(`closed already, by ${winner}`))
    }
  }, 60_000)

  it('is caught up with by another account of the machine that shares the folder', async () => {
    // Without root, or in a folder that only root may enter, there is one account to try, under two names.
    const root = noOtherAccount(64_123) === undefined
    const bob = root ? { uid: 64_123, gid: 64_500 } : {}
    mkdirSync(path.join(folder, 'home'))
    chmodSync(folder, 0o755)
    if (root) chownSync(path.join(folder, 'home'), 0, 64_500)
    chmodSync(path.join(folder, 'home'), 0o2770)
    await halligan(['open', 'checkout returns 500s'])
    await halligan(['note', 'one'])
    const first = await halligan(['catch-up'], 'bob@desk', bob)
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out.split('\n').map((line) => line.slice(3, 5))).toEqual(['  ', '#1', '#2', ''])
    const taken = await halligan(['take-over'], 'bob@desk', bob)
    expect(taken.err).toContain('you have')
    expect((await halligan(['note', 'two'], 'bob@desk', bob)).code).toBe(0)
    const second = await halligan(['catch-up'])
    expect(second.out).toMatch(/#3 .*took over[^]*#4 .*two/)
    expect((await halligan(['catch-up'])).out).toContain('Nobody else has written')
    await halligan(['note', 'three'])
    expect((await halligan(['catch-up'], 'bob@desk', bob)).out).toMatch(/^ +times are UTC\n +#5 .*three\n$/)
    const desks = readdirSync(path.join(folder, 'home')).filter((name) => name.startsWith('desk-'))
    expect(desks).toHaveLength(2)
    if (root) expect(statSync(path.join(folder, 'home/record.db')).gid).toBe(64_500)
  }, 60_000)
})

describe('several people on one account', () => {
  it('have each their own desk: what one was shown is new to the other', async () => {
    await halligan(['open', 'checkout returns 500s'], 'alice')
    await halligan(['note', 'one'], 'alice')
    expect((await halligan(['timeline'], 'alice')).out).toContain('one')
    expect((await halligan(['catch-up'], 'bob')).out).toMatch(/#1 .*\n.*#2 .*one\n$/)
    expect((await halligan(['take-over'], 'bob')).code).toBe(0)
    expect((await halligan(['catch-up'], 'bob')).out).toContain('Nobody else has written')
    expect((await halligan(['catch-up'], 'alice')).out).toMatch(/#3 bob|#3 .*bob/)
    expect((await halligan(['note', 'x'], '../../e/vil\u0000'.replace('\u0000', 'y'.repeat(300)))).err).toContain(
      'in no incident',
    )
  }, 60_000)
})

/** Kinds of the entries of the incident whose id stands in these words. */
async function kindsIn(words: string): Promise<readonly string[]> {
  const id = /\d{8}-\w{4}/.exec(words)?.[0] ?? ''
  const { out } = await halligan(['timeline', '--json', '--incident', id])
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => String(JSON.parse(line).did))
}

describe('the team', () => {
  it('is told after the answer, by all that write such entries, and a chat that is down fails nothing', async () => {
    const heard: string[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (piece: Buffer) => (body += piece.toString()))
      request.on('end', () => {
        heard.push(String(JSON.parse(body).text))
        response.end()
      })
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const { port } = server.address() as AddressInfo
    writeFileSync(
      path.join(folder, 'halligan.yaml'),
      `notify:\n  - slack: http://127.0.0.1:${port}/s3cr3t\n    on: [opened, took-over, changed, closed]\n  - webhook: http://127.0.0.1:1/s3cr3t\n    on: [closed]\n`,
    )
    await halligan(['open', 'checkout returns 500s'])
    await halligan(['take-over'], 'bob@desk')
    await halligan(['run', 'local', '--', 'true'], 'bob@desk')
    await halligan(['run', '--price', 'change', 'local', '--', 'true restart'], 'bob@desk')
    await halligan(['handover', '--no-look'], 'bob@desk')
    const closed = await halligan(['close', '--cause', 'a leak'], 'bob@desk')
    expect(closed.out).toMatch(
      /is closed, #\d+\.\nWarning: bob@desk had handed it over at .*, and nobody has taken it over\nNow tell/,
    )
    server.close()
    expect(heard).toEqual([
      expect.stringContaining('opened: checkout returns 500s'),
      expect.stringContaining('checkout returns 500s: took over from alice@laptop'),
      expect.stringMatching(/checkout returns 500s: \$ true restart {2}\(exit 0, .*\) on local/),
      expect.stringContaining('checkout returns 500s: closed: a leak'),
    ])
    expect(closed.code).toBe(0)
    expect(closed.err).toMatch(/NOT TOLD: webhook 127\.0\.0\.1:1: it refuses the connection/)
    expect(closed.err).not.toContain('s3cr3t')
    const files = readdirSync(path.join(folder, 'home')).map((name) => path.join(folder, 'home', name))
    const bytes = files.map((file) => readFileSync(file).toString('latin1')).join('')
    expect(bytes).toContain('it refuses the connection')
    expect(bytes).not.toContain('s3cr3t')
  }, 60_000)

  it('is not told where halligan.yaml has a mistake, and nothing is written: the patterns of what is redacted stand there too', async () => {
    writeFileSync(path.join(folder, 'halligan.yaml'), 'notify:\n  - slak: x\n')
    const said = await halligan(['open', 'x'])
    expect(said).toMatchObject({
      code: 2,
      err: expect.stringMatching(/halligan\.yaml:2: unknown key "notify\.0\.slak"/),
    })
    expect((await halligan(['list'])).out).toMatch(/^There are no incidents yet/)
  }, 60_000)
})
