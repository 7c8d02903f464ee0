import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { lostConnection } from './failures.ts'
import { openSession } from './session.ts'
import { withSudo } from './sudo.ts'

// The conversation with a sudo of a box that may say anything (test/live/sudo.test.ts has the real one).

const folder = mkdtempSync(path.join(tmpdir(), 'halligan-sudo-'))
writeFileSync(path.join(folder, 'id'), '#!/bin/sh\necho 1000\n')
chmodSync(path.join(folder, 'id'), 0o755)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What it was told on standard input before it let anybody in. */
const told = path.join(folder, 'told')
const ASKS = `printf %s "$3" >&2; IFS= read -r word; printf %s "$word" >${told}; shift 3; exec "$@"`

describe('a sudo', () => {
  it('waits for a person who takes longer than silence is borne', async () => {
    const result = await run(ASKS, { silenceMs: 200, answer: () => later('hunter2', 900) })
    expect(result).toMatchObject({ ok: true, exitCode: 0 })
    expect(readFileSync(told, 'utf8')).toBe('hunter2')
  })

  it.each([
    ['asks in words of its own', 'echo "Password for amy:" >&2; sleep 5', 'sudo-refused'],
    ['asks a second time', 'printf %s "$3" >&2; read -r word; printf %s "$3" >&2; sleep 5', 'sudo-password-wrong'],
    ['floods', 'while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx >&2; done', 'sudo-refused'],
    ['has nobody who answers', 'printf %s "$3" >&2; sleep 5', 'sudo-password-needed', true],
  ])('that %s is given up with a reason', async (_what, body, kind, nobody = false) => {
    const result = await run(body, { silenceMs: 700, answer: () => later(nobody ? undefined : 'hunter2', 10) })
    expect(result).toMatchObject({ ok: false, failure: { kind } })
    expect(JSON.stringify(result.failure)).not.toContain('hunter2')
  })

  it('that needs no password is not fed one', async () => {
    rmSync(told, { force: true })
    const result = await run('shift 3; exec "$@"', { silenceMs: 5_000, answer: () => later('hunter2', 0) })
    expect(result).toMatchObject({ ok: true, stderr: '' })
  })
})

async function run(
  body: string,
  how: { readonly silenceMs: number; readonly answer: () => Promise<string | undefined> },
) {
  writeFileSync(path.join(folder, 'sudo'), `#!/bin/sh\n${body}\n`)
  chmodSync(path.join(folder, 'sudo'), 0o755)
  const transport = {
    box: 'web-1',
    argv: ['sh'] as const,
    env: { PATH: `${folder}:${process.env['PATH']}` },
    explain: (ending: Parameters<typeof lostConnection>[0]) => lostConnection(ending, ending.stderr, 'web-1'),
  }
  const session = openSession(withSudo(transport, { prompt: how.answer, secret: { value: undefined } }, how.silenceMs))
  try {
    return await session.run(':', { what: 'test', timeoutMs: 10_000, maxBytes: 1000 })
  } finally {
    await session.close()
  }
}

function later<T>(value: T, ms: number): Promise<T> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(value), ms)
  })
}
