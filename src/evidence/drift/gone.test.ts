import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { missing } from '../../../test/boxes/fleet.ts'
import { goneScript, readGone } from './gone.ts'

const tools = mkdtempSync(path.join(tmpdir(), 'halligan-gone-'))
afterAll(() => rmSync(tools, { recursive: true, force: true }))

const why = missing('busybox')

it('a path is gone only where its folder was looked into', () => {
  onlyGone('sh', process.env)
})

it.skipIf(why !== undefined)(`by the tools of busybox, too${why ? ` (skipped: ${why})` : ''}`, () => {
  const bin = path.join(tools, 'bin')
  mkdirSync(bin)
  execFileSync('sh', ['-c', `busybox --install -s ${bin}`])
  onlyGone(path.join(bin, 'sh'), { PATH: bin })
})

it('an answer that did not come whole says of no path that it is gone', () => {
  expect(readGone(Buffer.from('0 gone\n1 go'), 3)).toEqual(['gone', 'unsure', 'unsure'])
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(readGone(bytes, 2)).toHaveLength(2)
    }),
    { numRuns: 100 },
  )
})

function onlyGone(shell: string, env: NodeJS.ProcessEnv): void {
  const root = mkdtempSync(path.join(tools, 'root-'))
  mkdirSync(path.join(root, "it's a"))
  writeFileSync(path.join(root, "it's a", 'new\nline'), '')
  writeFileSync(path.join(root, 'file'), '')
  symlinkSync("it's a", path.join(root, 'link'))
  symlinkSync('nowhere', path.join(root, 'dangling'))
  const asked: readonly (readonly [string, string])[] = [
    ['nothing', 'gone'],
    ["it's a/nothing", 'gone'],
    ['no/such/folder', 'gone'],
    ["it's a/new\nline", 'there'],
    ["it's a", 'there'],
    ['dangling', 'there'],
    ['-n', 'gone'],
    ['link/nothing', 'link'],
    ['file/nothing', 'no-folder'],
    ['a'.repeat(300), 'unsure'],
    ["it's a/.: No such file or directory", 'gone'],
  ]
  const script = goneScript(
    root,
    asked.map(([each]) => each),
  )
  expect(readGone(execFileSync(shell, { input: script, env }), asked.length)).toEqual(asked.map(([, word]) => word))
}
