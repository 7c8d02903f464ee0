import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { execFileSync, spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Box } from '../../src/boxes/box.ts'
import { openBox } from '../../src/boxes/open.ts'
import type { LogSource } from '../../src/evidence/logs/source.ts'
import { findLogs, type FoundLogs, type LogsWanted } from '../../src/steps/logs/discover.ts'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { recordingAnswers } from '../logs/recording.ts'
import { hangFolder, plantLogs } from '../logs/planted.ts'
import { FAKE_DOCKER, LONG_LINE, POD_LOG, PODS, WEB_LOG } from '../logs/fake-docker.ts'
import { fetchLog } from '../../src/steps/logs/fetching/fetch.ts'
import { recordsOf } from '../../src/evidence/logs/layout/records.ts'
import { readerOf } from '../../src/steps/logs/read-log.ts'
import { SHELLS } from './shells.ts'

// Which logs real boxes have, over real sshd, journald and busybox.

let fleets: readonly Fleet[] = []
const settings = new Map<string, string>()

async function found(
  name: string,
  subjects: readonly string[] = [],
  more: Omit<LogsWanted, 'subjects'> = {},
): Promise<FoundLogs> {
  process.env['HALLIGAN_SSH_CONFIG'] = settings.get(name.replace(/^.*@/, ''))
  const box: Box = recordingAnswers(openBox(name), [name, ...subjects])
  const logs = await findLogs(box, { subjects, ...more })
  await box.close()
  expect(logs.failure).toBeUndefined()
  return logs
}

function ids({ sources }: FoundLogs): readonly string[] {
  return sources.map(({ id }) => id)
}

function source(logs: FoundLogs, id: string): LogSource {
  const one = logs.sources.find((each) => each.id === id)
  if (!one) throw new Error(`there is no ${id} in ${ids(logs).join(', ')}`)
  return one
}

function text(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString()
}

const why = missing('root', 'fleet', 'busybox')

