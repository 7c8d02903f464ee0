import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { redactionKey } from './index.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'halligan-key-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const homeAt = (name: string): string => path.join(folder, name)

describe('redactionKey', () => {
  it('is made once, random, for its owner alone', () => {
    const home = homeAt('new/below')
    const first = redactionKey(home)
    expect(first.trouble).toBeUndefined()
    expect(first.key).toHaveLength(32)
    expect(redactionKey(home)).toEqual(first)
    expect(Buffer.from(first.key)).toEqual(readFileSync(path.join(home, 'redaction.key')))
    expect(statSync(path.join(home, 'redaction.key')).mode & 0o777).toBe(0o600)
    expect(readdirSync(home)).toEqual(['redaction.key'])
    expect(redactionKey(homeAt('another')).key).not.toEqual(first.key)
  })

  it('is the same for all who make it at once', async () => {
    const home = homeAt('raced')
    const program = `import { redactionKey } from ${JSON.stringify(path.join(import.meta.dirname, 'key.ts'))}
process.stdout.write(Buffer.from(redactionKey(${JSON.stringify(home)}).key).toString('hex'))`
    const keys = await Promise.all(Array.from({ length: 8 }, () => said(program)))
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/)
    expect(new Set(keys).size).toBe(1)
    expect(readdirSync(home)).toEqual(['redaction.key'])
  })

  it('is one of this run where it cannot be kept, and says so', () => {
    writeFileSync(homeAt('a-file'), '')
    const first = redactionKey(homeAt('a-file/home'))
    expect(first.key).toHaveLength(32)
    expect(first.trouble).toMatch(/redaction\.key cannot be used \(.*\): .*HALLIGAN_HOME/)
    expect(redactionKey(homeAt('a-file/home')).key).not.toEqual(first.key)
  })

  it.skipIf(process.platform !== 'linux')('is one of this run in a folder that takes no entry', () => {
    // mkdir -p of Node hangs there.
    expect(redactionKey('/proc/halligan/home').trouble).toContain('ENOENT')
  })

  it('is not taken from a file that is no key, which is left as it is', () => {
    const home = homeAt('torn')
    mkdirSync(home)
    writeFileSync(path.join(home, 'redaction.key'), 'half')
    expect(redactionKey(home).trouble).toContain('it is no file of 32 bytes')
    expect(readFileSync(path.join(home, 'redaction.key'), 'utf8')).toBe('half')
  })

  it('is used though everybody can read it, and says so', () => {
    const home = homeAt('open')
    const { key } = redactionKey(home)
    chmodSync(path.join(home, 'redaction.key'), 0o644)
    expect(redactionKey(home)).toEqual({ key, trouble: expect.stringContaining('can be read by every user') as string })
  })

  it('is shared where the home is', () => {
    const home = homeAt('team')
    mkdirSync(home)
    chmodSync(home, 0o2770)
    redactionKey(home)
    expect(statSync(path.join(home, 'redaction.key')).mode & 0o737).toBe(0o600)
  })
})

function said(program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', reject)
    child.on('close', () => resolve(output))
  })
}
