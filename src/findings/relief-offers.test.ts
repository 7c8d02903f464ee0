import { describe, expect, it } from 'vitest'
import {
  clockAt,
  detailOf,
  filesOf,
  filesystemsOf,
  GIB,
  MIB,
  processOf,
  table,
  unit,
} from '../../test/checks/quiet-box.ts'
import type { Readings } from '../../test/checks/examples.ts'
import { limitsOf, type AnyCheck } from './check.ts'
import { deletedOpenFile } from './checks/deleted-open-file.ts'
import { diskFilling } from './checks/disk-filling.ts'
import { diskFull } from './checks/disk-full.ts'
import { failedUnits } from './checks/failed-units.ts'
import { processPileUp } from './checks/process-pile-up.ts'
import { isRelief } from './next.ts'

/** What it offers to ease it, without what all have in common. */
function offered(check: AnyCheck, seen: Readings): readonly string[] {
  const verdict = check.run(seen, limitsOf(check), { box: 'web-1' })
  const steps = verdict.kind === 'burning' ? verdict.findings.flatMap(({ next }) => next) : []
  return steps.flatMap(({ command }) => (isRelief(command) ? [command.replace('halligan relieve web-1 ', '')] : []))
}

describe('a relief is offered', () => {
  it('reload where a service writes to a log that was deleted', () => {
    const file = { pid: 812, descriptor: 4, path: '/data/app.log', bytes: 20 * GIB }
    const seen = (onlyWritten: boolean, unitName: string): Readings => ({
      'open-files': filesOf({ deleted: [{ ...file, ...(onlyWritten ? { onlyWritten: true as const } : {}) }] }),
      filesystems: filesystemsOf({ totalBytes: 100 * GIB }),
      'process-stat': table(),
      'process-cgroup': new Map([[812, { path: `/system.slice/${unitName}`, unit: unitName, container: undefined }]]),
    })
    expect(offered(deletedOpenFile, seen(true, 'shop.service'))).toEqual(['free-deleted 812:4', 'reload shop.service'])
    expect(offered(deletedOpenFile, seen(true, 'session-3.scope'))).toEqual(['free-deleted 812:4'])
    expect(offered(deletedOpenFile, seen(false, 'shop.service'))).toEqual([])
  })

  it('end where one process fills a file system', () => {
    const seen = (writeBytesPerSecond: number): Readings => ({
      filesystems: filesystemsOf({ usedPercent: 80, availableBytes: 1_000 * MIB, usedBytesPerSecond: 10 * MIB }),
      'process-io': new Map([[812, { readBytesPerSecond: 0, writeBytesPerSecond }]]),
      'process-stat': table(),
    })
    expect(offered(diskFilling, seen(9 * MIB))).toEqual(['end 812'])
    expect(offered(diskFilling, seen(0))).toEqual([])
  })

  it('end for the one copy of a job that does not wait for the lock of the others', () => {
    const seen = (free: number): Readings => {
      const jobs = Array.from({ length: 20 }, (_, at) =>
        processOf({ pid: 900 + at, ppid: 500, name: 'report', ageSeconds: 60 * (20 - at) }),
      )
      return {
        'process-stat': table([processOf({ pid: 500, name: 'cron' }), ...jobs]),
        'process-command': new Map(jobs.map(({ pid }) => [pid, '/usr/bin/report --daily'])),
        'process-wait': new Map(jobs.slice(free).map(({ pid }) => [pid, 'locks_lock_inode_wait'])),
      }
    }
    expect(offered(processPileUp, seen(1))).toEqual(['end 900'])
    for (const free of [0, 2]) expect(offered(processPileUp, seen(free))).toEqual([])
  })

  it('rotate-log where a log takes much of a full file system, and a copy has room and time', () => {
    const seen = (path: string, availableBytes = 2 * GIB, bytes = 6 * GIB): Readings => ({
      filesystems: filesystemsOf({
        usedPercent: 99,
        totalBytes: 10 * GIB,
        availableBytes,
        openFiles: [{ pid: 812, path, bytes }],
      }),
      'process-stat': table(),
    })
    expect(offered(diskFull, seen('/data/shop/app.log'))).toEqual(['rotate-log /data/shop/app.log'])
    expect(offered(diskFull, seen('/data/log/app'))).toEqual(['rotate-log /data/log/app'])
    for (const path of ['/data/shop/table.db', '/data/logs.d/x', '/data/log/app.log.1.gz'])
      expect(offered(diskFull, seen(path))).toEqual([])
    expect(offered(diskFull, seen('/data/log/app', 0))).toEqual([])
    expect(offered(diskFull, seen('/data/log/app', GIB))).toEqual([])
    expect(offered(diskFull, seen('/data/log/app', 3 * GIB, 8 * GIB))).toEqual([])
  })

  it('pause-timer for the timer of a unit that failed, and rollback where it runs through the link of a deployment', () => {
    const seen = (triggeredBy: readonly string[], command: string): Readings => ({
      units: {
        systemd: true,
        units: [unit('shop.service', 'failed', 'failed', undefined)],
        details: new Map([['shop.service', detailOf({ active: 'failed', triggeredBy, command })]]),
      },
      clock: clockAt,
    })
    expect(offered(failedUnits, seen(['shop.socket', 'shop.timer'], '/srv/shop/current/bin/shop'))).toEqual([
      'restart shop.service',
      'pause-timer shop.timer',
      'rollback /srv/shop/current shop.service',
    ])
    expect(offered(failedUnits, seen(['shop.socket'], '/usr/bin/shop'))).toEqual(['restart shop.service'])
  })
})
