import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openBox } from '../../src/boxes/open.ts'
import { writeRecording } from '../../src/boxes/recorded.ts'
import { probesOf } from '../../src/evidence/evidence.ts'
import { lookAt } from '../../src/steps/look.ts'
import { redact } from '../redact.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'halligan-recording-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Looks at a recording that says it was made of that box. */
async function lookAtRecordingOf(box: string) {
  const file = path.join(folder, `${Math.random()}.look`)
  const answer = readFileSync(path.join(import.meta.dirname, '../fixtures/answers/web-1.txt'))
  const header = {
    schema: 'halligan.recording/1' as const,
    box,
    boundary: '5eed5eed5eed5eed5eed5eed5eed5eed',
    startedAtMs: 1_795_000_000_000,
    beganAtMs: 1_795_000_000_100,
    durationMs: 1_300,
    deep: false,
    windowSeconds: 1,
    asked: probesOf('fast').map(({ id }) => id),
    version: '0',
    truncated: false,
    warnings: [],
  }
  writeRecording(file, { header, answer })
  return lookAt(openBox(`recorded:${file}`), { deep: false, windowSeconds: 1, compression: 'auto', redact })
}

describe('a recording', () => {
  it('suggests commands for the box that it was made of, and says that it is one', async () => {
    const look = await lookAtRecordingOf('web-1')
    const commands = look.conclusion.findings.flatMap(({ next }) => next.map(({ command }) => command))
    expect(commands.length).toBeGreaterThan(0)
    for (const command of commands) expect(command).toMatch(/^halligan (?:run|inspect) web-1 /)
    expect(look.warnings.join()).toMatch(/a recording of web-1, made 2026-11-18 .* UTC/)
  })

  it('cannot hand an option to ssh as the name of its box', async () => {
    const look = await lookAtRecordingOf('-oProxyCommand=touch${IFS}/tmp/x')
    const commands = look.conclusion.findings.flatMap(({ next }) => next.map(({ command }) => command))
    expect(commands.length).toBeGreaterThan(0)
    for (const command of commands) expect(command).not.toMatch(/^halligan|ProxyCommand/)
  })
})
