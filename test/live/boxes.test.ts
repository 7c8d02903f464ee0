import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'

const why = missing('root', 'fleet')
const reason = why ? ` (skipped: ${why})` : ''
const fleetScript = path.resolve(import.meta.dirname, '../boxes/fleet.sh')

describe.skipIf(why !== undefined)(`a test box${reason}`, () => {
  let fleet: Fleet
  beforeAll(async () => {
    fleet = await startFleet({ boxes: ['web-1', 'web-2'] })
  })
  afterAll(() => fleet.down())

  it('has a host name, processes, a network and an identity of its own', async () => {
    expect(ssh(fleet, 'web-1', 'hostname').stdout).toBe('web-1\n')
    expect(await fleet.run('web-1', 'cat /proc/1/comm')).toBe('sshd\n')
    expect(await fleet.run('web-1', 'ls /sys/class/net')).toBe('eth0\nlo\n')
    const identities = await Promise.all(['web-1', 'web-2'].map((box) => fleet.run(box, 'cat /etc/machine-id')))
    expect(new Set([...identities, machineId()]).size).toBe(3)
  })

  it('shows nothing of the files, the users and the environment of the machine that runs it', async () => {
    const here = import.meta.dirname
    const seen = await fleet.run(
      'web-1',
      `cat /proc/self/mountinfo /etc/passwd; env; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline | tr '\\0' '\\n'`,
    )
    expect(seen).not.toContain(here.split('/').slice(0, 3).join('/'))
    expect(await fleet.run('web-1', `test -e ${here} || echo absent`)).toBe('absent\n')
    expect(ssh(fleet, 'web-1', 'env').stdout).not.toContain('npm_')
  })

  it.each([
    ['root', 'root\nroot\n'],
    ['amy', 'amy\nroot\n'],
    ['bob', 'bob\n'],
    ['carl', 'carl\n'],
    ['restricted', 'restricted\n'],
    ['forced', 'only this\n'],
    ['gone', 'This account is currently not available.\n'],
  ])('lets %s in as far as that user gets', (user, said) => {
    expect(ssh(fleet, `${user}@web-1`, 'id -un; sudo -n id -un').stdout).toBe(said)
  })

  it('has small file systems that can be filled', async () => {
    await fleet.fillDisk('web-2')
    expect(await fleet.run('web-2', 'df --output=avail /data | tail -n 1')).toMatch(/^\s*0\n$/u)
    expect(await fleet.run('web-1', 'df --output=avail /data | tail -n 1')).not.toMatch(/^\s*0\n$/u)
  })

  it('can be cut off and joined again', async () => {
    await fleet.link('web-1', 'down')
    expect(ssh(fleet, 'web-1', 'true', '-o', 'ConnectTimeout=2').status).toBe(255)
    await fleet.link('web-1', 'up')
    expect(ssh(fleet, 'web-1', 'true').status).toBe(0)
  })

  it('can be switched off, taking all that ran in it, and on', async () => {
    fleet.leave('web-1', 'exec sleep 7311')
    await until(() => processes('sleep 7311').length === 1)
    await fleet.kill('web-1')
    await until(() => processes('sleep 7311').length === 0)
    expect(ssh(fleet, 'web-1', 'true', '-o', 'ConnectTimeout=2').status).toBe(255)
    await fleet.start('web-1')
    expect(ssh(fleet, 'web-1', 'true').status).toBe(0)
  })

  it('can be reached through another one only', async () => {
    await fleet.hide('web-2')
    const configuration = path.join(fleet.folder, 'behind')
    writeFileSync(
      configuration,
      `Include ${fleet.sshConfig}\nHost behind\n  HostName ${await fleet.address('web-2')}\n  ProxyJump web-1\n`,
    )
    expect(ssh(fleet, 'web-2', 'true').stderr).toMatch(/No route to host|Network is unreachable/u)
    const { stdout } = spawnSync('ssh', ['-F', configuration, '-o', 'BatchMode=yes', 'behind', 'hostname'], {
      encoding: 'utf8',
    })
    expect(stdout).toBe('web-2\n')
  })

  it('can get a new host key, which ssh then refuses', async () => {
    await fleet.newHostKey('web-1')
    expect(ssh(fleet, 'web-1', 'true').stderr).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED')
  })
})

