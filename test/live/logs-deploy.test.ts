import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { ACME, type Visit } from '../scenes/shop/load.ts'
import { openShop } from '../scenes/shop/shop.ts'
import { programWith, type Program } from './program.ts'

// A deploy breaks one route for one customer, under load, behind nginx: test/scenes/shop/README.md.

const why = missing('root', 'fleet', 'git')
const reason = why ? ` (skipped: ${why})` : ''
const PER_SECOND = 80
const SECONDS_BEFORE = 9
/** From the deploy to the first question; visits go on while questions are asked, and no longer than the test may take. */
const SECONDS_AFTER = 6
const SECONDS_AT_MOST = 90
/** Failures. */
const ENOUGH_TO_SEE = 20
const INVOICE = '/api/orders/:id/invoice'

/** What `halligan logs --json` prints, as far as it is looked at here. */
interface Logs {
  readonly schema: string
  readonly onset?: { readonly from: string; readonly at: string }
  readonly sources: readonly { readonly id: string }[]
  readonly patterns: readonly {
    readonly template: string
    readonly verdict: string
    readonly severity: string
    readonly before: { readonly count: number }
    readonly after: { readonly count: number }
    readonly source?: string
    readonly statement?: {
      readonly frames?: readonly {
        readonly place: string
        readonly code: string
        readonly changed?: { readonly summary: string }
      }[]
    }
  }[]
  readonly routes: { readonly source: string; readonly otherSources: readonly string[] }
  readonly findings: readonly { readonly title: string }[]
  readonly notices: readonly string[]
}