describe.skipIf(why !== undefined)(`logs of test boxes${why ? ` (skipped: ${why})` : ''}`, () => {
  beforeAll(async () => {
    const [usual, tiny] = await Promise.all([
      startFleet({ boxes: ['web-1'] }),
      startFleet({ boxes: ['bb-1'], flavour: 'busybox' }),
    ])
    fleets = [usual, tiny]
    for (const [fleet, box] of [
      [usual, 'web-1'],
      [tiny, 'bb-1'],
    ] as const) {
      settings.set(box, fleet.sshConfig)
      await fleet.run(box, plantLogs)
      fleet.leave(box, 'exec /data/orders-sh')
    }
    for (const [fleet, box] of [
      [usual, 'web-1'],
      [tiny, 'bb-1'],
    ] as const)
      await fleet.run(box, 'until [ -s /data/app/logs/orders-api.log ]; do sleep 0.1 || sleep 1; done')
  }, 120_000)
  afterAll(() => Promise.all(fleets.map((fleet) => fleet.down())))

  it.each(['web-1', 'bb-1'])('%s: all that there are, each with its reason, none that is no log', async (name) => {
    const logs = await found(name)
    expect(
      ids(logs)
        .map((id) => id.replace(/^\/proc\/\d+/, '/proc/N'))
        .toSorted(),
    ).toEqual(
      [
        '/data/apache/shop.log',
        '/data/envoy/access.log',
        '/data/mysql/error.log',
        '/data/mysql/slow.log',
        '/data/pg/postgresql-2024-01-02.log',
        '/data/redis/redis.log',
        '/data/app/logs/na\nme.log',
        '/data/app/logs/orders-api.log',
        '/data/app/logs/shop access.log',
        '/var/log/caf\ufffd.log',
        '/var/log/closed/x.log',
        '/var/log/elsewhere/linked.log',
        '/var/log/new\nline \u001b[31m.log',
        '/var/log/nginx/access.log',
        '/var/log/nginx/error.log',
        '/var/log/private.log',
        '/var/log/two words ü.log',
        '/proc/N/fd/5',
        'kernel',
      ].toSorted(),
    )
    expect(logs.blind.map(({ what }) => what)).toEqual(['log of HAProxy'])
    expect(logs.identity?.hostname).toBe(name)
    expect(source(logs, '/data/envoy/access.log').layout).toEqual({
      of: 'envoy',
      text: '[%START_TIME%] %REQ(:METHOD)% %RESPONSE_CODE% %DURATION%\\n',
    })
    expect(source(logs, '/data/pg/postgresql-2024-01-02.log')).toMatchObject({
      found: 'log_directory of /etc/postgresql/15/main/postgresql.conf',
      files: [{}, { path: '/data/pg/postgresql-2024-01-01.log' }],
    })
    expect(source(logs, '/data/mysql/slow.log').found).toBe('slow-query-log-file of /etc/mysql/conf.d/mysqld.cnf')
    expect(source(logs, '/data/redis/redis.log').found).toBe('logfile of /etc/redis/redis.conf')
    expect(Math.abs(logs.skewMs)).toBeLessThan(60_000)
    expect(source(logs, '/var/log/caf\ufffd.log').blind?.why).toBe('its name is not UTF-8')
  })

  it('a clock that is minutes off is told over the open connection, and how exactly', async () => {
    const off = (words: string): string =>
      `printf '#!/bin/sh\\n${words}\\n' >/usr/local/bin/date; chmod 755 /usr/local/bin/date`
    await fleets[0]?.run('web-1', off(`exec /bin/date -d "7 minutes" "$@"`))
    const ahead = await found('web-1', ['/var/log/nginx/access.log'])
    await fleets[0]?.run('web-1', off('exit 1'))
    const unread = await found('web-1', ['/var/log/nginx/access.log'])
    await fleets[0]?.run('web-1', 'rm /usr/local/bin/date')
    // The fleet is on this machine: its clock is ours.
    expect(Math.abs(ahead.skewMs - 420_000)).toBeLessThanOrEqual(ahead.skewWithinMs)
    expect(ahead.skewWithinMs).toBeLessThan(60_000)
    expect([unread.skewMs, unread.skewWithinMs]).toEqual([0, Infinity])
  })

  it.each(['web-1', 'bb-1'])(
    '%s: rotated files with the one that is written to, and since when there is a log',
    async (name) => {
      const logs = await found(name, ['/var/log/nginx'])
      expect(ids(logs)).toEqual(['/var/log/nginx/access.log', '/var/log/nginx/error.log'])
      const access = source(logs, '/var/log/nginx/access.log')
      expect(access.files.map(({ path: file, packed }) => [file, packed])).toEqual([
        ['/var/log/nginx/access.log', undefined],
        ['/var/log/nginx/access.log.1', undefined],
        ['/var/log/nginx/access.log.2.gz', 'gzip'],
      ])
      expect(access.found).toBe('access_log of /etc/nginx/nginx.conf')
      expect(access.layout).toEqual({
        of: 'nginx',
        text: expect.stringMatching(/^log_format timed '.*' '.* rt=\$request_time'$/),
      })
      expect(text(access.head)).toMatch(/^10\.0\.0\.1 .*\/shop\/0 [^]*\n$/)
      expect(text(access.tail)).toMatch(/^10\.0\.0\.1 [^]*\/shop\/79 .*\n$/)
      expect(text(access.oldest)).toMatch(/\/oldest /)
    },
  )

  it.each(['web-1', 'bb-1'])(
    '%s: what a process holds open, as fast as it grows, also without a name',
    async (name) => {
      const logs = await found(name, ['orders-sh'])
      const [first, ...others] = logs.sources
      expect(first).toMatchObject({ id: '/data/app/logs/orders-api.log', writers: [{ name: 'orders-sh' }] })
      expect(first?.bytesPerSecond).toBeGreaterThan(100)
      expect(others.map(({ id }) => id.replace(/\d+/, 'N')).toSorted()).toEqual([
        '/data/app/logs/na\nme.log',
        '/proc/N/fd/5',
      ])
      const gone = others.find(({ id }) => id.startsWith('/proc'))
      expect(gone?.found).toMatch(/^held open by orders-sh \(\d+\), deleted: \/data\/app\/logs\/gone\.log$/)
      expect(text(gone?.tail)).toBe('2024-01-02 15:04:05 gone\n')
      const pid = String(first?.writers[0]?.pid)
      expect(ids(await found(name, [pid])).toSorted()).toEqual(ids(logs).toSorted())
    },
  )

  it('knows what a word or a service means', async () => {
    const services = { orders: { processes: ['orders-sh'], logs: ['/data/apache/*.log'] } }
    // One after another: each has as long as a person's would on a box that is as busy.
    const nginx = await found('web-1', ['nginx'])
    const apache = await found('web-1', ['httpd'])
    const service = await found('web-1', ['orders'], { services })
    const nothing = await found('web-1', ['no-such-thing'])
    expect(ids(nginx).toSorted()).toEqual([
      '/data/app/logs/shop access.log',
      '/var/log/nginx/access.log',
      '/var/log/nginx/error.log',
    ])
    expect(apache.sources).toMatchObject([
      { id: '/data/apache/shop.log', layout: { of: 'apache', text: expect.stringMatching(/^LogFormat .* timed$/) } },
    ])
    expect(ids(service)).toEqual(expect.arrayContaining(['/data/apache/shop.log', '/data/app/logs/orders-api.log']))
    expect(nothing.sources).toEqual([])
    expect(nothing.others.length).toBeGreaterThan(5)
    expect(nothing.blind.at(-1)).toMatchObject({
      what: 'no-such-thing',
      why: expect.stringMatching(/^no unit, process/),
    })
  })

  it('takes a rotated file by itself where that alone is named, and goes by a link', async () => {
    expect(ids(await found('web-1', ['/var/log/elsewhere']))).toEqual(['/var/log/elsewhere/linked.log'])
    const { sources } = await found('web-1', ['/var/log/nginx/access.log.1'])
    expect(sources.map(({ id, files, head }) => [id, files.length, text(head).slice(0, 9)])).toEqual([
      ['/var/log/nginx/access.log.1', 1, '10.0.0.1 '],
    ])
  })

  it('opens neither pipe nor device nor folder, and says so when one is named', async () => {
    const logs = await found('web-1', [
      '/var/log/pipe.log',
      '/var/log/zero.log',
      '/var/log/folder.log',
      '/var/log/none.log',
      '/var/log/binary.log',
    ])
    expect(logs.sources).toMatchObject([{ id: '/var/log/binary.log', blind: { why: 'it is not text' } }])
    expect(logs.blind.map(({ what, why: said }) => `${what}: ${said}`)).toEqual([
      '/var/log/none.log: there is no such file or folder',
      '/var/log/folder.log: there is no log in it',
      '/var/log/pipe.log: it is a named pipe: what is read from it is gone for the program that it is meant for, so it is not opened',
      '/var/log/zero.log: it is a device, and is not opened',
    ])
  })

  it('says what an ordinary user may not read, and what would help', async () => {
    const logs = await found('amy@web-1')
    expect(source(logs, '/var/log/private.log').blind).toMatchObject({
      why: 'only its owner and root may read it (mode 600)',
      hint: 'run with --sudo',
    })
    expect(source(logs, '/var/log/nginx/access.log').blind).toMatchObject({
      hint: 'run with --sudo, or join the group adm',
    })
    expect(logs.blind).toContainEqual({
      what: '/var/log/closed',
      why: 'find: Permission denied',
      hint: 'run with --sudo',
    })
    expect(logs.blind.map(({ what }) => what)).toContain('files that processes of other users hold open')
  })

  it('containers of docker, by their files or by what the engine hands out, and pods of Kubernetes', async () => {
    await fleets[0]?.run('web-1', `${FAKE_DOCKER}${PODS}`)
    const containers = await found('web-1', ['container:web', 'container:api', 'cart'])
    expect(ids(containers).toSorted()).toEqual(
      [POD_LOG, 'container:api', 'container:web', `${POD_LOG.slice(0, -5)}0.log`].toSorted(),
    )
    expect(source(containers, 'container:web')).toMatchObject({ kind: 'file', files: [{ path: WEB_LOG }] })
    expect(source(containers, 'container:api')).toMatchObject({
      kind: 'container',
      container: { engine: 'docker', name: 'api' },
    })
    expect(source(containers, POD_LOG)).toMatchObject({
      found: 'container cart of the pod shop/cart-7d4b9c5f6-x2x8z',
      files: [{}, { path: `${POD_LOG}.20240102-150300.gz`, packed: 'gzip' }],
    })
    const read = async (id: string, fromSecond: number, toSecond: number): Promise<readonly string[]> => {
      const log = source(containers, id)
      const box = openBox('web-1')
      const chunks: Uint8Array[] = []
      const at = (second: number): number => Date.UTC(2024, 0, 2, 15, 4, second)
      const { report, failure } = await fetchLog(box, log, {
        window: { fromMs: at(fromSecond), toMs: at(toSecond) },
        filter: { grep: [], not: [], fields: [], ignoreCase: false },
        caps: { bytes: 1e8, seconds: 30 },
        time: containers.time,
        onBytes: (chunk) => void chunks.push(chunk.slice()),
        signal: new AbortController().signal,
      })
      await box.close()
      expect([failure, report.skipped]).toEqual([undefined, []])
      const { layout, format } = readerOf(log, containers.time)
      return recordsOf(Buffer.concat(chunks), layout).map(({ text: record }) => {
        const { severity = '-', message = '' } = format.read(record, containers.time) ?? {}
        return `${severity} ${message}`
      })
    }
    const long = `error ${LONG_LINE.slice('ERROR '.length)}`
    expect(await read('container:web', 0, 59)).toEqual(['info listening on :8080', long, 'warning stock is low'])
    expect(await read(POD_LOG, 0, 59)).toEqual(['info listening on :8080', long, 'warning stock is low'])
    expect(await read('container:api', 11, 14)).toEqual(['info order 6', 'error order 7 failed', 'info order 8'])
  })

  it('a file system that hangs blinds itself alone', { timeout: 60_000 }, async () => {
    const [usual] = fleets
    usual?.leave('web-1', hangFolder('/var/log/far'))
    await usual?.run('web-1', 'until grep -q far /proc/mounts; do sleep 0.1; done')
    const all = await found('web-1')
    expect(all.blind).toContainEqual(expect.objectContaining({ what: '/var/log/far', hint: 'name it' }))
    expect(ids(all)).toContain('/var/log/nginx/access.log')
    const named = await found('web-1', ['/var/log/far/x.log', '/var/log/nginx'])
    expect(named.blind).toEqual([
      {
        what: '/var/log/far/x.log',
        why: 'the box did not answer in time: a file system may hang',
        hint: 'halligan look shows what hangs',
      },
    ])
    expect(ids(named)).toContain('/var/log/nginx/access.log')
    expect(await usual?.run('web-1', 'ps -eo args')).not.toMatch(/find |stat -L/)
  })
})

