import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Box } from '../../src/boxes/box.ts'
import { localBox } from '../../src/boxes/local.ts'
import { clockSkew } from '../../src/steps/logs/clock-skew.ts'
import { findLogs } from '../../src/steps/logs/discover.ts'
import { skewWords } from '../../src/views/logs/unread-words.ts'

// The date(1) of the box is one that is off; everything else is this machine, of which nobody would ask how far its clock is off.

const usualPath = process.env['PATH'] ?? ''
let folder = ''
let box: Box
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'halligan-clock-'))
})
afterEach(async () => {
  process.env['PATH'] = usualPath
  await box.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A box with this date(1). */
function boxWith(date: string): Box {
  const file = path.join(folder, 'date')
  writeFileSync(file, `#!/bin/sh\n${date}\n`)
  chmodSync(file, 0o755)
  process.env['PATH'] = `${folder}:${usualPath}`
  box = { ...localBox(), name: 'web-1', kind: 'ssh' }
  return box
}

const found = (date: string) => findLogs(boxWith(date), { subjects: ['/nonexistent/app.log'] })

describe('the clock of a box', () => {
  it.each([
    [7, 'ahead'],
    [-7, 'behind'],
  ] as const)('that is %s minutes %s is told to some milliseconds, and how exactly', async (minutes, side) => {
    const { skewMs, skewWithinMs } = await found(`exec /bin/date -d '${minutes} minutes' "$@"`)
    expect(Math.abs(skewMs - minutes * 60_000)).toBeLessThanOrEqual(skewWithinMs)
    expect(skewWithinMs).toBeLessThan(5_000)
    const words = skewWords({ box: 'web-1', skewMs, skewWithinMs, zone: 'UTC' }, 0)
    expect(words[0]).toMatch(new RegExp(`^the clock of web-1 is .* ${side} \\(± \\d.*\\): its times are corrected$`))
  })

  it('that is right is not corrected, though it tells whole seconds only', async () => {
    expect(await found(`exec /bin/date "$@"`)).toMatchObject({ skewMs: 0 })
    await box.close()
    const whole = await found(
      `for word do case $word in +%s.%N) exec /bin/date +%s.N;; esac; done; exec /bin/date "$@"`,
    )
    expect(whole.skewMs).toBe(0)
    expect(whole.skewWithinMs).toBeGreaterThanOrEqual(500)
  })

  it('that cannot be read is said, and counts as nothing', async () => {
    const { skewMs, skewWithinMs } = await found('exit 1')
    expect([skewMs, skewWithinMs]).toEqual([0, Infinity])
    expect(skewWords({ box: 'web-1', skewMs, skewWithinMs, zone: 'UTC' }, 0)).toEqual([
      'the clock of web-1 could not be read: times as the box writes them, those without a zone taken for UTC',
    ])
  })

  it('is measured again where a login stood in the first reading: half of it is no skew', async () => {
    const now = Date.now()
    // The login took four seconds, and the clock is right.
    const first = { boxMs: now, precisionMs: 1, askedAtMs: now - 4_000, answeredAtMs: now }
    const { skewMs, withinMs } = await clockSkew(boxWith(`exec /bin/date "$@"`), first)
    expect(skewMs).toBe(0)
    expect(withinMs).toBeLessThan(2_000)
  })
})
