import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { evidenceId } from '../../src/incidents/entry.ts'
import { readExport } from '../../src/incidents/export-file.ts'
import { halligan, mountsFail, onMounts, type Outcome } from './command.ts'
import { all, AT } from './drafts.ts'
import { homes } from './homes.ts'
import { allTextsOf, castOf, foundIn } from './planted.ts'
import { edited, withStore } from './records.ts'

// An incident with names and addresses in all places that an incident has, exported with --clean by the program, and searched to the last byte.

const home = homes()
const MACHINE = '0c294d7b5991cdfa4a023e041a4996ea'
const BOOT = '15b8237b-2aff-4fbe-af14-42c5956f8b44'

/** None of it may be in the file, in whatever letters. */
const PLANTED = [
  // Hosts, owners, users.
  'web-7',
  'db-2',
  'db-9',
  'cache-3',
  'laptop-7',
  'desk-4',
  'bastion-1',
  'mail-5',
  'pay-2',
  'lb-8',
  'acme',
  'globex',
  'zoe',
  'yann',
  'Xaver',
  'ursula',
  'tamara',
  'olga',
  'quentin',
  // Addresses, as they are written and as /proc and reverse names write them.
  '10.20.30.',
  '192.168.77.',
  '10-20-30-',
  '281E140A',
  '.30.20.10.',
  'fd00:12:',
  'fd000012',
  '0.0.2.1.0.0.d.f',
  '64b1:e7ff',
  // Cards and machines.
  '52:54:00:a1:b2:c3',
  '52-54-00-A1',
  '5254.00a1',
  '525400a1b2c3',
  MACHINE,
  BOOT,
  BOOT.replaceAll('-', ''),
]

const NOTE = `affected: Zoe on web-7 (WEB-7.shop.acme.com) sees 10.20.30.40 and [fd00:12::7]:6379; the mac is 52:54:00:a1:b2:c3`

const OUTPUT = `Jan  2 03:04:05 mail-5 sshd[812]: Accepted publickey for yann from 192.168.77.9 port 50274 ssh2
2026-01-02T03:04:05+00:00 lb-8 nginx[9]: upstream http://pay-2:8080/ by orders.acme.com, *.acme.com, .globex.de
{"msg":"connected\\nweb-7\\tdb-2","url":"https%3A%2F%2Fshop.acme.com%2Fhome%2Fzoe"}
10.20.30.42 db-9.shop.acme.com db-9
search shop.acme.com globex.de
ursula:x:1001:1001:Xaver Acme,,,:/home/ursula:/bin/bash
-rw-r--r-- 1 tamara tamara 571 Jan  2 03:04 report-web-7.txt
olga     pts/0        2026-01-02 03:04 (10.20.30.41)
root@bastion-1:~# ssh quentin@web-7
IP 10.20.30.43.5432 > fd00:12::9.443: tcp 40.30.20.10.in-addr.arpa
7.${'0.'.repeat(23)}0.0.2.1.0.0.d.f.ip6.arpa
   0: 281E140A:1F90 0100007F:0016 01
eth0	001E140A	281E140A	0003	0	0	100	00FFFFFF	0	0	0
fd000012000000000000000000000007 02 40 00 80     eth0
inet6 addr:fd00:12::8/64 lladdr:52:54:00:a1:b2:c3 52-54-00-A1-B2-C3 5254.00a1.b2c3 enx525400a1b2c3 fe80::64b1:e7ff:fe82:6084%eth0
ip-10-20-30-40.eu-west-1.compute.internal 10-20-30-40.default.pod ::ffff:10.20.30.40 _BOOT_ID=${BOOT.replaceAll('-', '')}
\u001b[01;31mwe\u001b[0mb-7 and \u001b[32mdb-2\u001b[0m, overstruck z\bzo\boe\be
`

