import { describe, expect, it } from 'vitest'
import type { LogSource } from '../../evidence/logs/source.ts'
import { beginningOf, knownSince } from './read-log.ts'

const NOW = Date.UTC(2026, 0, 2, 15)
const at = (hour: number, minute = 0): number => Date.UTC(2026, 0, 2, hour, minute)
const time = { nowMs: NOW, zone: 'UTC' }
const lines = (atMs: number): Uint8Array =>
  Buffer.from(
    [0, 1, 2]
      .map((second) => `${new Date(atMs + second * 1000).toISOString()} INFO order ${second} was served\n`)
      .join(''),
  )

function source(more: Partial<LogSource>): LogSource {
  return { box: 'web-1', id: '/var/log/app.log', kind: 'file', files: [], found: 'named', writers: [], ...more }
}
const file = (path: string, modifiedAtMs: number): LogSource['files'][number] => ({ path, bytes: 9, modifiedAtMs })

describe('since when there is a log', () => {
  it('is told by its first line', () => {
    const log = source({ files: [file('/var/log/app.log', NOW)], head: lines(at(13)) })
    expect(beginningOf(log, time)).toBe(at(13))
    expect(knownSince(log, time)).toBe(at(13))
  })
  it('is told by the first line of the oldest of its files', () => {
    const files = [file('/var/log/app.log', NOW), file('/var/log/app.log.1', at(14))]
    const log = source({ files, head: lines(at(14)), oldest: lines(at(9)) })
    expect(knownSince(log, time)).toBe(at(9))
  })
  it('is not known where the first line of the oldest is not, but it was there when that one was last written to', () => {
    const files = [
      file('/var/log/app.log', NOW),
      file('/var/log/app.log.1', at(14)),
      file('/var/log/app.log.2', at(13)),
    ]
    const log = source({ files, head: lines(at(14)) })
    expect(beginningOf(log, time)).toBeNaN()
    expect(knownSince(log, time)).toBe(at(13))
  })
  it('is told by what is known of a file whose first lines were not to be had', () => {
    expect(knownSince(source({ files: [file('/var/log/app.log', at(14, 59))] }), time)).toBe(at(14, 59))
  })
  it('is not asked of what keeps no files', () => {
    expect(knownSince(source({ kind: 'container' }), time)).toBeNaN()
  })
})