describe.skipIf(why !== undefined)(`test boxes of other kinds${reason}`, () => {
  it('run systemd as PID 1, with a journal', async () => {
    const fleet = await startFleet({ boxes: ['db-1'], flavour: 'systemd' })
    try {
      await fleet.run('db-1', 'systemd-run --unit=orders-api --quiet sleep 600; systemctl is-system-running --wait; :')
      expect(await fleet.run('db-1', 'cat /proc/1/comm; systemctl is-active orders-api')).toBe('systemd\nactive\n')
      expect(ssh(fleet, 'db-1', 'journalctl -u orders-api -o cat').stdout).toContain('Started orders-api.service')
      expect(await fleet.run('db-1', 'cat /proc/$(pgrep -x sleep)/cgroup')).toContain('orders-api.service')
    } finally {
      await fleet.down()
    }
  })

  const noBusybox = missing('busybox')
  it.skipIf(noBusybox !== undefined)(
    `have busybox and dropbear alone${noBusybox ? ` (skipped: ${noBusybox})` : ''}`,
    async () => {
      const fleet = await startFleet({ boxes: ['router'], flavour: 'busybox' })
      try {
        expect(ssh(fleet, 'router', 'readlink /proc/$$/exe; readlink /proc/1/exe; hostname').stdout).toBe(
          '/bin/busybox\n/usr/sbin/dropbear\nrouter\n',
        )
        expect(await fleet.run('router', 'command -v bash || echo none')).toBe('none\n')
      } finally {
        await fleet.down()
      }
    },
  )

  it('are chatty and starved at once, held by limits of their own', async () => {
    const fleet = await startFleet({ boxes: ['web-1'], chatty: true, starved: true })
    try {
      const { stdout, stderr } = ssh(fleet, 'web-1', 'ulimit -n; df --output=avail /data /tmp | tail -n 2')
      expect(stderr).toContain('AUTHORISED USE ONLY')
      expect(stdout).toMatch(/^Welcome to web-1!\nYou have 3 new mails\.\nno newline at the end64\n\s*0\n\s*0\n$/u)
      const forks = await fleet.run('web-1', "sh -c 'for i in $(seq 200); do sleep 5 & done' 2>&1; :")
      expect(forks).toMatch(/fork|Resource temporarily unavailable/iu)
    } finally {
      await fleet.down()
    }
  })

  it('are prepared by a hook, which may put its own files over those of the kernel', async () => {
    const hook = path.resolve(import.meta.dirname, '../boxes/hooks/busy.sh')
    const fleet = await startFleet({ boxes: ['web-1'], hook })
    try {
      expect(await fleet.run('web-1', 'cat /proc/loadavg')).toBe('42.00 41.00 40.00 43/512 4242\n')
    } finally {
      await fleet.down()
    }
  })
})