/** A real look at a burning box, with the names of ours in it. */
function look(): Buffer {
  const file = path.join(import.meta.dirname, '../fixtures/looks/web-1-burning.look.zst')
  const text = zstdDecompressSync(readFileSync(file))
    .toString()
    .replaceAll('web-1', 'web-7')
    .replace('\nuser root\n', '\nuser zoe\n')
    .replace('P 1010 0100007F:1F90', 'P 1010 281E140A:1F90')
    .replace(
      'dmesg: read kernel buffer failed: Operation not permitted',
      'dmesg: read kernel buffer of web-7.shop.acme.com failed for zoe',
    )
  expect(text).toMatch(/281E140A[^]*|kernel buffer of web-7/)
  return Buffer.from(text)
}

/** A look with names in each text of it; the words of Halligan stay. */
const NAMES_EVERYWHERE = {
  state: 'critical',
  findings: [
    {
      check: 'disk-full',
      state: 'critical',
      resource: 'filesystem',
      score: 90,
      title: '/home/zoe is full',
      why: '/srv/acme of web-7',
      subject: {
        kind: 'filesystem',
        name: '/mnt/web-7',
        unit: 'acme-orders.service',
        container: 'acme-db-2',
        commandLine: 'orders --owner zoe',
        peer: '10.20.30.40:5432',
      },
      measured: ['df -P /home/zoe', 'df -P /mnt/web-7', '/sys/fs/cgroup/acme.slice/cpu.stat', 'ps --user yann'].map(
        (source) => ({ what: 'used by zoe', value: 100, limit: 100, unit: '%', source }),
      ),
      next: [{ command: 'halligan run web-7 -- du /home/zoe', why: 'what acme keeps', price: 'free' as const }],
    },
  ],
  cleared: [{ check: 'read-only', why: '/mnt/db-2 is writable' }],
  blind: [{ probe: 'kernel-log', why: 'dmesg: zoe may not' }],
  failure: { kind: 'unknown', message: 'web-7 hung up', tryNext: 'ssh zoe@web-7' },
  outside: [{ what: 'port 22 of web-7', said: 'open on 10.20.30.40' }],
  warnings: ['the key of web-7 is new'],
} as const

interface Fire {
  readonly folder: string
  readonly id: string
}

