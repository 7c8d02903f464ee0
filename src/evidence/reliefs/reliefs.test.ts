import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { closeSync, fstatSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { SHELLS } from '../../../test/live/shells.ts'
import { answerIn, AS_ROOT, MOVED, type Plan, type Relief } from './relief.ts'
import { reliefNamed, reliefs } from './index.ts'
import { releaseBefore } from './rollback.ts'

function named(id: string): Relief {
  const relief = reliefNamed(id)
  if (!relief) throw new Error(id)
  return relief
}

function planOf(id: string, target: readonly string[], lines: readonly string[]): Plan {
  return named(id).plan(answerIn(lines.join('\n')), target)
}

const UNIT = [
  'uid 0',
  'systemd yes',
  'LoadState=loaded',
  'ActiveState=active',
  'SubState=running',
  'MainPID=812',
  'NRestarts=3',
  'InvocationID=0123456789abcdef0123456789abcdef',
  'StateChangeTimestampMonotonic=900',
  'UnitFileState=enabled',
]
const PROCESS = [
  'pid 812',
  'name orders-api',
  'start 4711',
  'state S',
  'parent 1',
  'tracer 0',
  'group 812',
  'user amy',
  'unit orders.service',
  'may yes',
]
const DELETED = [
  'start 4711',
  'name orders-api',
  'path /data/app.log (deleted)',
  'kind regular file',
  'links 0',
  'inode 29:7',
  'blocks 204800 512',
  'space 100 1000 4096',
  'may yes',
  'appends yes',
  'mode w',
  'maps read',
]
const LINK = [
  'there yes',
  'points releases/20260103',
  'owner 0:0',
  'may yes',
  'release 10 20260101',
  'release 20 20260103',
  'release 30 20260102',
]
const LIMIT = ['prlimit yes', 'start 4711', 'name orders-api', 'limit 1024 4096', 'most 1048576', 'used 1019', 'uid 0']
const JOURNAL = ['uid 0', 'journalctl yes', 'file 600000 512', 'archived 500000 512', 'space 100 1000 4096']

const THREAD = [
  'command Query',
  'time 77',
  'user shop',
  'db orders',
  'box db-1',
  'host db-1',
  'port 3306',
  'socket /run/mysqld/mysqld.sock',
  'server 0123456789ab',
  'since 1764158400',
  'hash 0123456789ab',
  'number 12',
  'text SELECT 1',
  'asked yes',
]
const BALANCED = [
  'uid 0',
  'socket /run/haproxy/admin.sock',
  'run 812@1795728421',
  'server web-1 2 0 1',
  'server web-2 2 0 1',
]
const QUERY = [
  'uid 0',
  'start 900',
  'server 99',
  'serverStart 4711',
  'database yes',
  'kind client backend',
  'state active',
  'backend 1764158400000000',
  'query 1764158400000001',
  'for 77',
  'blocks 3',
  'user shop',
  'on orders',
  'text SELECT 1',
  'asked yes',
]
const LOG = [
  'uid 0',
  'there yes',
  'kind regular file',
  'links 1',
  'real /var/log/shop/app.log',
  'owner 33:4',
  'mode 640',
  'inode 29:7',
  'blocks 204800 512',
  'size 104857600',
  'stamp 20261126-210000',
  'space 100000 1000000 4096',
  'text yes',
  'fds read',
  'maps read',
  'writer 812 appends orders-api',
]

/** What a box says when it can be done, and the same with one thing that forbids it. */
const PLANS: Readonly<
  Record<
    string,
    {
      readonly target: readonly string[]
      readonly possible: readonly string[]
      readonly refused: readonly (readonly [string, RegExp])[]
    }
  >
> = {
  restart: {
    target: ['orders.service'],
    possible: UNIT,
    refused: [
      ['LoadState=not-found', /There is no unit orders\.service/],
      ['LoadState=masked', /masked/],
      ['systemd no', /systemd does not run this box/],
      ['uid 1000', /Only root/],
      ['RefuseManualStop=yes', /refuses/],
      ['own yes', /This session runs within orders\.service/],
    ],
  },
  reload: {
    target: ['nginx.service'],
    possible: [...UNIT, 'CanReload=yes'],
    refused: [
      ['CanReload=no', /does not know how to reload/],
      ['ActiveState=failed', /only what runs/],
      ['LoadState=masked', /masked/],
    ],
  },
  'pause-timer': {
    target: ['backup.timer'],
    possible: UNIT,
    refused: [
      ['ActiveState=inactive', /does not run/],
      ['LoadState=not-found', /There is no unit/],
    ],
  },
  end: {
    target: ['812'],
    possible: PROCESS,
    refused: [
      ['group 1', /is a thread of process \(1\)/],
      ['group 800', /is a thread of process \(800\), all of which would be ended/],
      ['group x', /did not say which process/],
      ['pid 1', /PID 1 is the box itself/],
      ['tracer 99', /held by a debugger or a tracer, process 99/],
      ['state T', /is stopped/],
      ['state Z', /has ended already/],
      ['above yes', /above this session/],
      ['kernel yes', /thread of the kernel/],
      ['may no', /belongs to another user/],
      ['start x', /did not say when/],
    ],
  },
  'free-deleted': {
    target: ['812:4'],
    possible: DELETED,
    refused: [
      ['links 1', /was not deleted/],
      ['kind fifo', /no plain file/],
      ['path /memfd:pool (deleted)', /is memory/],
      ['mode r', /open for reading only/],
      ['mode ', /did not say how .* is opened/],
      ['maps denied', /mapped could not be seen/],
      ['mapped 813', /mapped into the memory of process 813/],
      ['may no', /only root/],
      ['start x', /no process 812/],
    ],
  },
  rollback: {
    target: ['/srv/shop/current', ''],
    possible: LINK,
    refused: [
      ['points ', /is no link/],
      ['may no', /cannot be written to/],
      ['points releases/20260101', /no older release/],
      ['points releases/blue', /blue is no number or time/],
    ],
  },
  'raise-limit': {
    target: ['812', 'nofile', '4096'],
    possible: LIMIT,
    refused: [
      ['limit 4096 4096', /is 4096 already/],
      ['prlimit no', /no prlimit/],
      ['most 2048', /allows 2048 open files/],
      ['limit 500000 unlimited', /is 500000 already/],
      ['uid 1000', /Only root/],
      ['start x', /no process/],
    ],
  },
  drain: {
    target: ['orders/web-2'],
    possible: BALANCED,
    refused: [
      ['socket x', /No HAProxy of this box.*nginx has nothing like it/],
      ['speaks no', /none of socat/],
      ['server web-1 2 0 1', /no server web-2: web-1/],
      ['run 812@', /which run of it/],
    ],
  },
  'end-mysql-query': {
    target: ['77'],
    possible: THREAD,
    refused: [
      ['client no', /no client/],
      [
        "asked no\nerror 1045 (28000): Access denied for user 'amy'@'localhost'",
        /does not let this account in by itself: 1045/,
      ],
      ['asked no', /did not answer in 12 s/],
      ['host db-2', /runs on db-2, and this box is db-1/],
      ['server x', /did not say since when/],
      ['command ', /knows no connection 77/],
      ['command Binlog Dump', /server's own, or a replica/],
      ['user system user', /server's own/],
      ['command Sleep', /runs no query now: Sleep/],
      ['hash x', /did not say since when/],
    ],
  },
  'end-query': {
    target: ['4711'],
    possible: QUERY,
    refused: [
      ['start x', /no process 4711/],
      ['psql no', /no psql/],
      ['database no', /no backend of a PostgreSQL server/],
      ['asked no\nerror FATAL:  password authentication failed', /without a password: FATAL/],
      ['asked no', /did not answer in 12 s/],
      ['kind ', /knows no backend/],
      ['kind autovacuum worker', /the server's own/],
      ['state idle in transaction', /runs no query now: it is idle in transaction.*locks/],
      ['backend x', /did not say since when/],
    ],
  },
  'rotate-log': {
    target: ['/var/log/shop/app.log'],
    possible: LOG,
    refused: [
      ['there no', /There is no \/var\/log\/shop\/app\.log/],
      ['link yes', /symbolic link/],
      ['kind fifo', /no plain file/],
      ['links 2', /other names/],
      ['uid 1000', /Only root/],
      ['text no', /no text/],
      ['lacks gzip', /has no gzip/],
      ['mapped 813', /mapped into the memory of process 813/],
      ['blocks 100 512', /takes 50\.0 KiB alone/],
      ['writer 813 plain java', /java \(813\) writes .* without O_APPEND/],
      ['writer 813 plain ', /\(813\) writes .* without O_APPEND/],
      ['fds denied', /could not be seen of all processes/],
      ['maps denied', /could not be seen of all processes/],
      ['real /srv/shop/app.log', /through a link: it is \/srv\/shop\/app\.log/],
      ['real ', /really lies could not be seen/],
      ['space 100 1000 4096', /no room for a compressed copy/],
      ['space x', /How much is free .* could not be seen/],
      ['size 9000000000', /would not be compressed within 240 s/],
      ['size x', /did not say how large/],
      ['stamp x', /did not say how large/],
      ['inode x', /did not say how large/],
    ],
  },
  'vacuum-journal': {
    target: ['100M'],
    possible: JOURNAL,
    refused: [
      ['uid 1000', /Only root/],
      ['file 100 512', /no more than 100M/],
      ['archived 0 512', /no archived file/],
      ['journalctl no', /no journalctl/],
    ],
  },
}

/** What can be typed: of Halligan, the words of a relief, or the same by root. No word of it stands for another one but BOX. */
function isCommand(tryNext: string): boolean {
  const [word = '', second = ''] = tryNext.split(' ')
  const begins = word === 'halligan' ? /^[a-z-]+$/.test(second) : reliefNamed(word) !== undefined
  return tryNext === AS_ROOT || (begins && !/\.$|\b(?:PID|COMMAND|UNIT|LINK|RELEASE|FILE)\b/.test(tryNext))
}

describe('a plan', () => {
  it('is shown of every relief', () => {
    expect(Object.keys(PLANS).toSorted()).toEqual(reliefs.map(({ id }) => id).toSorted())
  })

  describe.each(Object.entries(PLANS))('to %s', (id, { target, possible, refused }) => {
    it('says what is there, what is done, what it costs and how it is taken back', () => {
      const plan = planOf(id, target, possible)
      if (!plan.possible) throw new Error(plan.why)
      for (const word of ['now: ', 'will be done: ', 'costs: ', 'back: '])
        expect(plan.lines.some((line) => line.startsWith(word))).toBe(true)
      expect(Object.values(plan.before).every((value) => typeof value === 'string')).toBe(true)
    })

    it.each(refused)('is refused of a box that says %s', (line, why) => {
      const [name = ''] = line.split(/[ =]/)
      const said = [line, ...possible.filter((each) => !each.startsWith(`${name} `) && !each.startsWith(`${name}=`))]
      const plan = planOf(id, target, said)
      expect(plan).toMatchObject({ possible: false, why: expect.stringMatching(why) })
      if (!plan.possible) expect(plan.tryNext).toSatisfy(isCommand)
    })
  })

  it('to end a name that several processes have is refused', () => {
    expect(planOf('end', ['orders-api'], ['pid 812', ...PROCESS.slice(1), 'pid 813'])).toMatchObject({
      possible: false,
      why: '2 processes are called orders-api: 812, 813.',
    })
  })

  it('to empty a file that its process can read again says the danger', () => {
    const lines = DELETED.filter((line) => !/^(?:mode|appends) /.test(line))
    const plan = planOf('free-deleted', ['812:4'], [...lines, 'mode rw'])
    expect(plan).toMatchObject({
      lines: expect.arrayContaining([expect.stringMatching(/^danger: .*may need what is in it/)]),
    })
    expect(planOf('free-deleted', ['812:4'], [...lines, 'mode rw', 'appends yes'])).not.toMatchObject({
      lines: expect.arrayContaining([expect.stringMatching(/^danger: /)]),
    })
  })

  it('to roll back keeps the form of the link', () => {
    expect(planOf('rollback', ['/srv/shop/current', ''], LINK)).toMatchObject({
      before: { link: 'releases/20260103', to: 'releases/20260102' },
    })
    const absolute = LINK.map((line) => line.replace('points releases', 'points /srv/shop/releases'))
    expect(planOf('rollback', ['/srv/shop/current', ''], absolute)).toMatchObject({
      before: { to: '/srv/shop/releases/20260102' },
    })
  })
})

describe('the release before', () => {
  it.each([
    [
      '20260103',
      [
        ['20260101', 9],
        ['20260102', 3],
        ['20260103', 1],
      ],
      '20260102',
    ],
    [
      'v2.10',
      [
        ['v2.9', 5],
        ['v2.10', 9],
        ['v2.8', 7],
      ],
      undefined,
    ],
    [
      '20260103',
      [
        ['20260103', 9],
        ['20260102', 3],
        ['shared', 8],
        ['logs', 7],
        ['20260103-old', 6],
        ['2026', 5],
      ],
      '20260102',
    ],
    [
      '10',
      [
        ['10', 1],
        ['9', 9],
        ['8', 2],
        ['11', 3],
        ['20260102', 8],
      ],
      '9',
    ],
    [
      '2026-01-03T10-00',
      [
        ['2026-01-03T10-00', 1],
        ['2026-01-03T09-00', 1],
        ['2026-01-03', 1],
      ],
      '2026-01-03T09-00',
    ],
    [
      '03-01-2026',
      [
        ['03-01-2026', 5],
        ['02-12-2025', 4],
      ],
      undefined,
    ],
    [
      'shared',
      [
        ['shared', 5],
        ['20260103', 4],
      ],
      undefined,
    ],
    ['20260103', [['20260102', 5]], undefined],
  ] as const)('than %s of %j is %s', (current, releases, expected) => {
    expect(
      releaseBefore(
        releases.map(([name, at]) => ({ name, at })),
        current,
      ),
    ).toBe(expected)
  })
})

describe('a plan for a unit', () => {
  const costsOf = (unit: string, state: string, more: readonly string[] = []): string => {
    const lines = UNIT.filter((line) => !line.startsWith('ActiveState') && !line.startsWith('MainPID'))
    const plan = planOf('restart', [unit], [...lines, `ActiveState=${state}`, 'MainPID=0', ...more])
    return plan.possible ? plan.lines.filter((line) => /^(?:costs|danger): /.test(line)).join('\n') : plan.why
  }

  it('that has no process and still is up says that it is stopped first', () => {
    for (const state of ['active', 'activating', 'reloading', 'deactivating'])
      expect(costsOf('wg-quick@wg0.service', state)).toMatch(/it is stopped first/)
    for (const state of ['inactive', 'failed']) expect(costsOf('orders.service', state)).toMatch(/this starts it/)
  })

  it('by which the line may go says that nobody may reach the box any more', () => {
    for (const unit of ['sshd.service', 'ssh@1.service', 'wg-quick@wg0.service', 'NetworkManager.service'])
      expect(costsOf(unit, 'active')).toMatch(/danger: the line to this box may go through/)
    expect(costsOf('alias.service', 'active', ['Id=ssh.service'])).toMatch(/danger: /)
    expect(costsOf('orders.service', 'active')).not.toMatch(/danger: /)
  })

  it('that is no service is refused before the box is asked', () => {
    for (const unit of ['multi-user.target', 'data.mount', 'ssh.socket', 'user.slice', 'backup.timer'])
      for (const id of ['restart', 'reload', 'rollback'])
        expect(named(id).targetOf(id === 'rollback' ? ['/srv/shop/current', unit] : [unit])).toMatchObject({
          why: expect.stringContaining('is no service'),
        })
    expect(named('pause-timer').targetOf(['orders.service'])).toMatchObject({
      why: expect.stringContaining('no timer'),
    })
    expect(named('restart').targetOf(['foo.bar'])).toEqual(['foo.bar.service'])
  })
})

const UP = [
  'first.ActiveState=active',
  'first.MainPID=900',
  'first.NRestarts=0',
  'then.ActiveState=active',
  'then.SubState=running',
  'then.MainPID=900',
  'then.NRestarts=0',
]

/** A job that has run to its end. */
const ONESHOT = [
  'then.ActiveState=inactive',
  'then.Type=oneshot',
  'then.Result=success',
  'then.ConditionTimestampMonotonic=77',
  'then.InvocationID=ffff456789abcdef',
]

describe('whether a reload worked', () => {
  const judged = (...more: readonly string[]) =>
    named('reload').act.judge(answerIn([...UP, ...more].join('\n')), ['orders.service'], {
      MainPID: '900',
      StateChangeTimestampMonotonic: '700',
    })

  it('is told by the time of its last change of state', () => {
    expect(judged('then.StateChangeTimestampMonotonic=701')).toMatchObject({ worked: true })
    expect(judged('then.StateChangeTimestampMonotonic=700')).toMatchObject({
      worked: false,
      says: [expect.stringContaining('was not reloaded since'), expect.anything()],
    })
    expect(judged()).toMatchObject({ worked: false, unseen: true })
    expect(judged('then.StateChangeTimestampMonotonic=701', 'then.ReloadResult=timeout')).toMatchObject({
      worked: false,
    })
  })
})

describe('whether a restart worked', () => {
  const judged = (lines: readonly string[]) =>
    named('restart').act.judge(answerIn(lines.join('\n')), ['orders.service'], {
      MainPID: '812',
      InvocationID: '0123456789ab',
    })
  const instead = (from: string, to: string): readonly string[] => UP.map((line) => (line === from ? to : line))

  it.each([
    ['it is up with another process', UP, true, /active \(running\), main process 900, which was 812/],
    ['it has the same process', UP.map((line) => line.replace('900', '812')), false, /was not restarted/],
    ['it came up and ended', instead('then.MainPID=900', 'then.MainPID=901'), false, /ended again/],
    ['systemd started it again', instead('then.NRestarts=0', 'then.NRestarts=1'), false, /ended again/],
    [
      'it failed',
      [
        ...instead('then.ActiveState=active', 'then.ActiveState=failed'),
        'then.Result=exit-code',
        'then.ExecMainStatus=3',
        'log no port',
      ],
      false,
      /failed \(running\): exit-code, status 3/,
    ],
    ['it is another run', [...UP, 'then.InvocationID=ffff456789abcdef'], true, /which was 812/],
    ['it is the same run', [...UP, 'then.InvocationID=0123456789abcdef'], false, /was not restarted/],
    [
      'it has no process and is the same run',
      [...UP.map((line) => line.replace('900', '0')), 'then.InvocationID=0123456789abcdef'],
      false,
      /was not restarted/,
    ],
    ['it still waits', [...UP, 'job waiting'], undefined, /still has a job/],
    ['it comes up', instead('then.ActiveState=active', 'then.ActiveState=activating'), undefined, /still goes on/],
    ['nobody says which run it is', UP.map((line) => line.replace('900', '0')), undefined, /did not say whether/],
    ['nothing was said', [], undefined, /did not say/],
    ['a job ran to its end', [...ONESHOT, 'then.ConditionResult=yes'], true, /run to its end/],
    ['a condition of a job was not met', [...ONESHOT, 'then.ConditionResult=no'], false, /was not run/],
    [
      'a job was not begun',
      [...ONESHOT.map((line) => line.replace('ffff', '0123')), 'then.ConditionResult=yes'],
      false,
      /was not restarted/,
    ],
    ['a job is forgotten', ONESHOT.slice(0, 3), undefined, /does not know any more/],
  ] as const)('%s', (_when, lines, worked, says) => {
    const verdict = judged(lines)
    expect(verdict.worked).toBe(worked ?? false)
    expect(verdict.unseen).toBe(worked === undefined ? true : undefined)
    expect(verdict.says[0]).toMatch(says)
  })
})

describe('whether a process has ended', () => {
  it.each([
    [['there no'], { worked: true }],
    [['there yes'], { worked: false }],
    [['there no', 'hidden yes'], { worked: false, unseen: true }],
    [[], { worked: false, unseen: true }],
  ] as const)('is told by %j', (lines, expected) => {
    const before = { pid: '812', start: '4711', name: 'orders-api' }
    expect(named('end').act.judge(answerIn(lines.join('\n')), ['812'], before)).toMatchObject(expected)
  })
})

describe('whether a deleted file was emptied', () => {
  const before = { start: '4711', inode: '29:7', mode: 'w', bytes: '104857600', space: '' }
  const judged = (lines: readonly string[]) =>
    named('free-deleted').act.judge(answerIn(lines.join('\n')), ['812:4'], before)
  const held = ['fds yes', 'start 4711', 'inode 29:7', 'blocks 0 512']

  it.each([
    ['it takes nothing', held, { worked: true }],
    ['it takes as much as before', [...held.slice(0, 3), 'blocks 204800 512'], { worked: false }],
    ['nothing could be listed', held.slice(1), { worked: false, unseen: true }],
    ['only the start was seen, as without root', ['start 4711', 'inode '], { worked: false, unseen: true }],
    ['the process is gone', ['start '], { worked: false, unseen: true }],
    ['another process has its number', ['fds yes', 'start 5000', 'inode 29:7'], { worked: false, unseen: true }],
    ['it was closed', ['fds yes', 'start 4711', 'inode '], { worked: false, unseen: true }],
    ['nothing was said', [], { worked: false, unseen: true }],
  ] as const)('%s', (_when, lines, expected) => {
    const { says, ...verdict } = judged(lines)
    expect(verdict).toEqual(expected)
    expect(says[0]).not.toBe('')
  })
})

describe('the scripts that empty a deleted file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-deleted-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const { planScript, plan, act, survey = '', offers } = named('free-deleted')
  const shell = (
    script: string,
    [command = 'sh', ...words]: readonly string[] = ['sh'],
  ): { readonly code: number | null; readonly stdout: string } => {
    // Of what else runs here not even root may be allowed to read all maps, which is refused.
    const own = script.replaceAll('/proc/[0-9]*/maps', `/proc/${process.pid}/maps`)
    const { status, stdout } = spawnSync(command, [...words, '-c', own], { encoding: 'utf8' })
    return { code: status, stdout }
  }
  /** Descriptor of a file of 2 MiB that has no name any more. */
  const deleted = (name: string, flags: string): number => {
    const file = path.join(folder, name)
    writeFileSync(file, Buffer.alloc(2 * 1024 * 1024, 'x'))
    const descriptor = openSync(file, flags)
    rmSync(file)
    return descriptor
  }

  it.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux')(
    'refuse what is only read, and empty what is written, even where its name is hostile',
    () => {
      const opened = [deleted('lib.jar', 'r'), deleted(`$(touch made)\n'"app.log (deleted)`, 'a')]
      try {
        const [read, written] = opened.map((descriptor) => `${process.pid}:${descriptor}`)
        if (read === undefined || written === undefined) throw new Error('not opened')
        const planned = (word: string): Plan => plan(answerIn(shell(planScript([word])).stdout), [word])
        expect(planned(read)).toMatchObject({ possible: false, why: expect.stringMatching(/open for reading only/) })
        const offered = (offers?.(answerIn(shell(survey).stdout)) ?? []).map(({ target }) => target[0])
        expect(offered).not.toContain(read)
        const possible = planned(written)
        if (!possible.possible) throw new Error(possible.why)
        expect(shell(act.script([written], { ...possible.before, inode: '1:1' })).code).toBe(MOVED)
        expect(shell(act.script([written], { ...possible.before, mode: 'rw' })).code).toBe(MOVED)
        expect(fstatSync(opened[1] ?? 0).size).toBe(2 * 1024 * 1024)
        expect(shell(act.script([written], possible.before)).code).toBe(0)
        expect(fstatSync(opened[1] ?? 0).size).toBe(0)
        const checked = answerIn(shell(act.check([written], possible.before)).stdout)
        expect(act.judge(checked, [written], possible.before)).toMatchObject({ worked: true })
        expect(readdirSync(folder)).toEqual([])
      } finally {
        for (const descriptor of opened) closeSync(descriptor)
      }
    },
  )

  it.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux').each(SHELLS)(
    'tell in $name how it is opened, and empty it',
    ({ argv, missing: absent }) => {
      if (absent !== undefined) return
      for (const flags of ['r', 'a', 'w', 'r+', 'a+']) {
        const descriptor = deleted('app.log', flags)
        try {
          if (flags === 'w') writeSync(descriptor, Buffer.alloc(2 * 1024 * 1024, 'x'))
          const word = `${process.pid}:${descriptor}`
          const answer = answerIn(shell(planScript([word]), argv).stdout)
          const mode = { r: 'r', a: 'w', w: 'w' }[flags] ?? 'rw'
          expect([answer.get('mode'), answer.get('appends')]).toEqual([
            [mode],
            flags.startsWith('a') ? ['yes'] : undefined,
          ])
          const made = plan(answer, [word])
          expect(made.possible).toBe(flags !== 'r')
          if (!made.possible) continue
          expect(shell(act.script([word], made.before), argv)).toEqual({ code: 0, stdout: '' })
          expect(fstatSync(descriptor).size).toBe(0)
        } finally {
          closeSync(descriptor)
        }
      }
    },
  )
})

describe('the script that lowers a limit again', () => {
  it.skipIf(process.platform !== 'linux' || spawnSync('sh', ['-c', 'command -v prlimit']).status !== 0)(
    'does nothing while more is in use than the limit was',
    () => {
      const child = spawn('sleep', ['60'], { stdio: 'ignore' })
      try {
        const pid = String(child.pid)
        const { planScript, undo } = named('raise-limit')
        const read = (name: string): string =>
          answerIn(execFileSync('sh', ['-c', planScript([pid, 'nofile', '64'])], { encoding: 'utf8' })).get(
            name,
          )?.[0] ?? ''
        const limitTo = (soft: number): number | null =>
          spawnSync('sh', [
            '-c',
            undo?.script([pid, 'nofile', '64'], { start: read('start'), soft: String(soft), hard: '64' }) ?? '',
          ]).status
        execFileSync('sh', ['-c', `prlimit --pid ${pid} --nofile=64:64`])
        expect(Number(read('used'))).toBeGreaterThanOrEqual(3)
        expect(limitTo(Number(read('used')))).toBe(MOVED)
        expect(read('limit')).toBe('64 64')
        expect(limitTo(Number(read('used')) + 5)).toBe(0)
        expect(read('limit')).toBe(`${Number(read('used')) + 5} 64`)
      } finally {
        child.kill('SIGKILL')
      }
    },
  )

  it('counts the threads of a user', () => {
    const { undo } = named('raise-limit')
    const script = undo?.script([String(process.pid), 'nproc', '64'], { start: '1', soft: '1', hard: '64' }) ?? ''
    const counting = /^owner=[^]*?print all \+ 0 \}'\)$/m.exec(script)?.[0] ?? ''
    expect(Number(execFileSync('sh', ['-c', `${counting}\necho $used`], { encoding: 'utf8' }))).toBeGreaterThan(0)
  })
})

