import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { Profile } from '../../src/evidence/inspect/profile.ts'
import { callTree } from '../../src/findings/inspect/profile.ts'
import { flameGraphSvg } from '../../src/views/inspect/flame-graph-svg.ts'
import { mustBeProfileFile, readProfile, writeProfile } from '../../src/views/inspect/profile-output.ts'
import { profileLines } from '../../src/views/inspect/profile-lines.ts'
import { plainWidth, type Style } from '../../src/views/style.ts'
import { expectGolden } from '../golden.ts'
import { inspectionOf, profiled, recordedState, someProfile } from './inspections.ts'

const usual: Style = { columns: 80, color: false, unicode: true }
const goldens = path.join(import.meta.dirname, '../fixtures/inspect-goldens')

/** The same, when discounts were cheap. */
const before: Profile = {
  ...someProfile(),
  stacks: someProfile().stacks.map((each, at) => (at === 0 ? { ...each, weight: 60 } : each)),
}
const shown = profiled(inspectionOf(recordedState())).profile
const compared = profiled(inspectionOf(recordedState()), before).profile
if (!shown || !compared) throw new Error('there is a profile')

const SCREENS: readonly (readonly [string, typeof shown, Style, boolean])[] = [
  ['profile.txt', shown, usual, false],
  ['profile-wide.txt', shown, { ...usual, columns: 120 }, true],
  ['profile-ascii.txt', shown, { ...usual, unicode: false }, false],
  ['profile-colour.txt', shown, { ...usual, color: true }, false],
  ['profile-compared.txt', compared, usual, false],
]

describe('a profile, as a screen', () => {
  it.each(SCREENS)('%s is as it was read and found good', (name, profile, style, details) => {
    expectGolden(name, `${profileLines(profile, style, details).join('\n')}\n`, goldens)
  })

  it.each([40, 60, 80, 140])('fits into %d columns', (columns) => {
    const lines = [shown, compared].flatMap((each) => profileLines(each, { columns, color: true, unicode: true }, true))
    expect(lines.filter((line) => plainWidth(line) > columns)).toEqual([])
  })
})

describe('a flame graph as SVG', () => {
  it('is as it was read and found good', () => {
    expectGolden('profile.svg', flameGraphSvg(callTree(someProfile().stacks), 'web-1 orders (812)', 'samples'), goldens)
  })

  it('escapes whatever a function is called, and loads nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (name) => {
        const called = `${name}]]></script><image href="http://x/"/>&"'`
        const svg = flameGraphSvg(callTree([{ frames: [{ function: called }], weight: 1 }]), called, 'samples')
        expect(svg.match(/<(?!\/)[a-z]+/g)?.toSorted()).toEqual([
          '<g',
          '<g',
          '<g',
          '<rect',
          '<rect',
          '<rect',
          '<script',
          '<style',
          '<svg',
          '<text',
          '<text',
          '<text',
          '<text',
          '<text',
          '<text',
          '<title',
          '<title',
          '<title',
        ])
        // oxlint-disable-next-line no-control-regex
        expect(svg).not.toMatch(/[\u0000-\u0008\u000b-\u001f]|https?:(?!\/\/www\.w3\.org)(?=[^&]*"\/>)/)
      }),
      { numRuns: 100 },
    )
  })
})

describe('the file of a profile', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-profile-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(['a.speedscope.json', 'a.collapsed', 'a.folded', 'a.pb.gz', 'a.svg'])('%s is written whole, once', (name) => {
    const file = path.join(folder, name)
    mustBeProfileFile(file)
    writeProfile(file, shown, 'web-1 orders (812)')
    const bytes = readFileSync(file)
    expect(bytes.length).toBeGreaterThan(100)
    expect(() => mustBeProfileFile(file)).toThrow('is there already')
    expect(() => writeProfile(file, shown, 'another')).toThrow('is there already')
    expect(readFileSync(file)).toEqual(bytes)
    expect(readdirSync(folder).filter((each) => each.endsWith('.partial'))).toEqual([])
  })

  it('is what --compare reads', () => {
    const file = path.join(folder, 'b.speedscope.json')
    writeProfile(file, shown, 'x')
    expect(readProfile(file).stacks).toHaveLength(someProfile().stacks.length)
  })

  it('that is none is refused', () => {
    writeFileSync(path.join(folder, 'c.collapsed'), 'nothing\n')
    expect(() => readProfile(path.join(folder, 'c.collapsed'))).toThrow('is no profile that can be read')
    expect(() => readProfile(path.join(folder, 'none.collapsed'))).toThrow('could not be read')
    expect(() => readProfile('a.svg')).toThrow('is none of them')
    expect(() => mustBeProfileFile('a.png')).toThrow('by the ending')
    expect(() => mustBeProfileFile('.svg')).toThrow('by the ending')
  })
})
