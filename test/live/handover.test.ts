import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { compileSick } from '../sick/compile.ts'

// A hand-over looks again, over a real sshd: what changed since the start is said, and a box that is cut off holds nobody up.

const main = path.resolve(import.meta.dirname, '../../bin/halligan.cjs')
const why = missing('root', 'fleet', 'gcc')
const reason = why ? ` (skipped: ${why})` : ''

describe.skipIf(why !== undefined)(`a hand-over${reason}`, () => {
  let fleet: Fleet
  let folder: string
  beforeAll(async () => {
    compileSick('close-wait-leak')
    folder = mkdtempSync(path.join(tmpdir(), 'halligan-handed-'))
    fleet = await startFleet({
      boxes: ['web-1', 'web-2'],
      hook: path.resolve(import.meta.dirname, '../boxes/with-sick-programs.sh'),
    })
    fleet.leave('web-1', 'close-wait-leak 600 8081 280')
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await fleet.down()
  })

  const halligan = (
    ...args: readonly string[]
  ): { readonly out: string; readonly err: string; readonly code: number | null } => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [main, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        HOME: folder,
        HALLIGAN_HOME: path.join(folder, 'home'),
        HALLIGAN_SSH_CONFIG: fleet.sshConfig,
        HALLIGAN_BY: 'alice@laptop',
        LC_ALL: 'C.UTF-8',
        COLUMNS: '140',
      },
    })
    return { out: stdout, err: stderr, code: status }
  }

  it('says what is gone since the start, and which box does not answer now', async () => {
    expect(halligan('open', 'checkout returns 500s', '--box', 'web-1,web-2').code).toBe(0)
    expect(halligan('look', 'web-1', 'web-2').out).toMatch(/close-wait-leak \(\d+\) has not closed 280 connections/)
    await fleet.run('web-1', 'pkill -x close-wait-leak')
    await fleet.link('web-2', 'down')
    // In full: on the screen the line is cut where a loaded machine adds findings of its own.
    const { out, err, code } = halligan('handover', '--to', 'bob', '--markdown')
    expect(code).toBe(0)
    expect(out).toMatch(/\*\*web-1: \w+\*\* (?:as at the start|at the start|still)/)
    expect(out).toMatch(/- from outside: [^\n]*ssh goes to /)
    expect(out).toMatch(/- gone: [^\n]*close-wait-leak \(\d+\) has not closed 280 connections/)
    expect(out).toMatch(/\*\*web-2: unknown\*\* at the start \w+/)
    expect(out).toMatch(/- before that \w+, [\d a-z]+ ago/)
    expect(err).toMatch(/recorded in \S+ as #4, #5, #6\./)
    await fleet.link('web-2', 'up')
    expect(halligan('handover').out).toMatch(/(?:CRITICAL|WARNING|OK) web-2/)
  })
})
