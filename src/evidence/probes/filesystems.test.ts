import { describe, expect, it } from 'vitest'
import { filesystems } from './filesystems.ts'

const read = (options: string) =>
  filesystems.parse(
    { during: { atSeconds: 1, text: `mount /dev/loop0 /mnt ext4 ${options}\nsize 100 50 50 4096 10 5 /mnt` } },
    { beganAtMs: 0 },
  ).filesystems[0]

// Options of one ext4 on Linux 6.18 before and after an error, and those of the same on kernels before 6.12.
describe('filesystems', () => {
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
