import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { discovery, type DiscoveredLogs } from '../../src/evidence/logs/discovery/discovery.ts'
import { readFoundFiles } from '../../src/evidence/logs/discovery/rows.ts'
import { logSubjects } from '../../src/evidence/logs/discovery/subject.ts'
import { expectGolden } from '../golden.ts'
import { ANSWERS, BOUNDARY } from './recording.ts'

const names = readdirSync(ANSWERS).flatMap((file) => (file.endsWith('.txt') ? [file.slice(0, -'.txt'.length)] : []))
const BEGAN_MS = Date.UTC(2026, 0, 2)

function recorded(name: string): string {
  return readFileSync(path.join(ANSWERS, `${name}.txt`), 'utf8')
}

function read(answer: string, words: readonly string[] = []): DiscoveredLogs {
  return discovery('web-1', logSubjects(words)).read(Buffer.from(answer), BOUNDARY, BEGAN_MS)
}

/** Bytes as text, of a long one the beginning and how many. */
function readable(logs: DiscoveredLogs): string {
  const shown = (_: string, value: unknown): unknown =>
    value instanceof Uint8Array ? shortened(Buffer.from(value).toString('latin1'), value.length) : value
  // A buffer makes JSON of itself before anybody is asked.
  const plain = logs.sources.map((source) => ({
    ...source,
    ...Object.fromEntries(
      (['head', 'tail', 'oldest'] as const).flatMap((end) => (source[end] ? [[end, new Uint8Array(source[end])]] : [])),
    ),
  }))
  return `${JSON.stringify({ ...logs, sources: plain }, shown, 2)}\n`
}

function shortened(text: string, bytes: number): string {
  return text.length <= 90 ? text : `${text.slice(0, 60)}… (${bytes} bytes)`
}

describe('answers of real boxes', () => {
  it.each(names)('%s is read as its golden says', (name) => {
    expectGolden(`${name}.json`, readable(read(recorded(name))), ANSWERS)
  })

  it('are these', () => {
    expect(names).toEqual(['busybox', 'ordinary-user', 'systemd', 'web-1'])
  })

  it('mean the same whatever else is named', () => {
    const all = read(recorded('web-1'))
    const some = read(recorded('web-1'), ['nginx', 'kernel'])
    expect(some.sources.length).toBeGreaterThan(1)
    expect([...some.sources, ...some.others].map(({ id }) => id).toSorted()).toEqual(
      all.sources.map(({ id }) => id).toSorted(),
    )
    expect(some.blind.map(({ what }) => what)).toContain('the log of the kernel')
  })
})

/** Bytes of any value, each as one character. */
const anyText = fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('latin1'))

/** What must hold of any answer. */
function expectSound(logs: DiscoveredLogs): void {
  const all = [...logs.sources, ...logs.others]
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  for (const source of all) {
    expect(source.id).not.toBe('')
    expect(source.kind === 'file').toBe(source.files.length > 0)
    expect(
      [source.bytes ?? 0, source.bytesPerSecond ?? 0].every((figure) => Number.isFinite(figure) && figure >= 0),
    ).toBe(true)
    expect(
      Math.max(source.head?.length ?? 0, source.tail?.length ?? 0, source.oldest?.length ?? 0),
    ).toBeLessThanOrEqual(LONGEST)
  }
  for (const each of logs.blind) expect(each.what).not.toBe('')
}

/** A dump is at most as long as the answer. */
const LONGEST = 1_000_000

describe.each(names)('an answer like %s', (name) => {
  const answer = recorded(name)
  const subjects = fc.constantFrom([], ['nginx'], ['812'], ['orders-api.service', 'kernel'], ['/var/log/nginx'])

  it('cut off anywhere gives what there is', () => {
    fc.assert(
      fc.property(fc.nat(answer.length), subjects, (end, words) => expectSound(read(answer.slice(0, end), words))),
      { numRuns: 20 },
    )
  })

  it('with lines left out, doubled, swapped or changed is read too', () => {
    const lines = answer.split('\n')
    const strange = fc.oneof(
      anyText,
      fc.constantFrom('stat 1 1:1 5 5 644 0 O\\0057', 'head ', ' zz', 'open 1 1 1 /', 'conf a\tb', '9'.repeat(400)),
    )
    const edit = fc.record({ at: fc.nat(lines.length - 1), kind: fc.nat(4), text: strange })
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 8 }), subjects, (edits, words) => {
        const changed = edits.reduce<readonly string[]>((before, { at, kind, text }) => {
          const line = before[at] ?? ''
          const other =
            [[], [line, line], [text], [line.replaceAll(/\d+/g, text)], [line.replaceAll(' ', text)]][kind] ?? []
          return before.toSpliced(at, 1, ...other)
        }, lines)
        expectSound(read(changed.join('\n'), words))
      }),
      { numRuns: 20 },
    )
  })
})

describe('rows of the search for files', () => {
  it('are read or left out, whatever they are', () => {
    const word = fc.constantFrom(
      'stat',
      'open',
      'comm',
      'cgroup',
      'conf',
      'container',
      'logs',
      'head',
      'tail',
      'earlier',
      'later',
      'sizes',
      'group',
      'find:',
      'away',
      'hung',
      'engine',
      'missing',
    )
    const rest = fc.oneof(
      anyText,
      fc.constantFrom(
        '0 1:2 3 4 644 0 /l/a',
        '1 2 1 /l/a (deleted)',
        '1 0::/a.service',
        'nginx\t/f\t/l/a\taccess_log /l/a',
        'docker\tweb\t1\tjson-file\t/l/a',
      ),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(word, rest), { maxLength: 20 }), (rows) => {
        const found = readFoundFiles([...rows.map((row) => row.join(' ')), 'end'].join('\n'))
        expect(found.files.every(({ path: file, bytes }) => file !== '' && Number.isFinite(bytes))).toBe(true)
        expect(Number.isFinite(found.seconds)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('a name with a line feed, an escape sequence or no UTF-8 in it is one name', () => {
    const octal = (text: Uint8Array): string =>
      `O${[...text].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join('')}`
    const odd = Buffer.from('/l/new\nline \u001b[31mü')
    const rows = [odd, Buffer.from([0x2f, 0xe9])].map((bytes) => `stat 0 1:2 3 4 644 0 ${octal(bytes)}`)
    expect(readFoundFiles([...rows, 'end'].join('\n')).files).toMatchObject([
      { path: '/l/new\nline \u001b[31mü', isNamed: true },
      { path: '/\ufffd', isNamed: false },
    ])
  })
})
