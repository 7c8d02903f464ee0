import { describe, expect, it } from 'vitest'
import type { LogSource } from '../../evidence/logs/source.ts'
import { chosenLogs } from './choice.ts'
import type { LogPlan } from './plan.ts'

const NOW = 1_700_000_000_000
const HOUR = 3_600_000
const plan: LogPlan = { onset: undefined, spans: [{ fromMs: NOW - HOUR }] }

function file(id: string, more: Partial<LogSource> & { readonly modifiedAtMs?: number; readonly bytes?: number } = {}) {
  const { modifiedAtMs = NOW, bytes = 100, ...rest } = more
  const source: LogSource = {
    box: 'web-1',
    id,
    kind: 'file',
    files: [{ path: id, bytes, modifiedAtMs }],
    found: 'below /var/log',
    writers: [],
    ...rest,
  }
  return source
}
const journal: LogSource = { ...file('journal'), kind: 'journal', files: [] }
const choose = (sources: readonly LogSource[], named = false, skewMs = 0) =>
  chosenLogs('web-1', sources, named, plan, skewMs)

describe('which of the logs that were found are read', () => {
  it('is what was written to in the time that is asked for', () => {
    const old = file('/var/log/old.log', { modifiedAtMs: NOW - 2 * HOUR })
    const empty = file('/var/log/empty.log', { bytes: 0 })
    const live = file('/var/log/live.log')
    expect(choose([old, empty, live]).chosen).toEqual([live])
  })
  it('goes by the clock of the box', () => {
    const late = file('/var/log/late.log', { modifiedAtMs: NOW - 1.5 * HOUR })
    expect(choose([late]).chosen).toEqual([])
    expect(choose([late], false, -HOUR).chosen).toEqual([late])
  })
  it('is not what only repeats the journal, and says so', () => {
    const syslog = file('/var/log/syslog')
    const by = file('/srv/own/messages', { writers: [{ pid: 7, name: 'rsyslogd' }] })
    expect(choose([journal, syslog, by])).toEqual({
      chosen: [journal],
      notices: [expect.stringContaining('/var/log/syslog, /srv/own/messages not read, the journal has the same')],
    })
    expect(choose([syslog]).chosen).toEqual([syslog])
  })
  it('is all that somebody named, but for what cannot be read', () => {
    const old = file('/var/log/syslog', { modifiedAtMs: NOW - 2 * HOUR })
    const shut = file('/var/log/secure', { blind: { kind: 'blind', why: 'Permission denied', hint: '' } })
    expect(choose([journal, old, shut], true)).toEqual({ chosen: [journal, old], notices: [] })
  })
  it('is not more than a box can bear, and the rest is counted', () => {
    const many = Array.from({ length: 30 }, (_, at) => file(`/var/log/app-${at}.log`))
    const { chosen, notices } = choose(many)
    expect(chosen).toEqual(many.slice(0, 24))
    expect(notices).toEqual([expect.stringMatching(/^web-1: 6 more logs not read, \/var\/log\/app-24\.log among them/)])
  })
})
