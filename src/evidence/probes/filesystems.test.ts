import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesystems } from './filesystems.ts'

/** Runs the script over a table of mounts that is not that of this machine. */
function asked(mounts: readonly string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-mounts-'))
  try {
    mkdirSync(path.join(folder, 'self'))
    writeFileSync(path.join(folder, 'self/mounts'), mounts.map((line) => `${line} 0 0\n`).join(''))
    return execFileSync('sh', ['-c', filesystems.script ?? ''], { cwd: folder, encoding: 'utf8' })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('filesystems', () => {
  it('asks no local file system over which one was mounted that may hang', () => {
    const text = asked([
      '/dev/sda1 / ext4 rw',
      '/dev/sdb1 /usr ext4 rw',
      'server:/usr /usr nfs4 rw',
      'tmp /tmp tmpfs rw',
    ])
    expect(text).toMatch(/^size .* \/$/m)
    expect(text).toMatch(/^size .* \/tmp$/m)
    expect(text).not.toMatch(/^size .* \/usr$/m)
    const { filesystems: seen, notAsked } = filesystems.parse({ during: { atSeconds: 1, text } }, { beganAtMs: 0 })
    expect(seen.map(({ mount }) => mount)).toEqual(['/', '/tmp'])
    expect(notAsked).toEqual(['/usr nfs4'])
  })

  it('asks for a mount point with a space and a backslash under its own name', () => {
    expect(asked([String.raw`a /no\040such\134place ext4 rw`, '/dev/sda1 / ext4 rw'])).toMatch(/^size .* \/$/m)
  })
})