describe.skipIf(why !== undefined)(`after test boxes have ended${reason}`, () => {
  it('no network, link, mount, control group, process or folder of theirs is left', async () => {
    const fleet = await startFleet({ boxes: ['web-1', 'web-2'] })
    fleet.leave('web-1', 'setsid sleep 7312')
    await until(() => processes('sleep 7312').length === 1)
    await fleet.hide('web-2')
    const number = readFileSync(path.join(fleet.folder, 'number'), 'utf8').trim()
    expect(traces(fleet, number)).not.toEqual([])
    await fleet.down()
    expect(traces(fleet, number)).toEqual([])
    await until(() => processes('sleep 7312').length === 0)
  })

  it('two fleets with boxes of the same name did not get in the way of each other', async () => {
    const fleets = await Promise.all([startFleet({ boxes: ['web-1'] }), startFleet({ boxes: ['web-1'] })])
    const [one, two] = fleets
    expect(one.folder).not.toBe(two.folder)
    await one.run('web-1', 'echo one >/data/which')
    await one.down()
    expect(await two.run('web-1', 'cat /data/which 2>/dev/null || echo other')).toBe('other\n')
    expect(ssh(two, 'web-1', 'hostname').stdout).toBe('web-1\n')
    await two.down()
  })

  it('a fleet whose test was killed is ended by the next one', async () => {
    const owner = spawn('sleep', ['7313'], { stdio: 'ignore' })
    const name = `t-orphan-${process.pid}`
    execFileSync(fleetScript, ['up', name, 'sshd', 'web-1'], { env: { ...process.env, OWNER: String(owner.pid) } })
    await (await startFleet({ boxes: ['web-1'] })).down()
    expect(existsSync(`/run/halligan-test/${name}/number`)).toBe(true)
    const ended = new Promise((resolve) => {
      owner.once('exit', resolve)
    })
    owner.kill('SIGKILL')
    await ended
    await (await startFleet({ boxes: ['web-1'] })).down()
    expect(existsSync(`/run/halligan-test/${name}`)).toBe(false)
  })

  it.each([20, 40, 80])(
    'a second end of a fleet, held up after %i ms, leaves alone what has its number by now',
    async (delay) => {
      const fleet = await startFleet({ boxes: ['web-1'] })
      const end = (): ChildProcess =>
        spawn(fleetScript, ['down', path.basename(fleet.folder)], { detached: true, stdio: 'ignore' })
      const signal = (child: ChildProcess, name: NodeJS.Signals): boolean => process.kill(-(child.pid ?? 0), name)
      const slower = end()
      const slowerEnded = once(slower, 'exit')
      await sleep(delay)
      signal(slower, 'SIGSTOP')
      const faster = end()
      const fasterEnded = once(faster, 'exit')
      // Where the slower one has the lock, the faster waits for it.
      const waits = await Promise.race([fasterEnded, sleep(2000, 'waits')])
      if (waits === 'waits') signal(slower, 'SIGCONT')
      await fasterEnded
      const next = await startFleet({ boxes: ['web-1'] })
      if (waits !== 'waits') signal(slower, 'SIGCONT')
      await slowerEnded
      expect(ssh(next, 'web-1', 'hostname').stdout).toBe('web-1\n')
      await next.down()
      await fleet.down()
    },
  )
})

function ssh(fleet: Fleet, box: string, command: string, ...extra: readonly string[]) {
  const argv = ['-F', fleet.sshConfig, '-o', 'BatchMode=yes', ...extra, box, command]
  return spawnSync('ssh', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Whatever a fleet has made outside its boxes, by kind. */
function traces(fleet: Fleet, number: string): readonly string[] {
  const said = (program: string, ...args: readonly string[]): readonly string[] =>
    spawnSync(program, args, { encoding: 'utf8' }).stdout.split('\n')
  const controlGroups = ['', 'cpu', 'cpuacct', 'memory', 'pids', 'unified']
    .map((controller) => path.join('/sys/fs/cgroup', controller))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder))
  return [
    ...said('ip', 'netns', 'list').filter((line) => line.startsWith(`hal-${number}-`)),
    ...said('ip', '-o', 'link').filter((line) => new RegExp(`: hal${number}(b|:)`, 'u').test(line)),
    ...said('ip', 'route').filter((line) => line.includes(`10.231.${number}.`)),
    ...readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes(`${fleet.folder}/`) || line.includes(`${fleet.folder} `)),
    ...controlGroups.filter((name) => name.startsWith(`halligan-test-${number}-`)),
    ...['', 'number'].map((file) => path.join(fleet.folder, file)).filter((file) => existsSync(file)),
  ]
}

/** Processes of this machine, those of boxes too, with these arguments. */
function processes(args: string): readonly string[] {
  return spawnSync('ps', ['-eo', 'stat=,args='], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => !line.startsWith('Z') && line.replace(/^\S+\s+/u, '') === args)
}

function machineId(): string {
  return existsSync('/etc/machine-id') ? readFileSync('/etc/machine-id', 'utf8') : 'none'
}

/** Waits for a condition, at most 20 s. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('the condition did not come true within 20 s')
    await new Promise((resolve) => {
      setTimeout(resolve, 100)
    })
  }
}
