import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBox } from '../../src/boxes/open.ts'
import { collectorScript } from '../../src/evidence/collector.ts'
import { readEvidence, type Evidence, type ProbeId, type Value } from '../../src/evidence/evidence.ts'
import type { Reading } from '../../src/evidence/reading.ts'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { allProbes } from '../evidence/probe-cases.ts'
import { scenes } from '../evidence/scenes.ts'
import { compileSick } from '../sick/compile.ts'

// What the scripts of the probes make of a box; what the parsers make of an answer is tested on recorded ones (test/evidence/probes.test.ts).

async function ask(name: string): Promise<Evidence> {
  const boundary = randomBytes(16).toString('hex')
  const box = openBox(name)
  const script = collectorScript(allProbes, { boundary, windowSeconds: 1, compression: 'auto' })
  const { stdout } = await box.run(script, { what: 'look', timeoutMs: 30_000, maxBytes: 1e8 })
  await box.close()
  return readEvidence(stdout, boundary, allProbes, { beganAtMs: Date.now() })
}

function value<Id extends ProbeId>(evidence: Evidence, id: Id): Value<Id> {
  const reading: Reading<Value<Id>> = evidence[id]
  if (reading.kind !== 'seen') throw new Error(`${id} is ${JSON.stringify(reading)}`)
  return reading.value
}

const why = missing('root', 'fleet', 'gcc')

describe.skipIf(why !== undefined)(`probes on test boxes${why ? ` (skipped: ${why})` : ''}`, () => {
  let fleet: Fleet
  beforeAll(async () => {
    for (const name of ['fd-leak', 'cpu-spin']) compileSick(name)
    const hook = path.join(import.meta.dirname, '../boxes/with-sick-programs.sh')
    fleet = await startFleet({ boxes: ['odd-1', 'user-1', 'limits-1'], hook })
    process.env['HALLIGAN_SSH_CONFIG'] = fleet.sshConfig
    const light = (box: string, scene: string): void =>
      fleet.leave(box, scenes.find(({ name }) => name === scene)?.light ?? 'exit 1')
    light('odd-1', 'odd-names')
    light('user-1', 'ordinary-user')
    light('limits-1', 'v1-limits')
    await new Promise((resolve) => setTimeout(resolve, 2_000))
  })
  afterAll(() => fleet?.down())

  it('are not taken in by names that pose as something else', async () => {
    const evidence = await ask('odd-1')
    const processes = value(evidence, 'process-stat').processes.map(({ name }) => name)
    expect(processes).toEqual(expect.arrayContaining(['a) R (b c', 'new\nline\\n', 'exe -> (deleted', 'gone']))
    expect(value(evidence, 'process-stat').byPid.get(1)?.name).toBe('sshd')
    expect(value(evidence, 'process-command').get(1)).toMatch(/^sshd: /)
    const executables = value(evidence, 'process-executable')
    expect(executables.get(1)).toEqual({ path: '/usr/sbin/sshd', deleted: false })
    expect([...executables.values()]).toContainEqual({ path: '/data/gone', deleted: true })
    const files = value(evidence, 'open-files')
    expect(files.deleted.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/data/plain', '/data/new\n1/fd:', '/data/two words -> (deleted)']),
    )
    expect(files.deleted.map(({ pid }) => pid)).not.toContain(1)
    expect(files.byPid.get(1)?.open).toBeLessThan(12)
  })

  it('count what an ordinary user may not see', async () => {
    const evidence = await ask('amy@user-1')
    const files = value(evidence, 'open-files')
    // sshd, its monitor, a shell, three programs of root and bob.
    expect(files.unreadable).toBeGreaterThanOrEqual(5)
    expect(files.byPid.has(1)).toBe(false)
    expect(value(evidence, 'process-stat').byPid.has(1)).toBe(true)
    expect(evidence['process-executable']).toMatchObject({ kind: 'seen' })
  })

  it('find control groups with colons in their names', async () => {
    const evidence = await ask('limits-1')
    expect(value(evidence, 'cgroups')).toContainEqual(
      expect.objectContaining({ path: '/shop/orders:api', cpuLimit: 0.1, memoryLimitBytes: 60 * 1024 * 1024 }),
    )
  })

  it('know the clock of the kernel log', async () => {
    const log = value(await ask('limits-1'), 'kernel-log')
    const now = Number((await fleet.run('limits-1', 'cat /proc/uptime')).split(' ')[0])
    expect(Math.abs(log.readAtSeconds - now)).toBeLessThan(60)
  })
})
