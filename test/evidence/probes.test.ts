import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSamples } from '../../src/evidence/evidence.ts'
import type { Sample, Samples } from '../../src/evidence/probe.ts'
import {
  allProbes,
  casesFolder,
  casesOf,
  goldenText,
  readCase,
  readingOf,
  writtenCase,
  type ProbeCase,
} from './probe-cases.ts'

const cases = allProbes.flatMap(casesOf)
const named = cases.map((one) => [`${one.probe.id}/${one.name}`, one] as const)

describe('each probe', () => {
  it.each(allProbes.map((probe) => [probe.id, probe] as const))('%s has at least two recorded answers', (_, probe) => {
    expect(casesOf(probe).length).toBeGreaterThanOrEqual(2)
  })

  it.each(named)('%s is read as its golden says', (_, one) => {
    const golden = path.join(casesFolder, one.probe.id, `${one.name}.json`)
    // Never written by a test: npm run record -- goldens, then look at the difference.
    expect(existsSync(golden), `${golden} is missing: npm run record -- goldens ${one.probe.id}`).toBe(true)
    expect(goldenText(readingOf(one))).toBe(readFileSync(golden, 'utf8'))
  })
})

describe('fixtures of probes', () => {
  it('are used, all of them', () => {
    const used = new Set(named.flatMap(([name]) => [`${name}.txt`, `${name}.json`]))
    const there = readdirSync(casesFolder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(casesFolder, path.join(entry.parentPath, entry.name)))
    expect(there.filter((file) => !used.has(file))).toEqual([])
  })

  it.each(named)('%s says where it came from, and is small', (name, one) => {
    expect(one.head[0]).toMatch(/^# (?:by hand: |.*; recorded by npm run record -- probes )\S/)
    const text = readFileSync(path.join(casesFolder, `${name}.txt`), 'utf8')
    expect(text.split('\n').length).toBeLessThan(80)
    expect(writtenCase(one)).toBe(text)
    expect(one.moments.length).toBeGreaterThan(0)
    expect(one.moments.filter(({ moment }) => !one.probe.moments.includes(moment))).toEqual([])
  })

  it('are taken apart only at their marks', () => {
    const probe = allProbes[0]!
    const one = readCase(
      probe,
      'x',
      '# head\n--- first at 1.00 s\n--- last\n--- last at 2.00 s, exit 3\n\n--- during at\n',
    )
    expect(one.moments).toEqual([
      { moment: 'first', atSeconds: '1.00', ending: '', text: '--- last' },
      { moment: 'last', atSeconds: '2.00', ending: 'exit 3', text: '\n--- during at' },
    ])
  })
})

/** What is made of samples: a value of real numbers, or undefined for one of the two errors that a parser may end with. */
function parsed({ probe }: ProbeCase, samples: Samples): { readonly value: unknown } | undefined {
  const reading = readSamples(probe, samples, { beganAtMs: 1_800_000_000_000 })
  if (reading.kind === 'garbled') expect(reading.why).not.toMatch(/^unexpected answer/)
  // Throws on a number that is none.
  goldenText(reading)
  return reading.kind === 'seen' ? reading : undefined
}

function samplesOf(one: ProbeCase): Samples {
  return Object.fromEntries(
    one.moments
      .filter(({ ending }) => ending === '')
      .map(({ moment, atSeconds, text }): [string, Sample] => [moment, { atSeconds: Number(atSeconds), text }]),
  )
}

const whole = named.filter(([, one]) => Object.keys(samplesOf(one)).length > 0)

describe.each(whole)('%s', (_, one) => {
  const samples = samplesOf(one)
  const moments = Object.keys(samples) as (keyof Samples)[]
  const place = fc.record({ moment: fc.constantFrom(...moments), at: fc.nat(5_000) })

  it('cut anywhere gives a value or one of two errors, and says no more than the whole', () => {
    const all = parsed(one, samples)
    fc.assert(
      fc.property(place, ({ moment, at }) => {
        const { atSeconds, text } = samples[moment]!
        const cut = parsed(one, { ...samples, [moment]: { atSeconds, text: text.slice(0, at % (text.length + 1)) } })
        if (cut && all) expectNoMore(cut.value, all.value, one.probe.id)
      }),
      { numRuns: 60 },
    )
  })

  it('without one of its moments does so too', () => {
    for (const moment of moments) {
      const { [moment]: _gone, ...rest } = samples
      if (moments.length > 1) parsed(one, rest)
    }
  })

  it('changed anywhere gives a value of real numbers or one of two errors', () => {
    fc.assert(
      fc.property(fc.array(change(moments), { minLength: 1, maxLength: 6 }), (changes) => {
        const mutated = changes.reduce<Samples>((before, each) => each(before), samples)
        parsed(one, mutated)
      }),
      { numRuns: 60 },
    )
  })
})

/** Bytes put in, lines left out, doubled or swapped, numbers made huge. */
function change(moments: readonly (keyof Samples)[]): fc.Arbitrary<(samples: Samples) => Samples> {
  const edit = (lines: readonly string[], kind: number, at: number, text: string): readonly string[] => {
    const line = lines[at] ?? ''
    switch (kind) {
      case 0:
        return lines.with(at, line.slice(0, text.length) + text + line.slice(text.length))
      case 1:
        return lines.toSpliced(at, 1)
      case 2:
        return lines.toSpliced(at, 0, lines[0] ?? '', line)
      case 3:
        return lines.toReversed()
      case 4:
        return lines.with(at, line.replace(/\d+/, '9'.repeat(400)))
      case 5:
        return lines.with(at, line.replaceAll(/\d+/g, '0'))
      default:
        return lines.with(at, line.replaceAll(' ', text))
    }
  }
  const strange = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\n', '\r', '\u2028', '\0', '-1', '1e999', '__proto__', ' '),
  )
  return fc
    .record({ moment: fc.constantFrom(...moments), kind: fc.nat(6), at: fc.nat(400), text: strange })
    .map(({ moment, kind, at, text }) => (samples) => {
      const sample = samples[moment]
      if (!sample) return samples
      const lines = sample.text.split('\n')
      return { ...samples, [moment]: { ...sample, text: edit(lines, kind, at % lines.length, text).join('\n') } }
    })
}

