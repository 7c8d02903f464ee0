import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { unifiedDiff } from '../../src/base/unified-diff.ts'
import { missing } from '../boxes/fleet.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'halligan-diff-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a unified diff', () => {
  const why = missing('git')
  it.skipIf(why !== undefined)(`is what git apply takes${why ? ` (skipped: ${why})` : ''}`, () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', '', 'd'), { maxLength: 25 }).map((lines) => lines.join('\n'))
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after && before !== '' && after !== '')
        const file = path.join(folder, 'text')
        writeFileSync(file, before)
        const { status } = spawnSync('git', ['apply', '--whitespace=nowarn'], {
          cwd: folder,
          input: unifiedDiff(before, after, { before: 'a/text', after: 'b/text' }),
        })
        expect(status).toBe(0)
        expect(readFileSync(file, 'utf8')).toBe(after)
      }),
      { numRuns: 40 },
    )
  })
})
