import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { environment, halligan, MAIN } from '../record/command.ts'

// What is followed and is no ordinary log, with the program as a person starts it.

const folder = mkdtempSync(path.join(tmpdir(), 'halligan-odd-follow-'))
const home = path.join(folder, 'home')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Follows a file; `said` waits until its output holds a text. */
function following(file: string): {
  readonly said: (text: string) => Promise<string>
  readonly stop: () => Promise<{ readonly code: number | null; readonly stderr: string }>
} {
  const child = spawn(process.execPath, [MAIN, 'logs', 'local', file, '-f'], {
    cwd: folder,
    env: environment(home),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  let look = (): void => {}
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    look()
  })
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve)
  })
  return {
    said: (text) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (stdout.includes(text)) resolve(stdout)
        }
        void ended.then(() => reject(new Error(`it ended before "${text}": ${stdout}${stderr}`)))
        look()
      }),
    stop: async () => {
      child.kill('SIGINT')
      return { code: await ended, stderr }
    },
  }
}

describe('following', { timeout: 60_000 }, () => {
  it('what is no file is refused at once, and says why', () => {
    const [pipe, empty] = [path.join(folder, 'pipe'), path.join(folder, 'empty')]
    spawnSync('mkfifo', [pipe])
    mkdirSync(empty)
    const refused = [
      [pipe, 'it is a named pipe'],
      [empty, 'there is no log in it'],
      [path.join(folder, 'missing.log'), 'missing.log'],
    ] as const
    for (const [file, why] of refused) {
      const { code, stdout, stderr } = halligan(home, ['logs', 'local', file, '-f'])
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toContain(why)
      expect(stderr).not.toContain('bug in Halligan')
    }
  })

  it('an empty file shows what is written to it, with what is no text made harmless', async () => {
    const log = path.join(folder, 'odd.log')
    writeFileSync(log, '')
    const { said, stop } = following(log)
    // Until it is followed: what was there before would be shown as well.
    appendFileSync(log, '2026-11-26T08:00:00Z INFO first\n')
    await said('first')
    appendFileSync(
      log,
      Buffer.concat([
        Buffer.from([0, 0, 0]),
        Buffer.from('2026-11-26T08:00:01Z INFO nul\u0000in\n'),
        Buffer.from('2026-11-26T08:00:02Z ERROR \u001b[31mred \u001b]0;title\u0007\r '),
        Buffer.from([0xff, 0xfe, 0xc3]),
        Buffer.from(' end\n2026-11-26T08:00:03Z INFO last\n'),
      ]),
    )
    const shown = await said('last')
    // oxlint-disable-next-line no-control-regex -- that is what must not be there
    expect(shown).not.toMatch(/[\u0000\u001b\u0007\r]/)
    expect(shown).toMatch(/nul.*in\n.*red.*end\n.*last\n/)
    appendFileSync(log, `2026-11-26T08:00:04Z INFO ${'x'.repeat(1_000_000)}\n2026-11-26T08:00:05Z INFO behind it\n`)
    expect((await said('behind it')).length).toBeLessThan(70_000)
    renameSync(log, `${log}.1`)
    writeFileSync(log, '2026-11-26T08:00:06Z INFO of the new file\n')
    await said('of the new file')
    const { code, stderr } = await stop()
    expect(code).toBe(0)
    expect(stderr.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(
        `^halligan: local: ${log}: 9344\\d\\d bytes of lines that are longer than 64 KiB were left out$`,
      ),
      `halligan: local: ${log} was rotated; the old file was read to its end, the new one follows`,
    ])
    expect(stderr).not.toContain('bug in Halligan')
  })
})