const systemd = missing('root', 'fleet', 'systemd')

describe.skipIf(systemd !== undefined)(`logs of a box with systemd${systemd ? ` (skipped: ${systemd})` : ''}`, () => {
  const unit = `[Service]
ExecStart=/bin/sh -c 'while :; do echo "INFO tick"; echo "ERROR no stock" >&2; sleep 0.1; done'
StandardError=append:/data/%p.err
`
  beforeAll(async () => {
    const fleet = await startFleet({ boxes: ['sys-1'], flavour: 'systemd' })
    fleets = [...fleets, fleet]
    settings.set('sys-1', fleet.sshConfig)
    await fleet.run(
      'sys-1',
      `cat >/etc/systemd/system/orders-api.service <<'X'\n${unit}X\nsystemctl daemon-reload; systemctl start orders-api; until [ -s /data/orders-api.err ] && journalctl -u orders-api | grep -q tick; do sleep 0.1; done`,
    )
  }, 120_000)
  afterAll(() => fleets.at(-1)?.down())

  it('finds the journal, its units and the files that units write to', async () => {
    const all = await found('sys-1')
    expect(ids(all)).toEqual(
      expect.arrayContaining(['journal', 'kernel', 'unit:orders-api.service', '/data/orders-api.err']),
    )
    for (const subject of ['orders-api', 'unit:orders-api']) {
      const logs = await found('sys-1', [subject])
      expect(ids(logs).toSorted()).toEqual(['/data/orders-api.err', 'unit:orders-api.service'])
      expect(source(logs, '/data/orders-api.err').found).toMatch(
        /^StandardError of \/etc\/systemd\/system\/orders-api\.service, held open by (?:sh|sleep) \(\d+\)/,
      )
      const journal = source(logs, 'unit:orders-api.service')
      expect(text(journal.tail)).toMatch(/^<6>\d+\.\d{6} sys-1 sh\[\d+\]: INFO tick$/m)
      expect(journal.bytesPerSecond).toBeGreaterThan(0)
    }
  })

  it('says that an ordinary user sees no journal', async () => {
    await fleets.at(-1)?.run('sys-1', 'chmod 700 /var/log/journal')
    const logs = await found('amy@sys-1', ['orders-api'])
    expect(logs.blind).toContainEqual(
      expect.objectContaining({ what: 'the journal', hint: 'run with --sudo, or join the group systemd-journal' }),
    )
  })
})

