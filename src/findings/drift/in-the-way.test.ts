import { expect, it } from 'vitest'
import { inTheWayOf } from './in-the-way.ts'

const inTheWay = inTheWayOf([
  { path: 'lib/cart.js', kind: 'file' },
  { path: 'vendor/parts', kind: 'submodule' },
  { path: 'link', kind: 'link' },
])

it.each([
  ['lib/cart.js', undefined],
  ['lib/new.js', undefined],
  ['library', undefined],
  ['link', undefined],
  ['vendor/parts2', undefined],
  ['vendor/parts', 'vendor/parts'],
  ['vendor/parts/a/b', 'vendor/parts'],
  ['vendor', 'vendor/'],
  ['lib', 'lib/'],
  ['lib/cart.js/x', 'lib/cart.js'],
  ['link/x', 'link'],
])('a file at %s would need %s gone', (path, needed) => {
  expect(inTheWay(path)).toBe(needed)
})