/** The incident, recorded by the program and, for what takes a box, by its store. */
async function fireIn(folder: string): Promise<Fire> {
  mkdirSync(path.dirname(folder), { recursive: true })
  const recording = `${folder}.look.zst`
  writeFileSync(recording, zstdCompressSync(look()))
  const run = (...args: readonly string[]): Outcome => {
    const outcome = halligan(folder, args, '', { HALLIGAN_BY: 'zoe@laptop-7' })
    expect(outcome.code, outcome.stderr).toBe(0)
    return outcome
  }
  const { stdout } = run(
    'open',
    'checkout of acme on web-7 returns 500s',
    '--box',
    'web-7,quentin@db-2.shop.acme.com:2222',
    '--since',
    '-20m',
  )
  const id = /Incident (\S+) is open/.exec(stdout)?.[1] ?? ''
  run('look', `recorded:${recording}`)
  run('note', NOTE)
  run('hypothesis', 'add', 'db-2 (10.20.30.40) drops what zoe sends; cache-3 is well')
  run('hypothesis', 'confirm', '1', 'seen on db-2 by Zoe', '--by', '2,3')
  run('note', 'a password of yann was here')
  run('purge', '6', '--why', 'yann asked for it', '--yes')
  const text = Buffer.from(OUTPUT)
  const latin = Buffer.concat([Buffer.from('Zo\u00eb auf web-7 bei 10.20.30.40, zoe\n', 'latin1')])
  const twin = Buffer.from('web-7\n')
  const otherTwin = Buffer.from('WEB-7\n')
  const binary = Buffer.concat([Buffer.from([0, 1, 2, 255, 254]), Buffer.from('web-7')])
  const twoBytes = Buffer.from('web-7 of acme', 'utf16le')
  const cast = castOf(
    'root@web-7:~# ssh zoe@db-2 # 10.20.30.40\r\nweb-7 and db-2.shop.acme.com\r\n',
    [1, 1, 2, 1, 3, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    true,
  )
  const bytes = [text, latin, twin, otherTwin, binary, twoBytes, cast]
  const ids = bytes.map(evidenceId)
  await withStore(folder, async (store) => {
    const header = {
      at: AT,
      by: 'zoe@laptop-7',
      box: 'quentin@db-2.shop.acme.com:2222',
      identity: { hostname: 'web-7', machineId: MACHINE, bootId: BOOT },
    }
    const shown = OUTPUT.slice(0, 2000)
    await store.append(
      id,
      {
        ...header,
        did: 'ran',
        payload: {
          line: 'grep zoe /home/zoe/web-7.log',
          state: 'ended',
          exit: 0,
          printedBytes: 9,
          keptBytes: 9,
          shown,
          evidence: ids.slice(0, 6),
          outputs: [{ from: 'stdout', evidence: ids[0] ?? '', printedBytes: 9, keptBytes: 9 }],
        },
      },
      { evidence: bytes.slice(0, 6) },
    )
    await store.append(
      id,
      {
        ...header,
        did: 'shelled',
        payload: {
          commands: [{ at: AT, line: 'ssh zoe@db-2 # 10.20.30.40' }],
          columns: 80,
          rows: 24,
          exit: 0,
          cast: ids[6],
        },
      },
      { evidence: [cast] },
    )
    await store.append(id, {
      ...header,
      did: 'changed',
      payload: {
        what: 'pool of db-2 in /srv/acme',
        price: 'change',
        diff: '-host: db-9.shop.acme.com\n+host: 10.20.30.44\n',
        debt: true,
        undo: 'ssh db-2 reload',
      },
    })
    await store.append(id, { ...header, did: 'took-over', payload: { from: 'tamara@desk-4' } })
    await store.append(id, { ...header, did: 'looked', payload: NAMES_EVERYWHERE })
  })
  return { folder, id }
}

/** What the file says, decoded, and its bytes. */
async function allOf(file: string): Promise<string> {
  const text = zstdDecompressSync(readFileSync(file)).toString('latin1')
  return `${text}\n${allTextsOf(await all(readExport(file)))}`
}

let fire: Fire
let file = ''
let said: Outcome

beforeAll(async () => {
  const folder = home()
  writeFileSync(
    path.join(path.dirname(folder), 'halligan.yaml'),
    'groups:\n  shop: [web-7, cache-3.shop.acme.com]\nservices:\n  checkout:\n    boxes: [web-7]\n    health: https://orders.globex.de/health\n',
  )
  fire = await fireIn(folder)
  file = `${folder}-zoe.jsonl.zst`
  said = halligan(folder, ['export', '--clean', file, '--incident', fire.id], '', { HALLIGAN_BY: 'zoe@laptop-7' })
})

describe('halligan export --clean', () => {
  it('has nothing of what was planted in any place, and no hash of what was there', async () => {
    expect(said.code, said.stderr).toBe(0)
    const before = home()
    expect(halligan(fire.folder, ['export', before, '--incident', fire.id]).code).toBe(0)
    const originals = await all(readExport(before))
    const whole = await allOf(before)
    expect(foundIn(whole, PLANTED)).toEqual(PLANTED)
    const text = await allOf(file)
    expect(foundIn(text, PLANTED)).toEqual([])
    const hashes = originals.flatMap((item) =>
      'entry' in item ? [item.entry.hash, item.entry.salt ?? item.entry.hash] : [item.evidence],
    )
    expect(hashes.filter((hash) => text.includes(hash))).toEqual([])
    // What says nothing of whose it is stays.
    for (const kept of [
      '127.0.0.1',
      'root',
      'checkout of',
      'halligan look',
      'close-wait-leak',
      '192.0.2.',
      '2001:db8::',
    ])
      expect(text).toContain(kept)
  })

  it('says how much was replaced, what was left out, and where the map is', () => {
    expect(said.stdout).toMatch(
      /^Exported \S+ to \S+: 13 entries, head [0-9a-f]{64}\.\nReplaced: \d+ hosts, \d domains, \d+ addresses, 1 hardware address, \d users, 2 machine or boot ids, 1 word\. What stands for what is in \S+clean-map\.json, which stays here\.\nLeft out: 2 pieces of evidence that are no text\.\n/,
    )
    expect(said.stdout).toMatch(/Read it before you send it to anybody; --hide/)
    expect(said.stderr).toMatch(/recorded in \S+ as #13\./)
  })

  it('is imported elsewhere, verifies, and reads as the story that it is', () => {
    const away = home()
    const run = (...args: readonly string[]): string => {
      const { code, stdout, stderr } = halligan(away, args)
      expect(code, stderr).toBe(0)
      return stdout
    }
    expect(run('import', file)).toMatch(/13 of 13 entries are new/)
    expect(run('audit')).toMatch(/intact, 13 entries/)
    const timeline = run('timeline', '--incident', fire.id)
    expect(timeline).toMatch(/#1 .*user-1@host-1 {2}opened: checkout of word-1 on host-2 returns 500s/)
    expect(timeline).toMatch(/#6 .*purged/)
    expect(timeline).toMatch(/#13 .*exported clean to/)
    expect(run('status', '--incident', fire.id)).toMatch(
      /cause +1 host-\d+ \(192\.0\.2\.\d+\) drops what user-1 sends; host-\d+ is well/,
    )
    expect(run('write-up', '--incident', fire.id, '--out', path.join(path.dirname(away), 'clean.md'))).not.toMatch(
      /web-7/,
    )
    expect(run('replay', '9', '--incident', fire.id, '--print')).toMatch(
      /root@host-2:~# ssh user-1@host-3 # 192\.0\.2\.\d+\r?\nhost-2 and host-3\.domain-1\.example/,
    )
  })

  it('finds the same in the look that it did before', async () => {
    const items = await all(readExport(file))
    const recording = items.flatMap((item) =>
      'bytes' in item && Buffer.from(item.bytes).toString().startsWith('{"schema":"halligan.recording')
        ? [item.bytes]
        : [],
    )
    const [before, after] = [look(), Buffer.from(recording[0] ?? '')].map((bytes) => {
      const name = `${home()}.look`
      writeFileSync(name, bytes)
      const found = JSON.parse(halligan(home(), ['look', `recorded:${name}`, '--json']).stdout) as {
        boxes: readonly {
          findings: readonly { check: string; score: number }[]
          cleared: readonly unknown[]
          blind: readonly unknown[]
        }[]
      }
      return found.boxes.map(({ findings, cleared, blind }) => [
        findings.map(({ check, score }) => [check, score]),
        cleared.length,
        blind.length,
      ])
    })
    expect(after).toEqual(before)
    expect(JSON.stringify(before)).toMatch(/"fd-exhaustion"|"close-wait/)
  })

  it('is kept by a map that nobody else can read, and that is in no export', async () => {
    const map = path.join(fire.folder, 'clean-map.json')
    expect(statSync(map).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(map, 'utf8'))).toMatchObject({
      schema: 'halligan.clean-map/1',
      hosts: { 'laptop-7': 'host-1', 'web-7': 'host-2' },
      users: { zoe: 'user-1' },
    })
    expect(await allOf(file)).not.toMatch(/clean-map/)
    expect(readdirSync(fire.folder).filter((name) => name.startsWith('clean-map'))).toEqual([
      'clean-map.json',
      'clean-map.lock',
    ])
  })

  it('says the same of one thing in the next export, which adds to the one before, and of another incident', async () => {
    const away = home()
    expect(halligan(away, ['import', file]).code).toBe(0)
    expect(halligan(fire.folder, ['note', 'web-7 again', '--incident', fire.id]).code).toBe(0)
    const next = home()
    expect(halligan(fire.folder, ['export', '--clean', next, '--incident', fire.id]).code).toBe(0)
    expect(halligan(away, ['import', next]).stdout).toMatch(/\d of 16 entries are new/)
    expect(halligan(away, ['timeline', '--incident', fire.id]).stdout).toMatch(/host-2 again/)
    const other = halligan(fire.folder, ['open', 'web-7 and new-6 are slow', '--box', 'new-6,web-7']).stdout
    const id = /Incident (\S+) is open/.exec(other)?.[1] ?? ''
    const third = home()
    expect(halligan(fire.folder, ['export', '--clean', third, '--incident', id]).code).toBe(0)
    const map = JSON.parse(readFileSync(path.join(fire.folder, 'clean-map.json'), 'utf8')) as {
      hosts: Record<string, string>
    }
    expect(await allOf(third)).toContain(`host-2 and ${map.hosts['new-6']} are slow`)
  })

  it('takes out the words of --hide too', async () => {
    const [hidden, shown] = [home(), home()]
    expect(halligan(fire.folder, ['note', 'Graz and shop-it.graz.at', '--incident', fire.id]).code).toBe(0)
    expect(halligan(fire.folder, ['export', '--hide', 'graz', shown, '--incident', fire.id])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--hide is a part of --clean/),
    })
    expect(
      halligan(fire.folder, ['export', '--clean', '--hide', 'graz, graz.at', hidden, '--incident', fire.id]).code,
    ).toBe(0)
    expect(await allOf(hidden)).not.toMatch(/graz|shop-it/i)
  })
})

describe('a clean export that cannot be made', () => {
  const refused = (folder: string, id: string): Outcome => {
    const name = home()
    const outcome = halligan(folder, ['export', '--clean', name, '--incident', id])
    expect(outcome.code).toBe(1)
    expect(existsSync(name)).toBe(false)
    expect(readdirSync(path.dirname(name)).filter((each) => each.endsWith('.partial'))).toEqual([])
    return outcome
  }
  const small = (): Fire => {
    const folder = home()
    const { stdout } = halligan(folder, ['open', 'web-7 is slow', '--box', 'web-7'])
    return { folder, id: /Incident (\S+) is open/.exec(stdout)?.[1] ?? '' }
  }

  it.each([
    ['damaged', 'no json', /the map of clean exports in \S+ is damaged\.\nTry: Nothing was exported\. Put a copy/],
    ['empty', '', /is damaged/],
    ['of another form', '{"schema":"halligan.clean-map/1","hosts":{}}', /is damaged/],
    [
      'with one name for two hosts',
      JSON.stringify({
        schema: 'halligan.clean-map/1',
        hosts: { a: 'host-1', b: 'host-1' },
        domains: {},
        users: {},
        addresses: {},
        hardware: {},
        ids: {},
        words: {},
      }),
      /is damaged/,
    ],
    [
      'of a newer version',
      '{"schema":"halligan.clean-map/2"}',
      /is of a newer version of Halligan\.\nTry: Nothing was exported\. Use that version/,
    ],
  ])('with a map that is %s leaves the map, and no file, and no entry', (_, content, words) => {
    const { folder, id } = small()
    const map = path.join(folder, 'clean-map.json')
    writeFileSync(map, content)
    expect(refused(folder, id).stderr).toMatch(words)
    expect(readFileSync(map, 'utf8')).toBe(content)
    expect(halligan(folder, ['timeline', '--incident', id]).stdout).not.toMatch(/exported/)
  })

  it('with a map that cannot be read says so', () => {
    const { folder, id } = small()
    mkdirSync(path.join(folder, 'clean-map.json'))
    expect(refused(folder, id).stderr).toMatch(/clean-map\.json/)
  })

  it('from a record that was tampered with would hide that, and is refused', () => {
    const { folder, id } = small()
    edited(folder, (database) => database.exec(`UPDATE payloads SET body = replace(body, 'slow', 'fast')`))
    expect(refused(folder, id).stderr).toMatch(
      /the record is not as it was written \(entry 1: what it says was changed after it was written\)[^]*halligan audit/,
    )
  })

  const why = mountsFail()
  it.skipIf(why !== undefined)(
    `from a home that is read-only keeps no map, and makes no file${why ? ` (skipped: ${why})` : ''}`,
    () => {
      const folder = home()
      const outcomes = onMounts(
        folder,
        `halligan open open "web-7 is slow" --box web-7
      mount --bind "$HOME_FOLDER" "$HOME_FOLDER"
      mount -o remount,bind,ro "$HOME_FOLDER"
      halligan export export --clean "$OUT/x.zst"`,
      )
      expect(outcomes['export']).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          /the map of clean exports in \S+clean-map\.json cannot be read or written \(.*read-only.*\)\.\nTry: Nothing was exported/i,
        ),
      })
      expect(existsSync(path.join(folder, 'out', 'x.zst'))).toBe(false)
    },
  )
})
