import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { belowFolder, leadsOut } from './chosen-files.ts'

const below = (typed: string): string | undefined => belowFolder(typed, ['/srv/shop/', '/data/releases/7'])

describe('a path that is to be adopted', () => {
  it.each([
    ['lib/cart.js', 'lib/cart.js'],
    ['./lib//cart.js', 'lib/cart.js'],
    ['/srv/shop/lib/cart.js', 'lib/cart.js'],
    ['/data/releases/7/a', 'a'],
    [' two\nlines', ' two\nlines'],
    ['/srv/shop2/a', undefined],
    ['/srv/shop', undefined],
    ['/etc/passwd', undefined],
    ['../a', undefined],
    ['lib/../../a', undefined],
    ['/srv/shop/../a', undefined],
    ['.git/config', undefined],
    ['lib/.GIT/config', undefined],
    ['a\0b', undefined],
    ['lib/', undefined],
    ['', undefined],
    ['.', undefined],
  ])('%j is %j below the folder', (typed, path) => {
    expect(below(typed)).toBe(path)
  })

  it('never leads out of the folder, whatever it is', () => {
    const part = fc.constantFrom('..', '.', '', 'a', '.git', 'srv', 'shop', '\0')
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const path = below(parts.join('/')) ?? 'none'
        expect(path.startsWith('/')).toBe(false)
        expect(path.split('/').some((each) => ['..', '.', '', '.git'].includes(each) || each.includes('\0'))).toBe(
          false,
        )
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['a', 'b', false],
    ['lib/a', '../b', false],
    ['a', '../b', true],
    ['lib/a', '../../b', true],
    ['a', '/etc/passwd', true],
    ['a', 'lib/../../b', true],
    ['a', '.git/config', true],
    ['a', undefined, true],
  ])('a link %s to %s leads out: %s', (name, target, leads) => {
    expect(leadsOut(name, target)).toBe(leads)
  })
})
