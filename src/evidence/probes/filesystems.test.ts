import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { helpers } from '../collector.ts'
import { filesystems } from './filesystems.ts'

/** Runs the script over a table of mounts that is not that of this machine. */
function asked(mounts: readonly string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-mounts-'))
  try {
    mkdirSync(path.join(folder, 'self'))
    writeFileSync(path.join(folder, 'self/mounts'), mounts.map((line) => `${line} 0 0\n`).join(''))
    return execFileSync('sh', ['-c', `${helpers}\n${filesystems.prepare}\n${filesystems.script}`], {
      cwd: folder,
      encoding: 'utf8',
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const read = (options: string) =>
  filesystems.parse(
    { during: { atSeconds: 1, text: `mount /dev/loop0 /mnt ext4 ${options}\nsize 100 50 50 4096 10 5 /mnt` } },
    { beganAtMs: 0 },
  ).filesystems[0]

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

  it('asks for a mount point with a backslash, and a space with a digit behind it, under its own name', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-place-'))
    try {
      const place = path.join(folder, String.raw`back\up 2`)
      mkdirSync(place)
      const text = asked([String.raw`a ${folder}/back\134up\0402 ext4 rw`, '/dev/sda1 / ext4 rw'])
      expect(text).toContain(` ${place}\n`)
      expect(text.match(/^size /gm)).toHaveLength(2)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  // Options of one ext4 on Linux 6.18 before and after an error, and those of the same on kernels before 6.12.
  it('sees that a file system can be written to', () => {
    expect(read('rw,relatime,errors=remount-ro')).toMatchObject({ readOnly: false, stoppedByError: false })
  })

  it('sees that an error has stopped a file system that still says rw', () => {
    expect(read('rw,relatime,abort,errors=remount-ro,emergency_ro')).toMatchObject({
      readOnly: true,
      stoppedByError: true,
    })
  })

  it('sees a read-only mount', () => {
    expect(read('ro,relatime,errors=remount-ro')).toMatchObject({ readOnly: true, stoppedByError: false })
  })
})
