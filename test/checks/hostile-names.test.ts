import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { probesOf, readEvidence } from '../../src/evidence/evidence.ts'
import * as checks from '../../src/findings/checks/index.ts'
import { conclude } from '../../src/findings/conclude.ts'

// What a person pastes runs nothing that a box (or a recording, whose commands are not behind an ssh) put into a name.

// The commands are really run, so the process that they name cannot exist (beyond pid_max, proc_sys_kernel(5)).
const BOUNDARY = 'bad0bad0bad0bad0'
const folder = mkdtempSync(path.join(tmpdir(), 'halligan-names-'))
const ran = path.join(folder, 'ran')
writeFileSync(path.join(folder, 'canary'), `#!/bin/sh\necho "$@" >>${ran}\n`)
chmodSync(path.join(folder, 'canary'), 0o755)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each([
  '$(canary)',
  '`canary`',
  ';canary;',
  '|canary',
  "'$(canary)'",
  "password='$(canary)'",
  '"$(canary)"',
  '&canary&',
])('a box that calls all it has %s', (name) => {
  const commands = suggested(name)

  it('is suggested a command for most of it', () => {
    expect(commands.join('\n')).toContain('canary')
    expect(commands.length).toBeGreaterThan(8)
  })

  it.each(['recorded:x', 'web-1'])('does not have it run by whoever pastes a command for %s', (box) => {
    for (const command of suggested(name, box)) {
      // There is no other program: none is found, and only a name that was taken for a command can run.
      spawnSync('/bin/sh', ['-c', command], { env: { PATH: folder } })
      expect(existsSync(ran), command).toBe(false)
    }
  })
})

it('a name that begins with a hyphen is no option', () => {
  for (const command of suggested('-Hevil').filter((text) => text.includes('-Hevil')))
    expect(command).toMatch(/(?:--|-u|dev|-S) '?-Hevil|\/-Hevil/)
})

function suggested(name: string, box = 'recorded:x'): readonly string[] {
  const rows = (at: number, losses: number): string =>
    frame('files', at, `==> net/dev <==\n|\n${name}: 0 0 ${losses} ${losses} 0 0 0 0 0 0 0 0 0 0 0 0`) +
    frame(
      'process-stat',
      at,
      `self 1 ${at}.00\n99999999 (${name}) T 1 1 1 0 -1 4194304 10 0 0 0 0 0 0 0 20 0 1 0 99999999 1000 100 1844674 1 1 0`,
    )
  const frames = [
    rows(100, 0),
    frame('clock', 100, '1800000000.000', 'first'),
    frame(
      'units',
      100,
      `systemd\n${name}.service loaded failed failed ${name}\n${name}.service loaded activating auto-restart ${name}`,
      'during',
    ),
    frame(
      'filesystems',
      100,
      `mount /dev/${name} /${name} ext4 ro,errors=remount-ro\nsize 100 0 0 4096 100 0 /${name}`,
      'during',
    ),
    frame(
      'kernel-log',
      100,
      `[99.0] ${name}[99999999]: segfault at 0\n[99.0] I/O error, dev ${name}\n[99.0] EXT4-fs error (device ${name}): error`,
      'during',
    ),
    frame(
      'open-files',
      100,
      `F 99999999 1000 10 1024\nD 99999999 3 /${name}/x\nB 1 99999999999 fe0 7 99999999/fd/3\nU 0`,
      'during',
    ),
    rows(101, 999),
  ]
  const answer = Buffer.from(`\n${BOUNDARY} [ cat\n${frames.join('')}\n${BOUNDARY} ]\n`)
  const evidence = readEvidence(answer, BOUNDARY, probesOf('fast'), { beganAtMs: 1_800_000_000_000 })
  return conclude(Object.values(checks), evidence, { box }).findings.flatMap(({ next }) =>
    next.map(({ command }) => command),
  )
}

function frame(probe: string, at: number, text: string, moment = at === 100 ? 'first' : 'last'): string {
  return `\n${BOUNDARY} + ${probe} ${moment} ${at}.00\n${text}\n${BOUNDARY} - 0\n`
}
