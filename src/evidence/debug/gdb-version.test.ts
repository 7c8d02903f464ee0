import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gdbVersion } from './gdb-version.ts'

describe('the version of gdb', () => {
  it.each([
    ['GNU gdb (Debian 13.1-3) 13.1', '13.1'],
    ['GNU gdb (GDB) Red Hat Enterprise Linux 10.2-13.el9', '10.2'],
    ['GNU gdb (Ubuntu 15.0.50.20240403-0ubuntu1) 15.0.50.20240403-git', '15.0.50.20240403'],
    ['GNU gdb (GDB) 14.2', '14.2'],
    ['', undefined],
    ['sh: gdb: not found', undefined],
  ])('%j is %j', (line, version) => expect(gdbVersion(line)).toBe(version))

  it('is a number or nothing, whatever is said', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (line) => {
        expect(gdbVersion(line) ?? '1').toMatch(/^[\d.]+$/)
      }),
      { numRuns: 200 },
    )
  })
})
