import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing } from '../../../test/boxes/fleet.ts'
import { commitScript, readCommit, type CommitOutcome, type NewCommit } from './commit-script.ts'

const why = missing('git')

describe.skipIf(why !== undefined)(`a commit by plumbing${why ? ` (skipped: ${why})` : ''}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-commit-'))
  const clone = path.join(folder, 'clone')
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  const git = (...args: readonly string[]): string => {
    const name = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.org']
    return execFileSync('git', [...name, ...args], { cwd: clone, env, stdio: 'pipe' })
      .toString()
      .trim()
  }
  let base = ''
  let count = 0
  const made = (asked: Partial<NewCommit>): CommitOutcome => {
    const scratch = path.join(folder, `${(count += 1)}`)
    mkdirSync(scratch)
    writeFileSync(path.join(scratch, 'message'), 'Adopted\n')
    writeFileSync(path.join(scratch, 'content'), `content ${count}\n`)
    const input = commitScript({
      folder: clone,
      base,
      branch: 'hotfix/x',
      files: [{ path: 'lib/cart.js', mode: '100644', content: path.join(scratch, 'content') }],
      message: path.join(scratch, 'message'),
      author: { name: 'amy', email: 'amy@laptop' },
      scratch,
      ...asked,
    })
    return readCommit(execFileSync('sh', { input, env }))
  }
  const fileAt = (name: string): Pick<NewCommit, 'files'> => ({
    files: [{ path: name, mode: '100644', content: path.join(folder, 'anything') }],
  })

  beforeAll(() => {
    mkdirSync(path.join(clone, 'lib'), { recursive: true })
    writeFileSync(path.join(folder, 'anything'), 'anything\n')
    writeFileSync(path.join(clone, 'lib/cart.js'), 'cart\n')
    git('init', '-q', '-b', 'main')
    git('add', '-A')
    git('update-index', '--add', '--cacheinfo', `160000,${'a'.repeat(40)},parts`)
    git('commit', '-qm', 'First')
    base = git('rev-parse', 'HEAD')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('lies on the deployed one, and a second one on the first', () => {
    const first = made({})
    expect(first).toMatchObject({ how: 'made', parent: base })
    expect(made({})).toMatchObject({ how: 'made', parent: first.how === 'made' && first.commit })
    expect(git('diff', '--name-only', base, 'hotfix/x')).toBe('lib/cart.js')
  })

  it('writes nothing of an index that is split into the clone', () => {
    git('config', 'core.splitIndex', 'true')
    expect(made({ branch: 'hotfix/split' })).toMatchObject({ how: 'made' })
    git('config', '--unset', 'core.splitIndex')
    expect(readdirSync(path.join(clone, '.git')).filter((each) => each.startsWith('sharedindex'))).toEqual([])
  })

  it.each([
    ['parts', { how: 'refused', why: 'submodule' }],
    ['parts/x', { how: 'failed' }],
    ['lib', { how: 'failed' }],
    ['lib/cart.js/x', { how: 'failed' }],
  ])('does not remove what is in the way of %s', (name, outcome) => {
    expect(made({ branch: 'hotfix/way', ...fileAt(name) })).toMatchObject(outcome)
    const gone = made({ branch: 'hotfix/way', files: [{ path: 'parts', mode: 'gone', content: '' }] })
    expect(gone).toEqual({ how: 'refused', why: 'submodule' })
    expect(git('for-each-ref', 'refs/heads/hotfix/way')).toBe('')
  })

  it('moves no branch through another name of it, and none that somebody works on, born or not', () => {
    const refs = git('for-each-ref')
    git('symbolic-ref', 'refs/heads/alias', 'refs/heads/main')
    expect(made({ branch: 'alias' })).toEqual({ how: 'refused', why: 'symbolic' })
    git('symbolic-ref', 'refs/heads/alias', 'refs/heads/none')
    expect(made({ branch: 'alias' })).toEqual({ how: 'refused', why: 'symbolic' })
    git('symbolic-ref', '--delete', 'refs/heads/alias')
    expect(made({ branch: 'main' })).toEqual({ how: 'refused', why: 'checked-out' })
    git('worktree', 'add', '-q', '--detach', path.join(folder, 'other'))
    execFileSync('git', ['checkout', '-q', '--orphan', 'unborn'], { cwd: path.join(folder, 'other'), env })
    expect(made({ branch: 'unborn' })).toEqual({ how: 'refused', why: 'checked-out' })
    expect(git('for-each-ref')).toBe(refs)
  })
})
