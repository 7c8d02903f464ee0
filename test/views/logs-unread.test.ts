import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// What `halligan logs` could not read is said, whatever is shown, and nobody is told that all is well.

const main = path.resolve(import.meta.dirname, '../../bin/halligan.cjs')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'logs-unread-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

async function logs(args: readonly string[], input = ''): Promise<Ended> {
  const env = { PATH: process.env['PATH'], HOME: folder, HALLIGAN_HOME: path.join(folder, 'home') }
  const child = spawn(process.execPath, [main, 'logs', ...args], { cwd: folder, env, timeout: 30_000 })
  child.stdin.end(input)
  const status = new Promise<number | null>((resolve) => {
    child.on('close', resolve)
  })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { status: await status, stdout, stderr }
}

describe.concurrent('a log that is not there', () => {
  it.each([
    ['compared', ['--fail-on', 'warning']],
    ['shown', ['--lines']],
    ['followed', ['-f']],
    ['listed', ['--list']],
  ])('is said, and is no success, when it is %s', async (_, flags) => {
    const { status, stdout, stderr } = await logs(['local', '/nonexistent/app.log', ...flags])
    expect(`${stdout}${stderr}`).toContain('/nonexistent/app.log: there is no such file or folder')
    expect(`${stdout}${stderr}`).not.toMatch(/No record was written|no record of that kind/)
    expect(status).toBe(1)
  })
})

describe.concurrent('a box that cannot be entered', () => {
  it('is said when its logs are followed', async () => {
    const { status, stderr } = await logs(['nobody@127.0.0.1:1', 'app', '-f'])
    expect(stderr).toContain('nobody@127.0.0.1:1: the box is there, but nothing listens on port 1')
    expect(stderr).not.toContain('nobody@127.0.0.1:1: nobody@127.0.0.1:1')
    expect(status).toBe(1)
  })
})

describe.concurrent('an expression that is none', () => {
  it.each([['--grep'], ['--not']])('is said, where this console filters (%s)', async (flag) => {
    const { status, stdout, stderr } = await logs(['-', flag, '('], 'one\ntwo\n')
    expect(stderr).toContain(`${flag} takes an extended regular expression, not "("`)
    expect([status, stdout]).toEqual([2, ''])
  })

  it.each([['--grep'], ['--not']])('is said before a box is asked (%s)', async (flag) => {
    const { status, stdout, stderr } = await logs(['nobody@127.0.0.1:1', 'app', flag, 'fine', flag, '('])
    expect(stderr).toContain(`${flag} takes an extended regular expression, not "(": a ( has no ) behind it`)
    expect(stderr).not.toContain('127.0.0.1')
    expect([status, stdout]).toEqual([2, ''])
  })
})

describe.concurrent('a reader that is slow', () => {
  it('gets the records in order, each whole', async () => {
    const all = Array.from(
      { length: 15_000 },
      (_, at) => `2026-11-26T12:00:00Z INFO request ${at} ${'x'.repeat(at % 90)}`,
    )
    const got = path.join(folder, 'slowly-read')
    // A pipe of the system, of which a little is taken now and then.
    const reader = `while :; do dd bs=4096 count=1 2>/dev/null >"$3.part"; [ -s "$3.part" ] || break; cat "$3.part" >>"$3"; done`
    const env = { PATH: process.env['PATH'], HOME: folder, HALLIGAN_HOME: path.join(folder, 'home') }
    const argv = ['-c', `"$1" "$2" logs - --raw 2>/dev/null | { ${reader}; }`, 'sh', process.execPath, main, got]
    const child = spawn('sh', argv, { cwd: folder, env, timeout: 30_000, stdio: ['pipe', 'ignore', 'ignore'] })
    child.stdin.end(`${all.join('\n')}\n`)
    await new Promise((resolve) => {
      child.on('close', resolve)
    })
    expect(readFileSync(got, 'utf8').split('\n')).toEqual([...all, ''])
  })
})

describe.concurrent('a line that is longer than is kept', () => {
  it('is cut, and that is said', async () => {
    const { stdout, stderr } = await logs(['-', '--lines'], `2026-11-26T12:00:00Z INFO ${'x'.repeat(100_000)}\n`)
    expect(stdout.length).toBeLessThan(70_000)
    expect(stderr).toMatch(/-: \d+ bytes of lines that are longer than 64 KiB were left out/)
  })
})
