import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { missing } from '../../../test/boxes/fleet.ts'
import { ignoredScript, readIgnored } from './ignored.ts'

const why = missing('git')

describe.skipIf(why !== undefined)(`what is ignored${why ? ` (skipped: ${why})` : ''}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-ignored-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  execFileSync('git', ['init', '-q', folder], { env })
  const ignored = (paths: readonly string[], search = ''): ReadonlySet<string> | undefined => {
    const input = ignoredScript(folder, [{ path: '.gitignore', text: '*.log\n' }], paths)
    return readIgnored(
      execFileSync('sh', { input, env: { ...env, PATH: `${search}${process.env['PATH']}` }, stdio: 'pipe' }),
    )
  }

  it('is said by git, also where it is nothing', () => {
    expect(ignored(['a.log', 'b\n.log', 'c.js'])).toEqual(new Set(['a.log', 'b\n.log']))
    expect(ignored(['c.js'])).toEqual(new Set())
    expect(ignored([])).toEqual(new Set())
  })

  it('is not known where git failed on the way', () => {
    const bin = path.join(folder, 'bin')
    mkdirSync(bin)
    writeFileSync(
      path.join(bin, 'git'),
      `#!/bin/sh
case " $* " in *' check-ignore '*) printf 'a.log\\0'; exit 128;; *) echo ${path.join(folder, '.git')};; esac
`,
      { mode: 0o755 },
    )
    expect(ignored(['a.log', 'b.log'], `${bin}:`)).toBeUndefined()
  })
})
