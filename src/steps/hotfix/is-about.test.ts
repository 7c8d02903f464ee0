import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAbout } from './is-about.ts'

const home = { folders: ['/srv/shop', '/data/7/'], files: [{ path: 'lib/cart.js' }, { path: 'conf' }] }

describe('a hotfix is the files that were brought home', () => {
  it.each([
    ['edited lib/cart.js', true],
    ['./lib/cart.js: a null check', true],
    ['sed -i s/a/b/ /srv/shop/lib/cart.js', true],
    ["vi '/data/7/lib/cart.js'", true],
    ['a null check in lib/cart.js.', true],
    ['lib/cart.js, then a restart', true],
    ['lib/cart.js:12', true],
    ['changed conf', false],
    ['changed ./conf', true],
    ['changed /srv/shop/conf', true],
    ['cart.js', false],
    ['old/lib/cart.js', false],
    ['/etc/lib/cart.js', false],
    ['lib/cart.js.bak', false],
    ['lib/cart.js~', false],
    ['lib/cart.json', false],
    ['libXcart.js', false],
    ['lib/cartXjs', false],
    ['the configuration', false],
    ['/etc/conf', false],
    ['conf.d', false],
    ['conf/x', false],
    ['über-conf', false],
    ['.conf', false],
    ['../conf', false],
    ['', false],
  ])('%j: %s', (what, is) => {
    expect(isAbout({ what }, home)).toBe(is)
  })

  const diffOf = (...names: readonly string[]): string =>
    names.map((name) => `--- a/${name}\t2026-11-26\n+++ b/${name}\n@@ -1 +1 @@\n-one\n+two\n`).join('')

  it('where its diff names nothing else', () => {
    expect(isAbout({ what: 'a null check', diff: diffOf('lib/cart.js') }, home)).toBe(true)
    expect(isAbout({ diff: diffOf('lib/cart.js', 'conf') }, home)).toBe(true)
    expect(isAbout({ diff: '--- /srv/shop/conf\n+++ /srv/shop/conf\n@@ -1 +1 @@\n' }, home)).toBe(true)
    expect(isAbout({ diff: '--- /dev/null\n+++ b/conf\n@@ -0,0 +1 @@\n+x\n' }, home)).toBe(true)
    expect(isAbout({ what: 'lib/cart.js', diff: diffOf('lib/cart.js', 'lib/tax.js') }, home)).toBe(false)
    expect(isAbout({ what: 'lib/cart.js', diff: diffOf('old/lib/cart.js') }, home)).toBe(false)
    expect(isAbout({ what: 'tax', diff: '@@ -1 +1 @@\n-lib/cart.js\n+conf\n' }, home)).toBe(false)
  })

  it('whatever is in a name', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: fc.constantFrom('a', '.', '*', '(', '[', '\\', '$', '-', '/', '^', 'ü') }),
        (name) => {
          const files = { folders: [], files: [{ path: `${name}.js` }] }
          expect(isAbout({ what: `see "${name}.js" there` }, files)).toBe(true)
          expect(isAbout({ what: `see "x${name}.js" there` }, files)).toBe(false)
        },
      ),
      { numRuns: 200 },
    )
  })
})
