import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { missing } from '../../../test/boxes/fleet.ts'
import { blobsScript, createBlobReader } from './blobs.ts'

const idOf = (content: Uint8Array, hash: 'sha1' | 'sha256'): string =>
  createHash(hash).update(`blob ${content.length}\0`).update(content).digest('hex')
const answerOf = (blob: string, content: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${blob} blob ${content.length}\n`), content, Buffer.from('\n')])
const read = (...pieces: readonly Uint8Array[]): readonly (readonly [string, string | undefined])[] => {
  const blobs: (readonly [string, string | undefined])[] = []
  const reader = createBlobReader((blob, content) =>
    blobs.push([blob, content && Buffer.from(content).toString('hex')]),
  )
  for (const each of pieces) reader.feed(each)
  return blobs
}

it('contents come as they are, wherever the answer is cut into pieces, and nothing passes for what its id does not say', () => {
  const hash = fc.constantFrom('sha1' as const, 'sha256' as const)
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.uint8Array({ maxLength: 40 }), hash)), fc.nat(), (blobs, at) => {
      const answer = Buffer.concat(blobs.map(([content, name]) => answerOf(idOf(content, name), content)))
      const cut = at % (answer.length + 1)
      expect(read(answer.subarray(0, cut), answer.subarray(cut))).toEqual(
        blobs.map(([content, name]) => [idOf(content, name), Buffer.from(content).toString('hex')]),
      )
      const spoiled = blobs.map(([content, name]) => answerOf(idOf(content, name), Uint8Array.from([...content, 0])))
      expect(read(...spoiled).map(([, content]) => content)).toEqual(blobs.map(() => undefined))
    }),
    { numRuns: 100 },
  )
})

const folder = mkdtempSync(path.join(tmpdir(), 'halligan-blobs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const why = missing('git')

it.skipIf(why !== undefined)(
  `an object that another one replaces is read itself${why ? ` (skipped: ${why})` : ''}`,
  () => {
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
    const git = (args: readonly string[], input = ''): string =>
      execFileSync('git', args, { cwd: folder, env, input }).toString().trim()
    git(['init', '-q'])
    const [one = '', two = ''] = ['one\n', 'two\n'].map((text) => git(['hash-object', '-w', '--stdin'], text))
    git(['replace', one, two])
    expect(git(['cat-file', 'blob', one])).toBe('two')
    expect(read(execFileSync('sh', { input: blobsScript(folder, [one]), env }))).toEqual([
      [one, Buffer.from('one\n').toString('hex')],
    ])
  },
)
