import fc from 'fast-check'
import { isIP, isIPv6 } from 'node:net'
import { describe, expect, it } from 'vitest'
import { emptyMap, withNames, type CleanMap } from './clean-map.ts'
import { cleaner, seenIn } from './cleaner.ts'

const NAMES = {
  hosts: ['web-1', 'web-10', 'db-1.shop.example.com'],
  domains: ['acme.test'],
  users: ['amy', 'root', 'bo'],
}

/** The texts as they come out of a clean export. */
function clean(...texts: readonly string[]): readonly string[] {
  return texts.map(cleaner(seenIn(withNames(emptyMap, NAMES), texts)))
}

describe('cleaner', () => {
  it.each([
    ['web-1 talks to web-10', 'host-1 talks to host-2'],
    ['WEB-1, web-1: db-1.shop.example.com', 'host-1, host-1: host-3.domain-1.example'],
    ['db-1 and mail.acme.test and acme.test', 'host-3 and host-4.domain-2.example and domain-2.example'],
    ['web-100 web-1a cobweb-1', 'web-100 web-1a cobweb-1'],
    ['/home/amy/x of amy, amyl, root', '/home/user-1/x of user-1, amyl, root'],
    ['bo in /home/bo is bo@web-1, ls -bo', 'bo in /home/user-2 is user-2@host-1, ls -bo'],
    ['10.1.2.7:5432, 10.1.2.8, 10.1.3.7', '192.0.2.1:5432, 192.0.2.2, 198.51.100.1'],
    ['10.1.2.0/24 10.1.2.255 10.1.2.9', '192.0.2.0/24 192.0.2.255 192.0.2.1'],
    [
      '127.0.0.1 0.0.0.0 255.255.255.0 224.0.0.1 169.254.169.254',
      '127.0.0.1 0.0.0.0 255.255.255.0 224.0.0.1 169.254.169.254',
    ],
    [
      '[fd00:1::7]:443 fd00:1:0:0::8 fd00:2::1 fd00:2::',
      '[2001:db8::1]:443 2001:db8::2 2001:db8:0:1::1 2001:db8:0:1::',
    ],
    ['::1 :: ff02::1 ::ffff:10.0.0.9', '::1 :: ff02::1 ::ffff:192.0.2.1'],
    ['fe80::21a:4aff:fe16:1%eth0', 'fe80::1%eth0'],
    ['L 0700000A:1F90 0100007F:0016', 'L 010200C0:1F90 0100007F:0016'],
    ['ip-10-0-0-7.eu-west-1', 'ip-192-0-2-1.eu-west-1'],
    ['10:15:00 std::vector v1.2.3 999.1.1.1 a::b', '10:15:00 std::vector v1.2.3 999.1.1.1 a::b'],
    ['‹secret:password:amy0› amy', '‹secret:password:amy0› user-1'],
  ])('%j', (text, expected) => {
    expect(clean(text)).toEqual([expected])
  })

  it('says the same of one thing in all texts, and in the next export', () => {
    const first = seenIn(withNames(emptyMap, NAMES), ['10.1.2.7 web-1'])
    const kept = JSON.parse(JSON.stringify(first)) as CleanMap
    const later = seenIn(withNames(kept, { ...NAMES, hosts: ['db-9', 'web-1'] }), ['10.1.2.6 10.1.2.7 db-9'])
    expect(cleaner(first)('10.1.2.7 web-1')).toBe('192.0.2.1 host-1')
    expect(cleaner(later)('10.1.2.6 10.1.2.7 web-1 db-9')).toBe('192.0.2.2 192.0.2.1 host-1 host-4')
  })

  it('shows no address and no host that it does not know', () => {
    expect(cleaner(withNames(emptyMap, NAMES))('10.9.9.9 fd00::1 x.acme.test')).toBe(
      '‹address› ‹address› ‹host›.domain-2.example',
    )
  })

  it('has a substitute for each address, and gives none of them away', () => {
    const octet = fc.integer({ min: 1, max: 254 })
    const address = fc.oneof(
      fc.tuple(fc.integer({ min: 1, max: 126 }), octet, octet, octet).map((bytes) => bytes.join('.')),
      fc.ipV6().filter((text) => isIPv6(text) && /^[23]/.test(text) && !text.includes('.')),
    )
    fc.assert(
      fc.property(fc.uniqueArray(address, { maxLength: 40 }), (addresses) => {
        const [text = ''] = clean(addresses.join(' , '))
        const substitutes = text.split(' , ').filter(Boolean)
        expect(substitutes.every((each) => isIP(each) > 0)).toBe(true)
        const canonical = addresses.map((each) => (isIPv6(each) ? new URL(`http://[${each}]`).hostname : each))
        expect(new Set(substitutes).size).toBe(new Set(canonical).size)
        expect(
          substitutes.filter((each) => /^(?:192\.0\.2|198\.(?:51\.100|1[89])|203\.0\.113|24\d|2001:db8)/.test(each)),
        ).toEqual(substitutes)
      }),
    )
  })

  it('never throws', () => {
    const piece = fc.constantFrom(
      '10.0.0.1',
      '::',
      ':',
      '.',
      'fd00',
      'ip-10-',
      '0A000001:',
      '1F90',
      'web-1',
      'amy',
      '%',
      '/',
      ' ',
      '\n',
      '‹',
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(typeof clean(pieces.join(''))[0]).toBe('string')
      }),
    )
  })
})
