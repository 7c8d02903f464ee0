import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { foreignWords } from './foreign.ts'

const root = path.join(import.meta.dirname, '..')

/** Published by others, as they are (test/fixtures/logs-of-servers/README.md). */
const PUBLISHED = /logs-of-servers\/(?:aws-alb-access|docker-json-file|envoy-istio-access|mysql-5\.5-error)\./

describe('what is recorded', () => {
  const folder = path.join(import.meta.dirname, 'fixtures')
  const recorded = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    // Written by hand in documented forms: nothing of them was recorded.
    .filter((file) => !file.startsWith('test/fixtures/log-formats/'))
    .filter((file) => !PUBLISHED.test(file))
  const shown = ['docs/look.svg', 'README.md', 'docs/checks.md', 'bench/README.md', 'CHANGELOG.md']

  it.each([...recorded, ...shown])('%s tells nothing of the machine that recorded it', (file) => {
    const bytes = readFileSync(path.join(root, file))
    const text = file.endsWith('.md') ? blocks(expanded(bytes).toString()) : expanded(bytes).toString('utf8')
    expect(foreignWords(text)).toEqual([])
  })

  it('is there', () => {
    expect(recorded.length).toBeGreaterThan(100)
    expect(blocks(readFileSync(path.join(root, 'README.md'), 'utf8'))).toContain('orders-api')
    expect(readFileSync(path.join(root, 'docs/look.svg'), 'utf8')).toContain('web-1')
  })
})

describe('foreignWords', () => {
  it.each([
    'mount /dev/sda1 /build/ci/tests ext4 rw',
    '812/exe -> /build/run',
    '812/exe -> /root/.cache/halligan-test/root',
    '812/cmdline:node /home/builder/halligan/bin/halligan.cjs look',
    'in ~builder or ~/projects/halligan',
    'hostname build-machine-7',
    'user builder',
    '812 (code-server) S 1 812 812 0',
    '812 (python3) S 1 812 812 0',
    'LISTEN 0 128 172.17.8.9:22 0.0.0.0:*',
    '812/cmdline:node vitest run',
  ])('finds what is foreign in %s', (text) => {
    expect(foreignWords(text)).not.toEqual([])
    expect(foreignWords(expanded(zstdCompressSync(text)).toString())).not.toEqual([])
    expect(foreignWords(expanded(gzipSync(text)).toString())).not.toEqual([])
  })

  it.each(['812/exe -> /usr/sbin/sshd', 'user amy', 'hostname web-1', '1 (sshd) S 0 0 0 0', '10.231.1.16:8084'])(
    'finds nothing in %s',
    (text) => {
      expect(foreignWords(text)).toEqual([])
    },
  )
})

/** By its first bytes, not its name (RFC 1952, RFC 8878). */
function expanded(bytes: Buffer): Buffer {
  if (bytes.subarray(0, 2).toString('hex') === '1f8b') return gunzipSync(bytes)
  return bytes.subarray(0, 4).toString('hex') === '28b52ffd' ? zstdDecompressSync(bytes) : bytes
}

/** The fenced blocks of a page: what a test box, or a person at the console, typed and saw. */
function blocks(page: string): string {
  return page
    .split(/^```.*$/m)
    .filter((_, index) => index % 2 === 1)
    .join('\n')
}