describe.each(allProbes.map((probe) => [probe.id, probe] as const))('%s', (_, probe) => {
  const one: ProbeCase = { probe, name: '', head: [], moments: [] }
  const samplesWith = (text: string): Samples =>
    Object.fromEntries(probe.moments.map((moment, index) => [moment, { atSeconds: 100 + index, text }]))

  it('gives a value or one of two errors, whatever the bytes', () => {
    const lines = casesOf(probe).flatMap(({ moments }) => moments.flatMap(({ text }) => text.split('\n')))
    const line = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...lines))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (some) => {
        parsed(one, samplesWith(some.join('\n')))
      }),
      { numRuns: 200 },
    )
  })

  it('comes to its end with very long lines and very many', () => {
    const lines = casesOf(probe).flatMap(({ moments }) => moments.flatMap(({ text }) => text.split('\n')))
    const longest = lines.toSorted((a, b) => b.length - a.length)[0] ?? ''
    for (const piece of [' ', '1', '1 ', '(', ') ', 'a', ':', '\n', '/', '==> ', '1 (', longest, `${longest}\n`])
      parsed(one, samplesWith(piece.repeat(Math.ceil(200_000 / Math.max(1, piece.length)))))
  })
})

/**
 * What a part says has no more in its lists and maps than the whole, and no larger numbers: rates least of all. Exempt: what was not seen is more
 * with less of the answer.
 */
function expectNoMore(part: unknown, all: unknown, place: string): void {
  if (typeof part === 'number' && typeof all === 'number') expect(part, place).toBeLessThanOrEqual(all)
  if (typeof part !== 'object' || part === null || typeof all !== 'object' || all === null) return
  if (place === 'filesystems.notAsked' || place === 'filesystems.unanswered') return
  if (part instanceof Map && all instanceof Map) {
    expect(
      [...part.keys()].filter((key) => !all.has(key)),
      place,
    ).toEqual([])
    for (const [key, value] of part) expectNoMore(value, all.get(key), `${place}.${String(key)}`)
  } else if (Array.isArray(part) && Array.isArray(all)) expect(part.length, place).toBeLessThanOrEqual(all.length)
  else
    for (const [key, value] of Object.entries(part))
      expectNoMore(value, (all as Readonly<Record<string, unknown>>)[key], `${place}.${key}`)
}
