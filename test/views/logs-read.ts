import type { BoxTime } from '../../src/evidence/logs/time/box-time.ts'
import { createMiner } from '../../src/evidence/logs/mining/miner.ts'
import { exceptionsOf } from '../../src/findings/logs/exceptions/exceptions.ts'
import { judgePatterns } from '../../src/findings/logs/judgement/judge.ts'
import { logFindings } from '../../src/findings/logs/log-findings.ts'
import { patternsOf, type MinedLog } from '../../src/findings/logs/patterns/patterns-of.ts'
import { createRouteTable } from '../../src/findings/logs/routes/routes.ts'
import { worstRoutes } from '../../src/findings/logs/routes/worst-routes.ts'
import type { JudgedPattern } from '../../src/findings/logs/verdict.ts'
import type { LogsRead, ReadLog } from '../../src/steps/logs/logs-read.ts'
import { readerOfSample } from '../../src/steps/logs/read-log.ts'

/** An hour and a half of a made-up shop: one route fails for one customer from 14:05 on. Everything is concluded as it is live. */

const NOW = Date.UTC(2026, 0, 2, 14, 35)
const ONSET = Date.UTC(2026, 0, 2, 14, 5)
const BEGAN = Date.UTC(2026, 0, 2, 13, 5)
const time: BoxTime = { nowMs: NOW, zone: 'UTC' }

const stamp = (atMs: number): string => new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')

function ordersLog(): string {
  const lines: string[] = []
  for (let at = BEGAN; at < NOW; at += 10_000) {
    const order = (at / 10_000) % 100_000
    lines.push(`${stamp(at)},120 INFO orders.http: order ${order} of customer-${order % 7} was placed`)
    if (at % 180_000 === 0) lines.push(`${stamp(at)},310 ERROR orders.mail: mail of order ${order} could not be sent`)
    if (at % 60_000 === 0 && at < ONSET) lines.push(`${stamp(at)},400 INFO orders.stock: ${order} items were counted`)
    if (at >= ONSET && at % 40_000 === 0)
      lines.push(
        `${stamp(at)},592 ERROR orders.routes: invoice of order ${order} for customer acme could not be written`,
        'Traceback (most recent call last):',
        '  File "/srv/shop/orders/routes.py", line 35, in show_invoice',
        '    invoice = invoices.write(order)',
        '  File "/srv/shop/orders/invoices.py", line 19, in rate_of',
        '    country, _ = customer["tax_number"].split("-")',
        'ValueError: not enough values to unpack (expected 2, got 1)',
      )
  }
  return `${lines.join('\n')}\n`
}

function minedLog(box: string, source: string, text: string, skewMs: number): MinedLog {
  const bytes = Buffer.from(text)
  const reader = readerOfSample(bytes.subarray(0, 8192), time)
  const miner = createMiner(reader.layout, { originMs: ONSET + skewMs })
  miner.feed(bytes)
  return { box, source, mined: miner.finish(), format: reader.format, time, skewMs }
}

function readLog(log: MinedLog, bytes: number): ReadLog {
  const { box, source, mined, format } = log
  return {
    source: {
      box,
      id: source,
      kind: 'file',
      files: [{ path: source, bytes, modifiedAtMs: NOW - 1000 }],
      found: 'held open by python3 (812)',
      writers: [{ pid: 812, name: 'python3' }],
      bytes,
      bytesPerSecond: 120,
    },
    format: { id: format.id, title: format.title },
    records: mined.records,
    lines: mined.lines,
    bytes: mined.bytes,
    firstAtMs: BEGAN,
    lastAtMs: NOW - 10_000,
    reports: [{ readBytes: bytes + 8192, windowBytes: bytes, probes: 18, skipped: [] }],
    failure: undefined,
  }
}

/** With the statement, as a repository that was searched gives it. */
function traced(pattern: JudgedPattern): JudgedPattern {
  if (!pattern.template.startsWith('invoice')) return pattern
  return {
    ...pattern,
    statement: {
      place: 'orders/routes.py:37',
      code: 'log.exception("invoice of order %d for customer %s could not be written", order["id"], customer)',
      confidence: 0.93,
      by: 'text',
      others: [],
      changed: { commit: 'a1', by: 'Amy', atMs: NOW - 40 * 86_400_000, summary: 'The shop' },
      frames: [
        {
          place: 'orders/invoices.py:19',
          code: 'country, _ = customer["tax_number"].split("-")',
          changed: { commit: 'b2', by: 'Bob', atMs: ONSET - 120_000, summary: 'The country of a tax number' },
        },
      ],
    },
  }
}

export function logsRead(more: Partial<LogsRead> = {}): LogsRead {
  const text = ordersLog()
  const logs = [
    minedLog('web-1', '/var/log/shop/orders.log', text, 0),
    minedLog('web-2', '/var/log/shop/orders.log', text.replaceAll(/^.*ERROR orders\.routes[^]*?got 1\)\n/gm, ''), 0),
  ]
  const found = patternsOf(logs)
  const seen = logs.map(({ box, source }) => ({ box, source, fromMs: BEGAN, toMs: NOW }))
  const patterns = judgePatterns({ ...found, seen }, ONSET).map(traced)
  const table = createRouteTable({ onsetMs: ONSET })
  for (let at = BEGAN; at < NOW; at += 5000) {
    const fails = at >= ONSET && at % 40_000 === 0
    const event = {
      method: 'GET',
      target: `/api/orders/${at}/invoice`,
      status: fails ? 500 : 200,
      durationMs: fails ? 9 : 4,
    }
    // A second upstream came with the deploy: it has a quarter of the requests, and half of them fail.
    const upstream = at >= ONSET && at % 20_000 === 0 ? '10.0.0.8:8081' : '10.0.0.7:8081'
    table.add({ ...event, upstream }, at, 'web-1')
    table.add({ method: 'GET', target: '/api/orders', status: 200, durationMs: 12 }, at, 'web-1')
  }
  const routes = {
    ...table.finish(),
    source: '/var/log/nginx/timing.log',
    otherSources: ['/var/log/nginx/access.log'],
  }
  const exceptions = exceptionsOf(patterns, ONSET)
  return {
    startedAtMs: NOW,
    tookMs: 1320,
    plan: { onset: { atMs: ONSET, from: 'incident' }, spans: [{ fromMs: ONSET }, { fromMs: BEGAN, toMs: ONSET }] },
    boxes: [
      {
        box: 'web-1',
        identity: { hostname: 'web-1', machineId: 'aa', bootId: 'bb' },
        skewMs: 1240,
        skewWithinMs: 8,
        zone: 'UTC',
        failure: undefined,
        blind: [{ what: '/var/log/auth.log', why: 'Permission denied', hint: 'run with --sudo' }],
      },
      {
        box: 'web-2',
        identity: { hostname: 'web-2' },
        skewMs: 12,
        skewWithinMs: 8,
        zone: 'Europe/Vienna',
        failure: undefined,
        blind: [],
      },
    ],
    logs: logs.map((log) => readLog(log, text.length)),
    timeline: found.timeline,
    boots: [],
    patterns,
    exceptions: exceptions.map(({ patterns: of, samples: _samples, ...rest }) => ({
      ...rest,
      templates: of.map(({ template }) => template),
    })),
    routes,
    findings: logFindings({ onsetMs: ONSET, patterns, exceptions, routes: worstRoutes(routes) }),
    notices: ['web-2: /var/log/shop/orders.log.3.xz: there is no xz on this box'],
    recorded: { how: 'no-incident' },
    ...more,
  }
}
