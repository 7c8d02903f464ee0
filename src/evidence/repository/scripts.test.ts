import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { missing } from '../../../test/boxes/fleet.ts'
import { contentsScript } from '../drift/contents.ts'
import { goneScript } from '../drift/gone.ts'
import { listingScript } from '../drift/listing-script.ts'
import { takenScript } from '../drift/taken.ts'
import { blameScript } from './blame.ts'
import { blobsScript } from './blobs.ts'
import { commitScript } from './commit-script.ts'
import { historyScript, sizesScript } from './history.ts'
import { ignoredScript } from './ignored.ts'
import { searchScript } from './search-script.ts'
import { sourcesScript } from './sources.ts'
import { treeScript } from './tree.ts'

const repository = "it's/a $(folder)"
const SCRIPTS = {
  search: searchScript({ repository, needles: ["it's (a) $needle", 'b^c'], names: ['[id].tsx'] }),
  'search for nothing': searchScript({ repository, needles: [], names: [] }),
  sources: sourcesScript(repository, ["a'b/$(c)", '-n'], 'ab12'),
  blame: blameScript(repository, [{ file: "a'b/$(c)", lines: [1, 2] }], 'ab12'),
  tree: treeScript(repository, ['HEAD', "it's"], 'ab12'),
  history: historyScript(repository, 500),
  blobs: blobsScript(repository, ['ab12'.repeat(10)]),
  sizes: sizesScript(repository, ['ab12'.repeat(10)]),
  ignored: ignoredScript(repository, [{ path: "a'b/.gitignore", text: "it's" }], ["a'b"]),
  commit: commitScript({
    folder: repository,
    base: 'ab12'.repeat(10),
    branch: 'hotfix/x',
    files: [
      { path: "a'b", mode: '100644', content: '/tmp/0' },
      { path: '-n', mode: 'gone', content: '/tmp/1' },
    ],
    message: '/tmp/message',
    author: { name: "it's", email: 'a@b' },
    scratch: '/tmp',
  }),
  listing: listingScript({
    folder: repository,
    skipped: ["it's"],
    versionUrls: ['http://x/version'],
    boundary: 'ab12',
  }),
  contents: contentsScript(repository, ["a'b/$(c)", '-n'], 'ab12'),
  gone: goneScript(repository, ["a'b/$(c)", '-n']),
  taken: takenScript(repository, "a'b/$(c)"),
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
