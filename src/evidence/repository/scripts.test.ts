import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { missing } from '../../../test/boxes/fleet.ts'
import { blameScript } from './blame.ts'
import { searchScript } from './search-script.ts'
import { sourcesScript } from './sources.ts'

const repository = "it's/a $(folder)"
const SCRIPTS = {
  search: searchScript({ repository, needles: ["it's (a) $needle", 'b^c'], names: ['[id].tsx'] }),
  'search for nothing': searchScript({ repository, needles: [], names: [] }),
  sources: sourcesScript(repository, ["a'b/$(c)", '-n'], 'ab12'),
  blame: blameScript(repository, [{ file: "a'b/$(c)", lines: [1, 2] }], 'ab12'),
}
const why = missing('shellcheck')

describe.skipIf(why !== undefined)(`scripts for a repository${why ? ` (skipped: ${why})` : ''}`, () => {
  it.each(Object.entries(SCRIPTS))('%s gives shellcheck nothing to say', (_, script) => {
    const argv = ['--shell=sh', '--severity=warning', '-']
    const { stdout, status } = spawnSync('shellcheck', argv, { input: script, encoding: 'utf8' })
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 })
  })
})

it('scripts leave out what lies outside of the repository', () => {
  const texts = [
    sourcesScript('r', ['/etc/passwd', 'a/../../b'], 'ab12'),
    blameScript('r', [{ file: '../b', lines: [1] }], 'ab12'),
  ]
  for (const text of texts) expect(text).not.toMatch(/passwd|\.\.\/b/)
})
