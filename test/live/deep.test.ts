import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBox } from '../../src/boxes/open.ts'
import { lookAt, type BoxLook } from '../../src/steps/look.ts'
import { redact } from '../redact.ts'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { compileSick } from '../sick/compile.ts'

const reason = missing('root', 'fleet', 'gcc', 'systemd')

describe.skipIf(reason)('look --deep', () => {
  let fleet: Fleet
  beforeAll(async () => {
    compileSick('memory-leak')
    const hook = path.join(import.meta.dirname, '../boxes/with-sick-programs.sh')
    fleet = await startFleet({ boxes: ['db-1'], flavour: 'systemd', hook })
  })
  afterAll(() => fleet.down())

  async function look(deep: boolean): Promise<BoxLook> {
    process.env['HALLIGAN_SSH_CONFIG'] = fleet.sshConfig
    const box = openBox('db-1')
    const seen = await lookAt(box, { deep, windowSeconds: 1, compression: 'auto', redact })
    await box.close()
    return seen
  }

  it('sees a service that crashes and is up again in between, and what kind of memory grows', async () => {
    await fleet.run(
      'db-1',
      'systemd-run --quiet --unit=orders-api -p Restart=always -p RestartSec=100ms -p StartLimitIntervalSec=0 sh -c "[ -e /run/enough ] && exec sleep 60; exit 1"; sleep 2; : >/run/enough; sleep 1',
    )
    fleet.leave('db-1', 'memory-leak 60 40 400')
    await new Promise((resolve) => setTimeout(resolve, 7_000))
    const deep = await look(true)
    expect(deep.blind).toEqual([])
    const restarting = deep.conclusion.findings.find(({ check }) => check === 'unit-restarting')
    expect(restarting).toMatchObject({ state: 'warning', subject: { unit: 'orders-api.service' } })
    expect(restarting?.title).toMatch(/was started again by systemd \d+ times, the last time \d+ s ago/)
    const leak = deep.evidence['process-memory']
    expect(leak.kind).toBe('seen')
    if (leak.kind !== 'seen') return
    const largest = [...leak.value.values()].toSorted((a, b) => b.pssBytes - a.pssBytes)[0]
    expect(largest?.anonymousBytes).toBeGreaterThan(100 * 1024 ** 2)
    const fast = await look(false)
    expect(fast.conclusion.findings.map(({ check }) => check)).toContain('unit-restarting')
    expect(fast.evidence['process-memory']).toMatchObject({ kind: 'blind', hint: 'ask with --deep' })
  })
})