describe.skipIf(why !== undefined)(`a deploy that breaks one route for one customer${reason}`, () => {
  let fleet: Fleet
  let folder: string
  let repository: string
  let program: Program
  let before: readonly Visit[]
  let visits: Promise<readonly Visit[]>
  const enough = new AbortController()
  let beganAtMs: number
  let deployedAtMs: number
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'halligan-shop-'))
    repository = path.join(folder, 'shop')
    mkdirSync(repository)
    fleet = await startFleet({ boxes: ['web-1'], hook: path.resolve(import.meta.dirname, '../boxes/with-shop.sh') })
    program = programWith(fleet, path.join(folder, 'home'), folder)
    const shop = await openShop(fleet, 'web-1', repository)
    // What is asked for begins when every log has.
    const first = await shop.visit({ perSecond: PER_SECOND, seconds: 1, seed: 3 })
    beganAtMs = Date.now()
    before = [...first, ...(await shop.visit({ perSecond: PER_SECOND, seconds: SECONDS_BEFORE, seed: 1 }))]
    visits = shop.visit({ perSecond: PER_SECOND, seconds: SECONDS_AT_MOST, seed: 2, enough: enough.signal })
    deployedAtMs = await shop.deployBadChange()
    await new Promise((resolve) => setTimeout(resolve, SECONDS_AFTER * 1000))
  })
  afterAll(async () => {
    enough.abort()
    await visits
    rmSync(folder, { recursive: true, force: true })
    await fleet.down()
  })

  const failed = (visits: readonly Visit[]): readonly Visit[] => visits.filter(({ status }) => status >= 500)
  const inLog = async (file: string): Promise<readonly string[]> =>
    (await fleet.run('web-1', `cat /var/log/${file}`)).split('\n').slice(0, -1)
  const FAILURE = / ERROR orders\.routes: invoice of order \d+ for customer acme could not be written$/
  const failures = async (): Promise<number> =>
    (await inLog('shop/orders.log')).filter((line) => FAILURE.test(line)).length

  describe('halligan logs', () => {
    const time = (atMs: number): string => new Date(atMs).toISOString()
    /** Where the line is written: `orders/routes.py:37`. */
    const statement = (): string => {
      const lines = readFileSync(path.join(repository, 'orders/routes.py'), 'utf8').split('\n')
      return `orders/routes.py:${lines.findIndex((line) => line.includes('could not be written')) + 1}`
    }
    const asked = async (...args: readonly string[]): Promise<Logs> => {
      const { code, stdout, stderr } = await program.run('logs', 'web-1', '--since', time(beganAtMs), '--json', ...args)
      expect({ code, stderr }).toMatchObject({ code: 0 })
      return JSON.parse(stdout) as Logs
    }

    it('names it first, with the statement that logs it', async () => {
      const atLeast = await failures()
      const logs = await asked('--compare', time(deployedAtMs), '--repo', repository)
      const atMost = await failures()
      expect(logs.schema).toBe('halligan.logs/1')
      expect(logs.sources.map(({ id }) => id)).toEqual(
        expect.arrayContaining([
          '/var/log/nginx/access.log',
          '/var/log/nginx/timing.log',
          '/var/log/shop/orders.log',
          '/var/log/shop/catalog.log',
        ]),
      )
      const [first] = logs.patterns
      expect(first).toMatchObject({
        verdict: 'new',
        severity: 'error',
        before: { count: 0 },
        source: statement(),
      })
      expect(first?.after.count).toBeGreaterThanOrEqual(atLeast)
      expect(first?.after.count).toBeLessThanOrEqual(atMost)
      expect(first?.template).toMatch(/invoice of order <\*> for customer (acme|<\*>) could not be written/)
      expect(JSON.stringify(first)).toContain('for customer acme could not be written')
      expect(JSON.stringify(first)).toContain('ValueError: not enough values to unpack')
      expect(logs.findings[0]?.title).toMatch(/invoice of order/)
      // Where it breaks is the line that the deploy changed.
      expect(first?.statement?.frames?.[0]).toMatchObject({
        place: expect.stringMatching(/^orders\/invoices\.py:\d+$/),
        code: expect.stringContaining('tax_number'),
        changed: { summary: expect.stringContaining('tax number') },
      })
      // nginx writes each request into two logs.
      expect(logs.notices).toContain(
        'web-1: /var/log/nginx/access.log tells of the same requests as /var/log/nginx/timing.log: each is counted once',
      )
      expect(logs.routes.source).toBe('/var/log/nginx/timing.log')
      expect(logs.routes.otherSources).toContain('/var/log/nginx/access.log')
      const others = logs.patterns.filter(({ template }) => /mail of order|search failed/.test(template))
      expect(others.length).toBeGreaterThan(0)
      for (const other of others) expect(other.verdict).toBe('steady')
    })

    it('finds the moment of the deploy by itself', async () => {
      // A moment is proposed when what changes is beyond chance, which a handful of failures is not.
      await expect.poll(failures, { timeout: 40_000, interval: 500 }).toBeGreaterThanOrEqual(ENOUGH_TO_SEE)
      const { onset, patterns } = await asked('--compare')
      expect({ onset, first: patterns[0] }).toMatchObject({
        onset: { from: 'proposed' },
        first: { verdict: 'new', severity: 'error', template: expect.stringMatching(/^invoice of order/) },
      })
      // Buckets of a second or two, and the first of them to ask for an invoice comes some time after.
      const off = Date.parse(onset?.at ?? '') - deployedAtMs
      expect(Math.abs(off)).toBeLessThan(5000)
    })

    it('says it on one screen, in an incident that knows when it began', async () => {
      await program.run('open', 'an invoice fails', '--box', 'web-1', '--since', time(deployedAtMs))
      const { code, stdout } = await program.run('logs', 'web-1', '--repo', repository)
      expect(code).toBe(0)
      const screen = stdout.split('\n').slice(0, 24).join('\n')
      expect(screen).toMatch(/invoice of order .* could not be written/)
      expect(screen).toContain(statement())
      expect((await program.entries()).map(({ did }) => did)).toContain('logs-read')
      // A look stands beside it from now on.
      const look = await program.run('look', 'web-1')
      expect(look.stdout).toMatch(/ {2}logs, as read .* ago \(#\d+\)\n.* CRITICAL New error in [^]*invoice of order/)
    })
  })

  describe('the scene itself', () => {
    const after = (): Promise<readonly Visit[]> => {
      enough.abort()
      return visits
    }

    it('fails for that customer on that route, from the deploy on, and for nobody else', async () => {
      expect(failed(before)).toEqual([])
      expect(failed(await after()).length).toBeGreaterThanOrEqual(5)
      for (const visit of failed(await after())) {
        expect(visit).toMatchObject({ customer: ACME, route: INVOICE, status: 500 })
        expect(visit.atMs).toBeGreaterThanOrEqual(deployedAtMs - 1000)
      }
      const served = (visits: readonly Visit[], route: string): number =>
        visits.filter((visit) => visit.route === route && visit.customer === ACME && visit.status < 300).length
      expect(served(before, INVOICE)).toBeGreaterThan(0)
      expect(served(await after(), '/api/orders/:id')).toBeGreaterThan(0)
    })

    it('stands in four logs, among much that nobody minds', async () => {
      const all = [...before, ...(await after())]
      for (const file of ['nginx/access.log', 'nginx/timing.log']) expect((await inLog(file)).length).toBe(all.length)
      const fails = failed(all).length
      const timing = await inLog('nginx/timing.log')
      expect(timing.filter((line) => / 500 "GET \S+\/invoice HTTP\/1\.1" customer=acme /.test(line)).length).toBe(fails)
      expect(await failures()).toBe(fails)
      const orders = await inLog('shop/orders.log')
      expect(orders.filter((line) => line.startsWith('ValueError: ')).length).toBe(fails)
      const deploy = orders.findLastIndex((line) => line.includes('listening on port'))
      const others = (lines: readonly string[]): number =>
        lines.filter((line) => line.includes(' ERROR orders.mail: ')).length
      expect(others(orders.slice(0, deploy))).toBeGreaterThan(0)
      expect(others(orders.slice(deploy))).toBeGreaterThan(0)
      const catalog = (await inLog('shop/catalog.log')).map((line) => JSON.parse(line) as { level: number })
      for (const level of [30, 40, 50]) expect(catalog.some((line) => line.level === level)).toBe(true)
    })
  })
})