const podman = spawnSync('podman', ['info'], { encoding: 'utf8', timeout: 20_000 })
const noPodman = podman.status === 0 ? undefined : 'podman does not run here'

describe.skipIf(noPodman !== undefined)(`the log of a container${noPodman ? ` (skipped: ${noPodman})` : ''}`, () => {
  const name = `halligan-find-${process.pid}`

  beforeAll(() => {
    // As in containers.test.ts: crun refuses hybrid control groups, and the root of this machine is the image.
    const runtime = existsSync('/usr/sbin/runc') ? ['--runtime', 'runc', '--cgroup-manager', 'cgroupfs'] : []
    const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=4096:4096', '--log-driver', 'k8s-file']
    const root = ['--rootfs', '/:O', 'sh', '-c', 'while :; do echo INFO tick; sleep 0.2; done']
    const names = ['--network', 'none', '--name', name]
    execFileSync('podman', [...runtime, 'run', '-d', '--rm', ...limits, ...names, ...root], { stdio: 'pipe' })
  })
  afterAll(() => {
    spawnSync('podman', ['rm', '-f', '-t', '0', name])
  })

  it('is the file of its driver', async () => {
    const box = openBox('local')
    const { sources } = await findLogs(box, { subjects: [`container:${name}`] })
    await box.close()
    expect(sources).toMatchObject([{ id: `container:${name}`, kind: 'file', container: { engine: 'podman', name } }])
    expect(sources[0]?.found).toMatch(/^output of the podman container /)
    expect(text(sources[0]?.tail)).toMatch(/ stdout F INFO tick\n/)
  })
})

