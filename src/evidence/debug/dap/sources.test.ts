import { describe, expect, it } from 'vitest'
import { isPath, sourceMapOf, withSourcesHere } from './sources.ts'

describe('where sources are', () => {
  it('is told by folders, the longest first, in both directions', () => {
    const map = sourceMapOf({ '/build': '/home/amy/all', '/build/shop/': '/home/amy/shop' })
    expect(map?.toHere('/build/shop/src/cart.c')).toBe('/home/amy/shop/src/cart.c')
    expect(map?.toHere('/build/other.c')).toBe('/home/amy/all/other.c')
    expect(map?.toHere('/builder/x.c')).toBeUndefined()
    expect(map?.toBox('/home/amy/shop/src/cart.c')).toBe('/build/shop/src/cart.c')
    expect(map?.toBox('/etc/passwd')).toBe('/etc/passwd')
  })
  it.each([[[['/a', '/b']]], [undefined], [{}]])('may be given as %j', (given) => {
    expect(sourceMapOf(given)?.toHere('/x')).toBeUndefined()
  })
  it.each([['/a'], [{ '/a': 1 }], [[['/a']]], [7], [null], [{ 'http://x': '/y' }]])('is refused as %j', (given) => {
    expect(sourceMapOf(given)).toBeUndefined()
  })
  it('is told of every file in a message, and of nothing that is no file', () => {
    const map = sourceMapOf({ '/build': '/here' })
    const frame = (path: string) => ({ id: 1, source: { name: 'x.c', path, sourceReference: 3, origin: 'x' } })
    if (!map) throw new Error('no map')
    expect(
      withSourcesHere({ stackFrames: [frame('/build/x.c'), frame('/other/x.c'), frame('http://x/')] }, map),
    ).toEqual({
      stackFrames: [
        { id: 1, source: { name: 'x.c', path: '/here/x.c' } },
        { id: 1, source: { name: 'x.c', path: '/other/x.c', sourceReference: 3 } },
        { id: 1, source: { name: 'x.c', sourceReference: 3 } },
      ],
    })
    expect(withSourcesHere({ sources: [{ path: '/build/y.c' }, 4] }, map)).toEqual({
      sources: [{ path: '/here/y.c' }, 4],
    })
  })
  it.each(['http://x', 'command:x', 'vscode-remote://x', '', 'a\nb', 'a\0b', 7])('%j is no path', (path) => {
    expect(isPath(path)).toBe(false)
  })
})
