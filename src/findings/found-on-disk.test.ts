import { expect, it } from 'vitest'
import type { FilesystemSearch } from '../evidence/disk-walk.ts'
import { clockAt, filesystemOf, filesystemsOf, GIB } from '../../test/checks/quiet-box.ts'
import type { Readings } from '../../test/checks/examples.ts'
import { limitsOf, type AnyCheck } from './check.ts'
import { diskFilling } from './checks/disk-filling.ts'
import { diskFull } from './checks/disk-full.ts'
import { inodesExhausted } from './checks/inodes-exhausted.ts'
import { crowdWords, searchReason, searchWords, writtenWords } from './found-on-disk.ts'

const now = clockAt.boxMs / 1000
const searchOf = (more: Partial<FilesystemSearch>): FilesystemSearch => ({
  cut: false,
  files: [],
  heaviest: undefined,
  crowded: undefined,
  ...more,
})
const full = filesystemOf({
  mount: '/data',
  usedPercent: 97,
  totalBytes: 100 * GIB,
  usedBytes: 97 * GIB,
  availableBytes: 3 * GIB,
  inodes: 100_000,
  inodesFree: 1_000,
  inodesUsedPercent: 99,
})
const log = (gib: number, secondsAgo: number, path = '/data/debug.log') => ({
  path,
  bytes: gib * GIB,
  writtenAtSeconds: now - secondsAgo,
})
const folder = (gib: number, files: number) => ({ path: '/data/spool', bytes: gib * GIB, files })
const titleOf = (check: AnyCheck, seen: Readings): string => {
  const verdict = check.run(seen, limitsOf(check), { box: 'web-1' })
  return verdict.kind === 'burning' ? (verdict.findings[0]?.title ?? '') : verdict.why
}

it('names the largest file where it takes a tenth, and when it was written', () => {
  const search = searchOf({ files: [log(11, 2), log(5, 400, '/data/dump')], heaviest: folder(90, 3) })
  expect(searchWords({ ...full, search }, 0.1, clockAt)).toBe('; /data/debug.log has 11.0 GiB, written 2 s ago')
  expect(searchWords({ ...full, search }, 0.1, undefined)).toBe('; /data/debug.log has 11.0 GiB')
  expect(searchWords({ ...full, search: searchOf({ files: [log(11, 0.4)] }) }, 0.1, clockAt)).toMatch(
    /written just now$/,
  )
  expect(searchReason({ ...full, search }, clockAt)).toBe(' Large too: /data/dump has 5.0 GiB, written 6 min 40 s ago.')
})

it('names the folder where no file is large, and says when the search did not see all of it', () => {
  const search = searchOf({ files: [log(9, 2)], heaviest: folder(20, 1_204) })
  expect(searchWords({ ...full, search }, 0.1, clockAt)).toBe('; 20.0 GiB of it in 1204 files below /data/spool')
  expect(searchWords({ ...full, search: { ...search, cut: true } }, 0.1, clockAt)).toMatch(
    /^; at least 20\.0 GiB of it/,
  )
  expect(searchWords({ ...full, search: searchOf({ heaviest: folder(19, 1) }) }, 0.1, clockAt)).toBe('')
  expect(searchReason({ ...full, search: searchOf({ cut: true }) }, clockAt)).toMatch(/did not see all of it/)
})

it('says nothing where nobody searched', () => {
  expect(
    searchWords(full, 0.1, clockAt) + searchReason(full, clockAt) + crowdWords(full) + writtenWords(full, clockAt),
  ).toBe('')
})

it('names the folder that has the files', () => {
  const at = (files: number, cut: boolean): string =>
    crowdWords({ ...full, search: searchOf({ cut, crowded: folder(0, files) }) })
  expect(at(19_800, false)).toBe('; 19800 files below /data/spool')
  expect(at(19_799, false)).toBe('')
  expect(at(5_000, true)).toBe('; at least 5000 files below /data/spool')
  expect(at(4_999, true)).toBe('')
})

it('names what was written last where nobody has it open', () => {
  const search = searchOf({ files: [log(50, 11), log(5, 10, '/data/dump')] })
  expect(writtenWords({ ...full, search }, clockAt)).toBe('; /data/dump has 5.0 GiB, written 10 s ago')
  expect(writtenWords({ ...full, search: searchOf({ files: [log(50, 11)] }) }, clockAt)).toBe('')
})

it('takes no date in the future for a fresh one', () => {
  const dated = (ahead: number) => ({ ...full, search: searchOf({ files: [log(50, -ahead)] }) })
  expect(writtenWords(dated(6), clockAt)).toBe('')
  expect(searchWords(dated(7_200), 0.1, clockAt)).toBe('; /data/debug.log has 50.0 GiB, dated 2 h in the future')
  // Written while the look was under way.
  expect(writtenWords(dated(4), clockAt)).toMatch(/written just now$/)
  const behind = { ...full, search: searchOf({ files: [log(50, -7_200), log(5, 2, '/data/dump')] }) }
  expect(writtenWords(behind, clockAt)).toBe('; /data/dump has 5.0 GiB, written 2 s ago')
})

it('stands in the titles of the checks', () => {
  const search = searchOf({ files: [log(11, 2)], crowded: folder(0, 50_000) })
  const seen = { filesystems: filesystemsOf({ ...full, search, usedBytesPerSecond: 0.1 * GIB }), clock: clockAt }
  expect(titleOf(diskFull, seen)).toBe(
    '/data is 97 % full, 3.0 GiB available; /data/debug.log has 11.0 GiB, written 2 s ago',
  )
  expect(titleOf(inodesExhausted, seen)).toMatch(/are left; 50000 files below \/data\/spool$/)
  expect(titleOf(diskFilling, seen)).toMatch(/is full in 30 s; \/data\/debug\.log has 11\.0 GiB, written 2 s ago$/)
})
