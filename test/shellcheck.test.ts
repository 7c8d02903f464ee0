import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { missing } from './boxes/fleet.ts'

const root = path.resolve(import.meta.dirname, '..')
const why = missing('shellcheck')
const scripts = ['test/boxes', 'test/scenes'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sh') || name === 'up')
    .map((name) => `${folder}/${name}`),
)

describe.skipIf(why !== undefined)(`scripts of this project${why ? ` (skipped: ${why})` : ''}`, () => {
  it.each(['.ci/run', ...scripts])('%s gives shellcheck nothing to say', (file) => {
    const argv = ['--external-sources', '--source-path', 'SCRIPTDIR', file]
    const { stdout, status } = spawnSync('shellcheck', argv, { cwd: root, encoding: 'utf8' })
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 })
  })
})
