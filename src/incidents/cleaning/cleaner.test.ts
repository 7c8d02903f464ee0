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
    ['Amy and AMY', 'user-1 and user-1'],
    ['acme, acme-shop, acmeshop', 'word-1, word-1-shop, acmeshop'],
    ['.acme.test *.acme.test www.acme.test.conf', '.domain-2.example *.domain-2.example ‹host›.domain-2.example.conf'],
    [String.raw`{"a":"\nweb-1\tamy %2Fhome%2Famy"}`, String.raw`{"a":"\nhost-1\tuser-1 %2Fhome%2Fuser-1"}`],
    ['IP 10.1.2.7.5432 > fd00:1::7.443: tcp', 'IP 192.0.2.1.5432 > 2001:db8::1.443: tcp'],
    [
      'from fd00:1::7: reset addr:fd00:1::8/64 dead:beef::cafe',
      'from 2001:db8::1: reset addr:2001:db8::2/64 2001:db8:0:1::1',
    ],
    ['7.2.1.10.in-addr.arpa 10.1.2.7', '1.2.0.192.in-addr.arpa 192.0.2.1'],
    [`7.${'0.'.repeat(27)}0.0.d.f.ip6.arpa`, `1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`],
    ['10-1-2-7.default.pod 10.1.2.7 2026-01-02', '192-0-2-1.default.pod 192.0.2.1 2026-01-02'],
    ['eth0\t0002010A\t0102010A\t0003\t0', 'eth0\t000200C0\t010200C0\t0003\t0'],
    ['fd000001000000000000000000000007 02 40 00 80     eth0', '20010db8000000000000000000000001 02 40 00 80     eth0'],
    [
      '00000000000000000000000000000001 01 80 10 80 lo 00000000000000000000000001000000:0016',
      '00000000000000000000000000000001 01 80 10 80 lo 00000000000000000000000001000000:0016',
    ],
    ['v1.2.3.4 1.2.3 1.2.3.4.5.6 10:15:00.123', 'v1.2.3.4 1.2.3 1.2.3.4.5.6 10:15:00.123'],
    [
      'HWaddr:52:54:00:A1:B2:C3 5254.00a1.b2c3 enx525400a1b2c3',
      'HWaddr:02:00:00:00:00:01 0200.0000.0001 enx020000000001',
    ],
    ['00:00:00:00:00:00 ff:ff:ff:ff:ff:ff 10:15:00', '00:00:00:00:00:00 ff:ff:ff:ff:ff:ff 10:15:00'],
  ])('%j', (text, expected) => {
    expect(clean(text)).toEqual([expected])
  })

  it('learns whom programs name, and where', () => {
    const told: readonly (readonly [string, string])[] = [
      ['Accepted publickey for zoe from 10.1.2.7 port 22 ssh2', 'zoe'],
      ['Failed password for invalid user zoe from 10.1.2.7', 'zoe'],
      ['pam_unix(sshd:session): session opened for user zoe(uid=1001) by (uid=0)', 'zoe'],
      ['sudo:      zoe : TTY=pts/0 ; PWD=/ ; USER=root', 'zoe'],
      ['LOGNAME=zoe', 'zoe'],
      ['zoe:x:1001:1001:,,,:/srv/zoe:/bin/sh', 'zoe'],
      ['drwxr-xr-x 2 zoe  staff 4096 Jan  2 03:04 x', 'zoe'],
      ['zoe      pts/0        2026-01-02 03:04 (10.1.2.7)', 'zoe'],
      ['zoe       812  0.0  0.1  1234   567 ?  S  03:04  0:00 sleep 5', 'zoe'],
      ['  812     1 zoe      Ss   1 do_wait', 'zoe'],
      ['christo+   812  0.0  0.1  1234   567 ?  S  03:04  0:00 sleep 5', 'christo'],
      ['uid=1001(zoe) gid=1001(zoe)', 'zoe'],
      ['/home/zoe/.ssh', 'zoe'],
      ['zoe@web-1 said', 'zoe'],
      ['Jan  2 03:04:05 cache-3 sshd[8]: x', 'cache-3'],
      ['2026-01-02T03:04:05+0000 cache-3 sshd[8]: x', 'cache-3'],
      ['10.1.2.7 cache-3', 'cache-3'],
      ['root@cache-3:~# ', 'cache-3'],
      ['postgres://cache-3:5432/orders', 'cache-3'],
      ['cache-3.internal answered', 'cache-3'],
      ['search globex.de', 'globex.de'],
    ]
    for (const [text, name] of told) {
      const [, later = ''] = clean(text, `it was ${name} again`)
      expect(later, text).toMatch(/^it was (?:user-3|host-4|domain-3\.example) again$/)
    }
  })

  it('takes no other word for a name', () => {
    for (const text of [
      '2026-01-02T03:04:05Z ERROR orders: waiting for reply from db',
      '10.1.2.7 connected for 5 s',
      'npm node@18.2.0 root@pts/0 user@1000.service',
      'jdk.internal.misc -Duser.home=/srv rc.local',
      'http://backend/health',
      '03:04:05 restarted',
      'there is none for the moment, and the password for the account is old',
      'message+   812  0.0  0.1  1234   567 ?  S  03:04  0:00 dbus-daemon',
      'DB_USER=orders user=orders',
    ]) {
      const seen = seenIn(withNames(emptyMap, NAMES), [text])
      const names = withNames(emptyMap, NAMES)
      expect([seen.hosts, seen.users, seen.domains, seen.words], text).toEqual([
        names.hosts,
        names.users,
        names.domains,
        names.words,
      ])
    }
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
