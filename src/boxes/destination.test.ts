import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDestination } from './destination.ts'

describe('parseDestination', () => {
  it.each([
    ['web-1', 'web-1', undefined],
    ['ann@web-1', 'ann@web-1', undefined],
    ['ann@web-1:2222', 'ann@web-1', 2222],
    ['ssh://ann@web-1:2222', 'ann@web-1', 2222],
    ['ssh://web-1/', 'web-1', undefined],
    ['[::1]:22', '::1', 22],
    ['ann@[fe80::1%eth0]:2222', 'ann@fe80::1%eth0', 2222],
    ['2001:db8::7', '2001:db8::7', undefined],
    ['ann@corp@web-1', 'ann@corp@web-1', undefined],
  ])('reads %s', (name, host, port) => {
    expect(parseDestination(name)).toEqual({ host, port })
  })

  it.each([
    '',
    '-oProxyCommand=id',
    'ann@-oProxyCommand=id',
    '-l@web-1',
    'ssh://-oProxyCommand=id',
    'web-1\n',
    'web\u001B[2J',
    'web 1',
    '$(id)@web-1',
    'web-1:0',
    'web-1:x',
    '@web-1',
    'ann@',
  ])('refuses %j with words', (name) => {
    expect(parseDestination(name)).toMatchObject({
      kind: 'bad-name',
      message: expect.stringContaining('is not a name of a box'),
    })
  })

  it('gives ssh nothing that it could take for an option, and no control character, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const destination = parseDestination(name)
        if ('kind' in destination) return
        expect(destination.host).toMatch(/^[^-]/)
        expect(destination.host).not.toMatch(/[\p{Cc}\p{Cf}\s;$`'"]|@-/u)
      }),
    )
  })
})