describe.concurrent.each(SHELLS.map((shell) => [shell.name, shell] as const))('found by way of %s', (name, shell) => {
  it.skipIf(shell.missing !== undefined)(
    `the same as by any other${shell.missing ? ` (skipped: ${shell.missing})` : ''}`,
    async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'halligan-find-'))
      const file = (base: string): string => path.join(folder, base)
      for (const base of [
        'app.log',
        'app.log.1',
        'two words.log',
        'new\nline.log',
        '\u001b[31mü.log',
        "it's $(id).log",
      ])
        writeFileSync(file(base), '2024-01-02T15:04:05Z INFO hello\n')
      writeFileSync(file('app.log.2.gz'), gzipSync('2024-01-01T00:00:00Z INFO oldest\n'))
      spawnSync('mkfifo', [file('pipe.log')])
      const box = shell.open()
      const { sources, blind, failure } = await findLogs(box, { subjects: [folder, file('none')] })
      await box.close()
      rmSync(folder, { recursive: true })
      expect(failure, name).toBeUndefined()
      const line = '2024-01-02T15:04:05Z INFO hello\n'
      const seen = sources.map(({ id, files, head, oldest }) => [
        path.relative(folder, id),
        [files.length, text(head), text(oldest)],
      ])
      expect(Object.fromEntries(seen)).toEqual({
        'app.log': [3, line, '2024-01-01T00:00:00Z INFO oldest\n'],
        'two words.log': [1, line, ''],
        'new\nline.log': [1, line, ''],
        '\u001b[31mü.log': [1, line, ''],
        "it's $(id).log": [1, line, ''],
      })
      expect(blind.map(({ what }) => what)).toEqual([file('none')])
    },
  )
})
