import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { RECORDS } from './dump.ts'
import { homes } from './homes.ts'

// docs/record.md says how to verify an export without Halligan: what stands there is run here, on the exports of all versions.

const text = readFileSync(path.join(import.meta.dirname, '../../docs/record.md'), 'utf8')
const home = homes()
const missing = ['zstd', 'jq', 'python3', 'sha256sum'].filter((name) => spawnSync(name, ['--version']).status !== 0)
const why = missing.length > 0 ? `needs ${missing.join(', ')}` : undefined

function block(language: string): string {
  const [, code = ''] = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(text) ?? []
  expect(code).not.toBe('')
  return code
}

/** A folder with the export of that version, and the script of the page. */
function folderOf(version: string): string {
  const folder = home()
  mkdirSync(folder)
  copyFileSync(path.join(RECORDS, version, 'export.jsonl.zst'), path.join(folder, 'export.jsonl.zst'))
  writeFileSync(path.join(folder, 'verify.py'), block('python'))
  return folder
}

function shell(
  folder: string,
  script: string,
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PYTHONUTF8: '1' },
  })
  return { status, stdout, stderr }
}

describe.skipIf(why !== undefined)(`an export without Halligan${why ? ` (skipped: ${why})` : ''}`, () => {
  it.each(readdirSync(RECORDS))(
    'of %s: an entry and a piece of evidence are verified with jq and sha256sum',
    (version) => {
      const { stdout, stderr } = shell(folderOf(version), block('sh'))
      expect(stderr).toBe('')
      const hashes = stdout
        .trim()
        .split('\n')
        .map((line) => line.replace(/ .*/, ''))
      expect(hashes).toHaveLength(6)
      expect(hashes[0]).toBe(hashes[1])
      expect(hashes[2]).toBe(hashes[3])
      expect(hashes[4]).toBe(hashes[5])
      expect(new Set(hashes).size).toBe(3)
    },
  )

  it.each(readdirSync(RECORDS))(
    'of %s: all of it is verified with python, and nothing that was changed is',
    (version) => {
      const folder = folderOf(version)
      const file = path.join(folder, 'export.jsonl.zst')
      const command = 'zstd -dc export.jsonl.zst | python3 verify.py'
      const whole = zstdDecompressSync(readFileSync(file)).toString()
      const head = /"head":"([0-9a-f]{64})"/.exec(whole.slice(whole.lastIndexOf('\n{')))?.[1]
      expect(shell(folder, command)).toMatchObject({ status: 0, stdout: expect.stringContaining(`head ${head}\n`) })
      for (const [from, to] of [
        ['amy@web-1', 'eve@web-1'],
        ['checkout', 'chekcout'],
        ['"seq":3', '"seq":4'],
        ['Filesystem', 'filesystem'],
      ] as const) {
        const at = whole.lastIndexOf(from)
        expect(at, from).toBeGreaterThan(0)
        writeFileSync(file, zstdCompressSync(whole.slice(0, at) + to + whole.slice(at + from.length)))
        expect(shell(folder, command), from).toMatchObject({
          status: 1,
          stderr: expect.stringContaining('AssertionError'),
        })
      }
    },
  )
})
