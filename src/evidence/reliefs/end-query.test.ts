import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { endQuery } from './end-query.ts'
import { answerIn, MOVED, type Plan } from './relief.ts'

// A real server of this machine, in a folder of its own and without a port: what is ended is the query of a real client.

const VERSIONS = '/usr/lib/postgresql'
const bin = existsSync(VERSIONS) ? readdirSync(VERSIONS).map((version) => path.join(VERSIONS, version, 'bin')) : []
const programs = bin.find((each) => existsSync(path.join(each, 'initdb')))
const isRoot = process.getuid?.() === 0
const account = isRoot ? spawnSync('id', ['-u', 'postgres'], { encoding: 'utf8' }).stdout.trim() : 'own'
const why = programs === undefined || account === '' ? 'no server of PostgreSQL here' : undefined

describe.skipIf(why !== undefined)(`the query of a backend${why ? ` (skipped: ${why})` : ''}`, () => {
  let folder = ''
  const clients: ChildProcess[] = []

  /** As the account of the server, which is never root. */
  const asServer = (command: string): readonly [string, readonly string[]] =>
    isRoot ? ['su', ['postgres', '-s', '/bin/sh', '-c', command]] : ['sh', ['-c', command]]
  const run = (command: string): string => {
    const [file, words] = asServer(command)
    return execFileSync(file, words, { encoding: 'utf8', cwd: '/', stdio: ['ignore', 'pipe', 'ignore'] })
  }
  const shell = (script: string, env: NodeJS.ProcessEnv = {}) =>
    spawnSync('sh', ['-c', script], { encoding: 'utf8', env: { ...process.env, ...env } })
  const sql = (statement: string): string =>
    run(`${programs}/psql -X -A -t -q -h ${folder} -p 5499 -d postgres -c "${statement}"`).trim()

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'halligan-postgres-'))
    chmodSync(folder, 0o700)
    if (isRoot) chownSync(folder, Number(account), 0)
    run(`${programs}/initdb --no-sync -A peer -D ${folder}/data`)
    run(
      `${programs}/pg_ctl -w -D ${folder}/data -l ${folder}/log -o "-k ${folder} -c listen_addresses='' -c fsync=off -p 5499" start`,
    )
  }, 60_000)
  beforeEach(() => {
    sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    )
  })
  afterAll(() => {
    for (const client of clients) client.kill('SIGKILL')
    if (folder !== '') run(`${programs}/pg_ctl -m immediate -D ${folder}/data stop`)
    rmSync(folder, { recursive: true, force: true })
  })

  /** A client that has given these statements; the PID of its backend. */
  const client = async (name: string, statements: string): Promise<string> => {
    const [file, words] = asServer(
      `PGAPPNAME=${name} exec ${programs}/psql -X -q -h ${folder} -p 5499 -d postgres -c '${statements.replaceAll('; ', "' -c '")}'`,
    )
    clients.push(spawn(file, words, { cwd: '/', stdio: 'ignore' }))
    for (let tries = 0; tries < 100; tries++) {
      const pid = run(
        `${programs}/psql -X -A -t -h ${folder} -p 5499 -d postgres -c "SELECT pid FROM pg_stat_activity WHERE application_name = '${name}' AND query LIKE '%pg_sleep%'"`,
      ).trim()
      if (pid !== '') return pid
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error('the client did not come')
  }
  const plannedWith = (env: NodeJS.ProcessEnv, ...target: readonly string[]): Plan =>
    endQuery.plan(answerIn(shell(endQuery.planScript(target), env).stdout), target)
  const planned = (...target: readonly string[]): Plan => plannedWith({}, ...target)
  const judged = (target: readonly string[], before: Readonly<Record<string, string>>) =>
    endQuery.act.judge(answerIn(shell(endQuery.act.check(target, before)).stdout), target, before)

  it('is ended, and no other one; its connection only where that is meant', async () => {
    const [sleeper, other] = [await client('one', 'SELECT pg_sleep(77)'), await client('two', 'SELECT pg_sleep(78)')]
    const plan = planned(sleeper)
    if (!plan.possible) throw new Error(plan.why)
    expect(plan.lines.join('\n')).toMatch(
      /active, its query began .* ago.*0 others wait(?:.*\n)*its query: SELECT pg_sleep\(77\)/,
    )
    for (const name of ['query', 'backend', 'serverStart'])
      expect(shell(endQuery.act.script([sleeper], { ...plan.before, [name]: '1' })).status).toBe(MOVED)
    expect(planned(sleeper)).toMatchObject({ possible: true })
    expect(shell(endQuery.act.script([sleeper], plan.before))).toMatchObject({ status: 0, stdout: '' })
    expect(judged([sleeper], plan.before)).toMatchObject({ worked: true })
    const rest = planned(other, 'kill')
    if (!rest.possible) throw new Error(rest.why)
    expect(shell(endQuery.act.script([other, 'kill'], { ...rest.before, backend: '1' })).status).toBe(MOVED)
    // It is the connection that is meant, whatever it runs by now.
    expect(shell(endQuery.act.script([other, 'kill'], { ...rest.before, query: '1' })).status).toBe(0)
    expect(judged([other, 'kill'], rest.before)).toMatchObject({ worked: true })
    expect(planned(other)).toMatchObject({ possible: false })
  }, 60_000)

  it('is asked for in the words of the system, at the server itself, whatever others put in the way', async () => {
    const pid = await client('words', 'SELECT pg_sleep(81)')
    sql('CREATE TABLE public.hit (at int)')
    sql(
      `CREATE FUNCTION public.hits(text, bigint) RETURNS text LANGUAGE sql AS 'INSERT INTO public.hit VALUES (1); SELECT NULL::text'`,
    )
    sql('CREATE OPERATOR public.|| (LEFTARG = text, RIGHTARG = bigint, FUNCTION = public.hits)')
    expect(planned(pid)).toMatchObject({ possible: true })
    shell(endQuery.survey ?? '')
    expect(sql('SELECT count(*) FROM public.hit')).toBe('0')
    const misled = {
      PGHOSTADDR: '127.0.0.9',
      PGSERVICE: 'none',
      PGSSLMODE: 'require',
      PGUSER: 'nobody',
      PGCLUSTER: '9/x',
    }
    expect(plannedWith(misled, pid)).toMatchObject({ possible: true })
  }, 60_000)

  it('is told with how many wait for it', async () => {
    sql('CREATE TABLE public.busy (at int)')
    const pid = await client('locks', 'BEGIN; LOCK TABLE public.busy; SELECT pg_sleep(82)')
    await client('waits', 'SELECT pg_sleep(0) FROM public.busy')
    // The one that waits may not do so yet.
    let plan = planned(pid)
    for (let tries = 0; plan.possible && !/1 others wait/.test(plan.lines[0] ?? '') && tries < 50; tries++)
      plan = planned(pid)
    expect(plan).toMatchObject({
      possible: true,
      lines: [expect.stringMatching(/; 1 others wait for it$/), ...Array(4).fill(expect.anything())],
    })
  }, 60_000)

  it('comes whole from the box, so that what is redacted is no part of a secret, and is cut where it is shown', async () => {
    const secret = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`
    const pid = await client('secret', `SELECT $q$${'x'.repeat(280)}$q$, $q$${secret}$q$, pg_sleep(84)`)
    const answer = answerIn(shell(endQuery.planScript([pid])).stdout)
    expect(answer.get('text')?.[0]).toContain(`${secret}$q$, pg_sleep`)
    expect(endQuery.shown).toEqual(['text'])
    const plan = endQuery.plan(answer, [pid])
    expect(plan.possible && plan.lines[1]).toMatch(/^its query: .{300}…$/)
  }, 60_000)

  it('may be none yet: the connection is closed all the same', async () => {
    const [file, words] = asServer(`PGAPPNAME=silent exec ${programs}/psql -X -q -h ${folder} -p 5499 -d postgres`)
    clients.push(spawn(file, words, { cwd: '/', stdio: ['pipe', 'ignore', 'ignore'] }))
    const find = `SELECT pid FROM pg_stat_activity WHERE application_name = 'silent' AND state = 'idle'`
    let pid = ''
    for (let tries = 0; pid === '' && tries < 100; tries++) pid = sql(find)
    const plan = planned(pid, 'kill')
    if (!plan.possible) throw new Error(plan.why)
    expect(plan.lines.slice(0, 2)).toEqual([expect.stringMatching(/idle, no query yet/), 'its query: none'])
    expect(endQuery.isBefore(plan.before, [pid])).toBe(false)
    expect(shell(endQuery.act.script([pid, 'kill'], plan.before)).status).toBe(0)
    expect(judged([pid, 'kill'], plan.before)).toMatchObject({ worked: true })
  }, 60_000)

  it.skipIf(!isRoot)(
    'is not said to be unknown where nobody was asked',
    async () => {
      const pid = await client('asked', 'SELECT pg_sleep(83)')
      mkdirSync(`${folder}/fails`)
      writeFileSync(`${folder}/fails/su`, '#!/bin/sh\necho "su: the account is locked" >&2; exit 1\n', { mode: 0o755 })
      expect(plannedWith({ PATH: `${folder}/fails:${process.env['PATH']}` }, pid)).toMatchObject({
        possible: false,
        why: expect.stringMatching(/does not answer .*the account is locked/),
      })
    },
    60_000,
  )

  it('is none of the server itself, and none of what is no backend', () => {
    const server = run(`head -n 1 ${folder}/data/postmaster.pid`).trim()
    const [own = ''] = run(
      `${programs}/psql -X -A -t -h ${folder} -p 5499 -d postgres -c "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"`,
    ).split('\n')
    expect(planned(own)).toMatchObject({
      possible: false,
      why: expect.stringMatching(/the server's own \(checkpointer\)/),
    })
    for (const pid of [server, String(process.pid)])
      expect(planned(pid)).toMatchObject({ possible: false, why: expect.stringMatching(/no backend|is a backend/) })
  })

  it('is blind once the server is gone', () => {
    const before = { server: '1', serverStart: '1', backend: '1', query: '1' }
    expect(judged(['812'], before)).toMatchObject({ worked: false, unseen: true })
  })

  it('is offered where it runs for long', async () => {
    const pid = await client('three', 'SELECT pg_sleep(79)')
    const survey = (endQuery.survey ?? '').replace("interval '60 s'", "interval '0 s'")
    const offers = endQuery.offers?.(answerIn(shell(survey).stdout)) ?? []
    expect(offers.map(({ target }) => target)).toContainEqual([pid])
    expect(endQuery.offers?.(answerIn(shell(endQuery.survey ?? '').stdout))).not.toContainEqual(
      expect.objectContaining({ target: [pid] }),
    )
  }, 60_000)

  it('is blind where its server wants a password of its own account', async () => {
    const pid = await client('four', 'SELECT pg_sleep(80)')
    sql(`ALTER ROLE ${isRoot ? 'postgres' : 'CURRENT_USER'} PASSWORD 'known'`)
    run(`echo '*:*:*:*:known' >${folder}/passwords; chmod 600 ${folder}/passwords`)
    run(`echo 'local all all scram-sha-256' >${folder}/data/pg_hba.conf; ${programs}/pg_ctl -D ${folder}/data reload`)
    // The server reads it when it likes to.
    const passwords = { PGPASSFILE: `${folder}/passwords`, PGPASSWORD: 'known' }
    let plan = plannedWith(passwords, pid)
    for (let tries = 0; plan.possible && tries < 50; tries++) plan = plannedWith(passwords, pid)
    expect(plan).toMatchObject({ possible: false, why: expect.stringMatching(/without a password: .*password/) })
  }, 60_000)
})

describe('what is seen of a query afterwards', () => {
  it.each([['812'], ['812', 'kill']])('is no failure while it still ends', (...target) => {
    expect(endQuery.act.judge(answerIn('now here'), target, {})).toMatchObject({ worked: false, unseen: true })
  })
})

describe('asking for what could be done', () => {
  it('waits for no server longer than a few seconds', () => {
    for (const [, seconds] of (endQuery.survey ?? '').matchAll(/timeout (\d+)'/g))
      expect(Number(seconds)).toBeLessThan(5)
    expect(endQuery.survey).toMatch(/timeout 3'/)
  })
})
