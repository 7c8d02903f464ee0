import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunOptions, RunResult } from '../../src/boxes/box.ts'
import { openBox } from '../../src/boxes/open.ts'

const docker = spawnSync('docker', ['version'], { encoding: 'utf8', timeout: 10_000 })
const dockerAnswers = docker.status === 0
const noClient = docker.error !== undefined

describe('a container that cannot be entered', () => {
  it.skipIf(!noClient)('is told as a missing client (skipped where docker is installed)', async () => {
    expect(await tryOnce('docker:api')).toMatchObject({
      ok: false,
      failure: { kind: 'client-missing', message: expect.stringContaining('docker:api') },
    })
  })

  it.skipIf(noClient || dockerAnswers)(
    'is told as an engine that does not run (skipped without the client, or where the engine runs)',
    async () => {
      expect(await tryOnce('docker:api')).toMatchObject({
        ok: false,
        failure: { kind: 'engine-not-running', message: expect.stringContaining('docker:api') },
      })
    },
  )

  it.each(['docker:', 'docker:-it', 'podman:a b', 'podman:$(id)', 'docker:../x'])(
    'is refused by its name alone: %s',
    async (name) => {
      expect(await tryOnce(name)).toMatchObject({ ok: false, failure: { kind: 'bad-name' } })
    },
  )
})

const podman = spawnSync('podman', ['info'], { encoding: 'utf8', timeout: 20_000 })
const why = podman.error
  ? 'needs podman'
  : podman.status === 0
    ? undefined
    : `podman does not run here: ${podman.stderr.trim().split('\n').at(-1)}`

describe.skipIf(why !== undefined)(`a container of podman${why ? ` (skipped: ${why})` : ''}`, () => {
  const name = `halligan-test-${process.pid}`

  beforeAll(() => {
    // crun refuses hybrid control groups (v1 and v2 together), runc takes them.
    const runtime = existsSync('/usr/sbin/runc') ? ['--runtime', 'runc', '--cgroup-manager', 'cgroupfs'] : []
    const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=4096:4096']
    // The root file system of this machine as an overlay: no image has to be fetched.
    const root = ['--rootfs', '/:O', 'sleep', '600']
    const names = ['--network', 'none', '--name', name, '--hostname', 'api']
    execFileSync('podman', [...runtime, 'run', '-d', '--rm', ...limits, ...names, ...root], { stdio: 'pipe' })
  })
  afterAll(() => {
    spawnSync('podman', ['rm', '-f', '-t', '0', name])
  })

  it('answers like any other box', async () => {
    const result = await tryOnce(`podman:${name}`, 'hostname; echo err >&2; exit 3')
    expect(result).toMatchObject({ ok: true, exitCode: 3, stderr: 'err\n' })
    expect(Buffer.from(result.stdout).toString()).toBe('api\n')
  })

  it('leaves nothing in the container after a script that was given up', async () => {
    const box = openBox(`podman:${name}`)
    expect(await box.run('sleep 7401', options(500))).toMatchObject({ timedOut: true })
    const left = await box.run("ps -eo args | grep -c '^[s]leep 7401' || :", options(10_000))
    await box.close()
    expect(Buffer.from(left.stdout).toString()).toBe('0\n')
  })

  it('that does not exist is told so', async () => {
    expect(await tryOnce('podman:no-such-container')).toMatchObject({
      ok: false,
      failure: { kind: 'container-not-found' },
    })
  })
})

async function tryOnce(name: string, script = ':'): Promise<RunResult> {
  const box = openBox(name)
  try {
    return await box.run(script, options(15_000))
  } finally {
    await box.close()
  }
}

function options(timeoutMs: number): RunOptions {
  return { what: 'test', timeoutMs, maxBytes: 100_000 }
}