/** Lines as a box may say them, and as it never would. */
const names = fc.constantFrom(
  'pid',
  'start',
  'LoadState',
  'ActiveState',
  'uid',
  'systemd',
  'points',
  'there',
  'release',
  'limit',
  'file',
  'archived',
  'blocks',
  'inode',
  'failed',
  'timer',
  'link',
  'path',
  'kind',
  'links',
  'may',
  'prlimit',
  'text',
  'writer',
  'log',
  'long',
  'database',
  'kind',
  'state',
  'backend',
  'query',
  'socket',
  'server',
  'command',
  'since',
  'hash',
)
const values = fc.oneof(
  fc.constantFrom('yes', '0', '1', 'loaded', 'active', '1024 unlimited', '999999999999999999 1'),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
)
const answers = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc
    .array(fc.tuple(names, values), { maxLength: 40 })
    .map((pairs) => pairs.map(([name, value]) => `${name} ${value}`).join('\n')),
)

describe.each(reliefs)('$id', (relief) => {
  const target = PLANS[relief.id]?.target ?? []

  it('reads any answer, and makes nothing of what is none', () => {
    fc.assert(
      fc.property(answers, (text) => {
        const answer = answerIn(text)
        const plan = relief.plan(answer, target)
        if (plan.possible) expect(relief.isBefore(plan.before, target)).toBe(true)
        else expect(plan.why).not.toBe('')
        for (const act of [relief.act, ...(relief.undo ? [relief.undo] : [])])
          expect(typeof act.judge(answer, target, { start: '1' }).worked).toBe('boolean')
        for (const offer of relief.offers?.(answer) ?? [])
          expect(relief.targetOf(offer.target)).toEqual(expect.any(Array))
      }),
      { numRuns: 150 },
    )
    expect(relief.act.judge(answerIn(''), target, { start: '4711', bytes: '9999999', to: 'x' }).worked).toBe(false)
  })

  it('knows what it kept by its form, and takes nothing else from the record', () => {
    const plan = planOf(relief.id, target, PLANS[relief.id]?.possible ?? [])
    if (!plan.possible) throw new Error(plan.why)
    expect(relief.isBefore(plan.before, target)).toBe(true)
    expect(relief.isBefore({ ...plan.before, other: 'x' }, target)).toBe(false)
    for (const name of Object.keys(plan.before))
      expect(relief.isBefore({ ...plan.before, [name]: `$(touch made)\n;'` }, target), name).toBe(false)
  })

  it('takes its own example, and says what is wrong with other words', () => {
    expect(relief.targetOf(relief.example)).toEqual(expect.any(Array))
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { maxLength: 4 }), (words) => {
        const taken = relief.targetOf(words)
        if ('why' in taken) {
          expect(taken.why).not.toBe('')
          expect(taken.tryNext === '' || taken.tryNext.startsWith(`${relief.id} `)).toBe(true)
        } else expect(relief.targetOf(taken.filter((word) => word !== ''))).toEqual(expect.anything())
      }),
      { numRuns: 150 },
    )
  })
})

