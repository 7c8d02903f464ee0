import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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
  const shell = (script: string) => spawnSync('sh', ['-c', script], { encoding: 'utf8', env: env() })
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
  const planned = (...target: readonly string[]): Plan =>
    endMysqlQuery.plan(answerIn(shell(endMysqlQuery.planScript(target)).stdout), target)
  const judged = (target: readonly string[], before: Readonly<Record<string, string>>) =>
    endMysqlQuery.act.judge(answerIn(shell(endMysqlQuery.act.check(target, before)).stdout), target, before)

  it('is ended, and no other one; its connection only where that is meant', async () => {
    const [sleeper, other] = [await client(77), await client(78)]
    const plan = planned(sleeper)
    if (!plan.possible) throw new Error(plan.why)
    expect(plan.lines.join('\n')).toMatch(
      /Query, for .*\nits query: SELECT SLEEP\(77\)\nwill be done: KILL QUERY \d+\n/,
    )
    for (const [name, value] of [
      ['hash', '0123456789ab'],
      ['since', '1764158400'],
    ] as const)
      expect(shell(endMysqlQuery.act.script([sleeper], { ...plan.before, [name]: value })).status).toBe(MOVED)
    expect(planned(sleeper)).toMatchObject({ possible: true })
    expect(shell(endMysqlQuery.act.script([sleeper], plan.before))).toMatchObject({ status: 0, stdout: '' })
    expect(judged([sleeper], plan.before)).toMatchObject({ worked: true })
    const rest = planned(other, 'kill')
    if (!rest.possible) throw new Error(rest.why)
    expect(shell(endMysqlQuery.act.script([other, 'kill'], rest.before)).status).toBe(0)
    expect(judged([other, 'kill'], rest.before)).toMatchObject({ worked: true })
    expect(planned(other)).toMatchObject({ possible: false, why: expect.stringMatching(/knows no connection/) })
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
    expect(judged(['1'], { since: '1', hash: '0123456789ab' })).toMatchObject({ worked: false, unseen: true })
  })
})
