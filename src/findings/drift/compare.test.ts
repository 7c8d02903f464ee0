import { describe, expect, it } from 'vitest'
import type { BoxFile } from '../../evidence/drift/listing.ts'
import type { TreeFile } from '../../evidence/repository/tree.ts'
import { compareFiles } from './compare.ts'

const box = (path: string, more: Partial<BoxFile> = {}): BoxFile => ({
  path,
  kind: 'file',
  sizeBytes: 3,
  mode: 0o644,
  modifiedAtMs: 0,
  changedAtMs: 0,
  owner: 'amy',
  group: 'amy',
  hash: 'h-one',
  ...more,
})
const tree = (path: string, more: Partial<TreeFile> = {}): TreeFile => ({
  path,
  kind: 'file',
  isExecutable: false,
  blob: 'one',
  sizeBytes: 3,
  ...more,
})
const hashOf = (blob: string): string | undefined => (blob === 'gone' ? undefined : `h-${blob}`)
const compared = (boxFiles: readonly BoxFile[], commit: readonly TreeFile[]) => {
  const { drifted, ...counts } = compareFiles(
    boxFiles,
    commit,
    hashOf,
    (path) => path.startsWith('node_modules/'),
    (path) => path.startsWith('shut/'),
  )
  return { ...counts, drifted: drifted.map(({ path, what }) => `${what} ${path}`) }
}

describe('a deployed folder against a commit', () => {
  it('is the same where paths, contents and modes are', () => {
    expect(compared([box('a'), box('b', { mode: 0o750 })], [tree('a'), tree('b', { isExecutable: true })])).toEqual({
      same: 2,
      notCompared: 0,
      drifted: [],
    })
  })

  it.each<[string, readonly BoxFile[], readonly TreeFile[]]>([
    ['changed a', [box('a', { hash: 'h-two' })], [tree('a')]],
    ['changed a', [box('a', { sizeBytes: 4 })], [tree('a', { blob: 'gone' })]],
    ['mode a', [box('a', { mode: 0o755 })], [tree('a')]],
    ['mode a', [box('a', { mode: 0o644 })], [tree('a', { isExecutable: true })]],
    ['kind a', [box('a', { kind: 'link' })], [tree('a')]],
    ['untracked a', [box('a')], []],
    ['missing a', [], [tree('a')]],
    ['unread a', [box('a')], [tree('a', { blob: 'gone' })]],
    ['unread a', [box('a')], [tree('a', { blob: 'gone', sizeBytes: undefined })]],
    ['changed a', [box('a', { sizeBytes: 4 })], [tree('a', { sizeBytes: undefined, blob: 'two' })]],
    ['unread shut/a', [], [tree('shut/a')]],
    ['changed a', [box('a', { kind: 'link', hash: 'h-two' })], [tree('a', { kind: 'link' })]],
  ])('%s', (said, boxFiles, commit) => {
    expect(compared(boxFiles, commit).drifted).toEqual([said])
  })

  it('never calls a file the same whose content nobody read', () => {
    const { hash: _, ...unread } = box('a')
    expect(compared([unread], [tree('a')])).toMatchObject({ same: 0, drifted: ['unread a'] })
  })

  it('counts what it did not compare, and calls none of it missing or untracked', () => {
    const commit = [tree('node_modules/x'), tree('lib', { kind: 'submodule' })]
    expect(compared([box('lib/y')], commit)).toEqual({ same: 0, notCompared: 2, drifted: [] })
  })
})