describe('what a rollback kept', () => {
  const { isBefore } = named('rollback')
  it.each([
    ['releases/2', 'releases/1', true],
    ['/srv/shop/releases/2/', '/srv/shop/releases/1', true],
    ['releases/2', '/etc', false],
    ['releases/2', 'releases/..', false],
    ['releases/2', 'releases/a/1', false],
    ['', '', false],
  ])('%s and %s: %s', (link, to, expected) => {
    expect(isBefore({ link, to, owner: '0:0' }, ['/srv/shop/current', ''])).toBe(expected)
  })
})

describe('scripts', () => {
  const evil = `/srv/$(touch made)/\`touch made\`; touch made; 'a "b`
  const before = {
    pid: evil,
    start: evil,
    inode: evil,
    link: evil,
    to: evil,
    owner: evil,
    soft: evil,
    hard: evil,
    mode: evil,
    MainPID: evil,
  }

  const units = { ActiveState: evil, MainPID: evil, NRestarts: evil, InvocationID: evil, UnitFileState: evil }

  it('run nothing of what a name or the record says', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-quoting-'))
    try {
      const rollback = named('rollback')
      const target = rollback.targetOf([evil.replaceAll('"', ''), 'none.service'])
      if ('why' in target) throw new Error(target.why)
      const { act, undo } = rollback
      const scripts = [
        rollback.planScript(target),
        act.script(target, before),
        undo?.script(target, before) ?? '',
        named('end').act.script(['x'], before),
        ...['restart', 'reload', 'pause-timer'].map((id) => named(id).act.script(['none.service'], units)),
        named('pause-timer').undo?.script(['none.timer'], units) ?? '',
        named('free-deleted').act.script(['1:0'], before),
        named('raise-limit').undo?.script(['1', 'nofile', '1'], before) ?? '',
        named('end-query').act.script(['1'], {
          ...before,
          server: evil,
          serverStart: evil,
          backend: evil,
          query: evil,
        }),
        named('drain').act.script([`${evil}/${evil}`], { socket: evil }),
        named('end-mysql-query').act.script([evil], { server: evil, since: evil, hash: evil, number: evil }),
        named('rotate-log').planScript([evil]),
        named('rotate-log').act.script([evil], before),
        named('rotate-log').act.script([evil], { ...before, inode: '1:1', stamp: '20261126-210000', bytes: '1' }),
        named('rotate-log').act.check([evil], { ...before, stamp: evil }),
      ]
      for (const script of scripts) {
        try {
          execFileSync('sh', ['-c', script], { cwd: folder, stdio: 'ignore', env: { PATH: '/usr/bin:/bin' } })
        } catch {
          // They find nothing of that name, and say so by their exit code.
        }
      }
      expect(readdirSync(folder)).toEqual([])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it.each(reliefs)('of $id are sh', (relief) => {
    const target = PLANS[relief.id]?.target ?? []
    const acts = [relief.act, ...(relief.undo ? [relief.undo] : [])]
    const scripts = [
      relief.planScript(target),
      relief.survey ?? '',
      relief.undo?.nowScript?.(target) ?? '',
      ...acts.flatMap((act) => [act.script(target, before), act.check(target, before)]),
    ]
    for (const script of scripts) expect(() => execFileSync('sh', ['-n', '-c', script])).not.toThrow()
  })
})
