import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endMysqlQuery } from './end-mysql-query.ts'
import { answerIn, MOVED, type Plan } from './relief.ts'

// A real server of this machine, in a folder of its own and without a port, that lets this account in by its socket alone.

const found = spawnSync(
  'sh',
  ['-c', 'PATH=$PATH:/usr/sbin; command -v mariadbd && command -v mariadb-install-db && command -v mariadb'],
  {
    encoding: 'utf8',
  },
)
const [daemon = '', install = '', asks = ''] = found.stdout.split('\n')
const why = found.status === 0 ? undefined : 'no server of MariaDB here'

async function ended(program: ChildProcess): Promise<void> {
  if (program.exitCode === null && program.signalCode === null)
    await new Promise((resolve) => program.once('exit', resolve))
}

describe.skipIf(why !== undefined)(`the query of a connection${why ? ` (skipped: ${why})` : ''}`, () => {
  let folder = ''
  const programs: ChildProcess[] = []
  /** The client finds the socket by the option file of its user. */
  const env = (): NodeJS.ProcessEnv => ({ ...process.env, HOME: folder })
  const shell = (script: string, more: NodeJS.ProcessEnv = {}) =>
    spawnSync('sh', ['-c', script], { encoding: 'utf8', env: { ...env(), ...more } })
  const wait = async (condition: () => boolean, what: string): Promise<void> => {
    for (let tries = 0; tries < 200; tries++) {
      if (condition()) return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error(what)
  }

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'halligan-mariadb-'))
    const user = userInfo().username
    const base = path.dirname(path.dirname(daemon))
    const common = ['--no-defaults', `--basedir=${base}`, `--datadir=${folder}/data`, `--user=${user}`]
    execFileSync(
      install,
      [...common, '--auth-root-authentication-method=socket', `--auth-root-socket-user=${user}`, '--skip-test-db'],
      { stdio: 'ignore' },
    )
    writeFileSync(path.join(folder, '.my.cnf'), `[client]\nsocket=${folder}/sock\nuser=${user}\n`)
    programs.push(
      spawn(daemon, [...common, `--socket=${folder}/sock`, '--skip-networking', `--pid-file=${folder}/pid`], {
        stdio: 'ignore',
      }),
    )
    await wait(() => existsSync(`${folder}/sock`), 'the server did not come up')
  }, 60_000)
  afterAll(async () => {
    for (const each of programs.toReversed()) each.kill('SIGKILL')
    await Promise.all(programs.map(ended))
    rmSync(folder, { recursive: true, force: true })
  })

  /** A client that sleeps so long; the number of its connection. */
  const client = async (seconds: number): Promise<string> => {
    programs.push(spawn(asks, ['-e', `SELECT SLEEP(${seconds})`], { stdio: 'ignore', env: env() }))
    let id = ''
    await wait(() => {
      const sql = `SELECT ID FROM information_schema.PROCESSLIST WHERE INFO = 'SELECT SLEEP(${seconds})'`
      id = spawnSync(asks, ['-N', '-B', '-e', sql], { encoding: 'utf8', env: env() }).stdout.trim()
      return id !== ''
    }, 'the client did not come')
    return id
  }
  const plannedWith = (more: NodeJS.ProcessEnv, ...target: readonly string[]): Plan =>
    endMysqlQuery.plan(answerIn(shell(endMysqlQuery.planScript(target), more).stdout), target)
  const planned = (...target: readonly string[]): Plan => plannedWith({}, ...target)
  const judged = (target: readonly string[], before: Readonly<Record<string, string>>) =>
    endMysqlQuery.act.judge(answerIn(shell(endMysqlQuery.act.check(target, before)).stdout), target, before)

  it('is ended, and no other one; its connection only where that is meant', async () => {
    const [sleeper, other] = [await client(77), await client(78)]
    const plan = planned(sleeper)
    if (!plan.possible) throw new Error(plan.why)
    expect(plan.lines.join('\n')).toMatch(
      /Query, for .*\nits query: SELECT SLEEP\(77\)\nwill be done: KILL QUERY \d+, on the server of .* with port \d+, through \/.*\/sock\n/,
    )
    for (const [name, value] of [
      ['hash', '0123456789ab'],
      ['since', '1764158400'],
      ['server', '0123456789ab'],
      ['number', '999999'],
    ] as const)
      expect(shell(endMysqlQuery.act.script([sleeper], { ...plan.before, [name]: value })).status).toBe(MOVED)
    expect(planned(sleeper)).toMatchObject({ possible: true })
    expect(shell(endMysqlQuery.act.script([sleeper], plan.before))).toMatchObject({ status: 0, stdout: '' })
    expect(judged([sleeper], plan.before)).toMatchObject({ worked: true })
    const elsewhere = { ...plan.before, server: '0123456789ab' }
    expect(judged([sleeper], elsewhere)).toMatchObject({ worked: false, unseen: true })
    const rest = planned(other, 'kill')
    if (!rest.possible) throw new Error(rest.why)
    expect(shell(endMysqlQuery.act.script([other, 'kill'], rest.before)).status).toBe(0)
    expect(judged([other, 'kill'], rest.before)).toMatchObject({ worked: true })
    expect(planned(other)).toMatchObject({ possible: false, why: expect.stringMatching(/knows no connection/) })
  }, 60_000)

  it('is that of the server of this box, whatever the environment or the option file says, and whatever is said beside', async () => {
    const id = await client(80)
    const options = path.join(folder, '.my.cnf')
    const asked = readFileSync(options, 'utf8')
    writeFileSync(options, `${asked}host=127.0.0.9\nport=9\n`)
    const fakes = path.join(folder, 'warns')
    mkdirSync(fakes)
    writeFileSync(path.join(fakes, 'mariadb'), `#!/bin/sh\necho 'WARNING: an old name' >&2\nexec ${asks} "$@"\n`, {
      mode: 0o755,
    })
    const misled = {
      MYSQL_HOST: '127.0.0.9',
      MYSQL_TCP_PORT: '9',
      MYSQL_UNIX_PORT: '/none',
      PATH: `${fakes}:${process.env['PATH']}`,
    }
    try {
      const plan = plannedWith(misled, id)
      if (!plan.possible) throw new Error(plan.why)
      expect(shell(endMysqlQuery.act.script([id], plan.before), misled)).toMatchObject({ status: 0, stdout: '' })
      const { stdout } = shell(endMysqlQuery.act.check([id], plan.before), misled)
      expect(endMysqlQuery.act.judge(answerIn(stdout), [id], plan.before)).toMatchObject({ worked: true })
    } finally {
      writeFileSync(options, asked)
    }
  }, 60_000)

  it('is offered where it runs for long', async () => {
    const id = await client(79)
    const survey = (endMysqlQuery.survey ?? '').replace(/^\[ -S .*/, '').replace('TIME >= 60', 'TIME >= 0')
    const offers = endMysqlQuery.offers?.(answerIn(shell(survey).stdout)) ?? []
    expect(offers.map(({ target }) => target)).toContainEqual([id])
  }, 60_000)

  it('is blind where the server does not let the account in, or is gone', () => {
    writeFileSync(path.join(folder, '.my.cnf'), `[client]\nsocket=${folder}/sock\nuser=nobody-there\n`)
    expect(planned('1')).toMatchObject({
      possible: false,
      why: expect.stringMatching(/let this account in .*Access denied/),
    })
    writeFileSync(path.join(folder, '.my.cnf'), `[client]\nsocket=${folder}/none\n`)
    expect(judged(['1'], { server: '0123456789ab', since: '1', hash: '0123456789ab', number: '' })).toMatchObject({
      worked: false,
      unseen: true,
    })
  })
})

describe('what is seen of a query of MySQL afterwards', () => {
  const before = { server: '0123456789ab', since: '1', hash: '0123456789ab', number: '' }

  it.each([['77'], ['77', 'kill']])('is no failure while it still ends', (...target) => {
    expect(endMysqlQuery.act.judge(answerIn('now here'), target, before)).toMatchObject({ worked: false, unseen: true })
  })

  it('is nothing of another server', () => {
    expect(endMysqlQuery.act.judge(answerIn('now elsewhere'), ['77'], before)).toMatchObject({ unseen: true })
  })

  it('is a connection until it is gone, and rolls back until then', () => {
    expect(endMysqlQuery.act.check(['77', 'kill'], before)).toMatch(/PROCESSLIST WHERE ID = 77;/)
  })
})

describe('asking MySQL for what could be done', () => {
  it('waits no longer than a few seconds', () => {
    expect(endMysqlQuery.survey).toMatch(/timeout 3'/)
    expect(endMysqlQuery.survey).not.toMatch(/timeout (?:[5-9]|\d\d+)'/)
  })
})
