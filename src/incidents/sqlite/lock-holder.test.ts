import { describe, expect, it } from 'vitest'
import { holderIn } from './lock-holder.ts'

const LOCKS = `1: POSIX  ADVISORY  READ 900 fe:00:131077 123 123
2: POSIX  ADVISORY  WRITE 4242 fe:00:131077 120 120
2: -> POSIX  ADVISORY  WRITE 4300 fe:00:131077 120 120
3: POSIX  ADVISORY  WRITE 77 fe:00:131078 120 120
4: FLOCK  ADVISORY  WRITE 78 fe:00:131079 0 EOF
5: POSIX  ADVISORY  WRITE 79 fe:00:131080 0 EOF
6: POSIX  ADVISORY  WRITE 0 fe:00:131081 120 120
7: POSIX  ADVISORY  WRITE 80 fe:00:131082 121 121
`

describe('holderIn', () => {
  it.each([
    [131077, 4242],
    [131078, 77],
    [131079, undefined],
    [131080, 79],
    [131081, undefined],
    [131082, undefined],
    [999, undefined],
  ])('finds who holds the lock of a writer on inode %i', (inode, pid) => {
    expect(holderIn(LOCKS, inode)).toBe(pid)
  })
})
